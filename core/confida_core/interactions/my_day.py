"""What concerns one colleague today: tasks, birthdays, and whom we were in touch with lately."""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.content import Birthday, ContactContent
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.lists import opened_in_order
from confida_core.index.conditions import Test
from confida_core.index.query import IndexQuery
from confida_core.installation import Installation
from confida_core.interactions.tasks import Task, TaskQuery, list_tasks
from confida_core.vault.access import Access
from confida_core.vault.door import Opened

UPCOMING_DAYS = 7
BIRTHDAY_DAYS = 14
MOST_BIRTHDAYS = 20
MOST_TOUCHED = 8
LOOKED_THROUGH = 60


@dataclass(frozen=True, slots=True)
class BirthdaySoon:
    """on: the next one. turns: None where the year of birth is not known."""

    contact: Opened[ContactContent]
    on: date
    turns: int | None


@dataclass(frozen=True, slots=True)
class Touched:
    """The latest of what happened with a contact."""

    contact: Opened[ContactContent]
    at: datetime
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MyDay:
    """due: overdue, for today, or reminded of. is_new: there is no contact at all yet."""

    due: tuple[Task, ...]
    upcoming: tuple[Task, ...]
    birthdays: tuple[BirthdaySoon, ...]
    touched: tuple[Touched, ...]
    is_new: bool


async def read_my_day(crm: Installation, access: Access, today: date) -> MyDay:
    """Opens names only of those shown. today: as the reader's time zone has it. Raises Forbidden without `contacts.read`."""
    access.actor.require("contacts.read")
    due: tuple[Task, ...] = ()
    upcoming: tuple[Task, ...] = ()
    if access.actor.may("interactions.read"):
        own = access.actor.id
        due = (await list_tasks(crm, access, TaskQuery(when="due", today=today, assignee_id=own, limit=100))).tasks
        until = today + timedelta(days=UPCOMING_DAYS)
        later = TaskQuery(when="upcoming", today=today, assignee_id=own, until=until, limit=20)
        reminded = {task.id for task in due}
        upcoming = tuple(task for task in (await list_tasks(crm, access, later)).tasks if task.id not in reminded)
    return MyDay(
        due=due,
        upcoming=upcoming,
        birthdays=await birthdays_soon(crm, access, today),
        touched=await lately_touched(crm, access),
        is_new=not await crm.data.fetch("SELECT id FROM contact LIMIT 1"),
    )


async def birthdays_soon(crm: Installation, access: Access, today: date) -> tuple[BirthdaySoon, ...]:
    """Birthdays from today to a fortnight ahead, the nearest first; the index knows whose."""
    await crm.index.catch_up(ContactSource(crm))
    query = IndexQuery(condition=Test("birthday", "anniversary_within_days", BIRTHDAY_DAYS), limit=MOST_BIRTHDAYS)
    page = crm.index.inline(lambda ask: ask.page(query), today=today)
    found = [
        BirthdaySoon(opened, next_birthday(born, today), age_at(born, next_birthday(born, today)))
        for opened in await opened_in_order(crm, access, page.ids)
        if (born := opened.content.birthday) is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.contact.content.display_name)))


def next_birthday(born: Birthday, today: date) -> date:
    """Today counts; 29 February is kept on 28 February in common years."""
    this_year = observed(born, today.year)
    return this_year if this_year >= today else observed(born, today.year + 1)


def observed(born: Birthday, year: int) -> date:
    leapling = (born.month, born.day) == (2, 29) and not isleap(year)
    return date(year, born.month, 28 if leapling else born.day)


def age_at(born: Birthday, day: date) -> int | None:
    return day.year - born.year if born.year else None


async def lately_touched(crm: Installation, access: Access) -> tuple[Touched, ...]:
    """Contacts with whom something happened last, each once, the latest first; through the door."""
    if not access.actor.may("interactions.read"):
        return ()
    rows = await crm.data.fetch(
        "SELECT contact_id, at, kind FROM interaction_participant WHERE state = ? AND at <= ? ORDER BY at DESC LIMIT ?",
        "done", now(), LOOKED_THROUGH,
    )  # fmt: skip
    latest: dict[UUID, tuple[datetime, str]] = {}
    for row in rows:
        latest.setdefault(row["contact_id"], (row["at"], row["kind"]))
    opened = await opened_in_order(crm, access, list(latest)[:MOST_TOUCHED])
    return tuple(Touched(one, *latest[one.row["id"]]) for one in opened)
