"""Commission: what colleagues earn of what they win, or of what is paid for it, by a rate that counts since a day.

On what is won: the rate of the day an opportunity was won, of its whole value. On what is paid: the rate of the day of each
payment, of that payment without tax, as the invoice shares it out; money that goes back takes its commission along. Each
deal or payment is rounded by itself, halves up, so that a list of them adds up to what stands below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    account_names,
    new_id,
    plugin_settings,
    rounded_amount,
)
from confida_sales.settings import SalesSettings
from confida_sales.targets.figures import NOT_TRASHED, currencies_of, owned, read_from, zone_of
from confida_sales.targets.periods import Period, midnight

RATE_PARTS = 10_000
MOST_RULES = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """rate: hundredths of a percent. owner_id: None for everybody without a rule of their own."""

    id: UUID
    owner_id: UUID | None
    rate: int
    since: date


@dataclass(frozen=True, slots=True)
class Earned:
    """One deal or payment that commission counts on. base: minor units without tax. record_id: of the opportunity or invoice."""

    record_id: UUID
    owner_id: UUID | None
    currency: str
    day: date
    base: Fraction | int
    rate: int

    @property
    def commission(self) -> int:
        """In minor units."""
        exact = self.base * self.rate
        return rounded_amount(Fraction(exact.numerator, exact.denominator * RATE_PARTS))


async def rules(crm: Installation) -> list[Rule]:
    """All, everybody's first, the newest first. Asks for no permission."""
    rows = await crm.data.fetch(
        "SELECT id, owner_id, rate, since FROM sales_commission_rule ORDER BY since DESC, id LIMIT ?", MOST_RULES
    )
    found = [Rule(id=row["id"], owner_id=row["owner_id"], rate=row["rate"], since=row["since"]) for row in rows]
    return sorted(found, key=lambda one: one.owner_id is not None)


def rate_on(known: Sequence[Rule], owner_id: UUID | None, day: date) -> int:
    """The rate that counts for somebody on a day: their own, else everybody's, else nothing. Nobody's deals earn nothing."""
    if owner_id is None:
        return 0
    for whose in (owner_id, None):
        own = [one for one in known if one.owner_id == whose and one.since <= day]
        if own:
            return max(own, key=lambda one: one.since).rate
    return 0


async def earned_in(crm: Installation, period: Period, owner_ids: Sequence[UUID] | None = None) -> list[Earned]:
    """What commission counts on in the period, the newest first; three statements beside the settings. Opens nothing.

    owner_ids: only theirs; None for everybody's.
    """
    if owner_ids == []:
        return []
    known = await rules(crm)
    if (await plugin_settings(crm, SalesSettings)).commission_on == "paid":
        return await paid_in(crm, period, owner_ids, known)
    return await won_in(crm, period, owner_ids, known)


async def won_in(
    crm: Installation, period: Period, owner_ids: Sequence[UUID] | None, known: Sequence[Rule]
) -> list[Earned]:
    zone, (whose, ids) = zone_of(crm), owned(owner_ids)
    start, end = midnight(period.start, zone), midnight(period.end, zone)
    currencies = await currencies_of(crm)
    if not currencies:
        return []
    # One range of the index for each currency, in order only together.
    part = (
        "SELECT o.id, o.owner_id, o.currency, o.closed_at, o.value "
        f"FROM {read_from(crm, 'sales_opportunity_won')} WHERE o.outcome = 'won' "
        f"AND o.currency = ? AND o.closed_at >= ? AND o.closed_at < ?{whose} AND {NOT_TRASHED}"
    )
    values = [value for currency in currencies for value in (currency, start, end, *ids)]
    rows = await crm.data.fetch(" UNION ALL ".join([part] * len(currencies)), *values)
    rows.sort(key=lambda row: (row["closed_at"], row["id"]), reverse=True)
    rates = Rates(known)
    return [earned(row, day_of(row["closed_at"], zone), row["value"], rates) for row in rows]


class Rates:
    """Rates that were looked up once: thousands of deals have a few owners and days."""

    def __init__(self, known: Sequence[Rule]) -> None:
        self.known = known
        self.found: dict[tuple[UUID | None, date], int] = {}

    def on(self, owner_id: UUID | None, day: date) -> int:
        rate = self.found.get((owner_id, day))
        if rate is None:
            rate = self.found[owner_id, day] = rate_on(self.known, owner_id, day)
        return rate


def day_of(moment: datetime, zone: Any) -> date:
    return moment.astimezone(zone).date()


async def paid_in(
    crm: Installation, period: Period, owner_ids: Sequence[UUID] | None, known: Sequence[Rule]
) -> list[Earned]:
    whose, ids = owned(owner_ids)
    rows = await crm.data.fetch(
        "SELECT i.id, i.owner_id, p.currency, p.paid_on, p.amount, i.net, i.gross FROM sales_payment p "
        "JOIN sales_invoice i ON i.id = p.invoice_id "
        f"WHERE p.paid_on >= ? AND p.paid_on < ?{whose.replace('o.owner_id', 'i.owner_id')} AND i.gross > 0 "
        "ORDER BY p.paid_on DESC, p.id",
        period.start, period.end, *ids,
    )  # fmt: skip
    rates = Rates(known)
    return [earned(row, row["paid_on"], Fraction(row["amount"] * row["net"], row["gross"]), rates) for row in rows]


def earned(row: Any, day: date, base: Fraction | int, rates: Rates) -> Earned:
    return Earned(row["id"], row["owner_id"], row["currency"], day, base, rates.on(row["owner_id"], day))


async def add_rule(crm: Installation, access: Access, owner_id: UUID | None, rate: int, since: date) -> UUID:
    """A rate that counts since a day, for one colleague or (None) for everybody without one; one of the same day is replaced.

    rate: hundredths of a percent, up to 100 percent. Raises Forbidden, and InvalidContent (owner_id, rate).
    """
    access.actor.require("sales.manage")
    errors: dict[str, str] = {}
    if not 0 <= rate <= RATE_PARTS:
        errors["rate"] = "From 0 to 100 percent."
    if owner_id is not None and owner_id not in await account_names(crm, [owner_id]):
        errors["owner_id"] = "Please choose one of the colleagues."
    if errors:
        raise InvalidContent(errors)
    rule_id = new_id()
    same = "owner_id IS NULL" if owner_id is None else "owner_id = ?"
    async with crm.data.transaction():
        await crm.data.fetch(
            f"DELETE FROM sales_commission_rule WHERE {same} AND since = ?",
            *([] if owner_id is None else [owner_id]), since,
        )  # fmt: skip
        await crm.data.fetch(
            "INSERT INTO sales_commission_rule (id, owner_id, rate, since) VALUES (?, ?, ?, ?)",
            rule_id,
            owner_id,
            rate,
            since,
        )
    return rule_id


async def remove_rule(crm: Installation, access: Access, rule_id: UUID) -> Rule:
    """As if it had never been; returns it. Raises Forbidden and NotFound."""
    access.actor.require("sales.manage")
    rows = await crm.data.fetch(
        "DELETE FROM sales_commission_rule WHERE id = ? RETURNING id, owner_id, rate, since", rule_id
    )
    if not rows:
        raise NotFound
    row = rows[0]
    return Rule(id=row["id"], owner_id=row["owner_id"], rate=row["rate"], since=row["since"])
