"""Campaigns at the browser: the list, the calendar, and what is thrown away and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import NotFound, now
from confida_marketing.campaigns.campaigns import STATES, list_campaigns, restore_campaign, trash_campaign
from confida_marketing.campaigns.pages import CalendarPage, CampaignsPage, Entry
from confida_marketing.campaigns.shown import LIST, TABS, TONES, Campaigns, month_weeks, rows_of, tabs_of
from confida_web.api import Formatter, Toast, access_for, formatter_of, gettext, page, redirect

PURPOSE = "relationship"
LONGEST_SHOWN = 366


@get(LIST, permission="marketing.read")
async def campaigns(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    which = str(request.query_params.get("which", ""))
    which = which if which in (*TABS, "trash") else "current"
    everything = await list_campaigns(crm, access)
    if which == "trash":
        shown: Campaigns = await list_campaigns(crm, access, trashed=True)
    else:
        shown = [one for one in everything if one.row["state"] in TABS[which][1]]
    found = CampaignsPage(
        tabs=tabs_of(which, everything),
        rows=await rows_of(crm, formatter_of(request), shown),
        which=which,
        may_write=access.actor.may("marketing.write"),
    )
    return page(request, found, block="results")


@get(f"{LIST}/calendar", permission="marketing.read")
async def calendar(request: Request[Any, Any, Any]) -> Response[Any]:
    """`?month=2026-11` for another month than this one."""
    crm, access, f = request.state.crm, access_for(request, PURPOSE), formatter_of(request)
    month = asked_month(str(request.query_params.get("month", "")), f.today())
    everything = await list_campaigns(crm, access)
    weeks = month_weeks(month, f.today(), entries_of(f, everything))
    found = CalendarPage(
        tabs=tabs_of("calendar", everything),
        month=f"{f.locale.months['stand-alone']['wide'][month.month]} {month.year}",
        weekdays=tuple(f.locale.days["stand-alone"]["abbreviated"][day] for day in range(7)),
        weeks=weeks,
        previous=f"{LIST}/calendar?month={month - timedelta(days=1):%Y-%m}",
        following=f"{LIST}/calendar?month={month + timedelta(days=32):%Y-%m}",
        may_write=access.actor.may("marketing.write"),
    )
    return page(request, found, block="month")


def asked_month(text: str, today: date) -> date:
    """Its first day; of this month for anything else."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return found if 2000 <= found.year <= 2200 else today.replace(day=1)


def entries_of(f: Formatter, everything: Campaigns) -> dict[date, list[Entry]]:
    """Each on every day from its start until it ended, or today while it runs; on the day of its goal as well."""
    found: dict[date, list[Entry]] = {}
    for one in everything:
        row = one.row
        begins = row["started_at"] or row["starts_at"]
        if begins is None:
            continue
        first = f.local(begins).date()
        ends = row["ended_at"] or (now() if row["state"] in ("running", "paused") else begins)
        length = min((f.local(ends).date() - first).days, LONGEST_SHOWN)
        entry = Entry(
            id=str(row["id"]), name=one.content.name, tone=TONES[row["state"]], state=gettext(STATES[row["state"]]),
            time=begins,
        )  # fmt: skip
        for ahead in range(length + 1):
            found.setdefault(first + timedelta(days=ahead), []).append(entry)
    return found


@post(LIST + "/{campaign_id:uuid}/trash", permission="marketing.write", status_code=303)
async def throw_away(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    try:
        await trash_campaign(request.state.crm, access_for(request, PURPOSE), campaign_id)
    except NotFound:
        stop_first = Toast(message=gettext("A campaign that runs is stopped first."), tone="problem")
        return redirect(request, f"{LIST}/{campaign_id}", stop_first)
    undo = f"{LIST}/{campaign_id}/restore"
    return redirect(request, LIST, Toast(message=gettext("The campaign is in the trash."), undo_url=undo))


@post(LIST + "/{campaign_id:uuid}/restore", permission="marketing.write", status_code=303)
async def take_back(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    await restore_campaign(request.state.crm, access_for(request, PURPOSE), campaign_id)
    return redirect(request, f"{LIST}/{campaign_id}", Toast(message=gettext("The campaign is back.")))


ROUTES = (campaigns, calendar, throw_away, take_back)
