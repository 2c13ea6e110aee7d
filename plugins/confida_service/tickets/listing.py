"""The list of tickets: what waits the most urgent first, what is done the latest first, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidCursor,
    Opened,
    Row,
    Scope,
    account_names,
    display_names,
    now,
    read_condition,
    select_ids,
)
from confida_service.content import TICKET, TicketContent
from confida_service.tickets.states import KINDS, PRIORITIES, STATES
from confida_web.api import matches_words, open_place, seal_place, words_of

PAGE = 50
PLACE = "service tickets"
NOBODY = "nobody"
MOST_FOUND = 500
SUBJECTS = "service.subjects"
"""The field of the index with the subjects of a contact's tickets."""
# As the indexes have them, word by word, or SQLite does not know them again.
WAITING = "state IN ('new', 'open', 'pending', 'on_hold')"
DONE = "state IN ('solved', 'closed')"
SHOWN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "todo": ("To do", ("new", "open")),
    "pending": ("Waiting for the customer", ("pending",)),
    "on_hold": ("On hold", ("on_hold",)),
    "done": ("Done", ("solved", "closed")),
}
"""What the list can show, each with its states."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketQuery:
    """showing: a key of `SHOWN`. whose: id of an account, "nobody", or "" for everybody's. text: words as typed.

    after, before: a sealed place beside this page, "" for the first one.
    """

    showing: str = "todo"
    queue_id: UUID | None = None
    whose: str = ""
    kind: str = ""
    priority: int = 0
    text: str = ""
    after: str = ""
    before: str = ""

    @property
    def done(self) -> bool:
        return self.showing == "done"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownTicket:
    """A ticket with the names around it. due: what is due next by its service level, None without one; late: it is over."""

    id: UUID
    number: int
    version: int
    subject: str
    tags: tuple[str, ...]
    contact_id: UUID
    contact: str
    queue_id: UUID
    queue: str
    state: str
    kind: str
    priority: int
    channel: str
    assignee_id: UUID | None
    assignee: str
    opened_at: datetime
    touched_at: datetime
    due: datetime | None
    late: bool

    @property
    def href(self) -> str:
        return f"/x/service/tickets/{self.id}"

    @property
    def state_label(self) -> str:
        return STATES.get(self.state, "Merged")

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]

    @property
    def priority_label(self) -> str:
        return PRIORITIES[self.priority]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedTickets:
    """rows: in order. previous, following: sealed places of the pages beside this one, "" where there is none."""

    rows: tuple[ShownTicket, ...] = ()
    previous: str = ""
    following: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many wait: by state; by queue, what is to do; what is to do for one account and for nobody yet."""

    by_state: Mapping[str, int]
    by_queue: Mapping[UUID, int]
    mine: int
    unassigned: int


async def counts(crm: Installation, access: Access) -> Counts:
    """Of what waits, from an index alone; what is done is not counted. Raises Forbidden."""
    access.actor.require("service.read")
    rows = await crm.data.fetch(
        f"SELECT queue_id, state, assignee_id, count(*) AS number FROM service_ticket WHERE {WAITING} "
        "GROUP BY queue_id, state, assignee_id"
    )
    by_state, by_queue, whose = Counter[str](), Counter[UUID](), Counter[UUID | None]()
    for row in rows:
        by_state[row["state"]] += row["number"]
        if row["state"] in {"new", "open"}:
            by_queue[row["queue_id"]] += row["number"]
            whose[row["assignee_id"]] += row["number"]
    return Counts(by_state, by_queue, whose[access.actor.id], whose[None])


def condition_of(query: TicketQuery) -> tuple[str, list[Any]]:
    states = SHOWN[query.showing][1]
    parts = [DONE if query.done else WAITING]
    values: list[Any] = []
    if not query.done:
        parts.append(f"state IN ({', '.join('?' * len(states))})")
        values += states
    for column, value in (("queue_id", query.queue_id), ("kind", query.kind), ("priority", query.priority)):
        if value:
            parts, values = [*parts, f"{column} = ?"], [*values, value]
    if query.whose == NOBODY:
        parts.append("assignee_id IS NULL")
    elif query.whose:
        parts, values = [*parts, "assignee_id = ?"], [*values, UUID(query.whose)]
    return " AND ".join(parts), values


