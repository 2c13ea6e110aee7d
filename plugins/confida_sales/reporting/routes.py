"""Reports, as pages and as files, and the lists behind their figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_core.api import NotFound, active_accounts, plugin_settings
from confida_sales.opportunities.pipelines import pipelines
from confida_sales.reporting.asked import Asked, read_asked
from confida_sales.reporting.behind import Behind, invoices_behind, opportunities_behind, page_of
from confida_sales.reporting.kinds import REPORTS, ReportKind, pipeline_asked, run_report
from confida_sales.reporting.pages import BehindPage, ReportPage, ReportsPage
from confida_sales.settings import SalesSettings
from confida_web.api import (
    PERIODS,
    Option,
    Report,
    access_for,
    csv_answer,
    excel_answer,
    excel_is_there,
    formatter_of,
    note_export,
    page,
    shown_section,
)

PURPOSE = "relationship"
PLACE = "/x/sales/reports"


@get(PLACE, permission="sales.read")
async def all_reports(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, ReportsPage(kinds=tuple(REPORTS.items())))


@get(f"{PLACE}/{{key:str}}", permission="sales.read")
async def one_report(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    asked = asked_of(request)
    report = await run_report(request.state.crm, access_for(request, PURPOSE), key, asked)
    return page(request, await shown(request, key, asked, report), status=422 if asked.wrong else 200)


@get(f"{PLACE}/{{key:str}}/csv", permission="sales.read")
async def report_as_csv(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[bytes]:
    return csv_answer(await exported(request, key), key)


@get(f"{PLACE}/{{key:str}}/xlsx", permission="sales.read")
async def report_as_excel(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[bytes]:
    if not excel_is_there():
        # Before it is written down that somebody took the figures along.
        raise NotFound
    return await excel_answer(await exported(request, key), key)


async def exported(request: Request[Any, Any, Any], key: str) -> Report:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    report = await run_report(crm, access, key, asked_of(request))
    await note_export(crm, access, report, "sales.report_exported")
    return report


def asked_of(request: Request[Any, Any, Any]) -> Asked:
    return read_asked(request.query_params, formatter_of(request).today())


async def shown(request: Request[Any, Any, Any], key: str, asked: Asked, report: Report) -> ReportPage:
    kind, f = REPORTS[key], formatter_of(request)
    link = f"{PLACE}/{key}/{{}}{asked.query()}"
    return ReportPage(
        key=key,
        kind=kind,
        asked=asked,
        sections=tuple(shown_section(section, f) for section in report.sections),
        note=report.note,
        periods=options(PERIODS, asked.key),
        pipelines=await pipeline_options(request, kind, asked),
        owners=await owner_options(request, kind, asked),
        currencies=await currency_options(request, kind, asked, report),
        csv_href=link.format("csv") if report.sections else "",
        excel_href=link.format("xlsx") if report.sections and excel_is_there() else "",
    )


def options(known: Mapping[str, str], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value=value, label=label, chosen=value == chosen) for value, label in known.items())


async def pipeline_options(request: Request[Any, Any, Any], kind: ReportKind, asked: Asked) -> tuple[Option, ...]:
    if "pipeline" not in kind.filters:
        return ()
    known = {str(one.id): one.name for one in await pipelines(request.state.crm)}
    return options(known, str(asked.pipeline_id or ""))


async def owner_options(request: Request[Any, Any, Any], kind: ReportKind, asked: Asked) -> tuple[Option, ...]:
    """Everybody's together, and one's own; those of colleagues for who may see them."""
    if "owner" not in kind.filters:
        return ()
    actor = request.state.actor
    known = {"": "Everybody", str(actor.id): "Your own"}
    if actor.may("sales.performance"):
        accounts = await active_accounts(request.state.crm)
        known |= {str(one.id): one.name for one in accounts if one.id != actor.id}
    return options(known, str(asked.owner_id or ""))


async def currency_options(
    request: Request[Any, Any, Any], kind: ReportKind, asked: Asked, report: Report
) -> tuple[Option, ...]:
    if "currency" not in kind.filters:
        return ()
    usual = (await plugin_settings(request.state.crm, SalesSettings)).currency
    found = {section.currency for section in report.sections} | {usual, asked.currency}
    return options({"": "Each by itself"} | {one: one for one in sorted(found - {""})}, asked.currency)


@get(f"{PLACE}/opportunities", permission="sales.read")
async def opportunities_of_figure(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, asked = request.state.crm, asked_of(request)
    pipeline = await pipeline_asked(crm, asked)
    if pipeline is None:
        raise NotFound
    access, given = access_for(request, PURPOSE), dict(request.query_params)
    found = await opportunities_behind(crm, access, asked, pipeline, given)
    back = "win-rate" if "closed" in given else "funnel" if "reached" in given else "pipeline"
    return page(request, behind_page(request, found, "Opportunities", "Opportunity", f"{PLACE}/{back}{asked.query()}"))


@get(f"{PLACE}/invoices", permission="sales.read")
async def invoices_of_figure(request: Request[Any, Any, Any]) -> Response[Any]:
    asked, given = asked_of(request), dict(request.query_params)
    found = await invoices_behind(request.state.crm, access_for(request, PURPOSE), asked, given)
    back = "receivables" if "age" in given else "products" if "product" in given else "revenue"
    return page(request, behind_page(request, found, "Invoices", "Number", f"{PLACE}/{back}{asked.query()}"))


def behind_page(
    request: Request[Any, Any, Any], found: Behind, heading: str, title_head: str, back_href: str
) -> BehindPage:
    given = {name: str(value) for name, value in dict(request.query_params).items()}
    following = urlencode(given | {"page": str(page_of(given) + 1)})
    return BehindPage(
        heading=heading,
        title_head=title_head,
        found=found,
        next_href=f"?{following}" if found.more else "",
        back_href=back_href,
    )


ROUTES = (
    all_reports,
    opportunities_of_figure,
    invoices_of_figure,
    one_report,
    report_as_csv,
    report_as_excel,
)
