"""Results at the browser, as pages and as files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, NotFound, plugin_settings
from confida_marketing.campaigns.campaigns import GOALS, visible_campaign
from confida_marketing.results.asked import Asked, read_asked
from confida_marketing.results.counting import Counts, counted
from confida_marketing.results.detail_sections import details_of
from confida_marketing.results.goals import Goal, goal_of, note_reached
from confida_marketing.results.pages import ResultPage, ResultsPage, ShownGoal
from confida_marketing.results.sections import results_of
from confida_marketing.results.sources import Named, named, sources
from confida_marketing.settings import MarketingSettings
from confida_web.api import (
    PERIODS,
    Formatter,
    Option,
    Report,
    Toast,
    access_for,
    csv_answer,
    excel_answer,
    excel_is_there,
    formatter_of,
    gettext,
    mark,
    page,
    parse_form,
    redirect,
    shown_section,
)

PURPOSE = "relationship"
PLACE = "/x/marketing/results"
ONE = PLACE + "/{source:str}/{source_id:uuid}"
CAMPAIGN = "campaign"
Asking = Request[Any, Any, Any]


@get(PLACE, permission="marketing.read")
async def results(request: Asking) -> Response[Any]:
    asked, f = asked_of(request), formatter_of(request)
    report = await results_of(request.state.crm, access_for(request, PURPOSE), asked)
    settings = await plugin_settings(request.state.crm, MarketingSettings)
    some = bool(report.sections)
    shown = ResultsPage(
        asked=asked,
        sections=tuple(shown_section(section, f) for section in report.sections),
        periods=tuple(Option(value=key, label=label, chosen=key == asked.key) for key, label in PERIODS.items()),
        csv_href=f"{PLACE}/csv{asked.query()}" if some else "",
        excel_href=f"{PLACE}/xlsx{asked.query()}" if some and excel_is_there() else "",
        days=settings.effect_days,
        clicks_are_counted=settings.count_clicks,
    )
    return page(request, shown, status=422 if asked.wrong else 200)


@get(f"{PLACE}/csv", permission="marketing.read")
async def results_as_csv(request: Asking) -> Response[bytes]:
    return csv_answer(await results_of(request.state.crm, access_for(request, PURPOSE), asked_of(request)), "results")


@get(f"{PLACE}/xlsx", permission="marketing.read")
async def results_as_excel(request: Asking) -> Response[bytes]:
    return await excel_answer(
        await results_of(request.state.crm, access_for(request, PURPOSE), asked_of(request)), "results"
    )


@get(ONE, permission="marketing.read")
async def result(request: Asking, source: FromPath[str], source_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await result_page(request, source, source_id))


@get(ONE + "/csv", permission="marketing.read")
async def result_as_csv(request: Asking, source: FromPath[str], source_id: FromPath[UUID]) -> Response[bytes]:
    return csv_answer((await looked_up(request, source, source_id))[1], "results")


@get(ONE + "/xlsx", permission="marketing.read")
async def result_as_excel(request: Asking, source: FromPath[str], source_id: FromPath[UUID]) -> Response[bytes]:
    return await excel_answer((await looked_up(request, source, source_id))[1], "results")


@post(ONE + "/reached", permission="marketing.write")
async def type_reached(request: Asking, source: FromPath[str], source_id: FromPath[UUID]) -> Response[Any]:
    """How much of a campaign's goal was reached that nobody but a person can count."""
    if source != CAMPAIGN:
        raise NotFound
    crm, access = request.state.crm, access_for(request, PURPOSE)
    typed = (await parse_form(request)).get("reached", "").strip()
    try:
        if not typed.isascii() or not typed.isdigit():
            raise InvalidContent({"reached": mark("Please write a whole number.")})
        await note_reached(crm, access, source_id, int(typed[:20]))
    except InvalidContent as wrong:
        shown = await result_page(request, CAMPAIGN, source_id, typed=typed, errors=wrong.errors)
        return page(request, shown, status=422)
    return redirect(request, f"{PLACE}/{CAMPAIGN}/{source_id}", toast=Toast(message=gettext("Saved.")))


async def looked_up(request: Asking, source: str, source_id: UUID) -> tuple[Named, Report, Goal | None]:
    """Raises NotFound for what is not there, or not for this reader."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    access.actor.require("marketing.read")
    row = (await visible_campaign(crm, access, source_id)).row if source == CAMPAIGN else None
    found = await named(crm, access, [(source, source_id)])
    if not found:
        raise NotFound
    counts = (await counted(crm, [source_id])).get(source_id, Counts())
    kind = sources()[source]
    steps = await kind.steps(crm, access, source_id) if kind.steps else {}
    report = await details_of(crm, source_id, row, counts, steps)
    goal = await goal_of(crm, row, counts) if row is not None and row["started_at"] is not None else None
    return found[0], report, goal


async def result_page(
    request: Asking, source: str, source_id: UUID, *, typed: str | None = None, errors: Any = None
) -> ResultPage:
    one, report, goal = await looked_up(request, source, source_id)
    f, kind = formatter_of(request), sources()[source]
    some, here = bool(report.sections), one.href
    return ResultPage(
        name=one.name,
        kind=gettext(kind.label),
        source_href=kind.href.format(id=source_id),
        here=here,
        goal=shown_goal(goal, f, typed) if goal else None,
        may_write=request.state.actor.may("marketing.write"),
        sections=tuple(shown_section(section, f) for section in report.sections),
        csv_href=f"{here}/csv" if some else "",
        excel_href=f"{here}/xlsx" if some and excel_is_there() else "",
        days=(await plugin_settings(request.state.crm, MarketingSettings)).effect_days,
        errors={name: gettext(sentence) for name, sentence in (errors or {}).items()},
    )


def shown_goal(goal: Goal, f: Formatter, typed: str | None) -> ShownGoal:
    def written(value: int) -> str:
        return f.money(value, goal.currency) if goal.in_money else f.number(value)

    return ShownGoal(
        label=gettext(GOALS[goal.kind]),
        reached=written(goal.reached),
        figure=written(goal.figure) if goal.figure else "",
        percent=goal.percent,
        on=f.on(goal.on) if goal.on else "",
        typed=goal.typed,
        value=str(goal.reached) if typed is None else typed,
    )


def asked_of(request: Asking) -> Asked:
    return read_asked(request.query_params, formatter_of(request).today(), request.state.crm.settings.time_zone)


ROUTES = (results, results_as_csv, results_as_excel, result, result_as_csv, result_as_excel, type_reached)
