"""Won and expected amounts, added up in the database on operational columns; nothing is opened, no currency is mixed.

Opportunities of contacts in the trash do not count: what is nowhere to be seen is not in a sum either. Each sum is one range of
an index that begins with the currency, because SQLite would otherwise sort all rows of a period to group them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import Installation, now
from confida_sales.targets.periods import Period, midnight, period_of

NOT_TRASHED = "o.contact_id NOT IN (SELECT id FROM contact WHERE deleted_at IS NOT NULL)"
# From currency to currency, a step in the index each; `SELECT DISTINCT` would walk through all of it.
CURRENCIES = """WITH RECURSIVE {name}(currency) AS (
SELECT min(currency) FROM sales_opportunity WHERE outcome = '{outcome}' UNION ALL
SELECT (SELECT min(o.currency) FROM sales_opportunity o WHERE o.outcome = '{outcome}' AND o.currency > {name}.currency)
FROM {name} WHERE {name}.currency IS NOT NULL)"""


@dataclass(slots=True)
class Figures:
    """won: minor units, of so many deals. weighted: minor units times percent of what may be won; exact."""

    won: int = 0
    deals: int = 0
    weighted: int = 0

    @property
    def expected(self) -> int:
        """What may be won, weighted by how likely each stage ends well; rounded once, in minor units."""
        return (self.weighted * 2 + 100) // 200

    def add(self, other: Figures) -> None:
        self.won += other.won
        self.deals += other.deals
        self.weighted += other.weighted


Key = tuple[int, UUID | None, str]
"""Which of the periods, whose (None: nobody's), in which currency."""


def read_from(crm: Installation, index: str) -> str:
    """Opportunities, `o` in the statement. SQLite takes another index, which does not hold the amounts, unless it is told."""
    return "sales_opportunity o" + (f" INDEXED BY {index}" if crm.data.engine == "sqlite" else "")


def zone_of(crm: Installation) -> ZoneInfo:
    """The organisation's: a deal belongs to the same month for every reader."""
    return ZoneInfo(crm.settings.time_zone)


def today_of(crm: Installation) -> date:
    return now().astimezone(zone_of(crm)).date()


async def currencies_of(crm: Installation) -> list[str]:
    """Those of open and won opportunities, in order; one statement."""
    found = CURRENCIES.format(name="found", outcome="open"), CURRENCIES.format(name="found", outcome="won")
    rows = await crm.data.fetch(
        f"SELECT currency FROM ({found[0]} SELECT currency FROM found) AS open_ones WHERE currency IS NOT NULL UNION "
        f"SELECT currency FROM ({found[1]} SELECT currency FROM found) AS won_ones WHERE currency IS NOT NULL"
    )
    return sorted(row["currency"] for row in rows)


async def totals_in(
    crm: Installation, periods: Sequence[Period], owner_ids: Sequence[UUID] | None = None
) -> dict[tuple[int, str], Figures]:
    """Won in each period, and expected in those that are not over, by place of the period and currency; three statements.

    owner_ids: only theirs; None for everybody's. An opportunity is won on the day it was closed, in the organisation's
    time zone, and expected on the day of its expected close. What should have been closed before this month began is
    expected nowhere (see `left_out`).
    """
    found: dict[tuple[int, str], Figures] = {}
    for (at, _, currency), figures in (await summed(crm, periods, owner_ids, by_owner=False)).items():
        found[at, currency] = figures
    return found


async def figures_in(
    crm: Installation, periods: Sequence[Period], owner_ids: Sequence[UUID] | None = None
) -> dict[Key, Figures]:
    """The same for each owner by themselves."""
    return await summed(crm, periods, owner_ids, by_owner=True)


async def summed(
    crm: Installation, periods: Sequence[Period], owner_ids: Sequence[UUID] | None, *, by_owner: bool
) -> dict[Key, Figures]:
    currencies = await currencies_of(crm) if periods and owner_ids != [] else []
    if not currencies:
        return {}
    ranges = Ranges(crm, periods, currencies, owner_ids, by_owner=by_owner)
    found: dict[Key, Figures] = {}
    for row in [*await crm.data.fetch(*ranges.won()), *await crm.data.fetch(*ranges.expected())]:
        if row["value"] is None:
            continue
        key = (int(row["period"]), row["owner_id"], currencies[int(row["currency"])])
        figures, value, deals = found.setdefault(key, Figures()), int(row["value"]), int(row["deals"])
        figures.add(Figures(won=value, deals=deals) if row["won"] else Figures(weighted=value))
    return found


class Ranges:
    """The statements: one range of an index for each period and currency, without grouping where nobody asks whose."""

    def __init__(
        self,
        crm: Installation,
        periods: Sequence[Period],
        currencies: Sequence[str],
        owner_ids: Sequence[UUID] | None,
        *,
        by_owner: bool,
    ) -> None:
        self.crm, self.zone = crm, zone_of(crm)
        self.periods, self.currencies = periods, currencies
        self.whose, self.ids = owned(owner_ids)
        self.owner = "o.owner_id" if by_owner else "NULL"
        self.grouped = " GROUP BY o.owner_id" if by_owner else ""

    def won(self) -> tuple[Any, ...]:
        source, parts, values = read_from(self.crm, "sales_opportunity_won"), [], list[Any]()
        for at, period in enumerate(self.periods):
            for place, currency in enumerate(self.currencies):
                parts.append(
                    f"SELECT {at} AS period, {place} AS currency, 1 AS won, {self.owner} AS owner_id, "
                    f"sum(o.value) AS value, count(*) AS deals FROM {source} WHERE o.outcome = 'won' "
                    f"AND o.currency = ? AND o.closed_at >= ? AND o.closed_at < ?{self.whose} AND {NOT_TRASHED}{self.grouped}"
                )
                values += [currency, midnight(period.start, self.zone), midnight(period.end, self.zone), *self.ids]
        return " UNION ALL ".join(parts), *values

    def expected(self) -> tuple[Any, ...]:
        source, first = read_from(self.crm, "sales_opportunity_expected"), period_of(today_of(self.crm), 1).start
        parts, values = [], list[Any]()
        for at, period in enumerate(self.periods):
            for place, currency in enumerate(self.currencies):
                # The stages come first: each has a range of its own, and with it its probability.
                parts.append(
                    f"SELECT {at} AS period, {place} AS currency, 0 AS won, {self.owner} AS owner_id, "
                    "sum(o.value * s.probability) AS value, count(*) AS deals FROM sales_stage s "
                    f"CROSS JOIN {source} WHERE o.outcome = 'open' AND o.currency = ? AND o.stage_id = s.id "
                    f"AND o.close_on >= ? AND o.close_on < ?{self.whose} AND {NOT_TRASHED}{self.grouped}"
                )
                values += [currency, max(period.start, first), period.end, *self.ids]
        return " UNION ALL ".join(parts), *values


def owned(owner_ids: Sequence[UUID] | None) -> tuple[str, list[Any]]:
    if owner_ids is None:
        return "", []
    return f" AND o.owner_id IN ({', '.join('?' * len(owner_ids))})", list(owner_ids)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Open opportunities of one currency that are in no forecast. value: minor units, not weighted."""

    currency: str
    undated: int
    undated_value: int
    overdue: int
    overdue_value: int


async def left_out(
    crm: Installation, currencies: Sequence[str], owner_ids: Sequence[UUID] | None = None
) -> list[LeftOut]:
    """Those without a day of expected close, and those whose day was over before this month; by currency, one statement."""
    if owner_ids == [] or not currencies:
        return []
    whose, ids = owned(owner_ids)
    source = read_from(crm, "sales_opportunity_expected")
    first, parts, values = period_of(today_of(crm), 1).start, [], list[Any]()
    for place, currency in enumerate(currencies):
        for overdue, when in enumerate(("o.close_on IS NULL", "o.close_on < ?")):
            parts.append(
                f"SELECT {place} AS currency, {overdue} AS overdue, count(*) AS deals, coalesce(sum(o.value), 0) AS value "
                f"FROM sales_stage s CROSS JOIN {source} WHERE o.outcome = 'open' AND o.currency = ? "
                f"AND o.stage_id = s.id AND {when}{whose} AND {NOT_TRASHED}"
            )
            values += [currency, *([first] if overdue else []), *ids]
    rows = await crm.data.fetch(" UNION ALL ".join(parts), *values)
    counted = {(int(row["currency"]), int(row["overdue"])): (int(row["deals"]), int(row["value"])) for row in rows}
    found = [LeftOut(currency, *counted[place, 0], *counted[place, 1]) for place, currency in enumerate(currencies)]
    return [one for one in found if one.undated or one.overdue]
