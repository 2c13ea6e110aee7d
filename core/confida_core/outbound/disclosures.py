"""The register of everything that was handed to somebody else, per contact: who got what, for what, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.text import clean_line, storable
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.outbound.content import DISCLOSURE, DisclosureContent
from confida_core.outbound.declarations import Verdict
from confida_core.outbound.gates import check_keys, checked, contact_states
from confida_core.vault.access import Access

BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Handover:
    """Something that goes to somebody else. recipient: their name. fields: kinds of data, such as "E-mail address"."""

    purpose: str
    channel: str
    path: str
    recipient: str
    fields: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Disclosure:
    """One entry of the register. basis: key of a legal basis. message_id: the message it went with, if it was one."""

    id: UUID
    contact_id: UUID
    at: datetime
    recipient: str
    purpose: str
    basis: str
    channel: str
    path: str
    fields: tuple[str, ...]
    event_id: UUID | None
    message_id: UUID | None
    made_by: UUID


async def record_disclosures(
    crm: Installation, access: Access, verdicts: Mapping[UUID, Verdict], handover: Handover
) -> None:
    """Note that these contacts' data go to somebody else; to be called before they leave.

    verdicts: contact -> what the gates said. Contacts that do not exist (any more) are passed over.
    """
    check_keys(handover.purpose, handover.channel, handover.path)
    ids = list(verdicts)
    for start in range(0, len(ids), BATCH):
        batch = {one: checked(verdicts[one]) for one in ids[start : start + BATCH]}
        await _record(crm, access, batch, handover)


async def _record(crm: Installation, access: Access, verdicts: Mapping[UUID, Verdict], handover: Handover) -> None:
    await _insert(crm, [disclosure_row(access.actor.id, one, verdicts[one], handover) for one in verdicts])


async def _insert(crm: Installation, rows: Sequence[tuple[dict[str, Any], DisclosureContent]]) -> None:
    """Only about contacts that exist until the commit: nobody who was erased gets a key and a row again."""
    known = await contact_states(crm, [columns["contact_id"] for columns, _ in rows])
    await crm.keyring.ensure(list(known), DISCLOSURE.retention_class)
    async with crm.data.transaction():
        held = await contact_states(crm, list(known), held=True)
        await crm.records.insert_many(DISCLOSURE, [row for row in rows if row[0]["contact_id"] in held])


def disclosure_row(
    made_by: UUID, contact_id: UUID, verdict: Verdict, handover: Handover
) -> tuple[dict[str, Any], DisclosureContent]:
    """What is stored of one hand-over."""
    columns = {
        "id": new_id(),
        "contact_id": contact_id,
        "purpose": handover.purpose,
        "channel": handover.channel,
        "path": handover.path,
        "basis": verdict.basis,
        "event_id": verdict.event_id,
        "message_id": None,
        "made_by": made_by,
        "at": now(),
    }
    recipient = clean_line(storable(handover.recipient))[:500]
    return columns, DisclosureContent(recipient=recipient, fields=list(handover.fields))


Leaving = tuple[Mapping[str, Any], Verdict, Handover]
"""A message, by its row, that is about to leave; why it may, and who gets it."""


async def record_leaving(crm: Installation, message: Mapping[str, Any], verdict: Verdict, handover: Handover) -> None:
    """The same for one message, given by its row; however often it is tried, it is noted once."""
    await record_leaving_many(crm, [(message, verdict, handover)])


async def record_leaving_many(crm: Installation, leaving: Sequence[Leaving]) -> set[UUID]:
    """The same for at most 500 messages, in one commit; those of them that had not been noted before."""
    marks = ", ".join("?" * len(leaving))
    ids = [message["id"] for message, _, _ in leaving]
    known = await crm.data.fetch(f"SELECT message_id FROM disclosure WHERE message_id IN ({marks})", *ids)
    noted = {row["message_id"] for row in known}
    rows = []
    for message, verdict, handover in leaving:
        if message["id"] not in noted:
            columns, content = disclosure_row(message["created_by"], message["contact_id"], verdict, handover)
            rows.append((columns | {"message_id": message["id"]}, content))
    if rows:
        await _insert(crm, rows)
    return set(ids) - noted


async def take_back(crm: Installation, message_ids: Sequence[UUID]) -> None:
    """These messages were noted although they did not begin to leave: nothing was handed to anybody."""
    marks = ", ".join("?" * len(message_ids))
    async with crm.data.transaction():
        for row in await crm.data.fetch(
            f"DELETE FROM disclosure WHERE message_id IN ({marks}) RETURNING id, contact_id", *message_ids
        ):
            crm.feed.append(DISCLOSURE.name, row["id"], row["contact_id"], "deleted")


async def disclosures_of(crm: Installation, access: Access, contact_id: UUID) -> list[Disclosure]:
    """Everything that was handed to somebody else about a contact, the newest first; opened through the door.

    Raises Forbidden without `contacts.read`. Nothing for a contact that this access may not see.
    """
    access.actor.require("contacts.read")
    rows = await crm.data.fetch("SELECT * FROM disclosure WHERE contact_id = ? ORDER BY at DESC, id DESC", contact_id)
    return [_disclosure(one.row, one.content) for one in await crm.door.open(access, DISCLOSURE, rows)]


def _disclosure(row: Mapping[str, Any], content: DisclosureContent) -> Disclosure:
    clear = {
        name: row[name]
        for name in (
            "id", "contact_id", "at", "purpose", "basis", "channel", "path", "event_id", "message_id", "made_by",
        )
    }  # fmt: skip
    return Disclosure(**clear, recipient=content.recipient, fields=tuple(content.fields))
