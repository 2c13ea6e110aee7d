"""Planned interactions: done, opened again, cancelled, and listed by when they are due."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.people import display_names
from confida_core.index.cursors import InvalidCursor
from confida_core.installation import Installation
from confida_core.interactions.content import SOME_DAY, InteractionContent, due_instant
from confida_core.interactions.interactions import INTERACTION, note_change, visible_interaction
from confida_core.interactions.participants import set_participants
from confida_core.storage.batches import batches
from confida_core.vault.access import Access
from confida_core.vault.door import Opened

When = Literal["open", "due", "overdue", "today", "upcoming", "done"]
MOST_TASKS = 200


OWN: Final = "assignee_id = ? OR assignee_id IS NULL"


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskQuery:
    """One page of tasks.

    when: open (every planned one), due (overdue, today, or its reminder has come), overdue, today, upcoming (after today;
    those without a day last) or done (latest first). today: as the reader's time zone has it.
    assignee_id: whose, and nobody's, because what nobody was given is everybody's; None for all. until: the last day of upcoming ones, None for all.
    """

    when: When
    today: date
    assignee_id: UUID | None = None
    until: date | None = None
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """due_on: None where no day was given. people: contacts it is about that this access may see, with their names."""

    id: UUID
    version: int
    kind: str
    state: str
    subject: str
    due_on: date | None
    due_at: datetime | None
    done_at: datetime | None
    assignee_id: UUID | None
    people: tuple[tuple[UUID, str], ...]

    def overdue(self, today: date) -> bool:
        """Whether it should have been done before this day, or before this moment."""
        if self.state != "planned" or self.due_on is None:
            return False
        return self.due_on < today or (self.due_at is not None and self.due_at < now())


@dataclass(frozen=True, slots=True)
class TaskPage:
    tasks: tuple[Task, ...]
    next_cursor: str | None


async def complete_task(crm: Installation, access: Access, interaction_id: UUID) -> None:
    """Done now. Done twice is done once, at the first time. Raises NotFound, Forbidden."""
    await change_state(crm, access, interaction_id, ("planned", "done"), note="task done")


async def reopen_task(crm: Installation, access: Access, interaction_id: UUID) -> None:
    """To be done again, as it was planned; does nothing to what is not done or cancelled. Raises NotFound, Forbidden."""
    await change_state(crm, access, interaction_id, ("", "planned"), note="task opened again")


async def cancel_task(crm: Installation, access: Access, interaction_id: UUID) -> None:
    """Not to be done any more; stays on the timeline. Does nothing to what is not planned. Raises NotFound, Forbidden."""
    await change_state(crm, access, interaction_id, ("planned", "cancelled"), note="task cancelled")


async def change_state(
    crm: Installation, access: Access, interaction_id: UUID, states: tuple[str, str], *, note: str
) -> None:
    """states: before and after; before is "" for whatever is closed and once was planned."""
    before, after = states
    access.actor.require("interactions.write")
    opened = await visible_interaction(crm, access, interaction_id)
    state, moment = opened.row["state"], now()
    if state != before and not (before == "" and opened.row["done_at"] is not None):
        return
    at = moment if after == "done" else planned_at(opened.row)
    # Of cancelled ones, done_at says when they were closed; it also marks what may be opened again.
    done_at = None if after == "planned" else moment
    async with crm.data.transaction():
        changed = await crm.data.fetch(
            "UPDATE interaction SET state = ?, at = ?, done_at = ?, version = version + 1 "
            "WHERE id = ? AND state = ? AND deleted_at IS NULL RETURNING id",
            after, at, done_at, interaction_id, state,
        )  # fmt: skip
        if changed:
            row = {**opened.row, "state": after, "at": at}
            await set_participants(crm, row, opened.people, before=opened.people)
            await note_change(crm, access, set(opened.people), opened, kind=note)
            for person in opened.people or (None,):
                crm.feed.append(INTERACTION.name, interaction_id, person)


def planned_at(row: dict[str, Any]) -> datetime:
    """Where an open task stands on the timeline."""
    return due_instant(row["due_on"], row["due_at"]) or row["created_at"]


async def list_tasks(crm: Installation, access: Access, query: TaskQuery) -> TaskPage:
    """Tasks with the names of their contacts, through the door; five queries for any number of them.

    Raises InvalidCursor, Forbidden without `interactions.read`.
    """
    access.actor.require("interactions.read")
    limit = min(max(query.limit, 1), MOST_TASKS)
    sql, args = selection(query)
    rows = await crm.data.fetch(f"SELECT * FROM interaction WHERE {sql} LIMIT ?", *args, limit + 1)
    more, rows = len(rows) > limit, rows[:limit]
    opened = await crm.door.open(access, INTERACTION, rows)
    names = await names_of(crm, access, opened)
    cursor = cursor_of(query, rows[-1]) if more else None
    # About somebody, but about nobody whom one may see: their contacts are in the trash.
    shown = [item for item in opened if not item.people or any(person in names for person in item.people)]
    return TaskPage(tuple(task_of(item, names) for item in shown), cursor)


def selection(query: TaskQuery) -> tuple[str, list[Any]]:
    """The condition with its order, and its values."""
    where = ["state = ?", "deleted_at IS NULL"]
    args: list[Any] = ["done" if query.when == "done" else "planned"]
    parts: dict[When, tuple[str, list[Any]]] = {
        "open": ("1 = 1", []),
        "due": ("(due_on <= ? OR remind_at <= ?)", [query.today, now()]),
        "overdue": ("(due_on < ? OR due_at < ?)", [query.today, now()]),
        "today": ("due_on = ? AND (due_at IS NULL OR due_at >= ?)", [query.today, now()]),
        "upcoming": ("due_on > ? AND due_on <= ?", [query.today, query.until or SOME_DAY]),
        "done": ("done_at IS NOT NULL", []),
    }
    condition, values = parts[query.when]
    where.append(condition)
    args += values
    if query.assignee_id is not None:
        where.append(f"({OWN})")
        args.append(query.assignee_id)
    column, sign, order = ("done_at", "<", " DESC") if query.when == "done" else ("due_on", ">", "")
    if query.cursor:
        where.append(f"({column}, id) {sign} (?, ?)")
        args += place_of(query)
    return " AND ".join(where) + f" ORDER BY {column}{order}, id{order}", args


def cursor_of(query: TaskQuery, row: dict[str, Any]) -> str:
    value: date | datetime = row["done_at"] if query.when == "done" else row["due_on"]
    return base64.urlsafe_b64encode(row["id"].bytes + value.isoformat().encode()).decode().rstrip("=")


def place_of(query: TaskQuery) -> list[Any]:
    """Day (or instant) and id of the last task of the page before. Raises InvalidCursor."""
    cursor = query.cursor or ""
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True)
        text = raw[16:].decode("ascii")
        return [instant(text) if query.when == "done" else date.fromisoformat(text), UUID(bytes=raw[:16])]
    except (ValueError, OverflowError):
        raise InvalidCursor("the cursor was not made here") from None


def instant(text: str) -> datetime:
    """Raises ValueError, for an instant without a time zone too."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("no time zone")
    return value.astimezone(UTC)


