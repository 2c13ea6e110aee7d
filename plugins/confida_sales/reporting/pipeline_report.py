"""What stands in each stage of a pipeline now."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.api import Access, Installation, Row
from confida_sales.opportunities.pipelines import ShownPipeline, ShownStage
from confida_sales.reporting.asked import Asked
from confida_web.api import (
    Report,
    ReportColumn,
    ReportLine,
    ReportSection,
)

COLUMNS = (
    ReportColumn(label="Value", kind="money"),
    ReportColumn(label="Weighted", kind="money"),
    ReportColumn(label="Opportunities", kind="count"),
)


async def pipeline_by_stage(crm: Installation, access: Access, asked: Asked, pipeline: ShownPipeline) -> Report:
    """Open opportunities, each currency by itself; one query. weighted: value times the stage's probability."""
    owned, values = ("AND owner_id = ? ", [asked.owner_id]) if asked.owner_id else ("", [])
    stages = [stage for stage in pipeline.stages if stage.outcome == "open"]
    marks = ", ".join("?" * len(stages))
    # By stages, as the index sales_opportunity_sums has it: the pipeline alone would have every row read.
    rows = await crm.data.fetch(
        "SELECT stage_id, currency, count(*) AS amount, sum(value) AS value FROM sales_opportunity "
        f"WHERE stage_id IN ({marks}) AND outcome = 'open' {owned}GROUP BY stage_id, currency",
        *(stage.id for stage in stages), *values,
    )  # fmt: skip
    wanted = sorted({row["currency"] for row in rows if asked.currency in {"", row["currency"]}})
    return Report(sections=tuple(section(asked, pipeline, stages, currency, rows) for currency in wanted))


def section(
    asked: Asked, pipeline: ShownPipeline, stages: Sequence[ShownStage], currency: str, rows: Sequence[Row]
) -> ReportSection:
    found = {row["stage_id"]: (int(row["value"]), row["amount"]) for row in rows if row["currency"] == currency}
    lines = tuple(line(asked, stage, currency, *found.get(stage.id, (0, 0))) for stage in stages)
    amounts = [one.values for one in lines]
    fullest = max(lines, key=lambda one: one.values[0] or 0)
    total = tuple(sum(values[place] or 0 for values in amounts) for place in range(len(COLUMNS)))
    return ReportSection(
        key=f"stages-{currency.lower()}",
        title=f"{pipeline.name}, {currency}",
        finding=f"{total[2]} open; most value stands in “{fullest.label}”.",
        label_head="Stage",
        columns=COLUMNS,
        lines=lines,
        charted=(0, 1),
        total=ReportLine(label="Together", values=total),
        currency=currency,
    )


def line(asked: Asked, stage: ShownStage, currency: str, value: int, amount: int) -> ReportLine:
    return ReportLine(
        label=stage.name,
        values=(value, (value * stage.probability * 2 + 100) // 200, amount),
        href=behind(asked, stage.id, currency) if amount else "",
    )


def behind(asked: Asked, stage_id: UUID, currency: str) -> str:
    return "/x/sales/reports/opportunities" + asked.query(stage=str(stage_id), currency=currency)
