"""What each colleague won, against what they were to win, and what they earned: figures about people who work here.

Whoever holds `sales.performance` sees everybody's, everybody else exactly their own: the figures of others are not even read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    NotFound,
    Opened,
    account_names,
    active_accounts,
    plugin_settings,
)
from confida_sales.billing.invoices import bookkeeping
from confida_sales.content import INVOICE, OPPORTUNITY
from confida_sales.settings import SalesSettings
from confida_sales.targets.commission_sums import commissions_in
from confida_sales.targets.commissions import Earned, earned_in
from confida_sales.targets.figures import Figures, figures_in
from confida_sales.targets.periods import Period
from confida_sales.targets.targets import by_period, target_in, targets_between

MOST_LISTED = 200
Held = tuple[UUID | None, str]
NOTHING = Figures()


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonFigures:
    """One colleague in one period and currency; amounts in minor units. owner_id: None for deals that nobody owns.

    target: None where none is set. commission: what it comes to by the rules of the days.
    """

    owner_id: UUID | None
    name: str
    currency: str
    won: int
    deals: int
    expected: int
    target: int | None
    commission: int

    @property
    def attainment(self) -> int | None:
        """Won of the target, in whole percent rounded down: what is not reached is not said to be."""
        return None if not self.target else self.won * 100 // self.target


def owners_seen(access: Access) -> list[UUID] | None:
    """Whose figures this reader may see; None for everybody's. Raises Forbidden."""
    access.actor.require("sales.read")
    return None if access.actor.may("sales.performance") else [access.actor.id]


async def performance_of(
    crm: Installation, access: Access, period: Period, owner_ids: Sequence[UUID] | None = None
) -> list[PersonFigures]:
    """Every colleague this reader may see, by name, each currency by itself; a fixed number of statements.

    owner_ids: fewer of them. Raises Forbidden.
    """
    seen = owners_seen(access)
    wanted = seen if owner_ids is None else [one for one in owner_ids if seen is None or one in seen]
    figures = {key[1:]: value for key, value in (await figures_in(crm, [period], wanted)).items()}
    quotas = await quotas_in(crm, period, wanted)
    commissions = await commissions_in(crm, period, wanted)
    names = await names_for(crm, wanted, [owner for owner, _ in (*figures, *commissions, *quotas) if owner])
    standard = (await plugin_settings(crm, SalesSettings)).currency
    keys = {*figures, *commissions, *quotas}
    # Whoever has nothing yet is there all the same, in the usual currency.
    keys |= {(owner, standard) for owner in set(names) - {key[0] for key in keys}}
    found = [
        PersonFigures(
            owner_id=owner, name=names.get(owner, "") if owner else "", currency=currency,
            won=figures.get((owner, currency), NOTHING).won, deals=figures.get((owner, currency), NOTHING).deals,
            expected=figures.get((owner, currency), NOTHING).expected, target=quotas.get((owner, currency)),
            commission=commissions.get((owner, currency), 0),
        )
        for owner, currency in keys
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.owner_id is None, one.name.casefold(), str(one.owner_id), one.currency))


async def quotas_in(crm: Installation, period: Period, wanted: Sequence[UUID] | None) -> dict[Held, int]:
    """The targets of colleagues in the period."""
    targets = by_period(await targets_between(crm, period.start, period.end))
    found: dict[Held, int] = {}
    for whose, _, currency in targets:
        if whose.owner_id is None or not (wanted is None or whose.owner_id in wanted):
            continue
        amount = target_in(targets, whose, period, currency)
        if amount is not None:
            found[whose.owner_id, currency] = amount
    return found


async def names_for(crm: Installation, wanted: Sequence[UUID] | None, others: Sequence[UUID]) -> dict[UUID, str]:
    """Who is listed: everybody who can be given work, and whoever has a figure; or those who were asked for."""
    if wanted is not None:
        return await account_names(crm, wanted)
    active = {one.id: one.name for one in await active_accounts(crm)}
    missing = sorted(set(others) - set(active))
    return active | (await account_names(crm, missing) if missing else {})


@dataclass(frozen=True, slots=True)
class EarnedLine:
    """One deal or payment as it is listed. title: "" where the reader may not see whom it is about."""

    earned: Earned
    title: str
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonPerformance:
    """One colleague's page. on_paid: commission counts on payments. lines: the newest; more: there are others."""

    owner_id: UUID
    name: str
    figures: tuple[PersonFigures, ...]
    lines: tuple[EarnedLine, ...]
    on_paid: bool
    more: bool


async def performance_of_one(crm: Installation, access: Access, owner_id: UUID, period: Period) -> PersonPerformance:
    """Everything about one colleague, with the deals behind it, opened through the door.

    Raises Forbidden, and NotFound for a colleague whose figures this reader may not see.
    """
    seen = owners_seen(access)
    names = await account_names(crm, [owner_id]) if seen is None or owner_id in seen else {}
    if owner_id not in names:
        raise NotFound
    earned = await earned_in(crm, period, [owner_id])
    on_paid = (await plugin_settings(crm, SalesSettings)).commission_on == "paid"
    return PersonPerformance(
        owner_id=owner_id,
        name=names[owner_id],
        figures=tuple(await performance_of(crm, access, period, [owner_id])),
        lines=tuple(await listed(crm, access, earned[:MOST_LISTED], on_paid=on_paid)),
        on_paid=on_paid,
        more=len(earned) > MOST_LISTED,
    )


async def listed(crm: Installation, access: Access, earned: Sequence[Earned], *, on_paid: bool) -> list[EarnedLine]:
    """Two statements. A deal of somebody hidden counts, but has no title."""
    record = INVOICE if on_paid else OPPORTUNITY
    rows = await crm.records.rows(record, list(dict.fromkeys(one.record_id for one in earned)))
    opened = await crm.door.open(bookkeeping(access) if on_paid else access, record, rows)
    titles = {one.row["id"]: title_of(one, on_paid=on_paid) for one in opened}
    place = "invoices" if on_paid else "opportunities"
    return [
        EarnedLine(
            one, titles.get(one.record_id, ""), f"/x/sales/{place}/{one.record_id}" if one.record_id in titles else ""
        )
        for one in earned
    ]


def title_of(opened: Opened[Any], *, on_paid: bool) -> str:
    return str(opened.row["number"] if on_paid else opened.content.title)
