"""What the pages of subscriptions show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from confida_sales.billing.pages import ShownState
from confida_sales.papers_read import ReadPaper
from confida_web.api import Page, Paging, PersonRef, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionRow:
    """rhythm: English, with the number of months beside it for its plural."""

    id: str
    contact: PersonRef
    state: ShownState
    months: int
    next_on: date | None
    gross: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionsPage(Page):
    """GET /x/sales/subscriptions."""

    template: ClassVar[str] = "sales/billing/subscriptions.html"
    title: ClassVar[str] = "Subscriptions"

    tabs: tuple[Tab, ...]
    rows: tuple[SubscriptionRow, ...]
    paging: Paging
    filtered: bool
    may_bill: bool


@dataclass(frozen=True, kw_only=True)
class SubscriptionPage(Page):
    """One subscription. days: the next on which it is billed. invoices: (address, number, day of the period, minor units)."""

    template: ClassVar[str] = "sales/billing/subscription.html"
    title: ClassVar[str] = "Subscription"

    id: str
    contact: PersonRef
    state: ShownState
    running: bool
    paused: bool
    months: int
    anchor_on: date
    ends_on: date | None
    pay_days: int
    days: tuple[date, ...]
    paper: ReadPaper
    currency: str
    invoices: tuple[tuple[str, str, date, int], ...]
    order_href: str
    today: str
    may_bill: bool
