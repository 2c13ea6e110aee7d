"""What the gate reads of contacts and their events: one walk of an index, nothing sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from confida_core.installation import Installation
from confida_core.storage.database import Row


class GateEvent(NamedTuple):
    """What of an event an answer may depend on."""

    id: UUID
    kind: str
    indicated_at: datetime
    ledger_index: int
    valid_until: datetime | None
    purpose_version: int
    supersedes: UUID | None


class Candidate(NamedTuple):
    """A contact that exists. events: about the purpose and channel that are asked for."""

    id: UUID
    events: Sequence[GateEvent]


NO_EVENTS: tuple[GateEvent, ...] = ()


# Answered by the primary key alone: reading the rows would decrypt the whole table for a long list.
COUNT = "SELECT count(*) AS contacts FROM contact WHERE id IN ({})"
CONTACTS = "SELECT id FROM contact WHERE id IN ({})"
IN_TRASH = "SELECT id FROM contact WHERE deleted_at IS NOT NULL"
# Not one query with a join: without fresh statistics PostgreSQL reads every event of the purpose for each contact.
EVENTS = (
    "SELECT subject_id, id, kind, indicated_at, ledger_index, valid_until, purpose_version, supersedes "
    "FROM consent_event WHERE purpose = ? AND channel = ? AND subject_id IN ({})"
)
# By the number of the UUID: it hashes ten times faster than the UUID itself.
Events = dict[int, list[GateEvent]]
ONE_SLICE = 500


async def candidates(
    crm: Installation, contact_ids: Sequence[UUID], purpose: str, channel: str, at: datetime | None
) -> list[Candidate]:
    """Those of at most 500 different contacts that exist, in no order. at: later events are left out."""
    marks = ", ".join("?" * len(contact_ids))
    events: Events = {}
    for row in await crm.data.fetch(EVENTS.format(marks), purpose, channel, *contact_ids):
        if at is None or row["indicated_at"] <= at:
            events.setdefault(row["subject_id"].int, []).append(event_of(row))
    return [Candidate(one, events.get(one.int, NO_EVENTS)) for one in await existing(crm, contact_ids)]


async def existing(crm: Installation, contact_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Those of at most 500 different contacts that exist: nearly always all of them, so they are counted first."""
    marks = ", ".join("?" * len(contact_ids))
    counted = await crm.data.fetch(COUNT.format(marks), *contact_ids)
    if counted[0]["contacts"] == len(contact_ids):
        return contact_ids
    return [row["id"] for row in await crm.data.fetch(CONTACTS.format(marks), *contact_ids)]


async def in_trash(crm: Installation, contact_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the contacts that are in the trash; for a long list, everything that is."""
    if len(contact_ids) > ONE_SLICE:
        return [row["id"] for row in await crm.data.fetch(IN_TRASH)]
    marks = ", ".join("?" * len(contact_ids))
    return [row["id"] for row in await crm.data.fetch(f"{IN_TRASH} AND id IN ({marks})", *contact_ids)]


def event_of(row: Row) -> GateEvent:
    """From a row of EVENTS, whose columns after the first are the fields in their order."""
    return GateEvent._make(tuple(row.values())[1:])
