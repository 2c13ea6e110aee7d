"""Tickets: opened for a contact, changed at the version that was seen, and every change noted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    new_id,
    now,
    visible_contact,
)
from confida_service.complaints.beginning import KIND as COMPLAINT
from confida_service.complaints.beginning import begin_complaint
from confida_service.content import TICKET, TicketContent
from confida_service.equipment.promises import promised_priority
from confida_service.queues.queues import first_queue, members_of
from confida_service.queues.routing_assignment import next_assignee
from confida_service.service_levels.clock import due_columns, moved_clock
from confida_service.service_levels.levels import service_levels
from confida_service.tickets.states import CHANNELS, DONE, KINDS, MERGED, PAUSED, PRIORITIES, STATES, may_follow

LONGEST_SUBJECT = 300
MOST_TAGS = 30
LONGEST_TAG = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketDraft:
    """What a ticket begins with. queue_id: None for the first one. opened_at: None for now.

    priority: at least; a contract of the contact may promise a higher one.
    assignee_id: None for whoever the queue gives it to. language: of whoever asks (ISO 639-1), by which somebody is chosen.
    waits: False for what nobody has to answer: it is given to nobody and never due.
    """

    subject: str
    kind: str = "question"
    priority: int = 2
    channel: str = "staff"
    queue_id: UUID | None = None
    assignee_id: UUID | None = None
    tags: tuple[str, ...] = ()
    language: str = ""
    waits: bool = True
    opened_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketChange:
    """What shall be another; None leaves it. unassign: takes it from whoever has it."""

    subject: str | None = None
    state: str | None = None
    kind: str | None = None
    priority: int | None = None
    queue_id: UUID | None = None
    assignee_id: UUID | None = None
    unassign: bool = False
    tags: tuple[str, ...] | None = None


async def visible_ticket(crm: Installation, access: Access, ticket_id: UUID) -> Opened[TicketContent]:
    """The gate to one ticket: opened through the door, or NotFound, whatever the reason. Raises Forbidden.

    Of somebody in the trash there is none for people; the program goes on taking in what they write.
    """
    access.actor.require("service.read")
    here = "" if access.actor.kind == "system" else " AND c.deleted_at IS NULL"
    rows = await crm.data.fetch(
        f"SELECT t.* FROM service_ticket AS t JOIN contact AS c ON c.id = t.contact_id WHERE t.id = ?{here}", ticket_id
    )
    opened = await crm.door.open_one(access, TICKET, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def open_ticket(crm: Installation, access: Access, contact_id: UUID, draft: TicketDraft) -> UUID:
    """Begin one for a contact; returns its id. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("service.write")
    await visible_contact(crm, access, contact_id)
    content = checked_content(draft.subject, draft.tags)
    check_words(kind=draft.kind, priority=draft.priority, channel=draft.channel)
    queue_id = await known_queue(crm, draft.queue_id) if draft.queue_id else await first_queue(crm)
    moment, ticket_id = draft.opened_at or now(), new_id()
    priority = await begun_with(crm, contact_id, draft, moment)
    columns = {
        "id": ticket_id, "contact_id": contact_id, "queue_id": queue_id, "state": "new", "kind": draft.kind,
        "priority": priority, "channel": draft.channel, "assignee_id": draft.assignee_id, "opened_at": moment,
        "touched_at": moment,
    }  # fmt: skip
    if draft.waits:
        columns |= due_columns(await service_levels(crm), priority, moment)
    await crm.keyring.ensure([contact_id], TICKET.retention_class)
    async with crm.data.transaction():
        if draft.assignee_id is None and draft.waits:
            columns["assignee_id"] = await next_assignee(crm, queue_id, content.tags, draft.language)
        await crm.records.insert(TICKET, columns | {"number": await next_number(crm)}, content)
        if draft.kind == COMPLAINT:
            await begin_complaint(crm, columns)
        await note_event(crm, access, columns, "opened", (None, draft.channel))
        if columns["assignee_id"]:
            await note_event(crm, access, columns, "assignee", (None, columns["assignee_id"]))
    return ticket_id


async def begun_with(crm: Installation, contact_id: UUID, draft: TicketDraft, moment: datetime) -> int:
    """Its priority, or the higher one that a contract promises; what nobody has to answer needs none."""
    today = moment.astimezone(ZoneInfo(crm.settings.time_zone)).date()
    return max(draft.priority, await promised_priority(crm, contact_id, today)) if draft.waits else draft.priority