async def list_tickets(crm: Installation, access: Access, query: TicketQuery) -> ListedTickets:
    """One page; as many queries whatever the number of rows. With words a single page of what they mean. Raises Forbidden."""
    access.actor.require("service.read")
    if query.text.strip():
        return ListedTickets(rows=tuple(await with_words(crm, access, query)))
    condition, values = condition_of(query)
    order = ("touched_at", "id") if query.done else ("(4 - priority)", "touched_at", "id")
    backward = bool(query.before)
    down = query.done != backward
    place = place_of(crm, query)
    if place is not None:
        condition += f" AND ({', '.join(order)}) {'<' if down else '>'} ({', '.join('?' * len(order))})"
        values += place
    direction = "DESC" if down else "ASC"
    rows = await crm.data.fetch(
        f"SELECT * FROM service_ticket WHERE {condition} ORDER BY {', '.join(f'{one} {direction}' for one in order)} "
        f"LIMIT {PAGE + 1}",
        *values,
    )
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backward:
        rows.reverse()
    return ListedTickets(
        rows=tuple(await shown_tickets(crm, access, rows)),
        previous=sealed(crm, query, rows[0]) if rows and (more if backward else place is not None) else "",
        following=sealed(crm, query, rows[-1]) if rows and (more or backward) else "",
    )


def place_of(crm: Installation, query: TicketQuery) -> tuple[Any, ...] | None:
    """None for the first page, and for what was not made here."""
    shape = tuple[datetime, UUID] if query.done else tuple[int, datetime, UUID]
    try:
        return open_place(crm, PLACE, query.before or query.after, shape) if query.before or query.after else None
    except InvalidCursor:
        return None


def sealed(crm: Installation, query: TicketQuery, row: Row) -> str:
    urgency = [] if query.done else [4 - row["priority"]]
    return seal_place(crm, PLACE, [*urgency, row["touched_at"], row["id"]])


async def shown_tickets(crm: Installation, access: Access, rows: Sequence[Row]) -> list[ShownTicket]:
    """Those of the rows that may be seen, in order, with the names around them; four queries for all of them."""
    opened = await crm.door.open(access, TICKET, rows)
    contacts = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    assignees = sorted({one.row["assignee_id"] for one in opened if one.row["assignee_id"]})
    names = await account_names(crm, assignees) if assignees else {}
    queues = await queue_names(crm) if opened else {}
    return [shown_one(one, contacts, names, queues) for one in opened if one.row["contact_id"] in contacts]


async def queue_names(crm: Installation) -> dict[UUID, str]:
    """Of all queues, also those in the archive."""
    return {row["id"]: row["name"] for row in await crm.data.fetch("SELECT id, name FROM service_queue")}


def shown_one(
    one: Opened[TicketContent], contacts: Mapping[UUID, str], names: Mapping[UUID, str], queues: Mapping[UUID, str]
) -> ShownTicket:
    row = one.row
    due = due_of(row)
    return ShownTicket(
        id=row["id"], number=row["number"], version=row["version"], subject=one.content.subject, tags=one.content.tags,
        contact_id=row["contact_id"], contact=contacts[row["contact_id"]], queue_id=row["queue_id"],
        queue=queues.get(row["queue_id"], ""), state=row["state"], kind=row["kind"], priority=row["priority"],
        channel=row["channel"], assignee_id=row["assignee_id"], assignee=names.get(row["assignee_id"], ""),
        opened_at=row["opened_at"], touched_at=row["touched_at"], due=due, late=due is not None and due < now(),
    )  # fmt: skip


def due_of(row: Row) -> datetime | None:
    """The first answer until it was given, then the solution; nothing while somebody else has to act."""
    if row["state"] not in {"new", "open"}:
        return None
    due: datetime | None = row["first_response_due"] if row["first_response_at"] is None else None
    return due or row["solution_due"]


async def with_words(crm: Installation, access: Access, query: TicketQuery) -> list[ShownTicket]:
    """A number means that ticket; words mean subjects and names of people, whatever state the tickets are in."""
    number = query.text.strip().lstrip("#").rpartition("-")[2]
    if number.isdigit() and len(number) <= 9:
        rows = await crm.data.fetch("SELECT * FROM service_ticket WHERE number = ?", int(number))
        if rows:
            return await shown_tickets(crm, access, rows)
    words = words_of(query.text)
    if not words:
        return []
    ids = await meant(crm, access, words)
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT * FROM service_ticket WHERE contact_id IN ({marks}) ORDER BY touched_at DESC, id DESC LIMIT {MOST_FOUND}",
        *ids,
    )
    found = await shown_tickets(crm, access, rows)
    return [one for one in found if matches_words(f"{one.subject} {one.contact} {' '.join(one.tags)}", words)][:PAGE]


async def meant(crm: Installation, access: Access, words: Sequence[str]) -> frozenset[UUID]:
    """Contacts that have each of the words in their name or in a subject of their tickets; the index says so."""
    sets = []
    for word in words:
        tests = {"all": [{"field": SUBJECTS, "op": "contains", "value": word}]}
        titled = Scope(condition=read_condition(tests, crm.registry.index_fields), archived=None)
        named = Scope(text=word, archived=None)
        found = [await select_ids(crm, access, scope, limit=MOST_FOUND) for scope in (named, titled)]
        sets.append(frozenset(found[0]) | frozenset(found[1]))
    return frozenset.intersection(*sets)
