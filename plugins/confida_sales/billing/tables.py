"""The tables of invoices and what follows them. An amount is in minor units of its currency."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Bytea, Date, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


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
    """One step of reminding: `days` after the day of payment. fee: minor units of fee_currency, in which alone it is asked for.

    removed_at: it can be taken back until it is forgotten.
    """

    id = UUID(primary_key=True)
    days = Integer()
    name = Varchar(length=80)
    fee = BigInt()
    fee_currency = Varchar(length=3)
    channel = Varchar(length=10)
    subject = Varchar(length=200)
    text = Text()
    removed_at = Timestamptz(null=True, default=None)


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