async def next_number(crm: Installation) -> int:
    """Within the transaction that stores the ticket, so that none is given twice."""
    await crm.data.fetch("INSERT INTO service_ticket_number (id, next) VALUES (1, 1) ON CONFLICT (id) DO NOTHING")
    taken = await crm.data.fetch(
        "UPDATE service_ticket_number SET next = next + 1 WHERE id = 1 RETURNING next - 1 AS number"
    )
    return int(taken[0]["number"])


async def known_queue(crm: Installation, queue_id: UUID) -> UUID:
    if not await crm.data.fetch("SELECT id FROM service_queue WHERE id = ? AND archived = ?", queue_id, False):
        raise InvalidContent({"queue_id": "Please choose one of the queues."})
    return queue_id


async def change_ticket(crm: Installation, access: Access, ticket_id: UUID, change: TicketChange, *, seen: int) -> int:
    """Change some of it at the version that was seen; returns the new version.

    Raises Forbidden, NotFound, VersionConflict, and InvalidContent for a state that cannot follow.
    """
    access.actor.require("service.write")
    opened = await visible_ticket(crm, access, ticket_id)
    row, moment = opened.row, now()
    columns = await changed_columns(crm, row, change, moment)
    content = checked_content(
        opened.content.subject if change.subject is None else change.subject,
        opened.content.tags if change.tags is None else change.tags,
    )
    await crm.keyring.ensure([row["contact_id"]], TICKET.retention_class)
    async with crm.data.transaction():
        keys = {"id": ticket_id, "contact_id": row["contact_id"]}
        if "queue_id" in columns and "assignee_id" not in columns:
            columns |= await given_anew(crm, row, columns["queue_id"], content.tags)
        version = await crm.records.update(TICKET, columns | keys, content, seen=seen)
        if columns.get("kind") == COMPLAINT:
            await begin_complaint(crm, keys | {"opened_at": row["opened_at"]})
        for what in ("state", "kind", "priority", "queue_id", "assignee_id"):
            if what in columns and columns[what] != row[what]:
                await note_event(crm, access, keys, what.removesuffix("_id"), (row[what], columns[what]))
    return version


async def given_anew(crm: Installation, row: Mapping[str, Any], queue_id: UUID, tags: Sequence[str]) -> dict[str, Any]:
    """Whoever gets it in another queue; one who works there, too, keeps it, and so they do where nobody is given anything."""
    inside = {one["account_id"] for one in await members_of(crm, queue_id)}
    if queue_id == row["queue_id"] or row["assignee_id"] in inside:
        return {}
    chosen = await next_assignee(crm, queue_id, tags)
    return {"assignee_id": chosen} if chosen else {}


async def changed_columns(
    crm: Installation, row: Mapping[str, Any], change: TicketChange, moment: datetime
) -> dict[str, Any]:
    """The columns that a change sets. Raises InvalidContent."""
    given = {name: getattr(change, name) for name in ("state", "kind", "priority", "queue_id", "assignee_id")}
    columns = {name: value for name, value in given.items() if value is not None}
    if change.unassign:
        columns["assignee_id"] = None
    check_words(kind=columns.get("kind"), priority=columns.get("priority"))
    if "queue_id" in columns:
        await known_queue(crm, columns["queue_id"])
    state = columns.get("state", row["state"])
    if state != row["state"]:
        if state not in STATES or not may_follow(row["state"], state):
            raise InvalidContent({"state": "A ticket in this state cannot go there."})
        columns |= clock_columns(row, state, moment)
    return columns | await moved_clock(crm, row, columns, moment)


def clock_columns(row: Mapping[str, Any], state: str, moment: datetime) -> dict[str, Any]:
    """What a new state says about times: solved at, and since when the clock of the service level stands still."""
    solved = row["solved_at"] if row["state"] in DONE else moment
    return {
        "solved_at": solved if state in DONE else None,
        "paused_at": (row["paused_at"] or moment) if state in PAUSED else None,
    }


def checked_content(subject: str, tags: Sequence[str]) -> TicketContent:
    """Raises InvalidContent."""
    errors = {}
    clean = tuple(sorted({tag.strip() for tag in tags if tag.strip()}))
    if not 1 <= len(subject.strip()) <= LONGEST_SUBJECT:
        errors["subject"] = f"Please say in at most {LONGEST_SUBJECT} characters what it is about."
    if len(clean) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in clean):
        errors["tags"] = f"At most {MOST_TAGS} tags of at most {LONGEST_TAG} characters."
    if errors:
        raise InvalidContent(errors)
    return TicketContent(subject=subject.strip(), tags=clean)


