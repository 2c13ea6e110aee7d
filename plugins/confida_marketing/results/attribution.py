"""Money that came in, and which campaigns and journeys it may be put down to.

To say of somebody that a message made them pay is profiling (GDPR Art. 4(4)): it is done for those alone for whom the gate
allows it at this moment, and never written down. What the others paid is told as one sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from confida_consent.api import may_many
from confida_core.api import Installation, new_id, plugin_settings
from confida_marketing.campaigns.ledger import those_here
from confida_marketing.campaigns.limits import house_zone
from confida_marketing.results.content import PROFILING
from confida_marketing.results.sharing import Part, Touch, shared_out, touches_before
from confida_marketing.settings import MarketingSettings

# Whom a message reached: it left by e-mail or text message, or they were called, or a letter was printed.
REACHED = "(d.state IN ('called', 'printed') OR (d.state = 'queued' AND m.state = 'sent'))"


async def note_revenue(
    crm: Installation, contact_id: UUID, amount: int, currency: str, at: datetime, *, what: str, occasion: UUID
) -> None:
    """amount: minor units, without tax; nothing or less takes it back. what: a key, such as the kind of an event.

    occasion: id of what brought it, such as the invoice; told again, it corrects what was noted. Joins a running transaction.
    Nobody who was erased gets a row. Asks for no permission: it is for what the program itself knows.
    """
    if amount <= 0:
        await forget_revenue(crm, occasion)
        return
    async with crm.data.transaction():
        if contact_id in await those_here(crm, [contact_id]):
            await crm.data.fetch(
                "INSERT INTO marketing_revenue (id, contact_id, amount, currency, what, at, occasion) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (occasion) DO UPDATE SET amount = excluded.amount, at = excluded.at",
                new_id(), contact_id, amount, currency, what, at, occasion,
            )  # fmt: skip


async def forget_revenue(crm: Installation, occasion: UUID) -> None:
    """It was given back, or never came. Joins a running transaction."""
    await crm.data.fetch("DELETE FROM marketing_revenue WHERE occasion = ?", occasion)


@dataclass(slots=True)
class Sum:
    """What came in by each rule, in minor units, and from how many people."""

    first: int = 0
    last: int = 0
    linear: int = 0
    people: set[UUID] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Attributed:
    """sums: by (source, source_id, currency). untouched, refused: by currency, what came from people who had no message before,
    and from those of whom nothing may be concluded.
    """

    sums: Mapping[tuple[str, UUID, str], Sum]
    untouched: Mapping[str, int]
    refused: Mapping[str, int]

    @property
    def currencies(self) -> list[str]:
        return sorted({key[2] for key in self.sums} | set(self.untouched) | set(self.refused))

    def of(self, source_id: UUID, currency: str) -> Sum:
        return next((one for key, one in self.sums.items() if key[1:] == (source_id, currency)), Sum())


@dataclass(frozen=True, slots=True)
class Money:
    """One amount that came in, in minor units."""

    contact_id: UUID
    amount: int
    currency: str
    at: datetime


async def attributed(crm: Installation, start: datetime, end: datetime) -> Attributed:
    """What came in from start until before end. Four queries and the gate; not inside a transaction."""
    return await put_down(crm, [*await noted(crm, start, end), *await donated(crm, start, end)])


async def put_down(crm: Installation, money: Sequence[Money]) -> Attributed:
    """To the messages before it. Not inside a transaction."""
    if not money:
        return Attributed({}, {}, {})
    days = (await plugin_settings(crm, MarketingSettings)).effect_days
    start, end = min(one.at for one in money), max(one.at for one in money)
    touches = await touches_of(crm, start - timedelta(days=days), end)
    paid = [(one, touches_before(touches.get(one.contact_id, []), one.at, days)) for one in money]
    allowed = await those_allowed(crm, {one.contact_id for one, before in paid if before})
    return sorted_out(paid, allowed)


async def noted(crm: Installation, start: datetime, end: datetime) -> list[Money]:
    """What other plugins told of."""
    rows = await crm.data.fetch(
        "SELECT contact_id, amount, currency, at FROM marketing_revenue WHERE at >= ? AND at < ?", start, end
    )
    return [Money(row["contact_id"], row["amount"], row["currency"], row["at"]) for row in rows]


async def donated(crm: Installation, start: datetime, end: datetime, *, unnamed: bool = False) -> list[Money]:
    """Donations of these days. unnamed: those alone that name no campaign. They are taken for given at the end of their day."""
    zone = house_zone(crm)
    first, last = (moment.astimezone(zone).date() for moment in (start, end - timedelta(microseconds=1)))
    rows = await crm.data.fetch(
        "SELECT contact_id, amount, currency, on_day FROM marketing_donation WHERE on_day >= ? AND on_day <= ?"
        + (" AND campaign_id IS NULL" if unnamed else ""),
        first, last,
    )  # fmt: skip
    return [
        Money(row["contact_id"], row["amount"], row["currency"], datetime.combine(row["on_day"], time.max, zone))
        for row in rows
    ]


def sorted_out(paid: Iterable[tuple[Money, Sequence[Touch]]], allowed: set[UUID]) -> Attributed:
    sums: dict[tuple[str, UUID, str], Sum] = defaultdict(Sum)
    untouched: dict[str, int] = defaultdict(int)
    refused: dict[str, int] = defaultdict(int)
    for one, before in paid:
        if not before:
            untouched[one.currency] += one.amount
        elif one.contact_id not in allowed:
            refused[one.currency] += one.amount
        else:
            for part in shared_out(one.amount, before):
                add(sums[part.source, part.source_id, one.currency], part, one.contact_id)
    return Attributed(dict(sums), dict(untouched), dict(refused))


def add(to: Sum, part: Part, contact_id: UUID) -> None:
    to.first += part.first
    to.last += part.last
    to.linear += part.linear
    to.people.add(contact_id)


async def touches_of(crm: Installation, start: datetime, end: datetime) -> dict[UUID, list[Touch]]:
    """Of those who paid anything within that time; what was sent for a trial is none."""
    rows = await crm.data.fetch(
        "SELECT d.contact_id, d.at, d.source, d.source_id FROM marketing_delivery d "
        "LEFT JOIN outbound_message m ON m.id = d.message_id WHERE d.contact_id IN "
        "(SELECT contact_id FROM marketing_revenue WHERE at >= ? UNION "
        "SELECT contact_id FROM marketing_donation WHERE on_day >= ?) "
        f"AND d.at >= ? AND d.at < ? AND d.source <> 'test' AND {REACHED}",
        start, start.date(), start, end,
    )  # fmt: skip
    found: dict[UUID, list[Touch]] = defaultdict(list)
    for row in rows:
        found[row["contact_id"]].append(Touch(row["at"], row["source"], row["source_id"]))
    return found


async def those_allowed(crm: Installation, contact_ids: Iterable[UUID]) -> set[UUID]:
    """Those about whom conclusions may be drawn now."""
    wanted = sorted(contact_ids)
    if not wanted:
        return set()
    answers = await may_many(crm, wanted, PROFILING, PROFILING)
    return {one for one, answer in answers.items() if answer.allowed}
