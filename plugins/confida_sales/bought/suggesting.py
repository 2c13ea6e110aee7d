"""What people who have one thing often buy too: counted over everybody who may be profiled, told of those who may be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from confida_core.api import Installation, Row, new_id
from confida_sales.bought.computing import begin, finish, note_progress
from confida_sales.bought.customer_value.association import Rule, rules
from confida_sales.bought.profiling import may_profile_many

KEY = "rules"
BATCH = 25_000
MOST_RULES = 20_000
MILLION, THOUSAND = 1_000_000, 1_000
MOST_SHOWN = 3
# What somebody has: bought and not given back. The index sales_invoice_line_owned holds all that is asked, in this order.
# Ids come as text: to make half a million of them into objects takes longer than to count them (measured).
OWNED = (
    "SELECT CAST(contact_id AS text) AS person, CAST(product_id AS text) AS product, count(*) AS lines "
    "FROM sales_invoice_line WHERE product_id IS NOT NULL AND contact_id > ? GROUP BY contact_id, product_id "
    "HAVING sum(quantity) > 0 ORDER BY contact_id, product_id LIMIT ?"
)
FITTING = (
    "SELECT r.has_id, r.takes_id, r.had, r.together, r.lift, h.name AS has_name, t.name AS takes_name FROM sales_rule AS r "
    "JOIN sales_product AS h ON h.id = r.has_id JOIN sales_product AS t ON t.id = r.takes_id "
    "WHERE t.archived = ? AND r.has_id IN ({has}) AND r.takes_id NOT IN ({has}) "
    "ORDER BY r.lift DESC, r.together DESC, r.id LIMIT 100"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """both of had: how many people who have the one also have the other. times: as often as customers in general."""

    product_id: UUID
    name: str
    because: str
    both: int
    had: int
    times: float

    @property
    def reason(self) -> str:
        """In words, in English."""
        return (
            f"{self.both} of {self.had} who have {self.because} also bought {self.name} "
            f"({self.times:.1f} times as often as customers in general)."
        )


async def compute_rules(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: counts anew what is bought together, and puts it in the place of what was known. Leaves out who may not be profiled."""
    lines = await crm.data.fetch("SELECT count(*) AS lines FROM sales_invoice_line WHERE product_id IS NOT NULL")
    await begin(crm, KEY, lines[0]["lines"])
    counted, left_out, done = list[Sequence[str]](), 0, 0
    async for read, baskets in all_baskets(crm):
        answers = await may_profile_many(crm, list(baskets))
        allowed = [basket for contact_id, basket in baskets.items() if answers[contact_id].allowed]
        left_out += len(baskets) - len(allowed)
        counted += allowed
        done += read
        await note_progress(crm, KEY, done)
    # Counting takes a second for half a million lines; other requests go on meanwhile.
    found = (await asyncio.to_thread(rules, counted))[:MOST_RULES]
    await store(crm, found)
    await finish(crm, KEY, len(counted), left_out, len(found))


async def all_baskets(crm: Installation) -> AsyncIterator[tuple[int, dict[UUID, list[str]]]]:
    """What each contact has (ids of products), many contacts at a time, with the number of lines that say so."""
    last = UUID(int=0)
    while rows := await crm.data.fetch(OWNED, last, BATCH):
        read, found = 0, dict[str, list[str]]()
        for row in rows:
            read += row["lines"]
            found.setdefault(row["person"], []).append(row["product"])
        if len(rows) == BATCH and len(found) > 1:
            # The rest of the last one's products is in the next batch.
            _, products = found.popitem()
            read -= sum(row["lines"] for row in rows[-len(products) :])
        baskets = {UUID(person): products for person, products in found.items()}
        last = next(reversed(baskets))
        yield read, baskets


async def store(crm: Installation, found: Sequence[Rule[str]]) -> None:
    values = [
        (
            new_id(), UUID(rule.has), UUID(rule.takes), round(rule.both / rule.confidence), rule.both,
            round(rule.confidence * MILLION), round(rule.support * MILLION), round(rule.lift * THOUSAND),
        )
        for rule in found
    ]  # fmt: skip
    async with crm.data.transaction():
        await crm.data.fetch("DELETE FROM sales_rule")
        await crm.data.execute_many(
            "INSERT INTO sales_rule (id, has_id, takes_id, had, together, confidence, support, lift) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )


async def suggestions_of(crm: Installation, owned: Collection[UUID], limit: int = MOST_SHOWN) -> list[Suggestion]:
    """What fits those who have these products, best first, one reason for each; one query.

    Whether the person may be profiled is the caller's to ask.
    """
    if not owned:
        return []
    marks = ", ".join("?" * len(owned))
    rows = await crm.data.fetch(FITTING.format(has=marks), False, *owned, *owned)
    best: dict[UUID, Row] = {}
    for row in rows:
        best.setdefault(row["takes_id"], row)
    return [
        Suggestion(
            product_id=row["takes_id"],
            name=row["takes_name"],
            because=row["has_name"],
            both=row["together"],
            had=row["had"],
            times=row["lift"] / THOUSAND,
        )
        for row in list(best.values())[:limit]
    ]
