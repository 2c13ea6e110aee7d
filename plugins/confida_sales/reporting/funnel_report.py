"""How many of those that began get how far, from the steps that opportunities took."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from confida_core.api import Access, Installation
from confida_sales.opportunities.pipelines import ShownPipeline
from confida_sales.reporting.asked import Asked
from confida_web.api import (
    PART,
    Report,
    ReportColumn,
    ReportLine,
    ReportSection,
    share_of,
    shown_percent,
)

# The farthest stage of each; whoever skipped one has been past it. Lost ends where it was before.
FARTHEST = (
    "SELECT o.id, max(s.position) AS reached FROM sales_opportunity AS o "
    "JOIN sales_stage_change AS c ON c.opportunity_id = o.id JOIN sales_stage AS s ON s.id = c.to_stage_id "
    "WHERE o.pipeline_id = ? AND o.outcome <> 'deleted' AND o.created_at >= ? AND o.created_at < ? "
    "AND s.outcome <> 'lost' {owned}GROUP BY o.id"
)


def instants_of(asked: Asked) -> tuple[datetime, datetime]:
    """From when to before when, in universal time."""
    return (
        datetime.combine(asked.start, time(), UTC),
        datetime.combine(asked.end + timedelta(days=1), time(), UTC),
    )


def began(asked: Asked, pipeline: ShownPipeline) -> tuple[str, list[Any]]:
    """The query of how far each of the period got, and its values."""
    owned, values = ("AND o.owner_id = ? ", [asked.owner_id]) if asked.owner_id else ("", [])
    return FARTHEST.format(owned=owned), [pipeline.id, *instants_of(asked), *values]


async def conversion_funnel(crm: Installation, access: Access, asked: Asked, pipeline: ShownPipeline) -> Report:
    """Of the opportunities that began within the period; one query."""
    query, values = began(asked, pipeline)
    rows = await crm.data.fetch(
        f"SELECT reached, count(*) AS amount FROM ({query}) AS farthest GROUP BY reached", *values
    )
    stages = [(at, stage) for at, stage in enumerate(pipeline.stages) if stage.outcome != "lost"]
    counts = [sum(row["amount"] for row in rows if row["reached"] >= at) for at, _ in stages]
    if not counts or not counts[0]:
        return Report(sections=())
    lines = tuple(
        ReportLine(
            label=stage.name,
            values=(count, share_of(count, counts[0])),
            href="/x/sales/reports/opportunities" + asked.query(reached=str(at), pipeline=str(pipeline.id))
            if count
            else "",
            note=f"{shown_percent(share_of(count, counts[place - 1]))} go on" if place and counts[place - 1] else "",
        )
        for place, ((at, stage), count) in enumerate(zip(stages, counts, strict=True))
    )
    return Report(sections=(section(pipeline, lines, counts),))


def section(pipeline: ShownPipeline, lines: tuple[ReportLine, ...], counts: list[int]) -> ReportSection:
    steps = [
        (share_of(count, before) or 0, lines[place].label, lines[place + 1].label)
        for place, (before, count) in enumerate(pairwise(counts))
        if before
    ]
    worst = min(steps, default=None)
    finding = f"{shown_percent(share_of(counts[-1], counts[0]))} of {counts[0]} were won so far."
    if worst and worst[0] < 100 * PART:
        finding += f" Most are left behind between “{worst[1]}” and “{worst[2]}”."
    return ReportSection(
        key="funnel",
        title=pipeline.name,
        finding=finding,
        label_head="Stage",
        columns=(ReportColumn(label="Opportunities", kind="count"), ReportColumn(label="Of all", kind="percent")),
        lines=lines,
        chart="funnel",
    )
