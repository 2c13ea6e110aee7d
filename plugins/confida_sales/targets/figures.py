"""Won and expected amounts, added up in the database on operational columns; nothing is opened, no currency is mixed.

Opportunities of contacts in the trash do not count: what is nowhere to be seen is not in a sum either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import Installation, now
from confida_sales.targets.periods import Period, midnight, period_of

NOT_TRASHED = "contact_id NOT IN (SELECT id FROM contact WHERE deleted_at IS NOT NULL)"
IN_TRASH = "contact_id IN (SELECT id FROM contact WHERE deleted_at IS NOT NULL)"


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


def zone_of(crm: Installation) -> ZoneInfo:
    """The organisation's: a deal belongs to the same month for every reader."""
    return ZoneInfo(crm.settings.time_zone)


def today_of(crm: Installation) -> date:
    return now().astimezone(zone_of(crm)).date()


async def figures_in(
    crm: Installation, periods: Sequence[Period], owner_ids: Sequence[UUID] | None = None
) -> dict[Key, Figures]:
    """Won in each period, and expected in those that are not over; three statements, however many periods there are.

    owner_ids: only theirs; None for everybody's. An opportunity is won on the day it was closed, in the organisation's
    time zone, and expected on the day of its expected close. What should have been closed before this month began is
    expected nowhere (see `left_out`).
    """
    if not periods or owner_ids == []:
        return {}
    chances = {row["id"]: row["probability"] for row in await crm.data.fetch("SELECT id, probability FROM sales_stage")}
    found: dict[Key, Figures] = {}
    for sign, rows in (
        (1, await crm.data.fetch(*won_query(crm, periods, owner_ids))),
        (1, await crm.data.fetch(*expected_query(crm, periods, owner_ids))),
    ):
        for row in rows:
            key = (row["period"], row["owner_id"], row["currency"])
            figures = found.setdefault(key, Figures())
            if row["stage_id"] is None:
                figures.add(Figures(won=sign * int(row["value"]), deals=sign * int(row["deals"])))
            else:
                figures.add(Figures(weighted=sign * int(row["value"]) * chances.get(row["stage_id"], 0)))
    return found


def owned(owner_ids: Sequence[UUID] | None) -> tuple[str, list[Any]]:
    if owner_ids is None:
        return "", []
    return f" AND owner_id IN ({', '.join('?' * len(owner_ids))})", list(owner_ids)


def won_query(crm: Installation, periods: Sequence[Period], owner_ids: Sequence[UUID] | None) -> tuple[Any, ...]:
    """One walk through the index of won opportunities, range by range."""
    zone, (whose, ids) = zone_of(crm), owned(owner_ids)
    parts, values = [], list[Any]()
    for at, period in enumerate(periods):
        parts.append(
            f"SELECT {at} AS period, owner_id, currency, NULL AS stage_id, sum(value) AS value, count(*) AS deals "
            f"FROM sales_opportunity WHERE outcome = 'won' AND closed_at >= ? AND closed_at < ?{whose} "
            f"AND {NOT_TRASHED} GROUP BY owner_id, currency"
        )
        values += [midnight(period.start, zone), midnight(period.end, zone), *ids]
    return " UNION ALL ".join(parts), *values


def expected_query(crm: Installation, periods: Sequence[Period], owner_ids: Sequence[UUID] | None) -> tuple[Any, ...]:
    first, (whose, ids) = period_of(today_of(crm), 1).start, owned(owner_ids)
    parts, values = [], list[Any]()
    for at, period in enumerate(periods):
        parts.append(
            f"SELECT {at} AS period, owner_id, currency, stage_id, sum(value) AS value, count(*) AS deals "
            f"FROM sales_opportunity WHERE outcome = 'open' AND close_on >= ? AND close_on < ?{whose} "
            f"AND {NOT_TRASHED} GROUP BY owner_id, currency, stage_id"
        )
        values += [max(period.start, first), period.end, *ids]
    return " UNION ALL ".join(parts), *values


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Open opportunities of one currency that are in no forecast. value: minor units, not weighted."""

    currency: str
    undated: int
    undated_value: int
    overdue: int
    overdue_value: int


async def left_out(crm: Installation, owner_ids: Sequence[UUID] | None = None) -> list[LeftOut]:
    """Those without a day of expected close, and those whose day was over before this month; by currency, one statement."""
    if owner_ids == []:
        return []
    whose, ids = owned(owner_ids)
    first = period_of(today_of(crm), 1).start
    rows = await crm.data.fetch(
        "SELECT currency, 0 AS overdue, count(*) AS deals, sum(value) AS value FROM sales_opportunity "
        f"WHERE outcome = 'open' AND close_on IS NULL{whose} AND {NOT_TRASHED} GROUP BY currency UNION ALL "
        "SELECT currency, 1 AS overdue, count(*) AS deals, sum(value) AS value FROM sales_opportunity "
        f"WHERE outcome = 'open' AND close_on < ?{whose} AND {NOT_TRASHED} GROUP BY currency",
        *ids, first, *ids,
    )  # fmt: skip
    counted: Mapping[tuple[str, int], tuple[int, int]] = {
        (row["currency"], int(row["overdue"])): (int(row["deals"]), int(row["value"])) for row in rows
    }
    nothing = (0, 0)
    return [
        LeftOut(currency, *counted.get((currency, 0), nothing), *counted.get((currency, 1), nothing))
        for currency in sorted({currency for currency, _ in counted})
    ]
