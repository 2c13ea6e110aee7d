"""What sales seals, and how each record stands at export and erasure."""

from __future__ import annotations

from datetime import date

from confida_core.api import (
    InAnswer,
    LineText,
    LongText,
    PostalAddress,
    RecordDeclaration,
    Sealed,
    ShortText,
)
from confida_sales.billing.tables import Invoice, InvoiceDraft, Payment, Reminder, Subscription
from confida_sales.leads.tables import Lead
from confida_sales.offers.tables import BillingDetails, Offer
from confida_sales.opportunities.tables import Opportunity

WRITTEN_BY_US = "Somebody who works for us wrote it down."
BOOKKEEPING_LAW = (
    "Invoices, credit notes and payments are accounts, which the law has us keep for years (GDPR Art. 17(3)(b)); "
    "then they go."
)


class OpportunityContent(Sealed, frozen=True):
    """title: never empty. competitors: who else offers. lost_note: why, in somebody's own words."""

    title: LineText = ""
    description: LongText = ""
    competitors: tuple[ShortText, ...] = ()
    next_step: LineText = ""
    lost_note: LongText = ""


class LeadContent(Sealed, frozen=True):
    """What is known before anybody spoke with them. wanted: what they asked for, in their words. discard_note: why not."""

    organisation: ShortText = ""
    wanted: LongText = ""
    note: LongText = ""
    discard_note: LongText = ""


class PaperLine(Sealed, frozen=True):
    """One line as it is printed. quantity: thousandths. price: minor units without tax. discount, tax_rate: hundredths of a percent."""

    product: str = ""
    sku: ShortText = ""
    name: LineText = ""
    description: LongText = ""
    unit: ShortText = ""
    quantity: int = 1_000
    price: int = 0
    discount: int = 0
    tax_category: ShortText = "S"
    tax_rate: int = 0
    recurs_months: int = 0


class PaperContent(Sealed, frozen=True):
    """A quote, order or invoice as it stands on paper, whatever becomes of products and contacts later.

    name, address, tax_number, reference: of the customer. discount: minor units off the whole. accepted_by: the name
    that was typed when it was accepted. declined_because: in the customer's words. delivered_on: when what is billed was delivered.
    """

    name: LineText = ""
    address: PostalAddress | None = None
    email: LineText = ""
    tax_number: ShortText = ""
    reference: ShortText = ""
    lines: tuple[PaperLine, ...] = ()
    discount: int = 0
    discount_reason: LineText = ""
    opening: LongText = ""
    closing: LongText = ""
    accepted_by: LineText = ""
    declined_because: LongText = ""
    delivered_on: date | None = None


class BillingContent(Sealed, frozen=True):
    """To whom papers go, in place of the contact's own name and address. reference: what shall stand on each of them."""

    name: LineText = ""
    address: PostalAddress | None = None
    email: LineText = ""
    tax_number: ShortText = ""
    reference: ShortText = ""


class PaymentContent(Sealed, frozen=True):
    """reference: what stood on the transfer."""

    reference: LineText = ""
    note: LongText = ""


class ReminderContent(Sealed, frozen=True):
    """A reminder as it is sent. number: of the invoice it is about."""

    number: ShortText = ""
    subject: LineText = ""
    text: LongText = ""


OPPORTUNITY = RecordDeclaration(
    table=Opportunity,
    content=OpportunityContent,
    subject="contact_id",
    retention_class="sales",
    purpose="relationship",
    label="Sales opportunities",
    clear={
        "outcome": "one of four words",
        "currency": "an ISO 4217 code",
        "source": "one of the sources that the organisation listed",
        "lost_reason": "one of the reasons that the organisation listed",
    },
    answer=InAnswer(category="What you may buy from us", source=WRITTEN_BY_US),
)
LEAD = RecordDeclaration(
    table=Lead,
    content=LeadContent,
    subject="contact_id",
    retention_class="sales",
    purpose="relationship",
    label="Leads",
    clear={
        "state": "one of four words",
        "source": "one of the sources that the organisation listed",
        "discard_reason": "one of a few reasons",
    },
    answer=InAnswer(category="What you may buy from us", source=WRITTEN_BY_US),
)
OFFER = RecordDeclaration(
    table=Offer,
    content=PaperContent,
    subject="contact_id",
    retention_class="sales",
    purpose="relationship",
    label="Quotes and orders",
    clear={
        "kind": "quote or order",
        "number": "counted up; it names nobody",
        "state": "one of a few words",
        "currency": "an ISO 4217 code",
    },
    answer=InAnswer(category="What you ordered", source="You, or somebody who works for us."),
)
BILLING_DETAILS = RecordDeclaration(
    table=BillingDetails,
    content=BillingContent,
    subject="contact_id",
    retention_class="sales",
    purpose="relationship",
    label="Billing details",
    answer=InAnswer(category="Where your bills go", source="You, or somebody who works for us."),
)
SUBSCRIPTION = RecordDeclaration(
    table=Subscription,
    content=PaperContent,
    subject="contact_id",
    retention_class="sales",
    purpose="relationship",
    label="Subscriptions",
    clear={"state": "one of three words", "currency": "an ISO 4217 code"},
    answer=InAnswer(category="What you ordered", source="You, or somebody who works for us."),
)
INVOICE = RecordDeclaration(
    table=Invoice,
    content=PaperContent,
    subject="contact_id",
    retention_class="bookkeeping",
    purpose="sales.bookkeeping",
    label="Invoices and credit notes",
    begins="issued_on",
    erasure="keep",
    keeps=BOOKKEEPING_LAW,
    clear={
        "kind": "invoice or credit note",
        "number": "counted up; it names nobody",
        "currency": "an ISO 4217 code",
        "hold": "one of a few words",
    },
    answer=InAnswer(category="What you bought and paid", source=WRITTEN_BY_US),
)
PAYMENT = RecordDeclaration(
    table=Payment,
    content=PaymentContent,
    subject="contact_id",
    retention_class="bookkeeping",
    purpose="sales.bookkeeping",
    label="Payments",
    begins="paid_on",
    erasure="keep",
    keeps=BOOKKEEPING_LAW,
    clear={"currency": "an ISO 4217 code", "method": "one of four words"},
    answer=InAnswer(category="What you bought and paid", source=WRITTEN_BY_US),
)
DRAFT = RecordDeclaration(
    table=InvoiceDraft,
    content=PaperContent,
    subject="contact_id",
    retention_class="sales",
    purpose="sales.bookkeeping",
    label="Drafts of invoices",
    clear={"currency": "an ISO 4217 code"},
    answer=InAnswer(category="What you bought and paid", source=WRITTEN_BY_US),
)
REMINDER = RecordDeclaration(
    table=Reminder,
    content=ReminderContent,
    subject="contact_id",
    retention_class="sales",
    purpose="sales.bookkeeping",
    label="Reminders",
    clear={
        "state": "one of six words",
        "reason": "a code of the sending door",
        "channel": "one word, such as email",
        "currency": "an ISO 4217 code",
    },
    answer=InAnswer(category="What you bought and paid", source=WRITTEN_BY_US),
)
RECORDS = (OPPORTUNITY, LEAD, OFFER, BILLING_DETAILS, SUBSCRIPTION, DRAFT, INVOICE, PAYMENT, REMINDER)
