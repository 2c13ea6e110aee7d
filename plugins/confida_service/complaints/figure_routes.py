"""Figures of complaints, and the set-up of their causes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent
from confida_service.complaints.causes import archive_cause, causes, save_cause
from confida_service.complaints.figures import NO_CAUSE, ComplaintFigures, complaint_figures
from confida_service.complaints.listing import HOME
from confida_service.complaints.pages import CausesPage, FiguresPage, Share
from confida_service.complaints.steps import SATISFIED
from confida_service.tickets.choices import PURPOSE, options
from confida_web.api import (
    Chart,
    ChartSeries,
    Formatter,
    Toast,
    access_for,
    formatter,
    page,
    parse_form,
    redirect,
    whole_number,
)

CAUSES = "/x/service/settings/complaint-causes"
SPANS = {12: "12 months", 24: "24 months", 6: "6 months"}
MOST_CAUSES = 12


@get(f"{HOME}/figures", permission="service.read")
async def show_figures(request: Request[Any, Any, Any]) -> Response[Any]:
    months = whole_number(request.query_params.get("months", ""), 12)
    months = months if months in SPANS else 12
    found = await complaint_figures(request.state.crm, access_for(request, PURPOSE), months)
    f = formatter(request.state.frame.lang, request.state.frame.time_zone)
    shown = FiguresPage(
        total=found.total,
        months=options(dict(sorted(SPANS.items())), months),
        charts=(monthly_chart(found, f), cause_chart(found, f)) if found.total else (),
        shares=(
            Share(label="Acknowledged in time", done=found.acknowledged[0], of=found.acknowledged[1]),
            Share(label="Answered in time", done=found.answered[0], of=found.answered[1]),
        ),
        refunded=tuple(sorted(found.refunded.items())),
        satisfied=tuple((label, found.satisfied.get(key, 0)) for key, label in SATISFIED.items())
        if found.satisfied
        else (),
    )
    return page(request, shown, "results")


def monthly_chart(found: ComplaintFigures, f: Formatter) -> Chart:
    highest = max(found.by_month, key=lambda month: (found.by_month[month], month))
    return Chart(
        key="by-month",
        title="Complaints by month",
        finding=f"Most came in {month_name(highest, f)}: {found.by_month[highest]} of {found.total}.",
        kind="columns",
        labels=tuple(month_name(month, f) for month in found.by_month),
        series=(ChartSeries(label="Complaints", values=tuple(found.by_month.values())),),
        show=f.number,
        label_head="Month",
        table="folded",
    )


def cause_chart(found: ComplaintFigures, f: Formatter) -> Chart:
    """The most frequent ones; all others are one."""
    counted = list(found.by_cause.items())
    shown, others = counted[:MOST_CAUSES], sum(number for _, number in counted[MOST_CAUSES:])
    if others:
        shown.append(("All others", others))
    labels = tuple(name if name != NO_CAUSE else "No cause yet" for name, _ in shown)
    return Chart(
        key="by-cause",
        title="Complaints by cause",
        finding=f"{labels[0]}: {shown[0][1]} of {found.total}.",
        kind="rows",
        labels=labels,
        series=(ChartSeries(label="Complaints", values=tuple(number for _, number in shown)),),
        show=f.number,
        label_head="Cause",
    )


def month_name(month: Any, f: Formatter) -> str:
    # Only this page writes months.
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMM", month, locale=f.locale))


@get(CAUSES, permission="service.manage")
async def show_causes(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, CausesPage(causes=tuple(await causes(request.state.crm))))


@post(CAUSES, permission="service.manage", status_code=200)
async def add_cause(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved_cause(request, None)


@post(CAUSES + "/{cause_id:uuid}", permission="service.manage", status_code=200)
async def rename_cause(request: Request[Any, Any, Any], cause_id: FromPath[UUID]) -> Response[Any]:
    return await saved_cause(request, cause_id)


async def saved_cause(request: Request[Any, Any, Any], cause_id: UUID | None) -> Response[Any]:
    name = (await parse_form(request)).get("name")
    crm = request.state.crm
    try:
        await save_cause(crm, access_for(request, PURPOSE), name, cause_id)
    except InvalidContent as wrong:
        errors = {f"name-{cause_id}" if cause_id else field: text for field, text in wrong.errors.items()}
        shown = CausesPage(causes=tuple(await causes(crm)), typed=name, wrong=cause_id, errors=errors)
        return page(request, shown, status=422)
    return redirect(request, CAUSES, Toast(message="Saved."))


@post(CAUSES + "/{cause_id:uuid}/remove", permission="service.manage", status_code=303)
async def remove_cause(request: Request[Any, Any, Any], cause_id: FromPath[UUID]) -> Response[Any]:
    """Offered no more; what was counted under it stays."""
    await parse_form(request)
    await archive_cause(request.state.crm, access_for(request, PURPOSE), cause_id)
    return redirect(request, CAUSES, Toast(message="Out of use.", undo_url=f"{CAUSES}/{cause_id}/restore"))


@post(CAUSES + "/{cause_id:uuid}/restore", permission="service.manage", status_code=303)
async def restore_cause(request: Request[Any, Any, Any], cause_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await archive_cause(request.state.crm, access_for(request, PURPOSE), cause_id, archived=False)
    return redirect(request, CAUSES, Toast(message="In use again."))


ROUTES = (show_figures, show_causes, add_cause, rename_cause, remove_cause, restore_cause)
