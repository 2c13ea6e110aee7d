"""Figures about customers, as they are kept: written where they changed, forgotten where nobody may keep them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import Event, Installation, Opened, catch_up_index, new_id, system_access
from confida_sales.bought.content import CUSTOMER_VALUE, ValueContent
from confida_sales.bought.customer_value.rfm import Ranks, Standing
from confida_sales.bought.profiling import STAYS_AS_IT_IS, may_profile_many

BATCH = 500
PERCENT = 100
ALMOST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """spent: minor units. active: percent; expected: hundredths of a purchase within a year; None where nobody can tell."""

    contact_id: UUID
    currency: str
    purchases: int
    first_on: date
    last_on: date
    spent: int
    ranks: Ranks
    standing: Standing
    active: int | None
    expected: int | None

    @property
    def columns(self) -> dict[str, Any]:
        """expected, in money: as many purchases as are expected, each as large as theirs were on average; else nothing."""
        return {
            "contact_id": self.contact_id,
            "currency": self.currency,
            "purchases": self.purchases,
            "last_on": self.last_on,
            "spent": self.spent,
            "expected": max(self.spent, 0) * (self.expected or 0) // (self.purchases * PERCENT),
            "standing": self.standing,
        }

    @property
    def content(self) -> ValueContent:
        return ValueContent(
            standing=self.standing,
            recency=self.ranks.recency,
            frequency=self.ranks.frequency,
            monetary=self.ranks.monetary,
            active=self.active,
            expected=self.expected,
            reason=self.reason,
        )

    @property
    def reason(self) -> str:
        """In words, in English: what was seen, and what follows from it."""
        if self.purchases == 1:
            return "Bought once."
        days = (self.last_on - self.first_on).days // (self.purchases - 1)
        said = [f"Bought {self.purchases} times, every {days} days on average."]
        if self.active is not None:
            said.append(active_words(self.active))
        if self.expected is not None:
            said.append(f"{self.expected / PERCENT:.1f} purchases are expected within a year.")
        return " ".join(said)


def active_words(percent: int) -> str:
    """Nobody is certain of what somebody else will do."""
    if percent > PERCENT - ALMOST:
        return "They almost certainly still buy."
    if percent < ALMOST:
        return "They almost certainly do not buy any more."
    return f"With a chance of {percent}% they still buy."


def slices(figures: Sequence[Figures]) -> Iterator[Sequence[Figures]]:
    for start in range(0, len(figures), BATCH):
        yield figures[start : start + BATCH]


async def store_figures(crm: Installation, figures: Sequence[Figures]) -> None:
    """Some hundreds in one transaction; rows that say the same already are left alone, so that nothing follows from them."""
    for batch in slices(figures):
        known = await known_of(crm, [one.contact_id for one in batch])
        new = [one for one in batch if (one.contact_id, one.currency) not in known]
        await crm.keyring.ensure([one.contact_id for one in batch], CUSTOMER_VALUE.retention_class)
        async with crm.data.transaction():
            await crm.records.insert_many(
                CUSTOMER_VALUE, [({"id": new_id(), **one.columns}, one.content) for one in new]
            )
            for one in batch:
                before = known.get((one.contact_id, one.currency))
                if before is not None and differs(before, one):
                    columns = {"id": before.row["id"], **one.columns}
                    await crm.records.update(CUSTOMER_VALUE, columns, one.content, seen=before.row["version"])
        await catch_up_index(crm)


async def known_of(crm: Installation, contact_ids: Sequence[UUID]) -> dict[tuple[UUID, str], Opened[ValueContent]]:
    """What is kept of these, by contact and currency; opened by the program itself."""
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(f"SELECT * FROM sales_customer_value WHERE contact_id IN ({marks})", *contact_ids)
    opened = await crm.door.open(system_access("sales.value"), CUSTOMER_VALUE, rows)
    return {(one.row["contact_id"], one.row["currency"]): one for one in opened}


def differs(before: Opened[ValueContent], now: Figures) -> bool:
    return before.content != now.content or any(before.row[name] != value for name, value in now.columns.items())


async def forget_all_but(crm: Installation, kept: Collection[tuple[UUID, str]], untouched: Collection[UUID]) -> None:
    """Removes figures of everybody else. untouched: contacts whose figures stay as they are. A second one of a pair goes too."""
    seen = set[tuple[UUID, str]]()
    gone = []
    for row in await crm.data.fetch("SELECT id, contact_id, currency FROM sales_customer_value ORDER BY id"):
        place = (row["contact_id"], row["currency"])
        if row["contact_id"] not in untouched and (place not in kept or place in seen):
            gone.append(row)
        seen.add(place)
    await forget(crm, gone)


async def forget(crm: Installation, rows: Sequence[Any]) -> None:
    for start in range(0, len(rows), BATCH):
        async with crm.data.transaction():
            for row in rows[start : start + BATCH]:
                await crm.records.delete(CUSTOMER_VALUE, row["id"], [row["contact_id"]])


async def heed_objections(crm: Installation, events: Sequence[Event]) -> None:
    """Told of what people said: who may not be profiled any more loses the figures at once. Twice makes no difference."""
    people = list({person for event in events for person in event.people})
    answers = await may_profile_many(crm, people)
    refused = [one for one, answer in answers.items() if not answer.allowed and answer.reason not in STAYS_AS_IT_IS]
    for start in range(0, len(refused), BATCH):
        batch = refused[start : start + BATCH]
        marks = ", ".join("?" * len(batch))
        await forget(
            crm,
            await crm.data.fetch(
                f"SELECT id, contact_id FROM sales_customer_value WHERE contact_id IN ({marks})", *batch
            ),
        )
