"""A report as it comes from the functions: sections of lines with numbers; pages, CSV and Excel write the same ones out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ValueKind = Literal["count", "money", "percent", "days", "minutes", "tenths"]
PART = 10
"""Percents are kept in tenths, and so are days and whatever is of the kind `tenths`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportColumn:
    """kind: money is minor units of the section's currency, percent tenths of a percent, days tenths of a day, minutes whole
    ones, tenths a plain number."""

    label: str
    kind: ValueKind


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportLine:
    """label: plain words. values: one for each column, None where nothing can be said. href: the list behind it."""

    label: str
    values: tuple[int | None, ...]
    href: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportSection:
    """One picture and one table. charted: which columns the picture shows, all of one kind. currency: "" without money.

    chart: kind of the picture, "" for none. total: a line below, None where adding up would say nothing.
    """

    key: str
    title: str
    finding: str
    label_head: str
    columns: tuple[ReportColumn, ...]
    lines: tuple[ReportLine, ...]
    chart: Literal["columns", "stacked", "lines", "rows", "funnel", "ageing", ""] = "rows"
    charted: tuple[int, ...] = (0,)
    total: ReportLine | None = None
    currency: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """personal: it names colleagues with what they achieved, so that taking it out of the house is noted."""

    sections: tuple[ReportSection, ...]
    personal: bool = False
    note: str = ""


def share_of(part: int, whole: int) -> int | None:
    """Tenths of a percent; None of nothing."""
    return (1_000 * part * 2 + whole) // (2 * whole) if whole else None


def shown_percent(tenths: int | None) -> str:
    """For findings, in whole percents."""
    return "–" if tenths is None else f"{(tenths + PART // 2) // PART}%"
