"""Reminders, looked at together and sent with one click."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import NotFound, display_names, plugin_settings
from confida_sales.billing.account_pages import RemindersPage
from confida_sales.billing.reminder_steps import steps_of
from confida_sales.billing.reminders import list_reminders, propose_reminders
from confida_sales.billing.reminding import leave_out, send_reminders, take_up
from confida_sales.billing.showing import BOOKS, person_of, reminder_row
from confida_sales.papers_form import reader_of
from confida_sales.papers_shown import read_id
from confida_sales.settings import SalesSettings
from confida_web.api import Paging, Tab, Toast, access_for, mark, ngettext, page, parse_form, redirect

HERE = "/x/sales/reminders"
TABS: Mapping[str, str] = {
    "proposed": mark("To be looked at"),
    "queued": mark("On its way"),
    "refused": mark("Not sent"),
    "sending": mark("Perhaps sent"),
    "sent": mark("Sent"),
    "left_out": mark("Left out"),
}


@get(HERE, permission="sales.read")
async def reminders(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access, given = request.state.crm, access_for(request, BOOKS), request.query_params
    which = str(given.get("state", ""))
    which = which if which in TABS else "proposed"
    found = await list_reminders(crm, access, which, after=read_id(str(given.get("after", ""))))
    names = await display_names(crm, access, [one.row["contact_id"] for one in found.items])
    settings, actor = await plugin_settings(crm, SalesSettings), request.state.actor
    following = f"{HERE}?{urlencode({'state': which, 'after': found.after})}" if found.after else None
    content = RemindersPage(
        which=which,
        tabs=tuple(Tab(label=label, href=f"{HERE}?state={key}", current=key == which) for key, label in TABS.items()),
        rows=tuple(
            reminder_row(one, person_of(one.row["contact_id"], names.get(one.row["contact_id"], ""), names))
            for one in found.items
        ),
        paging=Paging(following=following),
        steps=bool(await steps_of(crm)),
        by_themselves=settings.reminders_by_themselves,
        may_send=actor.may("sales.bill") and actor.may("outbound.send"),
        may_manage=actor.may("sales.manage"),
    )
    return page(request, content, block="results")


@post(f"{HERE}/look", permission="sales.bill")
async def look(request: Request[Any, Any, Any]) -> Response[Any]:
    """Look now instead of tonight."""
    found = await propose_reminders(request.state.crm, reader_of(request).today)
    said = ngettext("%(num)s new reminder.", "%(num)s new reminders.", found) if found else "There is nothing new."
    return redirect(request, HERE, Toast(message=said))


@post(f"{HERE}/send", permission="sales.bill")
async def send(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    ids = [found for text in form.all("ids") if (found := read_id(text))]
    if not ids:
        return redirect(request, HERE, Toast(message="Please tick those that shall be sent.", tone="problem"))
    queued = await send_reminders(request.state.crm, access_for(request, BOOKS), ids)
    said = ngettext("%(num)s reminder is on its way.", "%(num)s reminders are on their way.", queued)
    return redirect(request, HERE, Toast(message=said if queued else "Nothing was left to send."))


@post(HERE + "/{reminder_id:uuid}/leave-out", permission="sales.bill")
async def leave(request: Request[Any, Any, Any], reminder_id: FromPath[UUID]) -> Response[Any]:
    try:
        await leave_out(request.state.crm, access_for(request, BOOKS), reminder_id, reader_of(request).today)
    except NotFound:
        return redirect(request, HERE, Toast(message="This one is sent or gone already.", tone="notice"))
    undo = f"{HERE}/{reminder_id}/take-up"
    return redirect(request, HERE, Toast(message="Left out. The next step comes at its time.", undo_url=undo))


@post(HERE + "/{reminder_id:uuid}/take-up", permission="sales.bill")
async def take(request: Request[Any, Any, Any], reminder_id: FromPath[UUID]) -> Response[Any]:
    await take_up(request.state.crm, access_for(request, BOOKS), reminder_id)
    return redirect(request, HERE, Toast(message="It waits in the list again."))


ROUTES = (reminders, look, send, leave, take)
