"""What a customer was billed and has paid, in figures: for panels, lists and reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from confida_core.api import Access, Installation, visible_contact
from confida_sales.billing.recurring import today_of


@dataclass(frozen=True, kw_only=True, slots=True)
class CurrencyFigures:
    """Minor units of one currency. billed: invoices less credit notes. open: what is to be paid, overdue: of that too late.

    credit: what was paid too much and has not gone back.
    """

    currency: str
    billed: int
    paid: int
    open: int
    overdue: int
    credit: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BillingFigures:
    """invoices, open_invoices, overdue_invoices: how many. last_on: day of the newest invoice. Currencies by their code."""

    currencies: tuple[CurrencyFigures, ...]
    invoices: int
    open_invoices: int
    overdue_invoices: int
    last_on: date | None


async def billing_of(crm: Installation, access: Access, contact_id: UUID) -> BillingFigures:
    """A contact's figures as of today. Two queries. Raises Forbidden and NotFound."""
    access.actor.require("sales.read")
    await visible_contact(crm, access, contact_id)
    rows = await crm.data.fetch(
        "SELECT currency, count(*) AS invoices, sum(gross - credited) AS billed, sum(paid) AS paid, "
        "max(issued_on) AS last_on, "
        "sum(CASE WHEN paid + credited < gross THEN gross - paid - credited ELSE 0 END) AS open, "
        "sum(CASE WHEN paid + credited < gross THEN 1 ELSE 0 END) AS open_invoices, "
        "sum(CASE WHEN paid + credited < gross AND due_on < ? THEN gross - paid - credited ELSE 0 END) AS overdue, "
        "sum(CASE WHEN paid + credited < gross AND due_on < ? THEN 1 ELSE 0 END) AS overdue_invoices, "
        "sum(CASE WHEN paid + credited > gross THEN paid + credited - gross ELSE 0 END) AS credit "
        "FROM sales_invoice WHERE contact_id = ? AND kind = 'invoice' GROUP BY currency ORDER BY currency",
        (today := today_of(crm)), today, contact_id,
    )  # fmt: skip
    counted = {name: sum(int(row[name]) for row in rows) for name in ("invoices", "open_invoices", "overdue_invoices")}
    return BillingFigures(
        currencies=tuple(
            CurrencyFigures(
                currency=row["currency"],
                **{name: int(row[name]) for name in ("billed", "paid", "open", "overdue", "credit")},
            )
            for row in rows
        ),
        last_on=max((as_day(row["last_on"]) for row in rows), default=None),
        **counted,
    )


def as_day(value: date | str) -> date:
    """SQLite gives what it computes as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
