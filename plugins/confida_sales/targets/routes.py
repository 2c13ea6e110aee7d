"""Forecast and figures at the browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_core.api import NotFound, active_accounts, plugin_settings
from confida_sales.settings import SalesSettings
from confida_sales.targets.figures import today_of
from confida_sales.targets.forecast import forecast_of, viewed_by
from confida_sales.targets.pages import ForecastPage, PerformancePage
from confida_sales.targets.performance import performance_of, performance_of_one
from confida_sales.targets.periods import LENGTHS, Period, period_of, read_period
from confida_sales.targets.shown import (
    PERFORMANCE,
    earned_row,
    figures_row,
    forecast_section,
    length_options,
    tabs_of,
    viewed_options,
)
from confida_sales.targets.targets import EVERYBODY, Whose
from confida_web.api import Option, access_for, formatter_of, page

FORECAST = "/x/sales/forecast"
PURPOSE = "relationship"
SHOWN = {1: 6, 3: 4, 12: 3}
"""How many periods of each length a forecast shows."""


def asked_period(request: Request[Any, Any, Any], name: str, otherwise: int = 1) -> Period:
    """The period that an address names; else the one of today, of the length that `by` says."""
    length = LENGTHS.get(str(request.query_params.get("by", "")))
    found = read_period(str(request.query_params.get(name, "")))
    if found is not None:
        return found if length in (None, found.months) else period_of(found.start, length)
    return period_of(today_of(request.state.crm), length or otherwise)


def read_whose(text: str) -> Whose:
    """Raises NotFound for what names nobody."""
    if not text:
        return EVERYBODY
    try:
        if text.startswith("team-"):
            return Whose(team_id=UUID(text.removeprefix("team-")))
        return Whose(owner_id=UUID(text))
    except ValueError:
        raise NotFound from None


@get(FORECAST, permission="sales.read")
async def forecast(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access, f = request.state.crm, access_for(request, PURPOSE), formatter_of(request)
    whose = read_whose(str(request.query_params.get("whose", "")))
    first = asked_period(request, "from")
    periods = [first.moved(by) for by in range(SHOWN[first.months])]
    viewed = await viewed_by(crm, access)
    found = await forecast_of(crm, viewed, whose, periods)
    now = period_of(today_of(crm), first.months)
    people = await people_options(crm) if viewed.all else ()
    kept = {"whose": str(request.query_params["whose"])} if whose != EVERYBODY else {}
    return page(
        request,
        ForecastPage(
            tabs=tabs_of(access, FORECAST),
            sections=tuple(forecast_section(one, now, f) for one in found),
            lengths=length_options(first.months),
            whom=viewed_options(viewed, people, whose),
            first=first.key,
            earlier=f"{FORECAST}?{urlencode({**kept, 'from': first.moved(-1).key})}",
            later=f"{FORECAST}?{urlencode({**kept, 'from': first.moved(1).key})}",
            may_manage=access.actor.may("sales.manage"),
        ),
    )


async def people_options(crm: Any) -> tuple[Option, ...]:
    return tuple(Option(value=str(one.id), label=one.name) for one in await active_accounts(crm))


@get(PERFORMANCE, permission="sales.read")
async def performance(request: Request[Any, Any, Any]) -> Response[Any]:
    """Everybody's figures for whoever may see them, else one's own."""
    crm, access, f = request.state.crm, access_for(request, PURPOSE), formatter_of(request)
    period = asked_period(request, "period")
    found = await performance_of(crm, access, period)
    on_paid = (await plugin_settings(crm, SalesSettings)).commission_on == "paid"
    shown = tuple(figures_row(one, period, f) for one in found)
    return page(request, performance_page(request, PERFORMANCE, period, rows=shown, on_paid=on_paid))


def performance_page(request: Request[Any, Any, Any], here: str, period: Period, **shown: Any) -> PerformancePage:
    access = access_for(request, PURPOSE)
    return PerformancePage(
        tabs=tabs_of(access, PERFORMANCE),
        period=period.label(str(formatter_of(request).locale)),
        lengths=length_options(period.months),
        here=here,
        first=period.key,
        earlier=f"{here}?period={period.moved(-1).key}",
        later=f"{here}?period={period.moved(1).key}",
        own=not access.actor.may("sales.performance"),
        **shown,
    )


@get(f"{PERFORMANCE}/{{account_id:uuid}}", permission="sales.read")
async def performance_of_colleague(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    crm, access, f = request.state.crm, access_for(request, PURPOSE), formatter_of(request)
    period = asked_period(request, "period")
    found = await performance_of_one(crm, access, account_id, period)
    return page(
        request,
        performance_page(
            request,
            f"{PERFORMANCE}/{account_id}",
            period,
            rows=tuple(figures_row(one, period, f) for one in found.figures),
            on_paid=found.on_paid,
            name=found.name,
            lines=tuple(earned_row(line, f) for line in found.lines),
            more=found.more,
        ),
    )


ROUTES = (forecast, performance, performance_of_colleague)
