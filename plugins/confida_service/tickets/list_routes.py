"""The list of tickets: narrowed down, page by page, and many changed at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from confida_core.api import Access, Installation, InvalidContent, NotFound, VersionConflict, account_names
from confida_service.queues.queues import queues
from confida_service.tickets.choices import (
    LIST,
    LONGEST_TEXT,
    PURPOSE,
    address,
    assignee_options,
    fields_of,
    is_id,
    kind_options,
    options,
    priority_options,
    query_of,
)
from confida_service.tickets.listing import NOBODY, SHOWN, Counts, TicketQuery, counts, list_tickets
from confida_service.tickets.pages import TicketsPage
from confida_service.tickets.tickets import TicketChange, change_ticket, visible_ticket
from confida_web.api import FormData, Option, Tab, Toast, access_for, ngettext, page, parse_form, redirect

MOST_AT_ONCE = 200


@get(LIST, permission="service.read")
async def show_tickets(request: Request[Any, Any, Any]) -> Response[Any]:
    query = query_of(request.state.crm, request.query_params)
    return page(request, await tickets_page(request, query), "results")


@post(f"{LIST}/search", permission="service.read", status_code=200)
async def search_tickets(request: Request[Any, Any, Any]) -> Response[Any]:
    """Words come in the body, because addresses are logged."""
    form = await parse_form(request)
    crm = request.state.crm
    query = replace(query_of(crm, dict(form.fields)), text=form.get("q").strip()[:LONGEST_TEXT])
    return redirect(request, address(fields_of(crm, query)))


async def tickets_page(request: Request[Any, Any, Any], query: TicketQuery) -> TicketsPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    listed, counted = await list_tickets(crm, access, query), await counts(crm, access)

    def href(**changes: str) -> str:
        return address(fields_of(crm, query, **changes))

    return TicketsPage(
        rows=listed.rows,
        tabs=state_tabs(query, counted, href),
        queues=await counted_queues(crm, query, counted),
        whose=whose_options(query, access, counted, await named(crm, query, access)),
        kinds=kind_options(query.kind, every="All kinds"),
        priorities=priority_options(query.priority, every="All priorities"),
        assignees=await assignee_options(crm) if access.actor.may("service.write") else (),
        q=query.text,
        state=fields_of(crm, query),
        previous=href(before=listed.previous) if listed.previous else "",
        following=href(after=listed.following) if listed.following else "",
        filtered=bool(query.queue_id or query.whose or query.kind or query.priority or query.text),
        clear_href=address(fields_of(crm, TicketQuery(showing=query.showing))),
        may_write=access.actor.may("service.write"),
        may_manage=access.actor.may("service.manage"),
    )


def state_tabs(query: TicketQuery, counted: Counts, href: Any) -> tuple[Tab, ...]:
    """Each kind of what waits with its number; words are looked for in all of them."""
    return tuple(
        Tab(
            label=label,
            href=href(show=key if key != "todo" else "", s=""),
            current=key == query.showing and not query.text,
            count=None if key == "done" else sum(counted.by_state[state] for state in states),
        )
        for key, (label, states) in SHOWN.items()
    )


async def counted_queues(crm: Installation, query: TicketQuery, counted: Counts) -> tuple[Option, ...]:
    """Nothing to choose where there is one."""
    found = await queues(crm)
    if len(found) < 2:
        return ()
    labels = {one.id: f"{one.name} ({counted.by_queue[one.id]})" for one in found}
    return options(labels, query.queue_id or "", every="All queues")


async def named(crm: Installation, query: TicketQuery, access: Access) -> str:
    """The name of the colleague whose tickets are looked at, "" where these are one's own, nobody's or everybody's."""
    if query.whose in {"", NOBODY, str(access.actor.id)}:
        return ""
    return (await account_names(crm, [UUID(query.whose)])).get(UUID(query.whose), "")


def whose_options(query: TicketQuery, access: Access, counted: Counts, name: str) -> tuple[Option, ...]:
    labels = {str(access.actor.id): f"Mine ({counted.mine})", NOBODY: f"Unassigned ({counted.unassigned})"}
    if name:
        labels[query.whose] = name
    return options(labels, query.whose, every="Everybody’s")


@post(f"{LIST}/bulk", permission="service.write", status_code=303)
async def change_many(request: Request[Any, Any, Any]) -> Response[Any]:
    """Those that cannot be changed so, or that somebody else changes at this moment, stay as they are, and are counted."""
    form = await parse_form(request)
    crm = request.state.crm
    back = address(fields_of(crm, query_of(crm, dict(form.fields))))
    change = await wanted_change(crm, form, request.state.actor.id)
    ids = [UUID(one) for one in dict.fromkeys(form.all("ids")) if is_id(one)][:MOST_AT_ONCE]
    if change is None or not ids:
        return redirect(request, back, Toast(message="Please choose tickets, and what is to happen.", tone="problem"))
    done = sum([await changed(crm, access_for(request, PURPOSE), one, change) for one in ids])
    left = len(ids) - done
    message = ngettext("%(num)s ticket changed.", "%(num)s tickets changed.", done)
    if left:
        message += " " + ngettext("%(num)s stayed as it was.", "%(num)s stayed as they were.", left)
    return redirect(request, back, Toast(message=message, tone="notice" if left else "done"))


async def wanted_change(crm: Installation, form: FormData, own_id: UUID) -> TicketChange | None:
    action, given = form.get("action"), form.get("assignee")
    if action == "close":
        return TicketChange(state="closed")
    if action == "take":
        return TicketChange(assignee_id=own_id)
    if action != "assign":
        return None
    if not given:
        return TicketChange(unassign=True)
    known = is_id(given) and UUID(given) in await account_names(crm, [UUID(given)])
    return TicketChange(assignee_id=UUID(given)) if known else None


async def changed(crm: Installation, access: Access, ticket_id: UUID, change: TicketChange) -> bool:
    try:
        row = (await visible_ticket(crm, access, ticket_id)).row
        await change_ticket(crm, access, ticket_id, change, seen=row["version"])
    except (InvalidContent, NotFound, VersionConflict):
        return False
    return True


ROUTES = (show_tickets, search_tickets, change_many)
