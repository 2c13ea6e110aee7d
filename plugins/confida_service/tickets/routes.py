"""One ticket: seen, changed, ticked off, and who else is at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, VersionConflict, account_names
from confida_service.answering.checklists import tick_step
from confida_service.answering.time_spent import add_time
from confida_service.tickets.choices import LIST, PURPOSE, id_in, is_id
from confida_service.tickets.listing import shown_tickets
from confida_service.tickets.pages import TicketPage
from confida_service.tickets.presence import be_there, others_at
from confida_service.tickets.showing import show_ticket_page, ticket_page
from confida_service.tickets.states import may_follow
from confida_service.tickets.tickets import TicketChange, change_ticket, visible_ticket
from confida_web.api import FormData, PersonRef, Toast, access_for, page, parse_form, redirect, whole_number

ONE = LIST + "/{ticket_id:uuid}"
CHANGED_MEANWHILE = "Somebody else changed this ticket meanwhile. Nothing was changed; please look again."
UNDONE = ("state", "kind", "priority", "queue_id", "assignee_id")


@get(ONE, permission="service.read")
async def show_ticket(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    return await show_ticket_page(request, ticket_id)


@post(f"{ONE}/here", permission="service.read", status_code=200)
async def say_here(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    """What an open page says again and again; answered with who else is there."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    await be_there(crm, access, ticket_id, answering=bool(form.get("text").strip()))
    shown = await ticket_page_with(request, ticket_id, last=form.get("last"))
    return page(request, shown, "presence")


async def ticket_page_with(request: Request[Any, Any, Any], ticket_id: UUID, *, last: str) -> TicketPage:
    """Only as much of the page as tells who is there."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_ticket(crm, access, ticket_id)
    one = (await shown_tickets(crm, access, [opened.row]))[0]
    return TicketPage(
        one=one, contact=PersonRef(name=one.contact), presence=await others_at(crm, access, ticket_id, last), last=last
    )


@post(f"{ONE}/change", permission="service.write", status_code=303)
async def change(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    """Whatever of it was sent; its toast takes it back, where the way back is open."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_ticket(crm, access, ticket_id)
    try:
        wanted = await wanted_change(request, form)
        version = await change_ticket(crm, access, ticket_id, wanted, seen=form.integer("version"))
    except InvalidContent as wrong:
        return await show_ticket_page(request, ticket_id, errors=wrong.errors, status=422)
    except VersionConflict:
        return redirect(request, f"{LIST}/{ticket_id}", Toast(message=CHANGED_MEANWHILE, tone="problem"))
    after = (await visible_ticket(crm, access, ticket_id)).row
    undo = undo_url(ticket_id, opened.row, after, version)
    return redirect(request, f"{LIST}/{ticket_id}", Toast(message="Saved.", undo_url=undo))


async def wanted_change(request: Request[Any, Any, Any], form: FormData) -> TicketChange:
    """Raises InvalidContent for somebody who does not work here."""
    assignee = form.get("assignee")
    if assignee == "me":
        assignee = str(request.state.actor.id)
    elif assignee and not (
        is_id(assignee) and UUID(assignee) in await account_names(request.state.crm, [UUID(assignee)])
    ):
        raise InvalidContent({"assignee": "Please choose somebody who works here."})
    return TicketChange(
        subject=form.get("subject") if "subject" in form else None,
        state=form.get("state") or None,
        kind=form.get("kind") or None,
        priority=form.integer("priority") or None,
        queue_id=id_in(dict(form.fields), "queue"),
        assignee_id=UUID(assignee) if assignee else None,
        unassign="assignee" in form and not assignee,
        tags=tuple(form.get("tags").split(",")) if "tags" in form else None,
    )


def undo_url(ticket_id: UUID, before: Mapping[str, Any], after: Mapping[str, Any], version: int) -> str | None:
    """None where nothing changed that can be taken back: a ticket never becomes new again."""
    changed = [name for name in UNDONE if before[name] != after[name]]
    if not changed or ("state" in changed and not may_follow(after["state"], before["state"])):
        return None
    old = {name: "" if before[name] is None else str(before[name]) for name in changed}
    return f"{LIST}/{ticket_id}/back?{urlencode(old | {'version': str(version)})}"


@post(f"{ONE}/back", permission="service.write", status_code=303)
async def take_back(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    given = request.query_params
    old = TicketChange(
        state=given.get("state") or None,
        kind=given.get("kind") or None,
        priority=whole_number(given.get("priority", ""), 0) or None,
        queue_id=id_in(given, "queue_id"),
        assignee_id=id_in(given, "assignee_id"),
        unassign=given.get("assignee_id") == "",
    )
    seen = whole_number(given.get("version", ""), 0)
    toast = Toast(message="As it was before.")
    try:
        await change_ticket(request.state.crm, access_for(request, PURPOSE), ticket_id, old, seen=seen)
    except (InvalidContent, VersionConflict):
        toast = Toast(message=CHANGED_MEANWHILE, tone="problem")
    return redirect(request, f"{LIST}/{ticket_id}", toast)


@post(f"{ONE}/steps", permission="service.write", status_code=303)
async def tick(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    list_id = id_in(dict(form.fields), "list") or ticket_id
    await tick_step(crm, access, ticket_id, list_id, form.get("step"), done=form.get("done") == "yes")
    if "HX-Request" in request.headers:
        return page(request, await ticket_page(request, ticket_id, {}, {}), "checklists")
    return redirect(request, f"{LIST}/{ticket_id}#checklists")


@post(f"{ONE}/time", permission="service.write", status_code=303)
async def write_time(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    try:
        minutes = int(form.get("minutes").strip() or "0")
    except ValueError:
        minutes = 0
    try:
        await add_time(request.state.crm, access_for(request, PURPOSE), ticket_id, minutes)
    except InvalidContent as wrong:
        return await show_ticket_page(request, ticket_id, errors=wrong.errors, status=422)
    return redirect(request, f"{LIST}/{ticket_id}", Toast(message="Written down."))


ROUTES = (show_ticket, say_here, change, take_back, tick, write_time)