def check_words(*, kind: str | None = None, priority: int | None = None, channel: str | None = None) -> None:
    """Raises InvalidContent for a word that none of them has."""
    errors = {}
    if kind is not None and kind not in KINDS:
        errors["kind"] = "Please choose one of the kinds."
    if priority is not None and priority not in PRIORITIES:
        errors["priority"] = "Please choose one of the priorities."
    if channel is not None and channel not in CHANNELS:
        errors["channel"] = "Please choose one of the channels."
    if errors:
        raise InvalidContent(errors)


async def note_event(
    crm: Installation, access: Access, ticket: Mapping[str, Any], what: str, change: tuple[object, object]
) -> None:
    """ticket: a row, or its id and contact_id. change: before and after, keys or ids, None for nothing; never words of people."""
    said = ["" if value is None else str(value) for value in change]
    await crm.data.fetch(
        "INSERT INTO service_ticket_event (id, ticket_id, contact_id, at, by_id, what, before, after) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        new_id(), ticket["id"], ticket["contact_id"], now(), access.actor.id, what, *said,
    )  # fmt: skip


async def merge_tickets(crm: Installation, access: Access, ticket_id: UUID, into_id: UUID, *, seen: int) -> None:
    """Move everything that was said in one ticket to another; the first one stays as a sign that leads there.

    Messages stay with the person they are about, also where the two tickets are of different people. Raises Forbidden,
    NotFound, VersionConflict, and InvalidContent for a ticket with itself or with one that was merged.
    """
    access.actor.require("service.write")
    opened, target = await visible_ticket(crm, access, ticket_id), await visible_ticket(crm, access, into_id)
    if ticket_id == into_id or MERGED in {opened.row["state"], target.row["state"]}:
        raise InvalidContent({"into": "These two cannot be merged."})
    moment, contact_id = now(), opened.row["contact_id"]
    columns = {
        "id": ticket_id, "contact_id": contact_id, "state": MERGED, "merged_into": into_id, "solved_at": moment,
        "paused_at": None, "touched_at": moment,
    }  # fmt: skip
    await crm.keyring.ensure([contact_id], TICKET.retention_class)
    async with crm.data.transaction():
        await crm.records.update(TICKET, columns, opened.content, seen=seen)
        await crm.data.fetch("UPDATE service_message SET ticket_id = ? WHERE ticket_id = ?", into_id, ticket_id)
        await note_event(crm, access, opened.row, "merged", (None, into_id))
        await note_event(crm, access, target.row, "merged", (ticket_id, None))


async def link_tickets(crm: Installation, access: Access, ticket_id: UUID, other_id: UUID, kind: str) -> None:
    """Say that two belong together; again is once. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("service.write")
    row = (await visible_ticket(crm, access, ticket_id)).row
    await visible_ticket(crm, access, other_id)
    if kind not in {"related", "causes", "duplicates"} or ticket_id == other_id:
        raise InvalidContent({"kind": "Please choose how they belong together."})
    async with crm.data.transaction():
        await unlink(crm, ticket_id, other_id)
        await crm.data.fetch(
            "INSERT INTO service_ticket_link (id, ticket_id, contact_id, other_id, kind) VALUES (?, ?, ?, ?, ?)",
            new_id(), ticket_id, row["contact_id"], other_id, kind,
        )  # fmt: skip
        await note_event(crm, access, row, "linked", (None, other_id))


async def unlink(crm: Installation, ticket_id: UUID, other_id: UUID) -> None:
    await crm.data.fetch(
        "DELETE FROM service_ticket_link WHERE (ticket_id = ? AND other_id = ?) OR (ticket_id = ? AND other_id = ?)",
        ticket_id, other_id, other_id, ticket_id,
    )  # fmt: skip


async def tickets_of(crm: Installation, access: Access, contact_ids: Iterable[UUID]) -> list[Opened[TicketContent]]:
    """All of these contacts, the latest first; one query. Raises Forbidden."""
    access.actor.require("service.read")
    ids = tuple(contact_ids)
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT * FROM service_ticket WHERE contact_id IN ({marks}) ORDER BY touched_at DESC, id DESC", *ids
    )
    return await crm.door.open(access, TICKET, rows)
