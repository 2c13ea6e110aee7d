"""What a campaign changed: those on its list beside those of the same list who got nothing, drawn by lot.

Everybody counts with the group they were drawn into, whether the message reached them or not; otherwise the two groups would
no longer be alike. Who refuses profiling counts as having paid nothing, in both groups alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from confida_core.api import Installation, Row, plugin_settings
from confida_marketing.results.attribution import donated, noted, those_allowed
from confida_marketing.results.intervals import Interval, difference, enough, mean_difference
from confida_marketing.settings import MarketingSettings

MAIN = "main"


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """size: people. replied, paid: how many of them did. amounts: by currency, each who paid, in minor units."""

    size: int
    replied: int
    paid: int
    amounts: Mapping[str, Sequence[int]]

    def each(self, currency: str) -> float:
        return sum(self.amounts.get(currency, ())) / self.size if self.size else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """Those who were to get it beside those left out, over the same days. None where it is too few to tell."""

    addressed: Group
    held_out: Group

    @property
    def replies(self) -> Interval | None:
        return self.shares(self.addressed.replied, self.held_out.replied)

    @property
    def payers(self) -> Interval | None:
        return self.shares(self.addressed.paid, self.held_out.paid)

    @property
    def currencies(self) -> list[str]:
        return sorted({*self.addressed.amounts, *self.held_out.amounts})

    def shares(self, one: int, other: int) -> Interval | None:
        if not enough(self.addressed.size, self.held_out.size, one + other):
            return None
        return difference(one, self.addressed.size, other, self.held_out.size)

    def money(self, currency: str) -> Interval | None:
        """Of what came in from each person, in minor units."""
        one, other = (group.amounts.get(currency, ()) for group in (self.addressed, self.held_out))
        if not enough(self.addressed.size, self.held_out.size, len(one) + len(other)):
            return None
        return mean_difference(one, self.addressed.size, other, self.held_out.size)


async def compared(crm: Installation, campaign: Row) -> Compared | None:
    """None where nobody was left out. Six queries and the gate for those who paid; not inside a transaction."""
    if campaign["audience_at"] is None or not campaign["hold_out"]:
        return None
    days = (await plugin_settings(crm, MarketingSettings)).effect_days
    start = campaign["audience_at"]
    sizes = await by_group(
        crm, campaign["id"], "SELECT {held} AS held, count(*) AS number FROM marketing_delivery d {where}"
    )
    if not sizes.get(True):
        return None
    replies = await by_group(crm, campaign["id"], REPLIED, start, start + timedelta(days=days))
    amounts = await amounts_of(crm, campaign["id"], start, start + timedelta(days=days))
    groups = [
        Group(
            size=sizes.get(held, 0),
            replied=replies.get(held, 0),
            paid=len({one for people in amounts[held].values() for one in people}),
            amounts={currency: list(people.values()) for currency, people in amounts[held].items()},
        )
        for held in (False, True)
    ]
    return Compared(addressed=groups[0], held_out=groups[1])


HELD = "CASE WHEN d.state = 'held_out' THEN 1 ELSE 0 END"
WHERE = "WHERE d.source_id = ? AND d.part = ?"
REPLIED = (
    "SELECT {held} AS held, count(DISTINCT d.contact_id) AS number FROM marketing_delivery d "
    "JOIN interaction_participant p ON p.contact_id = d.contact_id AND p.state = 'done' "
    "JOIN interaction i ON i.id = p.interaction_id AND i.direction = 'in' {where} AND p.at >= ? AND p.at < ?"
)


async def by_group(crm: Installation, campaign_id: UUID, sql: str, *times: datetime) -> dict[bool, int]:
    """Held out or not -> number."""
    rows = await crm.data.fetch(sql.format(held=HELD, where=WHERE) + " GROUP BY 1", campaign_id, MAIN, *times)
    return {bool(row["held"]): int(row["number"]) for row in rows}


async def amounts_of(
    crm: Installation, campaign_id: UUID, start: datetime, end: datetime
) -> dict[bool, dict[str, dict[UUID, int]]]:
    """Held out or not -> currency -> contact -> minor units, of those about whom conclusions may be drawn."""
    money = [*await noted(crm, start, end), *await donated(crm, start, end)]
    groups = await groups_of(crm, campaign_id) if money else {}
    inside = [one for one in money if one.contact_id in groups]
    allowed = await those_allowed(crm, {one.contact_id for one in inside})
    found: dict[bool, dict[str, dict[UUID, int]]] = {False: defaultdict(dict), True: defaultdict(dict)}
    for one in inside:
        if one.contact_id in allowed:
            people = found[groups[one.contact_id]][one.currency]
            people[one.contact_id] = people.get(one.contact_id, 0) + one.amount
    return found


async def groups_of(crm: Installation, campaign_id: UUID) -> dict[UUID, bool]:
    """Whether each of them was left out."""
    rows = await crm.data.fetch(
        f"SELECT d.contact_id, {HELD} AS held FROM marketing_delivery d {WHERE}", campaign_id, MAIN
    )
    return {row["contact_id"]: bool(row["held"]) for row in rows}
