"""The panel "What they bought" on the page of a person or an organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from confida_consent.api import Answer
from confida_core.api import Access, Installation, now, visible_contact
from confida_sales.bought.content import CUSTOMER_VALUE
from confida_sales.bought.fields import STANDINGS
from confida_sales.bought.profiling import may_profile
from confida_sales.bought.suggesting import Suggestion, suggestions_of
from confida_sales.bought.valuing import day_of

MOST_PRODUCTS, SHOWN_PRODUCTS = 500, 8
TOTALS = (
    "SELECT currency, count(DISTINCT CASE WHEN kind = 'invoice' AND credited < gross THEN issued_on END) AS times, "
    "max(CASE WHEN kind = 'invoice' AND credited < gross THEN issued_on END) AS last_on, "
    "sum(CASE WHEN kind = 'invoice' THEN net ELSE -net END) AS spent, "
    "sum(CASE WHEN kind = 'invoice' AND paid + credited < gross THEN 1 ELSE 0 END) AS open_count, "
    "sum(CASE WHEN kind = 'invoice' AND paid + credited < gross THEN gross - paid - credited ELSE 0 END) AS open_amount, "
    "sum(CASE WHEN kind = 'invoice' AND paid + credited < gross AND due_on < ? THEN 1 ELSE 0 END) AS overdue "
    "FROM sales_invoice WHERE contact_id = ? GROUP BY currency ORDER BY times DESC, currency"
)
OWNED = (
    "SELECT p.id, p.name, p.recurs_months, sum(l.quantity) AS quantity, max(l.issued_on) AS last_on "
    "FROM sales_invoice_line AS l JOIN sales_product AS p ON p.id = l.product_id WHERE l.contact_id = ? "
    "GROUP BY p.id, p.name, p.recurs_months HAVING sum(l.quantity) > 0 ORDER BY max(l.issued_on) DESC, p.name LIMIT ?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """In one currency. spent: without tax; open_amount: with it, minor units both. times: days on which they bought."""

    currency: str
    times: int
    last_on: date | None
    spent: int
    open_count: int
    open_amount: int
    overdue: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Owned:
    """quantity: thousandths. recurs_months: 0 for bought once."""

    product_id: UUID
    name: str
    quantity: int
    last_on: date
    recurs_months: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Worth:
    """What is concluded, in one currency. expected: minor units within a year, None where it cannot be told."""

    currency: str
    standing: str
    reason: str
    expected: int | None


async def panel_data(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    """For the panel. Facts are for everybody who sees the contact; conclusions only where they may be drawn."""
    access.actor.require("sales.read")
    await visible_contact(crm, access, contact_id)
    owned = await products_of(crm, contact_id)
    answer = await may_profile(crm, contact_id)
    return {
        "totals": await totals_of(crm, contact_id),
        "owned": owned[:SHOWN_PRODUCTS],
        "more_owned": max(len(owned) - SHOWN_PRODUCTS, 0),
        "worth": await worth_of(crm, access, contact_id) if answer.allowed else [],
        "suggestions": await fitting(crm, answer, owned),
        "refusal": "" if answer.allowed else answer.sentence,
        "contact_id": contact_id,
    }


async def totals_of(crm: Installation, contact_id: UUID) -> list[Total]:
    """One for each currency, that of most purchases first."""
    return [
        Total(
            currency=row["currency"],
            times=row["times"],
            last_on=day_of(row["last_on"]) if row["last_on"] else None,
            spent=int(row["spent"]),
            open_count=int(row["open_count"]),
            open_amount=int(row["open_amount"]),
            overdue=int(row["overdue"]),
        )
        for row in await crm.data.fetch(TOTALS, now().date(), contact_id)
    ]


async def products_of(crm: Installation, contact_id: UUID) -> list[Owned]:
    """What was bought and not given back, the latest first."""
    return [
        Owned(
            product_id=row["id"],
            name=row["name"],
            quantity=int(row["quantity"]),
            last_on=day_of(row["last_on"]),
            recurs_months=row["recurs_months"],
        )
        for row in await crm.data.fetch(OWNED, contact_id, MOST_PRODUCTS)
    ]


async def fitting(crm: Installation, answer: Answer, owned: Sequence[Owned]) -> list[Suggestion]:
    return await suggestions_of(crm, [one.product_id for one in owned]) if answer.allowed else []


async def worth_of(crm: Installation, access: Access, contact_id: UUID) -> list[Worth]:
    """As it was last computed, the currency of most purchases first."""
    rows = await crm.data.fetch(
        "SELECT * FROM sales_customer_value WHERE contact_id = ? ORDER BY purchases DESC, id", contact_id
    )
    return [
        Worth(
            currency=one.row["currency"],
            standing=STANDINGS[one.row["standing"]],
            reason=one.content.reason,
            expected=one.row["expected"] if one.content.expected is not None else None,
        )
        for one in await crm.door.open(access, CUSTOMER_VALUE, rows)
    ]
