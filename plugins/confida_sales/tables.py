"""The tables of sales. What is said about people is sealed; amounts, days and states are columns, because reports add them up."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Pipeline(Table, tablename="sales_pipeline", db=DATA):
    """A way that opportunities go, as a row of stages."""

    id = UUID(primary_key=True)
    name = Varchar(length=80)
    position = Integer()
    archived = Boolean(default=False)


class Stage(Table, tablename="sales_stage", db=DATA):
    """probability: percent. outcome: open, won or lost. required: keys of fields, by space. rot_days: 0 for never."""

    id = UUID(primary_key=True)
    pipeline_id = UUID(index=True)
    name = Varchar(length=80)
    position = Integer()
    probability = Integer()
    outcome = Varchar(length=8)
    required = Varchar(length=200)
    rot_days = Integer()


class Opportunity(Table, tablename="sales_opportunity", db=DATA):
    """outcome: open, won, lost or deleted, which is the trash. value: minor units. stage_since: when it came into its stage. next_on: day of the next step. sealed: OpportunityContent."""

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    pipeline_id = UUID(index=True)
    stage_id = UUID(index=True)
    outcome = Varchar(length=8)
    owner_id = UUID(null=True, default=None, index=True)
    value = BigInt()
    currency = Varchar(length=3)
    close_on = Date(null=True, default=None)
    source = Varchar(length=40)
    lost_reason = Varchar(length=40)
    next_on = Date(null=True, default=None)
    stage_since = Timestamptz()
    created_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class StageChange(Table, tablename="sales_stage_change", db=DATA):
    """One step of one opportunity; the first has no stage before it."""

    id = UUID(primary_key=True)
    opportunity_id = UUID(index=True)
    contact_id = UUID(index=True)
    from_stage_id = UUID(null=True, default=None)
    to_stage_id = UUID()
    at = Timestamptz()
    by_id = UUID()


class Lead(Table, tablename="sales_lead", db=DATA):
    """Somebody who may buy. state: new, working, converted or discarded. sealed: LeadContent, under the key of the contact.

    provisional: the contact was made with the lead, and is known from nothing else until somebody takes it over.
    What converting made, so that it can be taken back: opportunity_id, organisation_id (made, not found), relationship_id,
    moved_from_id (the provisional contact in whose place an existing one was taken).
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    state = Varchar(length=12)
    source = Varchar(length=40)
    owner_id = UUID(null=True, default=None, index=True)
    provisional = Boolean(default=False)
    discard_reason = Varchar(length=40)
    opportunity_id = UUID(null=True, default=None)
    organisation_id = UUID(null=True, default=None)
    relationship_id = UUID(null=True, default=None)
    moved_from_id = UUID(null=True, default=None)
    created_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class Target(Table, tablename="sales_target", db=DATA):
    """What one colleague, one team, or all together (neither) are to win from one day on, for so many months.

    id: made from whose it is, since when, for how long and in which currency, so that there is one of each.
    """

    id = UUID(primary_key=True)
    owner_id = UUID(null=True, default=None, index=True)
    team_id = UUID(null=True, default=None, index=True)
    starts_on = Date()
    months = Integer()
    amount = BigInt()
    currency = Varchar(length=3)


class Product(Table, tablename="sales_product", db=DATA):
    """variant_of: the product this is a variant of. tax_rate: hundredths of a percent. recurs_months: 0 for bought once."""

    id = UUID(primary_key=True)
    sku = Varchar(length=60, unique=True)
    name = Varchar(length=200)
    description = Text()
    unit = Varchar(length=20)
    variant_of = UUID(null=True, default=None, index=True)
    tax_category = Varchar(length=2)
    tax_rate = Integer()
    recurs_months = Integer()
    archived = Boolean(default=False)


class BundleItem(Table, tablename="sales_bundle_item", db=DATA):
    """quantity: thousandths of the product in one bundle."""

    id = UUID(primary_key=True)
    bundle_id = UUID(index=True)
    product_id = UUID()
    quantity = Integer()


class PriceList(Table, tablename="sales_price_list", db=DATA):
    """standard: used where nobody chose another one of the currency."""

    id = UUID(primary_key=True)
    name = Varchar(length=80)
    currency = Varchar(length=3)
    valid_from = Date(null=True, default=None)
    valid_until = Date(null=True, default=None)
    standard = Boolean(default=False)


