"""The tables of quotes and orders, and of whom papers are made out to."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


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
