"""What customers see of their invoices on the public side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from confida_sales.billing.pages import PaymentRow, ShownState, Sums
from confida_sales.billing.statement import Statement
from confida_sales.papers_read import ReadPaper
from confida_web.api import Page, mark


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnInvoiceRow:
    """gross: with a minus on a credit note. due_on: None where nothing is to be paid any more."""

    id: str
    kind: str
    number: str
    state: ShownState
    issued_on: date
    due_on: date | None
    gross: int
    open: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class OwnInvoicesPage(Page):
    """open: what is still to be paid; with a minus what was paid too much."""

    template: ClassVar[str] = "sales/billing/portal_list.html"
    title: ClassVar[str] = mark("Your invoices")
    rows: tuple[OwnInvoiceRow, ...]
    open: Sums


@dataclass(frozen=True, kw_only=True)
class OwnInvoicePage(Page):
    """notes: (address, number, minor units) of what corrects it, or of what it corrects."""

    template: ClassVar[str] = "sales/billing/portal_invoice.html"
    title: ClassVar[str] = mark("Your invoices")
    row: OwnInvoiceRow
    paper: ReadPaper
    paid: int
    credited: int
    delivered_on: date | None
    payments: tuple[PaymentRow, ...]
    notes: tuple[tuple[str, str, int], ...]
    seller: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OwnStatementPage(Page):
    """labels: kind of entry -> English."""

    template: ClassVar[str] = "sales/billing/portal_statement.html"
    title: ClassVar[str] = mark("Your account")
    statement: Statement
    labels: Mapping[str, str]
    since: str
    until: str
    error: str
