"""Tickets put together, taken apart and linked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath

from confida_core.api import Access, Installation, InvalidContent, VersionConflict
from confida_service.tickets.choices import LIST, PURPOSE, id_in, is_id
from confida_service.tickets.messages import split_ticket
from confida_service.tickets.routes import CHANGED_MEANWHILE, ONE
from confida_service.tickets.showing import show_ticket_page
from confida_service.tickets.tickets import (
    TicketDraft,
    link_tickets,
    merge_tickets,
    open_ticket,
    unlink,
    visible_ticket,
)
from confida_web.api import Toast, access_for, parse_form, redirect

NO_NUMBER = "There is no ticket of this number."


async def numbered(crm: Installation, text: str, field: str) -> UUID:
    """The id of the ticket with a number as people type it, such as #12. Raises InvalidContent."""
    digits = text.strip().lstrip("#").rpartition("-")[2]
    rows = []
    if digits.isdigit() and len(digits) <= 9:
        rows = await crm.data.fetch("SELECT id FROM service_ticket WHERE number = ?", int(digits))
    if not rows:
        raise InvalidContent({field: NO_NUMBER})
    found: UUID = rows[0]["id"]
    return found


@post(f"{ONE}/merge", permission="service.write", status_code=303)
async def merge(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    """Everything that was said goes to the other one; this one says where it went."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        into = await numbered(crm, form.get("into"), "into")
        await merge_tickets(crm, access, ticket_id, into, seen=form.integer("version"))
    except InvalidContent as wrong:
        return await show_ticket_page(request, ticket_id, errors=wrong.errors, status=422)
    except VersionConflict:
        return redirect(request, f"{LIST}/{ticket_id}", Toast(message=CHANGED_MEANWHILE, tone="problem"))
    return redirect(request, f"{LIST}/{into}", Toast(message="Put together in this ticket."))


@post(f"{ONE}/split", permission="service.write", status_code=303)
async def split(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    """Some messages become a ticket of their own, of the same person."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    chosen = [UUID(one) for one in dict.fromkeys(form.all("messages")) if is_id(one)]
    try:
        made = await split_off(crm, access, ticket_id, chosen, form.get("split"))
    except InvalidContent as wrong:
        errors = {"split" if name == "subject" else name: text for name, text in wrong.errors.items()}
        return await show_ticket_page(request, ticket_id, errors=errors, status=422)
    return redirect(request, f"{LIST}/{made}", Toast(message="A ticket of its own."))


async def split_off(crm: Installation, access: Access, ticket_id: UUID, message_ids: list[UUID], subject: str) -> UUID:
    """All or nothing. Raises Forbidden, NotFound and InvalidContent."""
    opened = await visible_ticket(crm, access, ticket_id)
    row = opened.row
    if not message_ids:
        raise InvalidContent({"messages": "Please choose what is to be moved."})
    draft = TicketDraft(
        subject=subject.strip() or opened.content.subject, kind=row["kind"], priority=row["priority"],
        channel=row["channel"], queue_id=row["queue_id"], assignee_id=row["assignee_id"], tags=opened.content.tags,
    )  # fmt: skip
    async with crm.data.transaction():
        made = await open_ticket(crm, access, row["contact_id"], draft)
        await split_ticket(crm, access, ticket_id, message_ids, made)
    return made


@post(f"{ONE}/link", permission="service.write", status_code=303)
async def link(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        other = await numbered(crm, form.get("other"), "other")
        await link_tickets(crm, access, ticket_id, other, form.get("kind"))
    except InvalidContent as wrong:
        return await show_ticket_page(request, ticket_id, errors=wrong.errors, status=422)
    toast = Toast(message="Linked.", undo_url=f"{LIST}/{ticket_id}/unlink?other={other}")
    return redirect(request, f"{LIST}/{ticket_id}", toast)


@post(f"{ONE}/unlink", permission="service.write", status_code=303)
async def take_link(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm = request.state.crm
    await visible_ticket(crm, access_for(request, PURPOSE), ticket_id)
    other = id_in(dict(form.fields), "other") or id_in(request.query_params, "other")
    if other is not None:
        await unlink(crm, ticket_id, other)
    return redirect(request, f"{LIST}/{ticket_id}", Toast(message="No longer linked."))


ROUTES = (merge, split, link, take_link)
