"""Reports as pages show them: numbers written out for the reader, and a picture of each section."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from babel.numbers import format_compact_currency, format_percent

from confida_core.money import as_decimal
from confida_web.charts.chart import Chart
from confida_web.charts.chart import Series as ChartSeries
from confida_web.formatting import Formatter
from confida_web.reports.report import PART, ReportColumn, ReportLine, ReportSection, ValueKind

THOUSAND = 1_000
TENTHS = frozenset({"days", "tenths"})
MOST_DRAWN = 36
"""More columns than three years of months cannot be told apart; the table has them all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownLine:
    """cells: one for each column."""

    label: str
    cells: tuple[str, ...]
    href: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownSection:
    """chart: None where there is nothing to draw."""

    key: str
    title: str
    finding: str
    label_head: str
    heads: tuple[str, ...]
    lines: tuple[ShownLine, ...]
    total: ShownLine | None
    chart: Chart | None


def shown_section(section: ReportSection, f: Formatter) -> ShownSection:
    """A section with its numbers written out, and its picture where one was asked for and there is not too much to draw."""
    return ShownSection(
        key=section.key,
        title=section.title,
        finding=section.finding,
        label_head=section.label_head,
        heads=tuple(column.label for column in section.columns),
        lines=tuple(shown_line(line, section, f) for line in section.lines),
        total=shown_line(section.total, section, f) if section.total else None,
        chart=chart_of(section, f),
    )


def shown_line(line: ReportLine, section: ReportSection, f: Formatter) -> ShownLine:
    cells = tuple(
        "–" if value is None else written(f, column.kind, section.currency)(value)
        for column, value in zip(section.columns, line.values, strict=True)
    )
    return ShownLine(label=line.label, cells=cells, href=line.href, note=line.note)


def written(f: Formatter, kind: ValueKind, currency: str) -> Callable[[float], str]:
    """How a value of this kind is written out."""
    if kind == "money":
        return lambda value: f.money(int(value), currency)
    if kind == "percent":
        return lambda value: str(format_percent(value / PART / 100, "#,##0.#%", locale=f.locale))
    if kind == "minutes":
        return lambda value: f.duration(round(value))
    return lambda value: f.number(value / PART if kind in TENTHS else int(value))


def written_short(f: Formatter, kind: ValueKind, currency: str) -> Callable[[float], str]:
    """The same for axes, where there is little room."""
    if kind != "money":
        return written(f, kind, currency)

    def compact(value: float) -> str:
        amount = as_decimal(int(value), currency)
        digits = 1 if abs(amount) >= THOUSAND and int(amount) % THOUSAND else 0
        return str(format_compact_currency(amount, currency, locale=f.locale, fraction_digits=digits))

    return compact


def chart_of(section: ReportSection, f: Formatter) -> Chart | None:
    if not section.chart or not section.lines or len(section.lines) > MOST_DRAWN:
        return None
    drawn = [section.columns[at] for at in section.charted]
    return Chart(
        key=f"chart-{section.key}",
        title=section.title,
        finding=section.finding,
        kind=section.chart,
        labels=tuple(line.label for line in section.lines),
        series=tuple(series(section, column, at) for column, at in zip(drawn, section.charted, strict=True)),
        show=written(f, drawn[0].kind, section.currency),
        tick=written_short(f, drawn[0].kind, section.currency),
        label_head=section.label_head,
        notes=tuple(line.note for line in section.lines) if any(line.note for line in section.lines) else (),
        table="own",
    )


def series(section: ReportSection, column: ReportColumn, at: int) -> ChartSeries:
    return ChartSeries(label=column.label, values=tuple(line.values[at] for line in section.lines))
