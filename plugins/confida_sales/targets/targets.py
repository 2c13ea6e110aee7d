"""Targets: what one colleague, one team, or all together are to win in a month, a quarter or a year, per currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from confida_core.api import (
    LARGEST_AMOUNT,
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    account_names,
    minor_digits,
    shared_amount,
    teams,
)
from confida_sales.targets.periods import Period

NAMESPACE = UUID("6e0d6a0c-3b0a-5c35-9f6e-2f1d7c6b9a41")
LONGEST_ROW = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Whose:
    """One colleague's, one team's, or (neither) everybody's together."""

    owner_id: UUID | None = None
    team_id: UUID | None = None


EVERYBODY = Whose()


@dataclass(frozen=True, kw_only=True, slots=True)
class SetTarget:
    """A target as it was set. amount: minor units."""

    id: UUID
    whose: Whose
    period: Period
    currency: str
    amount: int


Targets = Mapping[tuple[Whose, Period, str], int]


async def targets_between(crm: Installation, since: date, until: date) -> list[SetTarget]:
    """All that begin in these years' days, shorter ones first among those of a day; one statement. Asks for no permission."""
    rows = await crm.data.fetch(
        "SELECT * FROM sales_target WHERE starts_on >= ? AND starts_on < ? ORDER BY starts_on, months, currency, id",
        date(since.year, 1, 1), until,
    )  # fmt: skip
    return [
        SetTarget(
            id=row["id"], whose=Whose(owner_id=row["owner_id"], team_id=row["team_id"]),
            period=Period(row["starts_on"], row["months"]), currency=row["currency"], amount=row["amount"],
        )
        for row in rows
    ]  # fmt: skip


def by_period(found: Sequence[SetTarget]) -> Targets:
    return {(one.whose, one.period, one.currency): one.amount for one in found}


def target_in(targets: Targets, whose: Whose, period: Period, currency: str) -> int | None:
    """What is to be won in the period: as it was set, else the sum of its parts, else its share of what it is a part of.

    A share is even: a third of a quarter, a quarter of a year, to the minor unit. None where nothing was set.
    """
    found, around = summed_target(targets, whose, period, currency), period.around()
    if found is not None or around is None:
        return found
    whole = targets.get((whose, around, currency))
    if whole is None and summed_target(targets, whose, around, currency) is None:
        whole = target_in(targets, whose, around, currency)
    if whole is None:
        return None
    parts = around.parts()
    return shared_amount(whole, [1] * len(parts))[parts.index(period)]


def summed_target(targets: Targets, whose: Whose, period: Period, currency: str) -> int | None:
    exact = targets.get((whose, period, currency))
    if exact is not None:
        return exact
    found = [
        part for part in (summed_target(targets, whose, one, currency) for one in period.parts()) if part is not None
    ]
    return sum(found) if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetDraft:
    """The same target for each of these periods, at most a year of months. amount: minor units."""

    whose: Whose
    periods: tuple[Period, ...]
    currency: str
    amount: int


async def set_targets(crm: Installation, access: Access, draft: TargetDraft) -> list[SetTarget]:
    """Set it for each of its periods; one that is there already is replaced. Returns what was there before.

    Raises Forbidden, and InvalidContent with errors by field (whose, currency, amount, period).
    """
    access.actor.require("sales.manage")
    await check(crm, draft)
    whose = draft.whose
    ids = {target_id(whose, period, draft.currency): period for period in draft.periods}
    async with crm.data.transaction():
        before = await targets_by_id(crm, list(ids))
        await crm.data.execute_many(
            "INSERT INTO sales_target (id, owner_id, team_id, starts_on, months, amount, currency) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET amount = excluded.amount",
            [
                (one, whose.owner_id, whose.team_id, period.start, period.months, draft.amount, draft.currency)
                for one, period in ids.items()
            ],
        )
    return before


def target_id(whose: Whose, period: Period, currency: str) -> UUID:
    """The same for the same target, so that setting it twice at once leaves one."""
    return uuid5(NAMESPACE, f"{whose.owner_id} {whose.team_id} {period.key} {currency}")


async def targets_by_id(crm: Installation, ids: Sequence[UUID]) -> list[SetTarget]:
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(f"SELECT * FROM sales_target WHERE id IN ({marks})", *ids)
    return [
        SetTarget(
            id=row["id"], whose=Whose(owner_id=row["owner_id"], team_id=row["team_id"]),
            period=Period(row["starts_on"], row["months"]), currency=row["currency"], amount=row["amount"],
        )
        for row in rows
    ]  # fmt: skip


async def check(crm: Installation, draft: TargetDraft) -> None:
    """Raises InvalidContent."""
    errors: dict[str, str] = {}
    if not 1 <= len(draft.periods) <= LONGEST_ROW:
        errors["period"] = "Please choose a month, a quarter or a year."
    if not 1 <= draft.amount <= LARGEST_AMOUNT:
        errors["amount"] = "More than nothing, please, and not too large."
    try:
        minor_digits(draft.currency)
    except InvalidAmount as wrong:
        errors["currency"] = str(wrong)
    if not await is_known(crm, draft.whose):
        errors["whose"] = "Please choose a colleague, a team, or everybody."
    if errors:
        raise InvalidContent(errors)


async def is_known(crm: Installation, whose: Whose) -> bool:
    if whose.owner_id is not None:
        return whose.team_id is None and whose.owner_id in await account_names(crm, [whose.owner_id])
    return whose.team_id is None or any(team.id == whose.team_id for team in await teams(crm))


async def forget_target(crm: Installation, access: Access, wanted: UUID) -> SetTarget:
    """It is as if it had never been set; returns it. Raises Forbidden and NotFound."""
    access.actor.require("sales.manage")
    async with crm.data.transaction():
        found = await targets_by_id(crm, [wanted])
        if not found:
            raise NotFound
        await crm.data.fetch("DELETE FROM sales_target WHERE id = ?", wanted)
    return found[0]
