"""The invented sales: every page has something to show, and nothing of them stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, Installation, new_id
from confida_sales.billing.tables import Invoice
from confida_sales.demo.loading import load, remove

pytestmark = pytest.mark.anyio
TABLES = (
    "sales_invoice", "sales_invoice_line", "sales_payment", "sales_opportunity", "sales_stage_change", "sales_lead", "sales_offer",
    "sales_product", "sales_price", "sales_price_list", "sales_pipeline", "sales_stage", "sales_series", "sales_rule",
    "sales_customer_value", "sales_subscription", "sales_bundle_item",
)  # fmt: skip


async def counts(crm: Installation) -> dict[str, int]:
    found = {}
    for table in TABLES:
        rows = await crm.data.fetch(f"SELECT count(*) AS amount FROM {table}")
        found[table] = rows[0]["amount"]
    return found


@pytest.fixture
async def people(crm: Installation, access: Access, contact: Any, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Those to whom a smaller demonstration than the real one happens: it shows as much, and takes a second."""
    monkeypatch.setattr("confida_sales.demo.papers.CUSTOMERS", 12)
    monkeypatch.setattr("confida_sales.demo.deals.AMOUNT", 16)
    found: list[UUID] = [await contact(f"Person {number}", email=f"p{number}@example.org") for number in range(14)]
    await load(crm, access, found)
    return found


async def test_demo_fills_every_page_and_goes_without_a_trace(
    crm: Installation, access: Access, people: list[UUID], client: Any
) -> None:
    filled = await counts(crm)
    assert [table for table, amount in filled.items() if not amount and table != "sales_rule"] == []
    assert await crm.data.fetch("SELECT id FROM job WHERE key = 'sales.keep_paper'") == []
    for place in ("reports/pipeline", "reports/funnel", "reports/revenue", "reports/receivables", "customers"):
        page = await client.get(f"/x/sales/{place}")
        assert (page.status_code, "Nothing to count yet" in page.text, "No customers yet" in page.text) == (
            200,
            False,
            False,
        )
    real = await plant_real_invoice(crm)
    # What goes with a person is gone before.
    for table in ("opportunity", "stage_change", "lead", "offer", "subscription", "customer_value"):
        await crm.data.fetch(f"DELETE FROM sales_{table}")
    await remove(crm, access, people)
    assert [one["number"] for one in await crm.data.fetch("SELECT number FROM sales_invoice")] == ["REAL-1"]
    assert await crm.data.fetch("SELECT kind FROM sales_series WHERE kind = 'invoice'") == [{"kind": "invoice"}]
    await crm.data.fetch("DELETE FROM sales_invoice WHERE id = ?", real)
    await remove(crm, access, people)
    left = {table: amount for table, amount in (await counts(crm)).items() if amount}
    # How quotes and orders are counted is the organisation's own.
    assert left == {"sales_series": 2}


async def plant_real_invoice(crm: Installation) -> UUID:
    """Of somebody else: while it is there, numbers go on behind it."""
    (row,) = await crm.data.fetch("SELECT * FROM sales_invoice ORDER BY series_number LIMIT 1")
    real: UUID = new_id()
    await Invoice.insert(Invoice(**dict(row) | {"id": real, "contact_id": new_id(), "number": "REAL-1"}))
    return real
