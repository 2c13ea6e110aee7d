"""Customers at their own tickets: seen, answered, solved, opened again. Works without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from confida_core.api import Access, Installation, InvalidContent, Opened, VersionConflict, open_file
from confida_service.content import MessageContent, TicketContent
from confida_service.equipment.own import contracts_of, equipment_of
from confida_service.mail.folding import fold
from confida_service.portal.own import (
    WRITTEN,
    OwnTicket,
    files_of,
    own_file,
    own_messages,
    own_ticket,
    own_tickets,
)
from confida_service.portal.pages import BASE, OwnMessage, OwnRow, OwnTicketPage, OwnTicketsPage
from confida_service.portal.uploads import form_with_files
from confida_service.portal.writing import INSIDE, answer_own, may_answer, solve_own
from confida_service.service_levels.surveys import waiting_survey
from confida_service.tickets.choices import PURPOSE
from confida_service.tickets.message_routes import SANDBOX
from confida_service.tickets.states import DONE
from confida_web.api import access_for, disposition, mark, parse_form, redirect, show_portal

ONE = BASE + "/{ticket_id:uuid}"
SAID = frozenset({"sent", "answered", "solved"})
LATE = mark("Something changed meanwhile. Please look at it again.")


@get(BASE, person=True)
async def own_list(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    rows = tuple(own_row(one, one.row["state"]) for one in await own_tickets(crm, access))
    shown = OwnTicketsPage(
        open=tuple(row for row in rows if row.state not in DONE),
        done=tuple(row for row in rows if row.state in DONE),
        survey=await waiting_survey(crm, access.actor.id),
        equipment=tuple(await equipment_of(crm, access, access.actor.id)),
        contracts=tuple(await contracts_of(crm, access, access.actor.id)),
    )
    return show_portal(request, shown)


def own_row(one: Opened[TicketContent], state: str) -> OwnRow:
    columns = {name: one.row[name] for name in ("id", "number", "kind", "opened_at", "touched_at")}
    return OwnRow(subject=one.content.subject, state=state, **columns)


@get(ONE, person=True)
async def own_one(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    return show_portal(request, await own_page(request, ticket_id))


async def own_page(request: Request[Any, Any, Any], ticket_id: UUID, **more: Any) -> OwnTicketPage:
    """Raises NotFound for what is somebody else's."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    ticket = await own_ticket(crm, access, ticket_id)
    answers, done = await may_answer(crm, ticket), ticket.state in DONE
    said = str(request.query_params.get("done", ""))
    return OwnTicketPage(
        one=own_row(ticket.opened, ticket.state),
        messages=tuple([shown_message(one) for one in await own_messages(crm, access, ticket)]),
        may_answer=answers,
        may_reopen=answers and done,
        may_solve=ticket.whole and not done,
        survey=await survey_for(crm, access, ticket),
        done=said if said in SAID else "",
        **more,
    )


async def survey_for(crm: Installation, access: Access, ticket: OwnTicket) -> str:
    return await waiting_survey(crm, access.actor.id, ticket.row["id"]) if ticket.state in DONE else ""


def shown_message(one: Opened[MessageContent]) -> OwnMessage:
    """Of a call or a letter no more than that there was one: its words are a colleague's."""
    written = one.row["channel"] in WRITTEN
    return OwnMessage(
        id=one.row["id"],
        by_them=one.row["direction"] == "in",
        channel=one.row["channel"] if not written else "",
        at=one.row["at"],
        pieces=fold(one.content.text.strip()) if written else (),
        files=tuple(files_of(one)),
    )


@post(f"{ONE}/answer", person=True, status_code=200)
async def answer(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    # Before anything of the body is kept.
    await own_ticket(crm, access, ticket_id)
    form, uploads = await form_with_files(request)
    try:
        uploads.check()
        await answer_own(crm, access, ticket_id, form.get("text"), uploads.files)
    except InvalidContent as wrong:
        shown = await own_page(request, ticket_id, text=form.get("text"), errors=wrong.errors)
        return show_portal(request, shown, status=uploads.status)
    finally:
        # Those that were kept have a row, and stay.
        await uploads.discard()
    return redirect(request, f"{BASE}/{ticket_id}?done=answered")


@post(f"{ONE}/solved", person=True, status_code=200)
async def say_solved(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    try:
        await solve_own(request.state.crm, access_for(request, PURPOSE), ticket_id)
    except VersionConflict:
        return show_portal(request, await own_page(request, ticket_id, errors={"": LATE}), status=409)
    return redirect(request, f"{BASE}/{ticket_id}?done=solved")


@get(ONE + "/files/{file_id:uuid}", person=True)
async def own_download(request: Request[Any, Any, Any], ticket_id: FromPath[UUID], file_id: FromPath[UUID]) -> Stream:
    """Never shown in place."""
    crm = request.state.crm
    found = await own_file(crm, access_for(request, PURPOSE), ticket_id, file_id)
    file = await open_file(crm, INSIDE, found.id)
    return Stream(
        file.pieces,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": disposition(file.content.name),
            "Content-Length": str(file.content.size),
            "Content-Security-Policy": SANDBOX,
        },
    )


ROUTES = (own_list, own_one, answer, say_solved, own_download)
