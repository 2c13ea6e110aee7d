"""The pages of reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from confida_sales.reporting.asked import Asked
from confida_sales.reporting.behind import Behind
from confida_sales.reporting.kinds import ReportKind
from confida_web.api import (
    Option,
    Page,
    ShownSection,
)


@dataclass(frozen=True, kw_only=True)
class ReportsPage(Page):
    """GET /x/sales/reports. kinds: key of the report -> what it is."""

    template: ClassVar[str] = "sales/reporting/reports.html"
    title: ClassVar[str] = "Reports"

    kinds: tuple[tuple[str, ReportKind], ...]


@dataclass(frozen=True, kw_only=True)
class ReportPage(Page):
    """GET /x/sales/reports/<key>. csv_href, excel_href: the same as a file; "" where Excel files cannot be made."""

    template: ClassVar[str] = "sales/reporting/report.html"
    title: ClassVar[str] = "Report"

    key: str
    kind: ReportKind
    asked: Asked
    sections: tuple[ShownSection, ...]
    note: str
    periods: tuple[Option, ...]
    pipelines: tuple[Option, ...]
    owners: tuple[Option, ...]
    currencies: tuple[Option, ...]
    csv_href: str
    excel_href: str


@dataclass(frozen=True, kw_only=True)
class BehindPage(Page):
    """GET /x/sales/reports/opportunities and /x/sales/reports/invoices: what a figure was counted from."""

    template: ClassVar[str] = "sales/reporting/behind.html"
    title: ClassVar[str] = "Behind the figure"

    heading: str
    title_head: str
    found: Behind
    next_href: str
    back_href: str
