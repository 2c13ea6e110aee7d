"""Money that came in, and which campaigns and journeys it may be put down to.

To say of somebody that a message made them pay is profiling (GDPR Art. 4(4)): it is done for those alone for whom the gate
allows it at this moment, and never written down. What the others paid is told as one sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from confida_consent.api import may_many
from confida_core.api import Installation, Row, new_id, plugin_settings
from confida_marketing.campaigns.ledger import those_here
from confida_marketing.results.content import PROFILING
from confida_marketing.results.sharing import Part, Touch, shared_out, touches_before
from confida_marketing.settings import MarketingSettings

DONATION = "donation"
# Whom a message reached: it left by e-mail or text message, or they were called, or a letter was printed.
REACHED = "(d.state IN ('called', 'printed') OR (d.state = 'queued' AND m.state = 'sent'))"


async def note_revenue(
    crm: Installation, contact_id: UUID, amount: int, currency: str, at: datetime, *, what: str, occasion: UUID
) -> None:
    """amount: minor units, without tax; nothing or less takes it back. what: a key, DONATION or the kind of an event.

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


async def attributed(crm: Installation, start: datetime, end: datetime, what: str = "") -> Attributed:
    """What came in from start until before end. what: of this kind alone. Three queries and the gate; not inside a transaction."""
    money = await crm.data.fetch(
        "SELECT contact_id, amount, currency, at FROM marketing_revenue WHERE at >= ? AND at < ?"
        + (" AND what = ?" if what else ""),
        start, end, *((what,) if what else ()),
    )  # fmt: skip
    days = (await plugin_settings(crm, MarketingSettings)).effect_days
    touches = await touches_of(crm, start - timedelta(days=days), end)
    paid = [(row, touches_before(touches.get(row["contact_id"], []), row["at"], days)) for row in money]
    allowed = await those_allowed(crm, {row["contact_id"] for row, before in paid if before})
    return sorted_out(paid, allowed)


def sorted_out(paid: Iterable[tuple[Row, Sequence[Touch]]], allowed: set[UUID]) -> Attributed:
    sums: dict[tuple[str, UUID, str], Sum] = defaultdict(Sum)
    untouched: dict[str, int] = defaultdict(int)
    refused: dict[str, int] = defaultdict(int)
    for row, before in paid:
        if not before:
            untouched[row["currency"]] += row["amount"]
        elif row["contact_id"] not in allowed:
            refused[row["currency"]] += row["amount"]
        else:
            for part in shared_out(row["amount"], before):
                add(sums[part.source, part.source_id, row["currency"]], part, row["contact_id"])
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
        "(SELECT contact_id FROM marketing_revenue WHERE at >= ? AND at < ?) "
        f"AND d.at >= ? AND d.at < ? AND d.source <> 'test' AND {REACHED}",
        start, end, start, end,
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
