"""A new ticket: for whom, what about, and what they said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from confida_core.api import InvalidContent, NotFound, account_names, likely_contacts, visible_contact
from confida_service.content import MessageContent
from confida_service.equipment.ticket_links import link_equipment
from confida_service.tickets.choices import (
    LIST,
    PURPOSE,
    assignee_options,
    channel_options,
    id_in,
    kind_options,
    priority_options,
    queue_options,
)
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.pages import NewTicketPage
from confida_service.tickets.tickets import TicketDraft, open_ticket
from confida_web.api import Errors, FormData, Option, PersonRef, Toast, access_for, page, parse_form, redirect

NEW = f"{LIST}/new"
FIELDS = ("subject", "text", "kind", "priority", "channel", "queue", "assignee", "tags", "equipment")
NOBODY_CHOSEN = "Please find the person or organisation who asks, and choose it."


@get(NEW, permission="service.write")
async def new_ticket(request: Request[Any, Any, Any]) -> Response[Any]:
    """contact: who asks, if that is known. equipment: what it is about, of what they have."""
    contact_id, equipment_id = (id_in(request.query_params, name) for name in ("contact", "equipment"))
    values = {"equipment": str(equipment_id or "")}
    return page(request, await new_page(request, values, contact_id), "form")


@post(NEW, permission="service.write", status_code=200)
async def create_ticket(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    values = {name: form.get(name) for name in FIELDS}
    contact_id = id_in(dict(form.fields), "contact")
    if form.get("_find"):
        return page(request, await new_page(request, values, contact_id, find=form.get("find")), "form")
    try:
        made = await opened(request, form, contact_id)
    except InvalidContent as wrong:
        shown = await new_page(request, values, contact_id, find=form.get("find"), errors=wrong.errors)
        return page(request, shown, "form", status=422)
    return redirect(request, f"{LIST}/{made}", Toast(message="Opened."))


async def opened(request: Request[Any, Any, Any], form: FormData, contact_id: UUID | None) -> UUID:
    """The ticket and the first thing that was said in it, both or neither. Raises InvalidContent."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    if contact_id is None or await named(request, contact_id) is None:
        raise InvalidContent({"find": NOBODY_CHOSEN})
    assignee = id_in(dict(form.fields), "assignee")
    if assignee is not None and assignee not in await account_names(crm, [assignee]):
        raise InvalidContent({"assignee": "Please choose somebody who works here."})
    channel = form.get("channel") or "staff"
    draft = TicketDraft(
        subject=form.get("subject"), kind=form.get("kind") or "question", priority=form.integer("priority", 2),
        channel=channel, queue_id=id_in(dict(form.fields), "queue"), assignee_id=assignee,
        tags=tuple(form.get("tags").split(",")),
    )  # fmt: skip
    await crm.keyring.ensure([contact_id], "relationship")
    async with crm.data.transaction():
        ticket_id = await open_ticket(crm, access, contact_id, draft)
        if equipment_id := id_in(dict(form.fields), "equipment"):
            await link_equipment(crm, access, ticket_id, equipment_id)
        if form.get("text").strip():
            theirs = channel in {"phone", "post"}
            said = MessageDraft(
                content=MessageContent(text=form.get("text").strip()),
                direction="in" if theirs else "note",
                channel=channel,
            )
            await add_message(crm, access, ticket_id, said)
    return ticket_id


async def new_page(
    request: Request[Any, Any, Any],
    values: dict[str, str],
    contact_id: UUID | None,
    *,
    find: str = "",
    errors: Errors | None = None,
) -> NewTicketPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    contact = await named(request, contact_id)
    people: tuple[Option, ...] = ()
    if find.strip() and contact is None:
        found = await likely_contacts(crm, access, find.strip()[:200])
        people = tuple(Option(value=str(one.row["id"]), label=one.content.display_name) for one in found)
    priority = values.get("priority", "2")
    return NewTicketPage(
        contact=contact,
        contact_id=str(contact_id) if contact else "",
        people=people,
        find=find,
        values=dict.fromkeys(FIELDS, "") | values,
        errors=errors or {},
        queues=await queue_options(crm, values.get("queue", "")),
        kinds=kind_options(values.get("kind", "")),
        priorities=priority_options(int(priority) if priority.isdigit() else 2),
        channels=channel_options(values.get("channel", "phone")),
        assignees=await assignee_options(crm, id_in(values, "assignee")),
    )


async def named(request: Request[Any, Any, Any], contact_id: UUID | None) -> PersonRef | None:
    """None where nobody of this id may be seen."""
    try:
        if contact_id is not None:
            found = await visible_contact(request.state.crm, access_for(request, PURPOSE), contact_id)
            return PersonRef(name=found.content.display_name, href=f"/contacts/{contact_id}")
    except NotFound:
        pass
    return None


ROUTES = (new_ticket, create_ticket)
