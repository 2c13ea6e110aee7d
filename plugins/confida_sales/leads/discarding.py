"""Laying a lead aside, and what becomes of a contact that is known from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    clean_text,
    now,
    restore_contact,
    trash_contact,
)
from confida_sales.content import LEAD, LeadContent
from confida_sales.leads.leads import LONGEST_TEXT, make_keys, require_open, store, visible_lead

DISCARD_REASONS: dict[str, str] = {
    "no_need": "They need nothing from us",
    "not_for_us": "We do not offer what they need",
    "no_answer": "No answer",
    "no_money": "No budget",
    "junk": "Advertising or nonsense",
    "double": "We have it already",
    "other": "Something else",
}
# Lead and contact are put away in one transaction, one after the other.
AT_ONCE = timedelta(minutes=1)
# Made with every contact, or kept of it without anybody's doing: they do not say that it is used.
NOT_A_USE = frozenset({"contact", "contact_change", "sales_lead"})
USES_ONLY = {"sales_opportunity": " AND outcome <> 'deleted'"}


async def discard_lead(
    crm: Installation,
    access: Access,
    lead_id: UUID,
    *,
    seen: int,
    reason: str,
    note: str = "",
    with_contact: bool = False,
) -> bool:
    """Lay it aside with a reason. with_contact: and its provisional contact into the trash, if nothing else is known of it.

    Returns whether the contact went too. Raises Forbidden, NotFound, VersionConflict and InvalidContent.
    """
    access.actor.require("sales.write")
    opened = await visible_lead(crm, access, lead_id)
    require_open(opened.row)
    if reason not in DISCARD_REASONS:
        raise InvalidContent({"reason": "Please say why."})
    text = clean_text(note)
    if len(text) > LONGEST_TEXT:
        raise InvalidContent({"discard_note": f"At most {LONGEST_TEXT} characters."})
    content = msgspec.structs.replace(opened.content, discard_note=text)
    await make_keys(crm, opened.row["contact_id"])
    async with crm.data.transaction():
        await store(crm, opened, content, seen, state="discarded", discard_reason=reason, closed_at=now())
        goes = with_contact and await only_from_lead(crm, opened)
        if goes:
            await trash_contact(crm, for_provisional(access), opened.row["contact_id"])
    return goes


async def reopen_lead(crm: Installation, access: Access, lead_id: UUID, *, seen: int | None = None) -> int:
    """Take a discarded lead up again, and with it the provisional contact that went along; returns the new version.

    seen: None for whatever it is. Raises Forbidden, NotFound (also where the contact is in the trash for another reason and
    the reader may not take contacts out), VersionConflict and InvalidContent.
    """
    access.actor.require("sales.write")
    opened = await visible_lead(crm, access, lead_id, trashed=True)
    row = opened.row
    trashed, along = row["contact_deleted_at"] is not None, went_along(row)
    if trashed and not (along or access.actor.may("contacts.delete")):
        raise NotFound
    if row["state"] != "discarded":
        raise InvalidContent({"": "This lead was not laid aside."})
    content = msgspec.structs.replace(opened.content, discard_note="")
    await make_keys(crm, row["contact_id"])
    async with crm.data.transaction():
        if trashed:
            await restore_contact(crm, for_provisional(access) if along else access, row["contact_id"])
        columns: dict[str, Any] = {"state": "working", "discard_reason": "", "closed_at": None}
        return await store(crm, opened, content, row["version"] if seen is None else seen, **columns)


def went_along(row: Mapping[str, Any]) -> bool:
    """Whether the contact is in the trash because its lead was laid aside, and for no other reason."""
    deleted_at, closed_at = row["contact_deleted_at"], row["closed_at"]
    if not row["provisional"] or deleted_at is None or closed_at is None:
        return False
    return bool(timedelta(0) <= deleted_at - closed_at <= AT_ONCE)


def for_provisional(access: Access) -> Access:
    """Whoever may work on leads may put away, and take back, the contact that was made with one: it is a part of it.

    To be used for such a contact alone, once `only_from_lead` has said so.
    """
    actor = replace(access.actor, permissions=access.actor.permissions | {"contacts.delete"})
    return replace(access, actor=actor)


async def only_from_lead(crm: Installation, opened: Opened[LeadContent]) -> bool:
    """Whether the contact was made with this lead and nothing else is kept of it: no talk, no papers, no consent."""
    return bool(opened.row["provisional"]) and not await used_beside(crm, opened.row["contact_id"], opened.row["id"])


async def used_beside(crm: Installation, contact_id: UUID, lead_id: UUID) -> bool:
    """Whether any record but this lead is about the contact; one statement, however many kinds of records there are."""
    own = [
        f"SELECT 1 AS used FROM {record.name} WHERE {record.subject} = ?{USES_ONLY.get(record.name, '')}"
        for record in crm.registry.records.values()
        if record.subject is not None and record.name not in NOT_A_USE
    ]
    asked = [
        *own,
        "SELECT 1 AS used FROM shared_key WHERE subject_id = ?",
        f"SELECT 1 AS used FROM {LEAD.name} WHERE contact_id = ? AND id <> ?",
    ]
    found = await crm.data.fetch(" UNION ALL ".join(asked) + " LIMIT 1", *[contact_id] * len(asked), lead_id)
    return bool(found)