class Price(Table, tablename="sales_price", db=DATA):
    """price: minor units for one, without tax, from so many thousandths on."""

    id = UUID(primary_key=True)
    list_id = UUID(index=True)
    product_id = UUID(index=True)
    from_quantity = Integer()
    price = BigInt()


class Offer(Table, tablename="sales_offer", db=DATA):
    """A quote or an order, told apart by `kind`. number: of its series, "" until it is sent. revision: 1, 2 ... of one number.

    state of a quote: draft, sent, accepted, declined, replaced or discarded; of an order: open, billed or cancelled.
    from_id: the quote an order came from, or the quote that this one revises. decided_at, decided_by: when it was accepted or
    declined, and by whom: the contact's own id if it was them. sealed: PaperContent.
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    opportunity_id = UUID(null=True, default=None, index=True)
    kind = Varchar(length=8)
    number = Varchar(length=40, index=True)
    revision = Integer()
    state = Varchar(length=10)
    from_id = UUID(null=True, default=None)
    owner_id = UUID(null=True, default=None, index=True)
    expires_on = Date(null=True, default=None)
    currency = Varchar(length=3)
    net = BigInt()
    tax = BigInt()
    gross = BigInt()
    created_at = Timestamptz()
    sent_at = Timestamptz(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = UUID(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class BillingDetails(Table, tablename="sales_billing_details", db=DATA):
    """To whom papers of a contact go, where they said so. id: the contact's own. sealed: BillingContent."""

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    updated_at = Timestamptz()
    version = Integer()
    sealed = Bytea()


class Subscription(Table, tablename="sales_subscription", db=DATA):
    """What is billed again and again. state: running, paused or ended.

    anchor_on: the first day; each later one is counted from it, so that 31 January comes back to the 31st. done: periods
    that are over. next_on: anchor_on plus `done` periods. days: until each invoice is due. sealed: PaperContent.
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    order_id = UUID(null=True, default=None)
    owner_id = UUID(null=True, default=None)
    state = Varchar(length=8)
    every_months = Integer()
    anchor_on = Date()
    done = Integer()
    next_on = Date(index=True)
    ends_on = Date(null=True, default=None)
    days = Integer()
    currency = Varchar(length=3)
    net = BigInt()
    gross = BigInt()
    created_at = Timestamptz()
    version = Integer()
    sealed = Bytea()


class InvoiceDraft(Table, tablename="sales_invoice_draft", db=DATA):
    """An invoice that is not issued yet: without a number, and gone when it is issued. days: until it will be due.

    discarded_at: it can be taken back for some days. sealed: PaperContent.
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    order_id = UUID(null=True, default=None, index=True)
    opportunity_id = UUID(null=True, default=None)
    owner_id = UUID(null=True, default=None)
    currency = Varchar(length=3)
    days = Integer()
    net = BigInt()
    tax = BigInt()
    gross = BigInt()
    created_at = Timestamptz(index=True)
    discarded_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class Series(Table, tablename="sales_series", db=DATA):
    """Numbers without a gap: `next` is given to the next paper of the kind. pattern: such as `RE-{year}-{number:05}`."""

    id = UUID(primary_key=True)
    kind = Varchar(length=12, unique=True)
    pattern = Varchar(length=40)
    year = Integer()
    next = Integer()


class SeriesPast(Table, tablename="sales_series_past", db=DATA):
    """A pattern that numbers were written by before, and how far it came: so that nobody is given one of them again."""

    id = UUID(primary_key=True)
    kind = Varchar(length=12, index=True)
    pattern = Varchar(length=40)
    next = Integer()


