"""What customers see of their quotes, orders and billing details on the public side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from confida_sales.offers.pages import StateShown
from confida_sales.papers_read import ReadPaper
from confida_web.api import Option, Page, mark


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRow:
    """One of their papers in a list. earlier: revisions that this one took the place of."""

    href: str
    number: str
    revision: int
    state: StateShown
    sent_at: datetime
    expires_on: date | None
    amount: int
    currency: str
    earlier: tuple[OwnRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OwnQuotesPage(Page):
    template: ClassVar[str] = "sales/offers/portal_list.html"
    title: ClassVar[str] = mark("Your quotes")
    kind: ClassVar[str] = "quote"
    rows: tuple[OwnRow, ...]


@dataclass(frozen=True, kw_only=True)
class OwnOrdersPage(Page):
    template: ClassVar[str] = "sales/offers/portal_list.html"
    title: ClassVar[str] = mark("Your orders")
    kind: ClassVar[str] = "order"
    rows: tuple[OwnRow, ...]


@dataclass(frozen=True, kw_only=True)
class OwnOfferPage(Page):
    """One quote or order. can: accept and decline, as long as it is open. done: what they just did. newer_href: what replaced it."""

    template: ClassVar[str] = "sales/offers/portal_offer.html"
    title: ClassVar[str] = mark("Your quotes and orders")
    kind: str
    href: str
    number: str
    revision: int
    state: StateShown
    sent_at: datetime
    decided_at: datetime | None
    expires_on: date | None
    paper: ReadPaper
    can: frozenset[str]
    pdf_href: str
    newer_href: str = ""
    done: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OwnBillingPage(Page):
    """values: of the form, by field. own: that nothing is stored yet, so that bills go to the contact's own address."""

    template: ClassVar[str] = "sales/offers/portal_billing.html"
    title: ClassVar[str] = mark("Billing details")
    values: Mapping[str, str]
    version: int
    countries: tuple[Option, ...]
    saved: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
