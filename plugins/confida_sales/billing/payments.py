"""Payments beyond entering them: wrong entries taken back by another entry, so that the books say what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, NotFound, Opened, UniqueViolation
from confida_sales.billing.invoices import PaymentDraft, record_payment
from confida_sales.content import PAYMENT, PaymentContent


async def visible_payment(crm: Installation, access: Access, payment_id: UUID) -> Opened[PaymentContent]:
    """The gate to one payment. Raises Forbidden and NotFound."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch("SELECT * FROM sales_payment WHERE id = ?", payment_id)
    opened = await crm.door.open_one(access, PAYMENT, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def reverse_payment(crm: Installation, access: Access, payment_id: UUID, day: date) -> UUID:
    """Take a wrong entry back by one of the same amount the other way round; returns the id of that one.

    An entry is taken back once, and what takes back is not taken back itself: enter it anew instead. Raises Forbidden,
    NotFound and InvalidContent.
    """
    access.actor.require("sales.bill")
    wrong = await visible_payment(crm, access, payment_id)
    if wrong.row["reverses_id"] is not None:
        raise InvalidContent({"amount": "This took a wrong entry back already. Please enter the payment anew."})
    draft = PaymentDraft(
        amount=-wrong.row["amount"], paid_on=day, method=wrong.row["method"], reference=wrong.content.reference
    )
    try:
        return await record_payment(crm, access, wrong.row["invoice_id"], draft, reverses_id=payment_id)
    except UniqueViolation:
        raise InvalidContent({"amount": "This entry was taken back already."}) from None


def taken_back(payments: Sequence[Opened[PaymentContent]]) -> frozenset[UUID]:
    """Those of them that were wrong entries and are made up for."""
    return frozenset(one.row["reverses_id"] for one in payments if one.row["reverses_id"] is not None)
