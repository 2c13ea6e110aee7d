"""Puts the page of one ticket together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response

from confida_core.api import Access, Installation, Opened, account_names
from confida_service.answering.canned import canned_answers
from confida_service.answering.checklists import checklists, key_of, ticked_steps
from confida_service.answering.time_spent import minutes_of
from confida_service.chat.staff_routes import chat_on_ticket
from confida_service.complaints.showing import track_of_ticket
from confida_service.content import TICKET, MessageContent, TicketContent
from confida_service.equipment.ticket_links import equipment_of_ticket
from confida_service.knowledge.suggesting import suggested_for
from confida_service.tickets.choices import (
    PURPOSE,
    assignee_options,
    kind_options,
    options,
    priority_options,
    queue_options,
    state_options,
)
from confida_service.tickets.conversation import latest_messages, shown_events, shown_messages
from confida_service.tickets.listing import ShownTicket, shown_tickets
from confida_service.tickets.pages import OtherTicket, ShownChecklist, Step, TicketPage
from confida_service.tickets.presence import newest, others_at
from confida_service.tickets.states import MERGED, NEXT, STATES
from confida_service.tickets.tickets import tickets_of, visible_ticket
from confida_web.api import Errors, PersonRef, access_for, page

# A ticket into which a machine writes for days must not keep its readers waiting.
MOST_SAID, MOST_OF_ALL = 100, 2_000
AFTERWARDS = {"pending": "Wait for the customer", "solved": "It is solved", "keep": "Leave the state as it is"}
LINKS = {
    "related": ("belongs together with", "belongs together with"),
    "causes": ("causes", "is caused by"),
    "duplicates": ("says the same as", "says the same as"),
}
"""What a link says, read from either end."""


async def show_ticket_page(
    request: Request[Any, Any, Any],
    ticket_id: UUID,
    *,
    answer: Mapping[str, str] | None = None,
    errors: Errors | None = None,
    status: int = 200,
) -> Response[Any]:
    """answer: what stands in the form. Raises Forbidden and NotFound."""
    return page(request, await ticket_page(request, ticket_id, answer or {}, errors or {}), status=status)


async def ticket_page(
    request: Request[Any, Any, Any], ticket_id: UUID, answer: Mapping[str, str], errors: Errors
) -> TicketPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_ticket(crm, access, ticket_id)
    one = (await shown_tickets(crm, access, [opened.row]))[0]
    whole = request.query_params.get("all") == "yes"
    said, earlier = await latest_messages(crm, access, ticket_id, MOST_OF_ALL if whole else MOST_SAID)
    last = await newest(crm, ticket_id)
    writes = access.actor.may("service.write")
    sends = writes and access.actor.may("outbound.send")
    return TicketPage(
        one=one,
        contact=PersonRef(name=one.contact, href=f"/contacts/{one.contact_id}"),
        messages=await shown_messages(crm, access, said),
        events=await shown_events(crm, ticket_id),
        presence=await others_at(crm, access, ticket_id, last),
        earlier=earlier,
        others=await others_of(crm, access, opened),
        links=await linked(crm, access, ticket_id),
        merged_into=await other_of(crm, access, opened.row["merged_into"]),
        states=state_options(one.state) if one.state != MERGED else (),
        kinds=kind_options(one.kind),
        priorities=priority_options(one.priority),
        queues=await queue_options(crm, one.queue_id),
        assignees=await assignee_options(crm, one.assignee_id, one.assignee),
        afterwards=afterwards_of(one, answer.get("then", "pending")),
        canned=options({each.id: each.name for each in await canned_answers(crm)}, every="A ready answer …"),
        articles=await suggested_for(crm, access, one.subject, said) if sends and one.state != MERGED else (),
        checklists=await shown_checklists(crm, one),
        complaint=await track_of_ticket(crm, access, one),
        equipment=await equipment_of_ticket(crm, access, ticket_id, one.contact_id),
        minutes=await minutes_of(crm, ticket_id),
        answer={"to": last_address(said)} | dict(answer),
        errors=errors,
        last=last,
        chat=await chat_on_ticket(crm, access, ticket_id),
        may_write=writes,
        may_send=sends,
    )


def afterwards_of(one: ShownTicket, chosen: str) -> Any:
    """A ticket that is done stays so, whoever writes."""
    allowed = {key: label for key, label in AFTERWARDS.items() if key == "keep" or key in NEXT.get(one.state, ())}
    return options(allowed, chosen if chosen in allowed else "keep")


def last_address(said: Sequence[Opened[MessageContent]]) -> str:
    return next((one.content.from_address for one in reversed(said) if one.row["direction"] == "in"), "")


async def others_of(crm: Installation, access: Access, opened: Opened[TicketContent]) -> tuple[OtherTicket, ...]:
    """The latest others of the same person."""
    found = await tickets_of(crm, access, [opened.row["contact_id"]])
    return tuple(other(one) for one in found if one.row["id"] != opened.row["id"])[:5]


def other(one: Opened[TicketContent], kind: str = "") -> OtherTicket:
    return OtherTicket(
        id=one.row["id"], number=one.row["number"], subject=one.content.subject,
        state_label=STATES.get(one.row["state"], "Merged"), kind=kind,
    )  # fmt: skip


async def other_of(crm: Installation, access: Access, ticket_id: UUID | None) -> OtherTicket | None:
    """None also where it may not be seen."""
    rows = await crm.records.rows(TICKET, [ticket_id]) if ticket_id else []
    opened = await crm.door.open_one(access, TICKET, rows[0]) if rows else None
    return other(opened) if opened else None


async def linked(crm: Installation, access: Access, ticket_id: UUID) -> tuple[OtherTicket, ...]:
    rows = await crm.data.fetch(
        "SELECT ticket_id, other_id, kind FROM service_ticket_link WHERE ticket_id = ? OR other_id = ? ORDER BY id",
        ticket_id, ticket_id,
    )  # fmt: skip
    kinds = {}
    for row in rows:
        forward = row["ticket_id"] == ticket_id
        kinds[row["other_id"] if forward else row["ticket_id"]] = LINKS[row["kind"]][0 if forward else 1]
    opened = await crm.door.open(access, TICKET, await crm.records.rows(TICKET, list(kinds)))
    return tuple(other(one, kinds[one.row["id"]]) for one in opened)


async def shown_checklists(crm: Installation, one: ShownTicket) -> tuple[ShownChecklist, ...]:
    found = await checklists(crm, one.kind)
    if not found:
        return ()
    ticked = await ticked_steps(crm, one.id)
    names = await account_names(crm, sorted(set(ticked.values()))) if ticked else {}
    return tuple(
        ShownChecklist(
            id=each.id,
            name=each.name,
            steps=tuple(
                Step(
                    key=key_of(step),
                    text=step,
                    done=(each.id, key_of(step)) in ticked,
                    by=names.get(ticked.get((each.id, key_of(step)), each.id), ""),
                )
                for step in each.steps
            ),
        )
        for each in found
    )
