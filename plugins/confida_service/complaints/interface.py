"""Complaints for programs, such as a report of all of them, and for the index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import Access, IndexField, Installation, Opened, display_names
from confida_service.complaints.complaints import visible_complaint
from confida_service.complaints.content import COMPLAINT, ComplaintContent
from confida_service.complaints.listing import IS_ONE
from confida_service.complaints.steps import STEPS
from confida_service.content import TICKET
from confida_web.api import ApiResource, Entity, ListPage, ListQuery, Parameter, open_place, seal_place

PLACE = "service complaints of programs"
FIRST = UUID(int=0)
COLUMNS = (
    "ticket_id", "contact_id", "step", "cause_id", "remedy", "amount", "currency", "refunded_on", "satisfied", "received_on",
    "acknowledge_by", "answer_by", "acknowledged_on", "assessed_on", "answered_on", "decided_on", "closed_on", "task_id",
)  # fmt: skip
FIELDS = ("area", "findings", "offer", "reply", "measure")


class ComplaintEntity(Entity, frozen=True, kw_only=True):
    """amount: minor units of `currency`, of a refund or a discount. remedy, satisfied: empty as long as nobody knows."""

    ticket_id: UUID
    contact_id: UUID
    step: str
    cause_id: UUID | None
    remedy: str
    amount: int | None
    currency: str
    refunded_on: date | None
    satisfied: str
    received_on: date
    acknowledge_by: date
    answer_by: date
    acknowledged_on: date | None
    assessed_on: date | None
    answered_on: date | None
    decided_on: date | None
    closed_on: date | None
    task_id: UUID | None
    area: str
    findings: str
    offer: str
    reply: str
    measure: str


def entity(opened: Opened[ComplaintContent]) -> ComplaintEntity:
    columns = {name: opened.row[name] for name in ("id", "version", *COLUMNS)}
    return ComplaintEntity(**columns, **{name: getattr(opened.content, name) for name in FIELDS})


async def list_items(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """In the order in which their tracks began. Raises Forbidden and InvalidCursor."""
    access.actor.require("service.read")
    after = open_place(crm, PLACE, query.cursor, tuple[UUID])[0] if query.cursor else FIRST
    parts, values = ["c.id > ?", IS_ONE], list[Any]([after])
    if query.given.get("step"):
        parts, values = [*parts, "c.step = ?"], [*values, query.given["step"]]
    rows = await crm.data.fetch(
        "SELECT c.* FROM service_complaint AS c JOIN service_ticket AS t ON t.id = c.ticket_id "
        f"WHERE {' AND '.join(parts)} ORDER BY c.id LIMIT ?",
        *values, query.limit + 1,
    )  # fmt: skip
    more, rows = len(rows) > query.limit, rows[: query.limit]
    opened = await crm.door.open(access, COMPLAINT, rows)
    visible = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    items = [entity(one) for one in opened if one.row["contact_id"] in visible]
    return ListPage(items=items, next=seal_place(crm, PLACE, [rows[-1]["id"]]) if more else "")


async def get_item(crm: Installation, access: Access, complaint_id: UUID) -> ComplaintEntity:
    return entity(await visible_complaint(crm, access, complaint_id))


async def open_complaints(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """How many complaints of each contact are not closed."""
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        "SELECT c.contact_id, count(*) AS number FROM service_complaint AS c JOIN service_ticket AS t ON t.id = c.ticket_id "
        f"WHERE c.contact_id IN ({marks}) AND c.closed_on IS NULL AND {IS_ONE} GROUP BY c.contact_id",
        *ids,
    )
    return {row["contact_id"]: row["number"] for row in rows}


RESOURCES = (
    ApiResource(
        key="complaints",
        label="Complaints",
        summary="Where complaints stand on their way, what was offered and what was learned. They begin with a ticket.",
        read="service.read",
        shape=ComplaintEntity,
        list_items=list_items,
        get_item=get_item,
        parameters=(
            Parameter(name="step", type="choice", description="Only those at this step.", choices=tuple(STEPS)),
        ),
    ),
)
INDEX_FIELDS = (
    IndexField(
        key="service.open_complaints", type="number", label="Open complaints", gather=open_complaints,
        follows=(COMPLAINT.name, TICKET.name),
    ),
)  # fmt: skip
