"""What was said in a ticket, and what happened to it, as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    MessageState,
    NotFound,
    Opened,
    OutboundEntry,
    account_names,
    display_names,
    messages_shown,
)
from confida_service.content import MESSAGE, MessageContent, MessageFile
from confida_service.mail.folding import Piece, fold
from confida_service.tickets.listing import queue_names
from confida_service.tickets.states import CHANNELS, KINDS, PRIORITIES, STATES
from confida_service.tickets.tickets import visible_ticket

DELIVERY = {
    MessageState.QUEUED: ("On its way", "ask"),
    MessageState.SENDING: ("On its way", "ask"),
    MessageState.SENT: ("Sent", "may"),
    MessageState.REFUSED: ("Refused", "must-not"),
    MessageState.FAILED: ("Failed", "must-not"),
    MessageState.CANCELLED: ("Called off", "quiet"),
}
DEFECTS = {
    "too_large": "It is too large to be shown; the message as it came has all of it.",
    "unreadable": "It could not be read; the message as it came has all of it.",
}
SOME_DEFECT = "Some of it could not be read; the message as it came has all of it."


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownMessage:
    """One thing that was said. pieces: its text, quotes apart. author: who of us, or of them. delivery: of ours, in words.

    delivery_sentence: why it did not leave. defect: a sentence where not all of it could be read. on_hold: it can still be called off.
    """

    id: UUID
    direction: str
    channel: str
    at: datetime
    author: str
    address: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    pieces: tuple[Piece, ...]
    html: bool
    files: tuple[MessageFile, ...]
    raw: bool
    defect: str
    delivery: str = ""
    delivery_tone: str = ""
    delivery_sentence: str = ""
    on_hold: bool = False
    contact_id: UUID

    @property
    def href(self) -> str:
        return f"/x/service/messages/{self.id}"

    @property
    def channel_label(self) -> str:
        return CHANNELS.get(self.channel, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownEvent:
    """Something that happened to a ticket. what: in words. ticket: number and id of the other one, where there is one."""

    at: datetime
    by: str
    what: str
    before: str = ""
    after: str = ""


async def visible_message(crm: Installation, access: Access, message_id: UUID) -> Opened[MessageContent]:
    """The gate to one message: its ticket must be visible too. Raises Forbidden, NotFound."""
    access.actor.require("service.read")
    rows = await crm.records.rows(MESSAGE, [message_id])
    opened = await crm.door.open_one(access, MESSAGE, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    await visible_ticket(crm, access, opened.row["ticket_id"])
    return opened


async def latest_messages(
    crm: Installation, access: Access, ticket_id: UUID, most: int
) -> tuple[list[Opened[MessageContent]], int]:
    """What was said last in a ticket that has passed its gate, the oldest first, and how much was said before that."""
    rows = await crm.data.fetch(
        "SELECT * FROM service_message WHERE ticket_id = ? ORDER BY at DESC, id DESC LIMIT ?", ticket_id, most + 1
    )
    earlier = 0
    if len(rows) > most:
        [counted] = await crm.data.fetch(
            "SELECT count(*) AS number FROM service_message WHERE ticket_id = ?", ticket_id
        )
        earlier = counted["number"] - most
    return await crm.door.open(access, MESSAGE, rows[:most][::-1]), earlier


async def shown_messages(
    crm: Installation, access: Access, said: Sequence[Opened[MessageContent]]
) -> tuple[ShownMessage, ...]:
    """In the order given; four queries for all of them."""
    authors = sorted({one.row["author_id"] for one in said if one.row["author_id"]})
    names = await account_names(crm, authors) if authors else {}
    contacts = await display_names(crm, access, sorted({one.row["contact_id"] for one in said}))
    sent = [one.row["outbound_id"] for one in said if one.row["outbound_id"]]
    deliveries: dict[UUID, OutboundEntry] = {}
    if sent and access.actor.may("outbound.read") and access.actor.may("contacts.read"):
        deliveries = {entry.id: entry for entry in await messages_shown(crm, access, sent)}
    return tuple(shown_message(one, names, contacts, deliveries.get(one.row["outbound_id"])) for one in said)


def shown_message(
    one: Opened[MessageContent],
    names: Mapping[UUID, str],
    contacts: Mapping[UUID, str],
    entry: OutboundEntry | None,
) -> ShownMessage:
    row, content = one.row, one.content
    theirs = content.from_name or contacts.get(row["contact_id"], "") or content.from_address
    state, tone = DELIVERY[entry.state] if entry is not None else ("", "")
    return ShownMessage(
        id=row["id"], direction=row["direction"], channel=row["channel"], at=row["at"],
        author=theirs if row["direction"] == "in" else names.get(row["author_id"], ""),
        address=content.from_address, to=content.to, cc=content.cc, pieces=fold(content.text.strip()),
        html=bool(content.html.strip()), files=content.files, raw=row["raw_file_id"] is not None,
        defect=next((DEFECTS.get(code, SOME_DEFECT) for code in content.defects), ""),
        delivery=state, delivery_tone=tone,
        delivery_sentence=entry.sentence if entry is not None else "",
        on_hold=entry is not None and entry.state is MessageState.QUEUED, contact_id=row["contact_id"],
    )  # fmt: skip


WORDS = {"state": STATES | {"merged": "Merged"}, "kind": KINDS, "priority": {str(n): w for n, w in PRIORITIES.items()}}
HAPPENED: Mapping[str, str] = {
    "opened": "Opened",
    "state": "State",
    "kind": "Kind",
    "priority": "Priority",
    "queue": "Queue",
    "assignee": "Assigned to",
    "merged": "Merged",
    "split": "Split",
    "linked": "Linked",
}


async def shown_events(crm: Installation, ticket_id: UUID) -> tuple[ShownEvent, ...]:
    """The history of a ticket that has passed its gate, the latest first; ids are turned into names of today."""
    rows = await crm.data.fetch(
        "SELECT * FROM service_ticket_event WHERE ticket_id = ? ORDER BY at DESC, id DESC LIMIT 200", ticket_id
    )
    ids = {UUID(row[side]) for row in rows if row["what"] == "assignee" for side in ("before", "after") if row[side]}
    names = await account_names(crm, sorted(ids | {row["by_id"] for row in rows}))
    queues = {str(key): name for key, name in (await queue_names(crm)).items()} if rows else {}
    numbers = await numbers_of(crm, rows)
    words: dict[str, Mapping[str, str]] = {
        **WORDS, "queue": queues, "assignee": {str(key): name for key, name in names.items()},
        "opened": CHANNELS, "merged": numbers, "split": numbers, "linked": numbers,
    }  # fmt: skip

    def said(what: str, value: str) -> str:
        return words.get(what, {}).get(value, "") if value else ""

    return tuple(
        ShownEvent(
            at=row["at"], by=names.get(row["by_id"], ""), what=HAPPENED.get(str(row["what"]), ""),
            before=said(row["what"], row["before"]), after=said(row["what"], row["after"]),
        )
        for row in rows
    )  # fmt: skip


async def numbers_of(crm: Installation, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Numbers of the tickets that events name."""
    found = {
        row[side]
        for row in rows
        if row["what"] in {"merged", "split", "linked"}
        for side in ("before", "after")
        if row[side]
    }
    if not found:
        return {}
    ids = [UUID(one) for one in sorted(found)]
    marks = ", ".join("?" * len(ids))
    named = await crm.data.fetch(f"SELECT id, number FROM service_ticket WHERE id IN ({marks})", *ids)
    return {str(row["id"]): f"#{row['number']}" for row in named}
