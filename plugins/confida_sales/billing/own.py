"""What customers see of their own invoices on the public side. Whatever is not theirs is not there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    NotFound,
    Opened,
    summed_amounts,
)
from confida_sales.billing.invoices import open_amount
from confida_sales.billing.listing import OPEN
from confida_sales.billing.recurring import today_of
from confida_sales.content import INVOICE, PAYMENT, PaperContent, PaymentContent

MOST_SHOWN = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnInvoice:
    """One of their own, with what was paid on it and what corrects it: the payments and credit notes of an invoice."""

    invoice: Opened[PaperContent]
    payments: list[Opened[PaymentContent]]
    notes: list[Opened[PaperContent]]


async def own_invoices(crm: Installation, access: Access) -> list[Opened[PaperContent]]:
    """Of the person whose access this is, the newest first. One query."""
    rows = await crm.data.fetch(
        "SELECT * FROM sales_invoice WHERE contact_id = ? ORDER BY issued_on DESC, id DESC LIMIT ?",
        access.actor.id, MOST_SHOWN,
    )  # fmt: skip
    return await crm.door.open(access, INVOICE, rows)


async def own_invoice(crm: Installation, access: Access, invoice_id: UUID) -> OwnInvoice:
    """The gate to one for the person it is about. Raises NotFound, whatever the reason."""
    rows = await crm.data.fetch(
        "SELECT * FROM sales_invoice WHERE id = ? AND contact_id = ?", invoice_id, access.actor.id
    )
    opened = await crm.door.open_one(access, INVOICE, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    payments = await crm.data.fetch("SELECT * FROM sales_payment WHERE invoice_id = ? ORDER BY paid_on, id", invoice_id)
    notes = await crm.data.fetch("SELECT * FROM sales_invoice WHERE corrects_id = ? ORDER BY id", invoice_id)
    return OwnInvoice(
        invoice=opened,
        payments=await crm.door.open(access, PAYMENT, payments),
        notes=await crm.door.open(access, INVOICE, notes),
    )


def open_sums(found: list[Opened[PaperContent]]) -> tuple[tuple[int, str], ...]:
    """What is still to be paid, less what was paid too much: (minor units, currency)."""
    amounts = summed_amounts((open_amount(one.row), one.row["currency"]) for one in found)
    return tuple((amount, currency) for currency, amount in sorted(amounts.items()) if amount)


async def overdue_invoices(crm: Installation, _: Access, person_id: UUID) -> int:
    """How many of their invoices should have been paid by now."""
    rows = await crm.data.fetch(
        f"SELECT count(*) AS n FROM sales_invoice WHERE contact_id = ? AND {OPEN} AND due_on < ?",
        person_id, today_of(crm),
    )  # fmt: skip
    return int(rows[0]["n"])
