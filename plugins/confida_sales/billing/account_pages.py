"""What the pages of reminders, of a customer's account and of the settings of billing show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from confida_sales.billing.pages import ReminderRow
from confida_sales.billing.statement import Statement
from confida_web.api import Option, Page, Paging, PersonRef, Tab


@dataclass(frozen=True, kw_only=True)
class RemindersPage(Page):
    """which: a state of reminders. steps: whether there are any. by_themselves: what is proposed is sent without anybody."""

    template: ClassVar[str] = "sales/billing/reminders.html"
    title: ClassVar[str] = "Reminders"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    which: str
    tabs: tuple[Tab, ...]
    rows: tuple[ReminderRow, ...]
    paging: Paging
    steps: bool
    by_themselves: bool
    may_send: bool
    may_manage: bool


@dataclass(frozen=True, kw_only=True)
class StatementPage(Page):
    """A customer's account. labels: kind of entry -> English. lines: who issues it."""

    template: ClassVar[str] = "sales/billing/statement.html"
    title: ClassVar[str] = "Statement"

    customer_id: str
    contact: PersonRef
    statement: Statement
    labels: Mapping[str, str]
    seller: tuple[str, ...]
    since: str
    until: str
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesRow:
    """How one kind of paper is numbered. following: the next number, as it will be written."""

    kind: str
    label: str
    pattern: str
    following: str
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class NumbersPage(Page):
    """GET, POST /x/sales/settings/numbers. previewed: nothing is saved yet; the numbers are how they would be."""

    template: ClassVar[str] = "sales/billing/numbers.html"
    title: ClassVar[str] = "Numbers of papers"
    blocks: ClassVar[tuple[str, ...]] = ("rows",)

    rows: tuple[SeriesRow, ...]
    previewed: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepForm:
    """One step as it stands in its form. id: "" for a new one."""

    id: str
    number: int
    values: Mapping[str, str]
    channels: tuple[Option, ...]
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StepsPage(Page):
    """GET, POST /x/sales/settings/reminders. words: what may stand in braces."""

    template: ClassVar[str] = "sales/billing/steps.html"
    title: ClassVar[str] = "Steps of reminding"

    steps: tuple[StepForm, ...]
    new: StepForm
    words: tuple[str, ...]
    minimum: int
    by_themselves: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchRow:
    """One entry of the bank. sure: its number stood there. known: it was entered already. open: of the invoice, minor units."""

    on: date
    amount: int
    currency: str
    text: str
    invoice_id: str
    number: str
    name: str
    open: int
    sure: bool
    known: bool


@dataclass(frozen=True, kw_only=True)
class MatchPage(Page):
    """GET, POST /x/sales/payments/match. rows: None before there was a file."""

    template: ClassVar[str] = "sales/billing/match.html"
    title: ClassVar[str] = "Payments from the bank"

    rows: tuple[MatchRow, ...] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
