"""Which reports there are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from confida_core.api import Access, Installation, NotFound
from confida_sales.opportunities.pipelines import ShownPipeline, pipeline, pipelines
from confida_sales.reporting.asked import Asked, check_owner
from confida_sales.reporting.funnel_report import conversion_funnel
from confida_sales.reporting.outcome_report import cycle_length, win_rate
from confida_sales.reporting.pipeline_report import pipeline_by_stage
from confida_sales.reporting.receivables_report import receivables_ageing
from confida_sales.reporting.revenue_report import revenue_by_month, revenue_by_owner, revenue_by_product
from confida_web.api import (
    Report,
)

Filter = Literal["period", "pipeline", "owner", "currency"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportKind:
    """filters: what may be asked for. of_pipeline, of_all: the function, for one pipeline or without any.

    empty: what a page without any figures says, and what to do.
    """

    title: str
    summary: str
    icon: str
    filters: tuple[Filter, ...]
    empty: str
    of_pipeline: Callable[[Installation, Access, Asked, ShownPipeline], Awaitable[Report]] | None = None
    of_all: Callable[[Installation, Access, Asked], Awaitable[Report]] | None = None


NO_OPPORTUNITIES = (
    "As soon as there are opportunities in this pipeline, they are counted here. Try a longer period, or begin one."
)
NO_INVOICES = "As soon as invoices are issued within this period, they are added up here."
REPORTS: Mapping[str, ReportKind] = {
    "pipeline": ReportKind(
        title="Pipeline by stage",
        summary="What is open now, and what it is worth by the odds of each stage.",
        icon="deal",
        filters=("pipeline", "owner", "currency"),
        empty=NO_OPPORTUNITIES,
        of_pipeline=pipeline_by_stage,
    ),
    "funnel": ReportKind(
        title="Conversion funnel",
        summary="How many of those that began get how far.",
        icon="target",
        filters=("period", "pipeline", "owner"),
        empty=NO_OPPORTUNITIES,
        of_pipeline=conversion_funnel,
    ),
    "win-rate": ReportKind(
        title="Win rate",
        summary="How many are won, by month and colleague, and why others are lost.",
        icon="won",
        filters=("period", "pipeline", "owner"),
        empty="Nothing was won or lost within this period.",
        of_pipeline=win_rate,
    ),
    "cycle": ReportKind(
        title="Cycle length",
        summary="How many days it takes from the first word until it is won.",
        icon="time",
        filters=("period", "pipeline", "owner"),
        empty="Nothing was won within this period.",
        of_pipeline=cycle_length,
    ),
    "revenue": ReportKind(
        title="Revenue by month",
        summary="What was billed less what was credited, without tax.",
        icon="invoice",
        filters=("period", "owner", "currency"),
        empty=NO_INVOICES,
        of_all=revenue_by_month,
    ),
    "products": ReportKind(
        title="Revenue by product",
        summary="Which products earn most.",
        icon="product",
        filters=("period", "owner", "currency"),
        empty=NO_INVOICES,
        of_all=revenue_by_product,
    ),
    "owners": ReportKind(
        title="Revenue by owner",
        summary="Who bills how much; everybody sees their own.",
        icon="users",
        filters=("period", "currency"),
        empty=NO_INVOICES,
        of_all=revenue_by_owner,
    ),
    "receivables": ReportKind(
        title="Receivables by age",
        summary="What is still to be paid, and for how long it is overdue.",
        icon="payment",
        filters=("owner", "currency"),
        empty="Nothing is open: everything that was billed is paid.",
        of_all=receivables_ageing,
    ),
}


async def pipeline_asked(crm: Installation, asked: Asked) -> ShownPipeline | None:
    """The pipeline that was asked for, else the first in use; None where there is none. Raises NotFound for an unknown one."""
    if asked.pipeline_id:
        return await pipeline(crm, asked.pipeline_id)
    known = await pipelines(crm)
    return known[0] if known else None


async def run_report(crm: Installation, access: Access, key: str, asked: Asked) -> Report:
    """Raises Forbidden, and NotFound for a report, pipeline or colleague that there is not for this reader."""
    access.actor.require("sales.read")
    kind = REPORTS.get(key)
    if kind is None:
        raise NotFound
    check_owner(access, asked)
    if kind.of_all is not None:
        return await kind.of_all(crm, access, asked)
    found = await pipeline_asked(crm, asked)
    if found is None or kind.of_pipeline is None:
        return Report(sections=())
    return await kind.of_pipeline(crm, access, asked, found)