class Invoice(Table, tablename="sales_invoice", db=DATA):
    """An issued invoice or credit note; it never changes but for what was paid on it. All amounts in minor units.

    kind: invoice or credit_note. corrects_id: the invoice a credit note is about. series_year, series_number: its place in
    the series. subscription_id, period_on: which period of what is billed again and again; unique together. paid, credited:
    so far. reminded: steps of reminding taken. remind_on: when the next one is due, None if there is none. hold: why nobody
    is reminded until held_until, "" if nothing holds. told_overdue_at: when it was found overdue.
    settled_at: when nothing was open any more. sealed: PaperContent.
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    kind = Varchar(length=12)
    number = Varchar(length=40, unique=True)
    series_year = Integer()
    series_number = Integer()
    corrects_id = UUID(null=True, default=None, index=True)
    order_id = UUID(null=True, default=None, index=True)
    opportunity_id = UUID(null=True, default=None)
    subscription_id = UUID(null=True, default=None)
    period_on = Date(null=True, default=None)
    owner_id = UUID(null=True, default=None, index=True)
    issued_on = Date(index=True)
    due_on = Date(null=True, default=None)
    currency = Varchar(length=3)
    net = BigInt()
    tax = BigInt()
    gross = BigInt()
    paid = BigInt()
    credited = BigInt()
    reminded = Integer()
    remind_on = Date(null=True, default=None)
    hold = Varchar(length=12)
    held_until = Date(null=True, default=None)
    told_overdue_at = Timestamptz(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    version = Integer()
    sealed = Bytea()


class InvoiceLine(Table, tablename="sales_invoice_line", db=DATA):
    """What reports add up, and what suggestions learn from. quantity: thousandths. Negative on credit notes."""

    id = UUID(primary_key=True)
    invoice_id = UUID(index=True)
    contact_id = UUID(index=True)
    product_id = UUID(null=True, default=None, index=True)
    issued_on = Date()
    currency = Varchar(length=3)
    quantity = Integer()
    net = BigInt()


class Payment(Table, tablename="sales_payment", db=DATA):
    """Money that came in, or with a minus went back. method: transfer, card, cash or other. reverses_id: the entry
    that this one takes back, because it was wrong. sealed: PaymentContent.
    """

    id = UUID(primary_key=True)
    invoice_id = UUID(index=True)
    reverses_id = UUID(null=True, default=None, unique=True)
    contact_id = UUID(index=True)
    paid_on = Date()
    amount = BigInt()
    currency = Varchar(length=3)
    method = Varchar(length=12)
    created_at = Timestamptz()
    version = Integer()
    sealed = Bytea()


class ReminderStep(Table, tablename="sales_reminder_step", db=DATA):
    """One step of reminding: `days` after the day of payment. fee: minor units of fee_currency, in which alone it is asked for."""

    id = UUID(primary_key=True)
    days = Integer(unique=True)
    name = Varchar(length=80)
    fee = BigInt()
    fee_currency = Varchar(length=3)
    channel = Varchar(length=10)
    subject = Varchar(length=200)
    text = Text()


class Reminder(Table, tablename="sales_reminder", db=DATA):
    """One step of reminding somebody of one invoice. state: proposed, queued, sending, sent, refused or left_out. sealed:
    ReminderContent.

    step: 1, 2 ... in the order of the days. fee: minor units, of the invoice's currency. open: what was to be paid then.
    message_id: what went to the sending door.
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    invoice_id = UUID(index=True)
    step = Integer()
    state = Varchar(length=10)
    reason = Varchar(length=40)
    channel = Varchar(length=10)
    currency = Varchar(length=3)
    fee = BigInt()
    open = BigInt()
    message_id = UUID(null=True, default=None)
    created_at = Timestamptz()
    sent_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class CommissionRule(Table, tablename="sales_commission_rule", db=DATA):
    """rate: hundredths of a percent of what is won, for one colleague or (no owner) for everybody without a rule of their own."""

    id = UUID(primary_key=True)
    owner_id = UUID(null=True, default=None, index=True)
    rate = Integer()
    since = Date()


class PaperCopy(Table, tablename="sales_paper_copy", db=DATA):
    """An issued invoice or credit note as a file, kept as it was first made. form: pdf or xml. issued_on: the invoice's day.

    sealed: CopyContent.
    """

    id = UUID(primary_key=True)
    invoice_id = UUID(index=True)
    contact_id = UUID(index=True)
    form = Varchar(length=4)
    issued_on = Date()
    made_at = Timestamptz()
    version = Integer()
    sealed = Bytea()


class PaperMail(Table, tablename="sales_paper_mail", db=DATA):
    """That a paper went, or was to go, with a message of the sending door. paper_id: of a statement, its contact's."""

    id = UUID(primary_key=True)
    paper_id = UUID(index=True)
    contact_id = UUID(index=True)
    message_id = UUID()
    kind = Varchar(length=12)
    step = Integer()
    at = Timestamptz()


class MailText(Table, tablename="sales_mail_text", db=DATA):
    """What an organisation writes in mails with papers of a kind, in one language, instead of our words."""

    id = UUID(primary_key=True)
    kind = Varchar(length=12)
    language = Varchar(length=2)
    subject = Varchar(length=200)
    text = Text()


class Letterhead(Table, tablename="sales_letterhead", db=DATA):
    """What stands on the head of papers, in one row. logo_id: a sealed file of the organisation's."""

    id = UUID(primary_key=True)
    logo_id = UUID(null=True, default=None)
