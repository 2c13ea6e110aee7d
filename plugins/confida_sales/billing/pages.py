"""What the pages of invoices show to colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from confida_sales.papers_read import ReadPaper
from confida_sales.papers_shown import PaperForm
from confida_web.api import Option, Page, Paging, PersonRef, Tab

ONE_PAGE = Paging()
Sums = tuple[tuple[int, str], ...]
"""(Minor units, currency), each currency once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownState:
    """label: English. tone: of the style sheet."""

    label: str
    tone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceRow:
    """One line of a list. open: minor units; below nothing if too much was paid. late: its day is over and something is open."""

    id: str
    number: str
    contact: PersonRef
    state: ShownState
    issued_on: date
    due_on: date | None
    late: bool
    gross: int
    open: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class InvoicesPage(Page):
    """which: the list. sums: what all of it comes to, not only this page; empty for what was found by number."""

    template: ClassVar[str] = "sales/billing/list.html"
    title: ClassVar[str] = "Invoices"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    which: str
    tabs: tuple[Tab, ...]
    rows: tuple[InvoiceRow, ...]
    sums: Sums = ()
    paging: Paging = ONE_PAGE
    q: str = ""
    may_bill: bool = False
    may_manage: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftRow:
    id: str
    contact: PersonRef
    made_on: date
    gross: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class DraftsPage(Page):
    """GET /x/sales/invoices/drafts."""

    template: ClassVar[str] = "sales/billing/drafts.html"
    title: ClassVar[str] = "Drafts of invoices"

    tabs: tuple[Tab, ...]
    rows: tuple[DraftRow, ...]
    paging: Paging
    may_bill: bool


@dataclass(frozen=True, kw_only=True)
class ForWhomPage(Page):
    """Whom something new is for. what: invoice or subscription. found: (address, name, detail); None before anybody searched."""

    template: ClassVar[str] = "sales/billing/for_whom.html"
    title: ClassVar[str] = "For whom?"
    blocks: ClassVar[tuple[str, ...]] = ("found",)

    what: str
    action: str
    q: str = ""
    found: tuple[tuple[str, str, str], ...] | None = None


@dataclass(frozen=True, kw_only=True)
class BillFormPage(Page):
    """A draft of an invoice, or a subscription, being written. what: invoice or subscription. values: beside the paper."""

    template: ClassVar[str] = "sales/billing/form.html"
    title: ClassVar[str] = "Invoice"
    blocks: ClassVar[tuple[str, ...]] = ("paper", "totals")

    what: str
    new: bool
    action: str
    cancel_href: str
    contact: PersonRef
    paper: PaperForm
    values: Mapping[str, str]
    owners: tuple[Option, ...] = ()
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class DraftPage(Page):
    """A draft as it will look, and the question whether it is issued. today: suggested as its day."""

    template: ClassVar[str] = "sales/billing/draft.html"
    title: ClassVar[str] = "Draft of an invoice"

    id: str
    contact: PersonRef
    paper: ReadPaper
    days: int
    version: int
    day: str
    next_number: str
    may_bill: bool
    issuing: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentRow:
    """One entry. amount: minor units, below nothing for what went back. wrong: it was taken back by another one."""

    id: str
    on: date
    amount: int
    method: str
    reference: str
    note: str
    wrong: bool
    takes_back: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderRow:
    """One step of reminding. reason: in plain words why it could not be sent. on: when it was proposed, or sent."""

    id: str
    step: int
    name: str
    state: ShownState
    reason: str
    on: date
    fee: int
    open: int
    currency: str
    channel: str
    invoice_href: str = ""
    number: str = ""
    contact: PersonRef | None = None
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class InvoicePage(Page):
    """An invoice or credit note with everything about it. typed: what somebody typed into the form with errors."""

    template: ClassVar[str] = "sales/billing/invoice.html"
    title: ClassVar[str] = "Invoice"
    blocks: ClassVar[tuple[str, ...]] = ("invoice",)

    id: str
    kind: str
    number: str
    contact: PersonRef
    customer_id: str
    state: ShownState
    issued_on: date
    due_on: date | None
    delivered_on: date | None
    late: bool
    paper: ReadPaper
    currency: str
    gross: int
    paid: int
    credited: int
    open: int
    hold: str
    held_until: date | None
    owner: str
    order_href: str
    subscription_href: str
    payments: tuple[PaymentRow, ...] = ()
    reminders: tuple[ReminderRow, ...] = ()
    related: tuple[tuple[str, str, int], ...] = ()
    mails: tuple[str, ...] = ()
    methods: tuple[Option, ...] = ()
    holds: tuple[Option, ...] = ()
    today: str = ""
    open_typed: str = ""
    too_much_typed: str = ""
    may_bill: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PrintPage(Page):
    """An invoice or credit note alone, as it is printed. seller: name and lines of whoever issued it."""

    template: ClassVar[str] = "sales/billing/print.html"
    title: ClassVar[str] = "Invoice"

    id: str
    kind: str
    number: str
    corrects: str
    issued_on: date
    due_on: date | None
    delivered_on: date | None
    paper: ReadPaper
    seller: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditLine:
    """left: what may still be taken back, as text. typed: what stands in the field."""

    name: str
    quantity: str
    left: str
    price: str
    typed: str


@dataclass(frozen=True, kw_only=True)
class CreditPage(Page):
    """GET, POST /x/sales/invoices/{id}/credit. left: minor units. errors: by field (`quantity-2`)."""

    template: ClassVar[str] = "sales/billing/credit.html"
    title: ClassVar[str] = "Credit note"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    id: str
    number: str
    contact: PersonRef
    lines: tuple[CreditLine, ...]
    left: int
    currency: str
    day: str
    reason: str
    errors: Mapping[str, str] = field(default_factory=dict)
