"""How near a campaign came to its goal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import Access, Installation, InvalidContent, now
from confida_marketing.campaigns.campaigns import IN_MONEY, set_state, visible_campaign
from confida_marketing.results.attribution import attributed, donated, put_down
from confida_marketing.results.counting import Counts
from confida_marketing.sign_up.donations import donated_for
from confida_web.api import mark

# What the program can count itself; the rest is typed in by whoever knows.
COUNTED = frozenset({"replies", *IN_MONEY})
MOST = 2**53


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """kind: a key of campaigns.GOALS. figure, reached: how many, or minor units of the currency. typed: reached is somebody's word."""

    kind: str
    figure: int
    reached: int
    currency: str
    on: date | None
    typed: bool

    @property
    def in_money(self) -> bool:
        return self.kind in IN_MONEY

    @property
    def percent(self) -> int | None:
        return self.reached * 100 // self.figure if self.figure else None


async def goal_of(crm: Installation, row: Mapping[str, Any], counts: Counts) -> Goal:
    """Money counts by the last message before it, until the end of the goal's day; donations that name a campaign count for it.

    Not inside a transaction.
    """
    return Goal(
        kind=row["goal_kind"],
        figure=row["goal_figure"],
        reached=await reached(crm, row, counts),
        currency=row["currency"],
        on=row["goal_on"],
        typed=row["goal_kind"] not in COUNTED,
    )


async def reached(crm: Installation, row: Mapping[str, Any], counts: Counts) -> int:
    if row["goal_kind"] == "replies":
        return counts.replied
    if row["goal_kind"] not in IN_MONEY:
        return int(row["reached"])
    if row["started_at"] is None:
        return 0
    start, end = row["started_at"], end_of(crm, row["goal_on"])
    if row["goal_kind"] == "revenue":
        return (await attributed(crm, start, end)).of(row["id"], row["currency"]).last
    others = await put_down(crm, await donated(crm, start, end, unnamed=True))
    named = (await donated_for(crm, [row["id"]]))[row["id"]].get(row["currency"], (0, 0))
    return named[1] + others.of(row["id"], row["currency"]).last


def end_of(crm: Installation, day: date | None) -> datetime:
    """The end of that day where the house is, or this moment where no day was set."""
    if day is None:
        return now()
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(crm.settings.time_zone))


async def note_reached(crm: Installation, access: Access, campaign_id: UUID, figure: int) -> None:
    """How many came or signed up, as somebody counted them. Raises Forbidden without `marketing.write`, NotFound, InvalidContent."""
    access.actor.require("marketing.write")
    await visible_campaign(crm, access, campaign_id)
    if not 0 <= figure <= MOST:
        raise InvalidContent({"reached": mark("This number is out of range.")})
    await set_state(crm, campaign_id, "reached = ?", [figure], "deleted_at IS NULL")
