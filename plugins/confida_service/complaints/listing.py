"""The list of complaints: what is owed first, what is done the latest first, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, InvalidCursor, Row, display_names
from confida_service.complaints.causes import causes
from confida_service.complaints.complaints import Complaint
from confida_service.complaints.content import COMPLAINT
from confida_service.complaints.steps import REMEDIES, SATISFIED, STEPS, next_due
from confida_service.content import TICKET
from confida_service.equipment.equipment import today_of
from confida_web.api import open_place, seal_place

PAGE = 50
PLACE = "service complaints"
HOME = "/x/service/complaints"
SHOWN = {"open": "Open", "late": "Late", "closed": "Closed"}
IS_ONE = "t.kind = 'complaint' AND t.state <> 'merged'"
LATE = (
    "c.closed_on IS NULL AND c.answered_on IS NULL AND ((c.step = 'received' AND c.acknowledge_by < ?) "
    "OR (c.step IN ('received', 'acknowledged', 'assessed') AND c.answer_by < ?))"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplaintQuery:
    """showing: a key of `SHOWN`. remedy: a key of `REMEDIES`, or "". after: a sealed place, "" for the first page."""

    showing: str = "open"
    cause_id: UUID | None = None
    step: str = ""
    remedy: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownComplaint:
    """A complaint with the names around it. due: what is owed next, None for nothing; late: that day is over."""

    id: UUID
    version: int
    ticket_id: UUID
    number: int
    subject: str
    contact_id: UUID
    contact: str
    area: str
    cause: str
    step: str
    remedy: str
    amount: int | None
    currency: str
    satisfied: str
    refunded_on: date | None
    received_on: date
    acknowledge_by: date
    answer_by: date
    acknowledged_on: date | None
    answered_on: date | None
    closed_on: date | None
    due: date | None
    late: bool

    @property
    def href(self) -> str:
        return f"{HOME}/{self.id}"

    @property
    def step_label(self) -> str:
        return STEPS[self.step]

    @property
    def remedy_label(self) -> str:
        return REMEDIES.get(self.remedy, "")

    @property
    def satisfied_label(self) -> str:
        return SATISFIED.get(self.satisfied, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedComplaints:
    rows: tuple[ShownComplaint, ...] = ()
    following: str = ""


async def counts(crm: Installation, access: Access) -> dict[str, int]:
    """How many are open, and how many of them are late. Raises Forbidden."""
    access.actor.require("service.read")
    today = today_of(crm)
    rows = await crm.data.fetch(
        f"SELECT count(*) AS open, count(CASE WHEN {LATE} THEN 1 END) AS late FROM service_complaint AS c "
        f"JOIN service_ticket AS t ON t.id = c.ticket_id WHERE c.closed_on IS NULL AND {IS_ONE}",
        today, today,
    )  # fmt: skip
    return {"open": int(rows[0]["open"]), "late": int(rows[0]["late"])}


def condition_of(crm: Installation, query: ComplaintQuery) -> tuple[str, list[Any]]:
    today = today_of(crm)
    parts, values = [IS_ONE], list[Any]()
    if query.showing == "late":
        parts, values = [*parts, LATE], [today, today]
    else:
        parts.append("c.closed_on IS NOT NULL" if query.showing == "closed" else "c.closed_on IS NULL")
    for column, value in (("cause_id", query.cause_id), ("step", query.step), ("remedy", query.remedy)):
        if value:
            parts, values = [*parts, f"c.{column} = ?"], [*values, value]
    return " AND ".join(parts), values


async def list_complaints(
    crm: Installation, access: Access, query: ComplaintQuery, *, limit: int = PAGE
) -> ListedComplaints:
    """One page; as many queries whatever the number of rows. Raises Forbidden."""
    access.actor.require("service.read")
    condition, values = condition_of(crm, query)
    down = query.showing == "closed"
    place = place_of(crm, query)
    if place is not None:
        condition += f" AND (c.answer_by, c.id) {'<' if down else '>'} (?, ?)"
        values += place
    way = "DESC" if down else "ASC"
    rows = await crm.data.fetch(
        "SELECT c.* FROM service_complaint AS c JOIN service_ticket AS t ON t.id = c.ticket_id "
        f"WHERE {condition} ORDER BY c.answer_by {way}, c.id {way} LIMIT ?",
        *values, limit + 1,
    )  # fmt: skip
    more, rows = len(rows) > limit, rows[:limit]
    return ListedComplaints(
        rows=tuple(await shown_complaints(crm, access, await crm.door.open(access, COMPLAINT, rows))),
        following=seal_place(crm, PLACE, [rows[-1]["answer_by"], rows[-1]["id"]]) if more else "",
    )


def place_of(crm: Installation, query: ComplaintQuery) -> tuple[Any, ...] | None:
    try:
        return open_place(crm, PLACE, query.after, tuple[date, UUID]) if query.after else None
    except InvalidCursor:
        return None


async def shown_complaints(crm: Installation, access: Access, opened: Sequence[Complaint]) -> list[ShownComplaint]:
    """With their tickets, people and causes; four queries for any number. Those of people who are hidden are left out."""
    rows = await crm.records.rows(TICKET, [one.row["ticket_id"] for one in opened])
    tickets = {one.row["id"]: one for one in await crm.door.open(access, TICKET, rows)}
    people = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    named = {one.id: one.name for one in await causes(crm)} if opened else {}
    today = today_of(crm)
    return [
        shown_one(one, tickets[one.row["ticket_id"]], people[one.row["contact_id"]], named, today)
        for one in opened
        if one.row["ticket_id"] in tickets and one.row["contact_id"] in people
    ]


KEPT = (
    "id", "version", "ticket_id", "contact_id", "step", "remedy", "amount", "currency", "satisfied", "refunded_on",
    "received_on", "acknowledge_by", "answer_by", "acknowledged_on", "answered_on", "closed_on",
)  # fmt: skip


def shown_one(one: Complaint, ticket: Any, contact: str, named: Mapping[UUID, str], today: date) -> ShownComplaint:
    row: Row = one.row
    due = next_due(row)
    return ShownComplaint(
        number=ticket.row["number"], subject=ticket.content.subject, contact=contact, area=one.content.area,
        cause=named.get(row["cause_id"], ""), due=due, late=due is not None and due < today,
        **{name: row[name] for name in KEPT},
    )  # fmt: skip
