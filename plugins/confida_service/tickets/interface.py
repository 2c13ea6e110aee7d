"""Tickets for programs: forms on a web site, shops, other systems."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    LineText,
    LongText,
    Opened,
    ShortText,
    account_names,
    display_names,
)
from confida_service.content import TICKET, MessageContent, TicketContent
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.states import MERGED, STATES
from confida_service.tickets.tickets import TicketChange, TicketDraft, change_ticket, open_ticket, visible_ticket
from confida_web.api import ApiResource, Entity, Given, Instant, ListPage, ListQuery, Parameter, open_place, seal_place

PLACE = "service tickets api"
FIRST = UUID(int=0)
FILTERS = {"contact": "contact_id", "queue": "queue_id", "assignee": "assignee_id", "state": "state"}


class TicketEntity(Entity, frozen=True, kw_only=True):
    """priority: 1 (low) to 4 (urgent). merged_into: where everything that was said went."""

    number: int
    contact_id: UUID
    queue_id: UUID
    state: str
    kind: str
    priority: int
    channel: str
    assignee_id: UUID | None
    subject: str
    tags: list[str]
    opened_at: Instant
    touched_at: Instant
    solved_at: datetime | None
    merged_into: UUID | None


class NewTicket(Given, frozen=True, kw_only=True):
    """text: the first thing that the contact said. queue_id: without one, the first queue."""

    contact_id: UUID
    subject: LineText
    text: LongText = ""
    kind: str = "question"
    priority: int = 2
    queue_id: UUID | None = None
    assignee_id: UUID | None = None
    tags: list[ShortText] = []


class ChangedTicket(Given, frozen=True, kw_only=True):
    """state: one that may follow on the present one, or a 422 says so. assignee_id: null takes it from whoever has it."""

    subject: LineText
    state: str
    queue_id: UUID
    kind: str = "question"
    priority: int = 2
    assignee_id: UUID | None = None
    tags: list[ShortText] = []


def entity(opened: Opened[TicketContent]) -> TicketEntity:
    row, content = opened.row, opened.content
    return TicketEntity(
        id=row["id"], version=row["version"], number=row["number"], contact_id=row["contact_id"], queue_id=row["queue_id"],
        state=row["state"], kind=row["kind"], priority=row["priority"], channel=row["channel"],
        assignee_id=row["assignee_id"], subject=content.subject, tags=list(content.tags), opened_at=row["opened_at"],
        touched_at=row["touched_at"], solved_at=row["solved_at"], merged_into=row["merged_into"],
    )  # fmt: skip


async def list_items(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """In the order in which they were opened. Raises Forbidden and InvalidCursor."""
    access.actor.require("service.read")
    contact = query.given.get("contact")
    if contact is not None and contact not in await display_names(crm, access, [contact]):
        # That there is a next page would tell of somebody who is hidden.
        return ListPage(items=())
    after = open_place(crm, PLACE, query.cursor, tuple[UUID])[0] if query.cursor else FIRST
    parts, values = ["id > ?"], list[Any]([after])
    for name, column in FILTERS.items():
        if query.given.get(name) is not None:
            parts, values = [*parts, f"{column} = ?"], [*values, query.given[name]]
    rows = await crm.data.fetch(
        f"SELECT * FROM service_ticket WHERE {' AND '.join(parts)} ORDER BY id LIMIT ?", *values, query.limit + 1
    )
    more, rows = len(rows) > query.limit, rows[: query.limit]
    opened = await crm.door.open(access, TICKET, rows)
    visible = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    items = [entity(one) for one in opened if one.row["contact_id"] in visible]
    return ListPage(items=items, next=seal_place(crm, PLACE, [rows[-1]["id"]]) if more else "")


async def get_item(crm: Installation, access: Access, ticket_id: UUID) -> TicketEntity:
    return entity(await visible_ticket(crm, access, ticket_id))


async def create_item(crm: Installation, access: Access, given: NewTicket) -> UUID:
    """The ticket and the first thing that was said, both or neither."""
    access.actor.require("service.write")
    draft = TicketDraft(
        subject=given.subject, kind=given.kind, priority=given.priority, channel="web", queue_id=given.queue_id,
        assignee_id=await known_assignee(crm, given.assignee_id), tags=tuple(given.tags),
    )  # fmt: skip
    await crm.keyring.ensure([given.contact_id], "relationship")
    async with crm.data.transaction():
        ticket_id = await open_ticket(crm, access, given.contact_id, draft)
        if given.text.strip():
            said = MessageDraft(content=MessageContent(text=given.text.strip()), direction="in", channel="web")
            await add_message(crm, access, ticket_id, said)
    return ticket_id


async def change_item(crm: Installation, access: Access, ticket_id: UUID, given: ChangedTicket, seen: int) -> None:
    change = TicketChange(
        subject=given.subject, state=given.state, kind=given.kind, priority=given.priority, queue_id=given.queue_id,
        assignee_id=await known_assignee(crm, given.assignee_id), unassign=given.assignee_id is None,
        tags=tuple(given.tags),
    )  # fmt: skip
    await change_ticket(crm, access, ticket_id, change, seen=seen)


async def known_assignee(crm: Installation, account_id: UUID | None) -> UUID | None:
    """Raises InvalidContent for nobody's account."""
    if account_id is not None and account_id not in await account_names(crm, [account_id]):
        raise InvalidContent({"assignee_id": "There is no such account."})
    return account_id


TICKETS = ApiResource(
    key="tickets",
    label="Tickets",
    summary="What people asked. Post what a form on your web site was sent; answers are written by people.",
    read="service.read",
    write="service.write",
    shape=TicketEntity,
    new_shape=NewTicket,
    change_shape=ChangedTicket,
    list_items=list_items,
    get_item=get_item,
    create_item=create_item,
    change_item=change_item,
    parameters=(
        Parameter(name="contact", type="uuid", description="Only those of this contact."),
        Parameter(name="queue", type="uuid", description="Only those in this queue."),
        Parameter(name="assignee", type="uuid", description="Only those of this account."),
        Parameter(
            name="state", type="choice", description="Only those in this state.", choices=(*STATES, MERGED)
        ),
    ),
    example={
        "contact_id": "0199f3b2-7c41-7000-8000-000000000001", "subject": "The lamp is dark", "text": "Since yesterday.",
    },
)  # fmt: skip
RESOURCES = (TICKETS,)
