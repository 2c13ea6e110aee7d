"""Figures of service, as a page and as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get

from confida_core.api import NotFound
from confida_service.figures.asked import DIVISIONS, Asked, read_asked
from confida_service.figures.pages import FiguresPage
from confida_service.figures.sections import figures_of
from confida_service.queues.queues import queues
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
PLACE = "/x/service/figures"


@get(PLACE, permission="service.read")
async def figures(request: Request[Any, Any, Any]) -> Response[Any]:
    asked = asked_of(request)
    report = await figures_of(request.state.crm, access_for(request, PURPOSE), asked)
    return page(request, await shown(request, asked, report), status=422 if asked.wrong else 200)


@get(f"{PLACE}/csv", permission="service.read")
async def figures_as_csv(request: Request[Any, Any, Any]) -> Response[bytes]:
    return csv_answer(await exported(request), "service")


@get(f"{PLACE}/xlsx", permission="service.read")
async def figures_as_excel(request: Request[Any, Any, Any]) -> Response[bytes]:
    if not excel_is_there():
        # Before it is written down that somebody took the figures along.
        raise NotFound
    return await excel_answer(await exported(request), "service")


async def exported(request: Request[Any, Any, Any]) -> Report:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    report = await figures_of(crm, access, asked_of(request))
    await note_export(crm, access, report, "service.figures_exported")
    return report


def asked_of(request: Request[Any, Any, Any]) -> Asked:
    return read_asked(request.query_params, formatter_of(request).today(), request.state.crm.settings.time_zone)


async def shown(request: Request[Any, Any, Any], asked: Asked, report: Report) -> FiguresPage:
    f = formatter_of(request)
    names = {str(one.id): one.name for one in await queues(request.state.crm)}
    some = bool(report.sections)
    return FiguresPage(
        asked=asked,
        sections=tuple(shown_section(section, f) for section in report.sections),
        periods=options(PERIODS, asked.key),
        divisions=options(DIVISIONS, asked.by),
        queues=options({"": "All queues"} | names, str(asked.queue_id or "")),
        csv_href=f"{PLACE}/csv{asked.query()}" if some else "",
        excel_href=f"{PLACE}/xlsx{asked.query()}" if some and excel_is_there() else "",
    )


def options(known: Mapping[str, str], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value=value, label=label, chosen=value == chosen) for value, label in known.items())


ROUTES = (figures, figures_as_csv, figures_as_excel)
