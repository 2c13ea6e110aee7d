"""The forecast: won so far and what may still be won, against the target, period by period and currency by currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from confida_core.api import Access, Installation, NotFound, TeamOf, teams
from confida_sales.targets.figures import Figures, LeftOut, currencies_of, left_out, totals_in
from confida_sales.targets.periods import Period
from confida_sales.targets.targets import EVERYBODY, Whose, by_period, target_in, targets_between

MOST_PERIODS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastLine:
    """One period in one currency; amounts in minor units. expected: weighted. target: None where none is set."""

    period: Period
    won: int
    deals: int
    expected: int
    target: int | None

    @property
    def total(self) -> int:
        """Won, and what may still be won."""
        return self.won + self.expected


@dataclass(frozen=True, kw_only=True, slots=True)
class CurrencyForecast:
    """All periods in one currency. left_out: what is in no forecast, if anything is."""

    currency: str
    lines: tuple[ForecastLine, ...]
    left_out: LeftOut | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewed:
    """Whose figures this reader may look at. all: every colleague's and every team's; else their own and their teams'."""

    all: bool
    me: UUID
    teams: tuple[TeamOf, ...] = field(default=())

    def owners_of(self, whose: Whose) -> list[UUID] | None:
        """Whose opportunities count, None for everybody's. Raises NotFound for what this reader may not see."""
        if whose == EVERYBODY:
            return None
        if whose.team_id is not None:
            found = next((team for team in self.teams if team.id == whose.team_id), None)
            if found is None:
                raise NotFound
            return list(found.members)
        if whose.owner_id is None or not (self.all or whose.owner_id == self.me):
            raise NotFound
        return [whose.owner_id]


async def viewed_by(crm: Installation, access: Access) -> Viewed:
    """Who sees figures of every colleague sees all teams; everybody else those that they belong to. Raises Forbidden."""
    access.actor.require("sales.read")
    all_of_them = access.actor.may("sales.performance")
    me = access.actor.id
    found = tuple(team for team in await teams(crm) if all_of_them or me in team.members)
    return Viewed(all=all_of_them, me=me, teams=found)


async def forecast_of(
    crm: Installation, viewed: Viewed, whose: Whose, periods: Sequence[Period]
) -> tuple[CurrencyForecast, ...]:
    """The forecast in every currency that has a figure or a target; six statements. Opens nothing.

    periods: neighbours of one length, at most `MOST_PERIODS`. Raises NotFound for figures that this reader may not see.
    """
    owner_ids = viewed.owners_of(whose)
    figures = await totals_in(crm, periods, owner_ids)
    set_ones = by_period(await targets_between(crm, periods[0].start, periods[-1].end))
    outside = {one.currency: one for one in await left_out(crm, await currencies_of(crm), owner_ids)}
    currencies = {currency for _, currency in figures} | {currency for one, _, currency in set_ones if one == whose}
    return tuple(
        CurrencyForecast(
            currency=currency,
            lines=tuple(
                line_of(period, figures.get((at, currency), Figures()), target_in(set_ones, whose, period, currency))
                for at, period in enumerate(periods)
            ),
            left_out=outside.get(currency),
        )
        for currency in sorted(currencies | set(outside))
    )


def line_of(period: Period, own: Figures, target: int | None) -> ForecastLine:
    return ForecastLine(period=period, won=own.won, deals=own.deals, expected=own.expected, target=target)
