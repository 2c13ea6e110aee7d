"""How many opportunities are won, why others are lost, and how long it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, Row, account_names
from confida_sales.opportunities.opportunities import LOST_REASONS
from confida_sales.opportunities.pipelines import ShownPipeline
from confida_sales.reporting.asked import Asked, sees_colleagues
from confida_sales.reporting.funnel_report import instants_of
from confida_web.api import (
    PART,
    Report,
    ReportColumn,
    ReportLine,
    ReportSection,
    month_days,
    month_label,
    share_of,
    shown_percent,
)

WON_LOST = (
    ReportColumn(label="Won", kind="count"),
    ReportColumn(label="Lost", kind="count"),
    ReportColumn(label="Win rate", kind="percent"),
)
# Months and days of universal time on either engine.
MONTH = {
    "sqlite": "substr(closed_at, 1, 7)",
    "postgres": "to_char(closed_at AT TIME ZONE 'UTC', 'YYYY-MM')",
}
DAYS = {
    "sqlite": "CAST(julianday(closed_at) - julianday(created_at) AS INTEGER)",
    "postgres": "CAST(floor(extract(epoch FROM closed_at - created_at) / 86400) AS INTEGER)",
}
CLASSES = ((7, "Within a week"), (30, "Within a month"), (90, "Within three months"), (180, "Within half a year"))
SLOWER = "Longer than half a year"


def narrowed(asked: Asked, pipeline: ShownPipeline) -> tuple[str, list[Any]]:
    """What was won or lost within the period."""
    owned, values = (" AND owner_id = ?", [asked.owner_id]) if asked.owner_id else ("", [])
    where = f"outcome IN ('won', 'lost') AND pipeline_id = ? AND closed_at >= ? AND closed_at < ?{owned}"
    return where, [pipeline.id, *instants_of(asked), *values]


async def win_rate(crm: Installation, access: Access, asked: Asked, pipeline: ShownPipeline) -> Report:
    """By month, by colleague (one's own only, without `sales.performance`), and why others were lost; one query and names."""
    where, values = narrowed(asked, pipeline)
    rows = await crm.data.fetch(
        f"SELECT {MONTH[crm.data.engine]} AS month, owner_id, outcome, lost_reason, count(*) AS amount "
        f"FROM sales_opportunity WHERE {where} GROUP BY 1, 2, 3, 4",
        *values,
    )
    if not rows:
        return Report(sections=())
    sections = [by_month(asked, rows, pipeline), *lost_reasons(rows)]
    return Report(sections=(*sections, *await by_owner(crm, access, asked, rows)), personal=True)


def won_lost(label: str, rows: Sequence[Row], href: str = "") -> ReportLine:
    counts = Counter[str]()
    for row in rows:
        counts[row["outcome"]] += row["amount"]
    won, lost = counts["won"], counts["lost"]
    return ReportLine(label=label, values=(won, lost, share_of(won, won + lost)), href=href if won + lost else "")


def by_month(asked: Asked, rows: Sequence[Row], pipeline: ShownPipeline) -> ReportSection:
    lines = tuple(
        won_lost(
            month_label(month),
            [row for row in rows if row["month"] == month],
            closed_behind(asked, month, pipeline),
        )
        for month in asked.months
    )
    total = won_lost("Together", rows)
    return ReportSection(
        key="months",
        title=f"Won and lost, {pipeline.name}",
        finding=f"{shown_percent(total.values[2])} of {(total.values[0] or 0) + (total.values[1] or 0)} were won.",
        label_head="Month",
        columns=WON_LOST,
        lines=lines,
        chart="columns",
        charted=(0, 1),
        total=total,
    )


def closed_behind(asked: Asked, month: str, pipeline: ShownPipeline) -> str:
    first, last = month_days(month)
    return "/x/sales/reports/opportunities" + asked.query(
        closed="yes", pipeline=str(pipeline.id), period="own", **{"from": first.isoformat(), "to": last.isoformat()}
    )


def lost_reasons(rows: Sequence[Row]) -> list[ReportSection]:
    reasons = Counter[str]()
    for row in rows:
        if row["outcome"] == "lost":
            reasons[row["lost_reason"]] += row["amount"]
    if not reasons:
        return []
    whole = sum(reasons.values())
    lines = tuple(
        ReportLine(label=LOST_REASONS.get(reason, "No reason"), values=(amount, share_of(amount, whole)))
        for reason, amount in reasons.most_common()
    )
    return [
        ReportSection(
            key="reasons",
            title="Why others were lost",
            finding=f"Most often: {lines[0].label.lower()} ({shown_percent(lines[0].values[1])}).",
            label_head="Reason",
            columns=(ReportColumn(label="Lost", kind="count"), ReportColumn(label="Of all lost", kind="percent")),
            lines=lines,
        )
    ]


async def by_owner(crm: Installation, access: Access, asked: Asked, rows: Sequence[Row]) -> list[ReportSection]:
    found = {row["owner_id"] for row in rows}
    owners = found if sees_colleagues(access) else found & {access.actor.id}
    if not owners:
        return []
    names = await owner_names(crm, owners)
    lines = sorted(
        (won_lost(names[owner], [row for row in rows if row["owner_id"] == owner]) for owner in owners),
        key=lambda line: (-(line.values[0] or 0), line.label),
    )
    return [
        ReportSection(
            key="owners",
            title="By colleague" if sees_colleagues(access) else "Your own",
            finding=f"{lines[0].label} won {lines[0].values[0]}.",
            label_head="Owner",
            columns=WON_LOST,
            lines=tuple(lines),
            charted=(0, 1),
        )
    ]


async def owner_names(crm: Installation, owners: set[UUID | None]) -> Mapping[UUID | None, str]:
    """Of accounts; one query. Who is gone, and nobody, have words for it."""
    known = await account_names(crm, sorted(owner for owner in owners if owner))
    return {owner: known.get(owner, "Somebody who left") if owner else "Nobody" for owner in owners}


async def cycle_length(crm: Installation, access: Access, asked: Asked, pipeline: ShownPipeline) -> Report:
    """Days from the beginning to the won end; one query and names. Half of all took no longer than the median."""
    where, values = narrowed(asked, pipeline)
    rows = await crm.data.fetch(
        f"SELECT owner_id, {DAYS[crm.data.engine]} AS days, count(*) AS amount FROM sales_opportunity "
        f"WHERE {where} AND outcome = 'won' GROUP BY 1, 2",
        *values,
    )
    if not rows:
        return Report(sections=())
    owners = {row["owner_id"] for row in rows}
    owners = owners if sees_colleagues(access) else owners & {access.actor.id}
    names = await owner_names(crm, owners) if owners else {}
    each = [(names[owner], [row for row in rows if row["owner_id"] == owner]) for owner in owners]
    return Report(sections=(classes(rows, pipeline), *durations(rows, sorted(each))), personal=True)


def classes(rows: Sequence[Row], pipeline: ShownPipeline) -> ReportSection:
    counts = Counter[str]()
    for row in rows:
        counts[next((label for most, label in CLASSES if row["days"] <= most), SLOWER)] += row["amount"]
    whole = sum(counts.values())
    labels = [*(label for _, label in CLASSES), SLOWER]
    return ReportSection(
        key="classes",
        title=f"How long it takes, {pipeline.name}",
        finding=f"Half of the {whole} that were won took at most {median(rows)} days.",
        label_head="From the beginning until it was won",
        columns=(ReportColumn(label="Won", kind="count"), ReportColumn(label="Of all", kind="percent")),
        lines=tuple(
            ReportLine(label=label, values=(counts[label], share_of(counts[label], whole))) for label in labels
        ),
    )


def durations(rows: Sequence[Row], each: Sequence[tuple[str, Sequence[Row]]]) -> list[ReportSection]:
    lines = tuple(duration(name, own) for name, own in each)
    if not lines:
        return []
    return [
        ReportSection(
            key="owners",
            title="By colleague",
            finding=f"{len(lines)} with won opportunities.",
            label_head="Owner",
            columns=(
                ReportColumn(label="Median", kind="days"),
                ReportColumn(label="Average", kind="days"),
                ReportColumn(label="Won", kind="count"),
            ),
            lines=lines,
            total=duration("Together", rows),
        )
    ]


def duration(label: str, rows: Sequence[Row]) -> ReportLine:
    won = sum(row["amount"] for row in rows)
    days = sum(row["days"] * row["amount"] for row in rows)
    return ReportLine(label=label, values=(median(rows) * PART, (days * PART * 2 + won) // (2 * won), won))


def median(rows: Sequence[Row]) -> int:
    """The lower one of two middle ones."""
    counts = Counter[int]()
    for row in rows:
        counts[row["days"]] += row["amount"]
    left = (sum(counts.values()) + 1) // 2
    for days in sorted(counts):
        left -= counts[days]
        if left <= 0:
            return days
    return 0
