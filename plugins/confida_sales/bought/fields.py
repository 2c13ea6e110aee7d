"""What lists and segments may ask about purchases: facts about everybody, conclusions about those who may be profiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from confida_core.api import (
    IndexField,
    Installation,
    Row,
    as_decimal,
    plugin_settings,
)
from confida_sales.bought.content import CUSTOMER_VALUE
from confida_sales.bought.valuing import day_of
from confida_sales.content import INVOICE
from confida_sales.settings import SalesSettings

STANDINGS = {
    "champion": "Buys often and lately",
    "loyal": "Buys often",
    "promising": "Bought lately",
    "new": "New customer",
    "occasional": "Buys now and then",
    "slipping away": "Slipping away",
    "lost": "Probably lost",
}
BOUGHT = (
    "SELECT contact_id, count(DISTINCT CASE WHEN kind = 'invoice' AND credited < gross THEN issued_on END) AS times, "
    "max(CASE WHEN kind = 'invoice' AND credited < gross THEN issued_on END) AS last_on, "
    "sum(CASE WHEN currency <> ? THEN 0 WHEN kind = 'invoice' THEN net ELSE -net END) AS spent "
    "FROM sales_invoice WHERE contact_id IN ({marks}) GROUP BY contact_id"
)
OWNED = (
    "SELECT l.contact_id, p.sku FROM sales_invoice_line AS l JOIN sales_product AS p ON p.id = l.product_id "
    "WHERE l.contact_id IN ({marks}) GROUP BY l.contact_id, p.sku HAVING sum(l.quantity) > 0"
)


async def bought(crm: Installation, contact_ids: Sequence[UUID]) -> list[Row]:
    currency = (await plugin_settings(crm, SalesSettings)).currency
    marks = ", ".join("?" * len(contact_ids))
    return await crm.data.fetch(BOUGHT.format(marks=marks), currency, *contact_ids)


async def last_purchases(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, date]:
    return {row["contact_id"]: day_of(row["last_on"]) for row in await bought(crm, contact_ids) if row["last_on"]}


async def purchase_counts(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    return {row["contact_id"]: row["times"] for row in await bought(crm, contact_ids) if row["times"]}


async def amounts_spent(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, float]:
    """In major units of the organisation's currency: what somebody types into a filter."""
    currency = (await plugin_settings(crm, SalesSettings)).currency
    return {row["contact_id"]: float(as_decimal(int(row["spent"]), currency)) for row in await bought(crm, contact_ids)}


async def products_owned(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, frozenset[str]]:
    marks = ", ".join("?" * len(contact_ids))
    found: dict[UUID, set[str]] = {}
    for row in await crm.data.fetch(OWNED.format(marks=marks), *contact_ids):
        found.setdefault(row["contact_id"], set()).add(row["sku"])
    return {contact_id: frozenset(skus) for contact_id, skus in found.items()}


async def standings(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """In the currency in which they bought most often. There is none for those who may not be profiled."""
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        f"SELECT contact_id, standing FROM sales_customer_value WHERE contact_id IN ({marks}) ORDER BY purchases, id",
        *contact_ids,
    )
    return {row["contact_id"]: row["standing"] for row in rows}


INVOICES = (INVOICE.name,)
INDEX_FIELDS = (
    IndexField(key="sales.last_purchase", type="date", label="Last purchase", gather=last_purchases, follows=INVOICES),
    IndexField(key="sales.purchases", type="number", label="Purchases", gather=purchase_counts, follows=INVOICES),
    IndexField(
        key="sales.spent", type="number", label="Bought for, without tax", gather=amounts_spent, follows=INVOICES
    ),
    IndexField(key="sales.products", type="set", label="Products (SKU)", gather=products_owned, follows=INVOICES),
    IndexField(
        key="sales.standing",
        type="choice",
        label="Customer value",
        choices=STANDINGS,
        gather=standings,
        follows=(CUSTOMER_VALUE.name,),
    ),
)
