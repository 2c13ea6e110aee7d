"""Writes a large sales department: the rows that the functions of daily use would write, many to a transaction."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.indexing import ContactSource
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.vault.access import Access
from confida_sales.content import INVOICE, OPPORTUNITY, OpportunityContent, PaperContent, PaperLine
from confida_sales.opportunities.pipelines import USUAL, ShownPipeline, pipeline, save_pipeline

PRODUCTS, LINES_EACH, YEARS = 400, 3, 5
BATCH = 2_000
CURRENCIES = ("EUR", "EUR", "EUR", "EUR", "USD")
STEP = "INSERT INTO sales_stage_change (id, opportunity_id, contact_id, from_stage_id, to_stage_id, at, by_id) VALUES (?, ?, ?, ?, ?, ?, ?)"
LINE = (
    "INSERT INTO sales_invoice_line (id, invoice_id, contact_id, product_id, issued_on, currency, quantity, net) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


async def fill_sales(
    crm: Installation, access: Access, opportunities: int, lines: int, owners: Sequence[UUID]
) -> ShownPipeline:
    """For everybody who is there, and the index over them."""
    chance = random.Random(11)
    people = [row["id"] for row in await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NULL ORDER BY id")]
    people = people[:40_000]
    way = await pipeline(crm, await save_pipeline(crm, access, "Sales", USUAL))
    products = [await make_product(crm, number) for number in range(PRODUCTS)]
    made = [opportunity(chance, way, people, owners) for _ in range(opportunities)]
    for batch in batches(made, BATCH):
        await crm.records.insert_many(OPPORTUNITY, [(columns, content) for columns, content, _ in batch])
        await crm.data.execute_many(STEP, [step for *_, steps in batch for step in steps])
    for papers in batches(list(invoices(chance, people, products, owners, lines // LINES_EACH)), BATCH):
        await crm.records.insert_many(INVOICE, [(columns, content) for columns, content, _ in papers])
        await crm.data.execute_many(LINE, [line for *_, own in papers for line in own])
    await settle(crm)
    return way


async def settle(crm: Installation) -> None:
    """As it would be after a while: statistics for the planner, rows that all can see, and the index up to date."""
    await crm.data.fetch("ANALYZE" if crm.data.engine == "sqlite" else "VACUUM ANALYZE")
    await crm.index.rebuild(ContactSource(crm))


async def make_product(crm: Installation, number: int) -> UUID:
    product_id = new_id()
    await crm.data.fetch(
        "INSERT INTO sales_product (id, sku, name, description, unit, tax_category, tax_rate, recurs_months, archived) "
        "VALUES (?, ?, ?, '', '', 'S', 1900, 0, ?)",
        product_id, f"P-{number:04}", f"Product {number}", False,
    )  # fmt: skip
    return product_id


def opportunity(
    chance: random.Random, way: ShownPipeline, people: Sequence[UUID], owners: Sequence[UUID]
) -> tuple[dict[str, Any], OpportunityContent, list[tuple[Any, ...]]]:
    """A quarter is open; the others were won or lost within the last years, one stage after the other."""
    person, begun = chance.choice(people), now() - timedelta(days=chance.uniform(1, 365 * YEARS))
    still = [stage for stage in way.stages if stage.outcome == "open"]
    ends = {stage.outcome: stage for stage in way.stages}
    far = chance.randint(1, len(still))
    path = still[:far]
    if chance.random() < 0.75:
        path = [*path, ends["won" if chance.random() < 0.4 else "lost"]]
    moments = sorted(begun + timedelta(days=chance.uniform(0, 60)) for _ in path)
    stage, opportunity_id = path[-1], new_id()
    steps = [
        (new_id(), opportunity_id, person, before and before.id, after.id, at, owners[0])
        for before, after, at in zip([None, *path], path, moments, strict=False)
    ]
    columns = {
        "id": opportunity_id, "contact_id": person, "pipeline_id": way.id, "stage_id": stage.id, "outcome": stage.outcome,
        "owner_id": chance.choice(owners), "value": chance.randint(10_00, 90_000_00), "currency": chance.choice(CURRENCIES),
        "close_on": date.today() + timedelta(days=chance.randint(-60, 300)), "source": "",  # noqa: DTZ011 -- Invented days.
        "lost_reason": "price" if stage.outcome == "lost" else "", "next_on": None, "stage_since": moments[-1],
        "created_at": moments[0], "closed_at": None if stage.outcome == "open" else moments[-1],
    }  # fmt: skip
    return columns, OpportunityContent(title=f"Something for somebody {chance.random()}", next_step="Call"), steps


def invoices(
    chance: random.Random, people: Sequence[UUID], products: Sequence[UUID], owners: Sequence[UUID], amount: int
) -> Iterator[tuple[dict[str, Any], PaperContent, list[tuple[Any, ...]]]]:
    """Few buy often and many rarely; products near each other are bought together. One of fifty is still open."""
    today = date.today()  # noqa: DTZ011 -- Invented days.
    weights = [1 / (1 + place % 1_000) for place in range(len(people))]
    buyers = chance.choices(people, weights=weights, k=amount)
    for number, person in enumerate(buyers):
        invoice_id, currency = new_id(), chance.choice(CURRENCIES)
        issued = today - timedelta(days=chance.randint(0, 365 * YEARS))
        near = chance.randrange(len(products))
        bought = [products[(near + chance.randint(0, 4)) % len(products)] for _ in range(LINES_EACH)]
        prices = [chance.randint(5_00, 400_00) for _ in bought]
        net = sum(prices)
        gross = net * 119 // 100
        columns = {
            "id": invoice_id, "contact_id": person, "kind": "invoice", "number": f"B-{number:07}", "series_year": 2020,
            "series_number": number, "owner_id": chance.choice(owners), "issued_on": issued,
            "due_on": issued + timedelta(days=14), "currency": currency, "net": net, "tax": gross - net, "gross": gross,
            "paid": 0 if number % 50 == 0 else gross, "credited": 0, "reminded": 0, "created_at": now(),
        }  # fmt: skip
        lines = [
            (new_id(), invoice_id, person, product, issued, currency, 1_000, price)
            for product, price in zip(bought, prices, strict=True)
        ]
        content = PaperContent(name="Somebody", lines=tuple(PaperLine(name="Thing", price=price) for price in prices))
        yield columns, content, lines