async def names_of(crm: Installation, access: Access, items: Sequence[Opened[InteractionContent]]) -> dict[UUID, str]:
    """Names of everybody these interactions are about, as far as this access may see them; one query."""
    people = dict.fromkeys(person for item in items for person in item.people)
    return await display_names(crm, access, list(people)) if people else {}


def task_of(opened: Opened[InteractionContent], names: dict[UUID, str]) -> Task:
    row = opened.row
    return Task(
        id=row["id"],
        version=row["version"],
        kind=row["kind"],
        state=row["state"],
        subject=opened.content.subject or opened.content.body[:100],
        due_on=row["due_on"] if row["due_on"] != SOME_DAY else None,
        due_at=row["due_at"],
        done_at=row["done_at"],
        assignee_id=row["assignee_id"],
        people=tuple((person, names[person]) for person in opened.people if person in names),
    )


async def next_task(crm: Installation, access: Access, contact_id: UUID) -> Task | None:
    """The open task about a contact that is due first; the caller has passed the gate to the contact."""
    rows = await crm.data.fetch(
        "SELECT i.* FROM interaction i JOIN interaction_participant p ON p.interaction_id = i.id "
        "WHERE p.contact_id = ? AND p.state = ? ORDER BY i.due_on, i.id LIMIT 1",
        contact_id, "planned",
    )  # fmt: skip
    opened = await crm.door.open(access, INTERACTION, rows)
    return task_of(opened[0], {}) if opened else None


async def due_count(crm: Installation, account_id: UUID, today: date) -> int:
    """How many tasks of this account, or of nobody, are overdue, due today, or have reached their reminder; opens nothing.

    Without those about nobody but people whose processing is restricted, as they are on no list either.
    """
    # The state stands in both halves, so that each is one walk of an index; of all done ones SQLite would read every row.
    condition = (
        "((assignee_id = ? AND state = ?) OR (assignee_id IS NULL AND state = ?)) "
        "AND deleted_at IS NULL AND (due_on <= ? OR remind_at <= ?)"
    )
    values = (account_id, "planned", "planned", today, now())
    rows = await crm.data.fetch(f"SELECT count(*) AS due FROM interaction WHERE {condition}", *values)
    due = int(rows[0]["due"])
    for batch in batches(await hidden_tasks(crm) if due else []):
        marks = ", ".join("?" * len(batch))
        hidden = await crm.data.fetch(
            f"SELECT count(*) AS due FROM interaction WHERE id IN ({marks}) AND {condition}", *batch, *values
        )
        due -= int(hidden[0]["due"])
    return due


async def hidden_tasks(crm: Installation) -> list[UUID]:
    """Open tasks about nobody but people whose processing is restricted."""
    await crm.orders.refresh()
    restricted, found = crm.orders.restricted_subjects(), set[UUID]()
    for batch in batches(sorted(restricted)):
        marks = ", ".join("?" * len(batch))
        rows = await crm.data.fetch(
            f"SELECT interaction_id FROM interaction_participant WHERE contact_id IN ({marks}) AND state = 'planned'",
            *batch,
        )
        found |= {row["interaction_id"] for row in rows}
    for batch in batches(sorted(found)):
        marks = ", ".join("?" * len(batch))
        rows = await crm.data.fetch(
            f"SELECT interaction_id, contact_id FROM interaction_participant WHERE interaction_id IN ({marks})", *batch
        )
        found -= {row["interaction_id"] for row in rows if row["contact_id"] not in restricted}
    return sorted(found)
