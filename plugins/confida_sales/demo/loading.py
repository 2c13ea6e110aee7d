"""Putting the invented sales in, and taking exactly them out again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from confida_core.api import Access, DemoData, Installation, active_accounts, now
from confida_sales.bought.suggesting import compute_rules
from confida_sales.bought.valuing import compute_values
from confida_sales.demo.cast import Cast
from confida_sales.demo.deals import PIPELINE, ask, deal, offer
from confida_sales.demo.goods import CURRENCY, MARK, PRICES, stock
from confida_sales.demo.papers import bill, subscribe
from confida_sales.targets.periods import Period
from confida_sales.targets.targets import EVERYBODY, TargetDraft, set_targets

SEED = 1961
TARGET = 15_000_00
# Rows that stay where a person goes, because the law has real ones kept; of invented ones there is nothing to keep.
KEPT = (
    "DELETE FROM sales_payment WHERE contact_id IN ({marks})",
    "DELETE FROM sales_invoice_line WHERE contact_id IN ({marks})",
    "DELETE FROM sales_invoice WHERE contact_id IN ({marks})",
)
OURS = (
    f"DELETE FROM sales_price WHERE product_id IN (SELECT id FROM sales_product WHERE sku LIKE '{MARK}%')",
    f"DELETE FROM sales_bundle_item WHERE bundle_id IN (SELECT id FROM sales_product WHERE sku LIKE '{MARK}%')",
    f"DELETE FROM sales_rule WHERE has_id IN (SELECT id FROM sales_product WHERE sku LIKE '{MARK}%')",
    f"DELETE FROM sales_product WHERE sku LIKE '{MARK}%'",
    f"DELETE FROM sales_price_list WHERE name = '{PRICES}'",
    "DELETE FROM sales_stage WHERE pipeline_id IN ({empty})",
    "DELETE FROM sales_pipeline WHERE id IN ({empty})",
)
EMPTY = (
    f"SELECT id FROM sales_pipeline WHERE name = '{PIPELINE}' "
    "AND NOT EXISTS (SELECT 1 FROM sales_opportunity WHERE pipeline_id = sales_pipeline.id)"
)


async def load(crm: Installation, access: Access, people: Sequence[UUID]) -> None:
    """As colleagues would have worked for two years, always the same."""
    chance, begun = random.Random(SEED), now()  # noqa: S311 -- Invented data; nothing secret depends on it.
    owners: list[UUID | None] = [one.id for one in await active_accounts(crm)]
    cast = Cast(people=people, owners=owners or [None], goods=await stock(crm, access), chance=chance)
    for part in (deal, ask, offer, bill, subscribe):
        await part(crm, access, cast)
    year = Period(date(now().year, 1, 1), 12)
    await set_targets(crm, access, TargetDraft(whose=EVERYBODY, periods=(year,), currency=CURRENCY, amount=TARGET))
    await spare_papers(crm, begun)
    await compute_rules(crm, {})
    await compute_values(crm, {})


async def spare_papers(crm: Installation, begun: datetime) -> None:
    """Printing two hundred invented invoices would keep a new installation busy for minutes; each is printed when asked for."""
    await crm.data.fetch(
        "DELETE FROM job WHERE key = 'sales.keep_paper' AND state = 'waiting' AND queued_at >= ?", begun
    )


async def remove(crm: Installation, _: Access, people: Sequence[UUID]) -> None:
    """Invoices of the invented, the goods, and what is left empty. Numbers begin anew if no real paper has one."""
    marks = ", ".join("?" * len(people))
    async with crm.data.transaction():
        for statement in KEPT:
            await crm.data.fetch(statement.format(marks=marks), *people)
        empty = [row["id"] for row in await crm.data.fetch(EMPTY)]
        for statement in OURS:
            if "{empty}" not in statement:
                await crm.data.fetch(statement)
            elif empty:
                await crm.data.fetch(statement.format(empty=", ".join("?" * len(empty))), *empty)
        if not await crm.data.fetch("SELECT id FROM sales_invoice LIMIT 1"):
            await crm.data.fetch("DELETE FROM sales_series WHERE kind IN ('invoice', 'credit_note')")


DEMO = DemoData(key="sales", load=load, remove=remove)
