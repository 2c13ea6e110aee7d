"""What the pages of quotes and orders show to colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from confida_sales.documents.mails_shown import MailRow
from confida_sales.papers_read import ReadPaper
from confida_sales.papers_shown import PaperForm
from confida_web.api import Option, Page, PersonRef, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class StateShown:
    """label: English. tone: of the style sheet."""

    label: str
    tone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferRow:
    """One line of a list. day: when it was made, sent or decided, whatever came last. amount: gross, minor units."""

    href: str
    number: str
    contact: PersonRef
    state: StateShown
    day: datetime
    expires_on: date | None
    amount: int
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RevisionRow:
    href: str
    revision: int
    state: StateShown
    day: datetime
    amount: int
    currency: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class OffersPage(Page):
    """kind: quote or order. contact: whose alone these are. may_write: offers to make one."""

    template: ClassVar[str] = "sales/offers/list.html"
    title: ClassVar[str] = "Quotes and orders"
    blocks: ClassVar[tuple[str, ...]] = ("list",)
    kind: str
    rows: tuple[OfferRow, ...]
    tabs: tuple[Tab, ...]
    chosen: str
    contact: PersonRef | None
    new_href: str
    older_href: str | None
    may_write: bool


@dataclass(frozen=True, kw_only=True)
class OfferPage(Page):
    """One quote or order. actions: what may be done with it now, by name. mails: with this paper, the newest first."""

    template: ClassVar[str] = "sales/offers/offer.html"
    title: ClassVar[str] = "Quote or order"
    blocks: ClassVar[tuple[str, ...]] = ("offer",)
    kind: str
    href: str
    number: str
    revision: int
    version: int
    state: StateShown
    contact: PersonRef
    owner: str
    made_at: datetime
    sent_at: datetime | None
    decided_at: datetime | None
    decided_by_customer: bool
    expires_on: date | None
    paper: ReadPaper
    currency: str
    actions: frozenset[str]
    revisions: tuple[RevisionRow, ...] = ()
    opportunity_href: str = ""
    quote_href: str = ""
    order_href: str = ""
    invoices: tuple[tuple[str, str], ...] = ()
    mails: tuple[MailRow, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    today: date | None = None


@dataclass(frozen=True, kw_only=True)
class OfferFormPage(Page):
    """A draft of a quote, or an order, being written. heading: its number, "" for a new one."""

    template: ClassVar[str] = "sales/offers/form.html"
    title: ClassVar[str] = "Quote or order"
    blocks: ClassVar[tuple[str, ...]] = ("paper", "totals")
    kind: str
    heading: str
    action: str
    cancel_href: str
    contact: PersonRef
    paper: PaperForm
    expires_on: str = ""
    owners: tuple[Option, ...] = ()
    version: int = 0
    agreed: bool = False


@dataclass(frozen=True, kw_only=True)
class ForWhomPage(Page):
    """Whom a new quote or order is for. found: None before anybody searched."""

    template: ClassVar[str] = "sales/offers/for_whom.html"
    title: ClassVar[str] = "For whom?"
    blocks: ClassVar[tuple[str, ...]] = ("found",)
    kind: str
    action: str
    q: str = ""
    found: tuple[tuple[str, str, str], ...] | None = None
