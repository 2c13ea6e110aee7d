"""What commission comes to for everybody at once, added up in the database: the same, to the minor unit, as deal by deal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from confida_core.api import Installation, plugin_settings
from confida_sales.settings import SalesSettings
from confida_sales.targets.commissions import Rule, earned_in, rate_on, rules
from confida_sales.targets.figures import NOT_TRASHED, currencies_of, owned, read_from, zone_of
from confida_sales.targets.periods import Period, midnight

# rate hundredths of a percent of the value, halves up. Taken apart, because the product of both could be too large for an
# integer: what is over ten thousand gives whole minor units, and only the rest is rounded.
ONE_DEAL = "(value / 10000) * rate + ((value % 10000) * rate * 2 + 10000) / 20000"


async def commissions_in(
    crm: Installation, period: Period, owner_ids: Sequence[UUID] | None = None
) -> dict[tuple[UUID | None, str], int]:
    """By owner and currency, in minor units; who earns nothing is left out. Opens nothing.

    owner_ids: only theirs; None for everybody's.
    """
    found: dict[tuple[UUID | None, str], int] = {}
    if owner_ids == []:
        return found
    if (await plugin_settings(crm, SalesSettings)).commission_on == "paid":
        for one in await earned_in(crm, period, owner_ids):
            found[one.owner_id, one.currency] = found.get((one.owner_id, one.currency), 0) + one.commission
        return found
    known, currencies = await rules(crm), await currencies_of(crm)
    if not known or not currencies:
        return found
    query, values = won_query(crm, period, owner_ids, known, currencies)
    for row in await crm.data.fetch(query, *values):
        key = (row["owner_id"], currencies[int(row["currency"])])
        found[key] = found.get(key, 0) + int(row["commission"])
    return {key: amount for key, amount in found.items() if amount}


def won_query(
    crm: Installation,
    period: Period,
    owner_ids: Sequence[UUID] | None,
    known: Sequence[Rule],
    currencies: Sequence[str],
) -> tuple[str, list[Any]]:
    """A part for each currency and each stretch of days in which no rate changes."""
    zone, (whose, ids) = zone_of(crm), owned(owner_ids)
    parts, values = [], list[Any]()
    for place in range(len(currencies)):
        for start, end in stretches(period, known):
            rate, owners = rate_by_owner(known, start)
            parts.append(
                f"SELECT {place} AS currency, owner_id, sum({ONE_DEAL}) AS commission FROM "
                f"(SELECT o.owner_id, o.value, {rate} AS rate FROM {read_from(crm, 'sales_opportunity_won')} "
                "WHERE o.outcome = 'won' AND o.owner_id IS NOT NULL AND o.currency = ? AND o.closed_at >= ? "
                f"AND o.closed_at < ?{whose} AND {NOT_TRASHED}) AS deals GROUP BY owner_id"
            )
            values += [*owners, currencies[place], midnight(start, zone), midnight(end, zone), *ids]
    return " UNION ALL ".join(parts), values


def stretches(period: Period, known: Sequence[Rule]) -> Iterator[tuple[date, date]]:
    """The period in pieces, from one change of a rate to the next."""
    cuts = sorted({period.start, period.end, *(one.since for one in known if period.start < one.since < period.end)})
    yield from pairwise(cuts)


def rate_by_owner(known: Sequence[Rule], day: date) -> tuple[str, list[UUID]]:
    """The rate of that day as SQL, and whose ids it asks for. Rates are whole numbers of ours, not what anybody typed."""
    owners = sorted({one.owner_id for one in known if one.owner_id is not None})
    everybody = max((one for one in known if one.owner_id is None and one.since <= day), key=since_of, default=None)
    usual = everybody.rate if everybody else 0
    if not owners:
        return f"{usual:d}", []
    cases = " ".join(f"WHEN ? THEN {rate_on(known, owner, day):d}" for owner in owners)
    return f"CASE o.owner_id {cases} ELSE {usual:d} END", owners


def since_of(rule: Rule) -> date:
    return rule.since
