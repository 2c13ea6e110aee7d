"""How much each customer is worth, and who slips away: from invoices, for those about whom conclusions may be drawn."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import Installation, Row, now
from confida_sales.bought.computing import begin, finish, note_progress
from confida_sales.bought.customer_value.bg_nbd import (
    Customer,
    Model,
    NotEnoughPurchases,
    chance_active,
    expected_purchases,
    fit,
)
from confida_sales.bought.customer_value.rfm import Purchases, Ranks, Standing, ranks, standing
from confida_sales.bought.profiling import STAYS_AS_IT_IS, may_profile_many
from confida_sales.bought.stored_value import Figures, forget_all_but, store_figures

KEY = "value"
BATCH = 10_000
WEEK, YEAR = 7, 365
MOST_FITTED = 4_000
"""Parameters of a model do not change with more customers than that, and learning them grows with their number."""
GONE = 0.35
"""Below this chance that somebody still buys they count as slipping away, however lately their class bought."""
LEAST_LEAVING = 0.001
# An invoice that was taken back whole was no purchase.
PURCHASED = (
    "SELECT contact_id, currency, count(*) AS papers, "
    "count(DISTINCT CASE WHEN kind = 'invoice' AND credited < gross THEN issued_on END) AS times, "
    "min(CASE WHEN kind = 'invoice' AND credited < gross THEN issued_on END) AS first_on, "
    "max(CASE WHEN kind = 'invoice' AND credited < gross THEN issued_on END) AS last_on, "
    "sum(CASE WHEN kind = 'invoice' THEN net ELSE -net END) AS spent "
    "FROM sales_invoice WHERE contact_id > ? GROUP BY contact_id, currency ORDER BY contact_id LIMIT ?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bought:
    """What one contact bought in one currency. first, last: days; times: days on which they bought; spent: minor units."""

    contact_id: UUID
    currency: str
    times: int
    first: date
    last: date
    spent: int

    def customer(self, today: date) -> Customer:
        """As the model wants them, in weeks."""
        return Customer(self.times - 1, (self.last - self.first).days / WEEK, (today - self.first).days / WEEK)


async def compute_values(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: figures about every customer about whom conclusions may be drawn. Forgets those of who said no since."""
    papers = await crm.data.fetch("SELECT count(*) AS papers FROM sales_invoice")
    await begin(crm, KEY, papers[0]["papers"])
    bought, untouched, left_out, done = list[Bought](), set[UUID](), 0, 0
    async for read, customers in all_customers(crm):
        answers = await may_profile_many(crm, list({one.contact_id for one in customers}))
        bought += [one for one in customers if answers[one.contact_id].allowed]
        left_out += sum(not answer.allowed for answer in answers.values())
        untouched |= {contact_id for contact_id, answer in answers.items() if answer.reason in STAYS_AS_IT_IS}
        done += read
        await note_progress(crm, KEY, done)
    # Learning and counting is arithmetic for seconds; other requests go on meanwhile.
    figures = await asyncio.to_thread(all_figures, bought, now().date())
    await forget_all_but(crm, {(one.contact_id, one.currency) for one in figures}, untouched)
    await store_figures(crm, figures)
    await finish(crm, KEY, len({one.contact_id for one in bought}), left_out, len(figures))


async def all_customers(crm: Installation) -> AsyncIterator[tuple[int, list[Bought]]]:
    """Everybody who bought anything, many at a time, with the number of papers that say so."""
    last = UUID(int=0)
    while rows := await crm.data.fetch(PURCHASED, last, BATCH):
        if len(rows) == BATCH:
            # Other currencies of the last one may be in the next batch.
            whole = [row for row in rows if row["contact_id"] != rows[-1]["contact_id"]]
            rows = whole or rows
        last = rows[-1]["contact_id"]
        yield sum(row["papers"] for row in rows), [bought_of(row) for row in rows if row["times"]]


def bought_of(row: Row) -> Bought:
    return Bought(
        contact_id=row["contact_id"],
        currency=row["currency"],
        times=row["times"],
        first=day_of(row["first_on"]),
        last=day_of(row["last_on"]),
        spent=int(row["spent"]),
    )


def day_of(value: date | str) -> date:
    """SQLite gives the text that it stores where a day was not read from a column itself."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def all_figures(bought: Sequence[Bought], today: date) -> list[Figures]:
    """Ranks and models are of one currency each: amounts of two cannot be compared."""
    return [
        figures
        for currency in sorted(Counter(one.currency for one in bought))
        for figures in figures_of_currency([one for one in bought if one.currency == currency], today)
    ]


def figures_of_currency(bought: Sequence[Bought], today: date) -> list[Figures]:
    ranked = ranks({one.contact_id: Purchases(last=one.last, times=one.times, spent=one.spent) for one in bought})
    model = learned([one.customer(today) for one in bought])
    expected: dict[Customer, float] = {}
    found = []
    for one in bought:
        customer = one.customer(today)
        if model is not None and customer not in expected:
            expected[customer] = expected_purchases(model, customer, YEAR / WEEK)
        chance = chance_active(model, customer) if model is not None and tells_leaving(model) else None
        found.append(figures_of(one, ranked[one.contact_id], chance, expected.get(customer)))
    return found


def learned(customers: Sequence[Customer]) -> Model | None:
    """None where too few bought too rarely. Of very many customers every so-manieth is enough."""
    step = -(-len(customers) // MOST_FITTED) or 1
    try:
        return fit(customers[::step])
    except NotEnoughPurchases:
        return None


def tells_leaving(model: Model) -> bool:
    """Where nobody seems to have left ever, the model calls everybody active for good; that is ignorance, not knowledge."""
    return model.a / (model.a + model.b) > LEAST_LEAVING


def figures_of(one: Bought, ranked: Ranks, chance: float | None, expected: float | None) -> Figures:
    return Figures(
        contact_id=one.contact_id,
        currency=one.currency,
        purchases=one.times,
        first_on=one.first,
        last_on=one.last,
        spent=one.spent,
        ranks=ranked,
        standing=judged(ranked, one.times, chance),
        active=None if chance is None else round(100 * chance),
        expected=None if expected is None else round(100 * expected),
    )


def judged(ranked: Ranks, times: int, chance: float | None) -> Standing:
    """The usual name; and who came back before and by the model probably will not any more, slips away too."""
    usual = standing(ranked)
    if times == 1:
        return "occasional" if usual == "slipping away" else usual
    return "slipping away" if chance is not None and chance < GONE and usual != "lost" else usual
