"""Which opportunities somebody wants to see, and how they stand before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from confida_core.api import (
    Access,
    Installation,
    Opened,
    Row,
    Scope,
    account_names,
    display_names,
    now,
    read_condition,
    select_ids,
)
from confida_sales.content import OPPORTUNITY, OpportunityContent
from confida_sales.opportunities.opportunities import rotting
from confida_sales.opportunities.pipelines import ShownStage
from confida_web.api import matches_words, words_of

NOBODY = "nobody"
MOST_FOUND = 500
"""So many contacts are looked through for words, and so many opportunities of theirs."""
TITLES = "sales.opportunities"
"""The field of the index with the titles of a contact's opportunities."""
BY_NEXT = "coalesce(next_on, '9999-12-31')"
"""The next step first, opportunities without one last; as the indexes have it."""


class Narrowing(Struct, frozen=True):
    """owner: id of an account, "nobody", or "" for everybody's. text: words as typed, "" for all."""

    owner: str = ""
    text: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        return words_of(self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownOpportunity:
    """An opportunity with the names around it. late: its next step is overdue. stale_days: how long it has stood, or 0.

    step: in few words, what comes next, "" where nobody said.
    """

    id: UUID
    version: int
    title: str
    contact_id: UUID
    contact: str
    stage: ShownStage
    value: int
    currency: str
    owner_id: UUID | None
    owner: str
    step: str
    next_on: date | None
    late: bool
    stale_days: int
    close_on: date | None
    closed_at: datetime | None
    source: str
    created_at: datetime

    @property
    def open(self) -> bool:
        return self.stage.outcome == "open"

    @property
    def href(self) -> str:
        return f"/x/sales/opportunities/{self.id}"


async def shown(
    crm: Installation, access: Access, rows: Sequence[Row], stages: Mapping[UUID, ShownStage], today: date
) -> list[ShownOpportunity]:
    """Those of the rows that may be seen, in order, each with its contact's and owner's name; three queries for all of them."""
    opened = await crm.door.open(access, OPPORTUNITY, rows)
    contacts = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    owners = {one.row["owner_id"] for one in opened if one.row["owner_id"]}
    names = await account_names(crm, sorted(owners)) if owners else {}
    around = Around(contacts, names, stages, today, now())
    return [shown_one(one, around) for one in opened if one.row["contact_id"] in contacts]


@dataclass(frozen=True, slots=True)
class Around:
    """What opportunities are shown with: names of contacts and accounts, stages, and the reader's day and moment."""

    contacts: Mapping[UUID, str]
    names: Mapping[UUID, str]
    stages: Mapping[UUID, ShownStage]
    today: date
    moment: datetime


def shown_one(one: Opened[OpportunityContent], around: Around) -> ShownOpportunity:
    row, stage = one.row, around.stages[one.row["stage_id"]]
    still_open = stage.outcome == "open"
    stale = still_open and rotting(stage, row["stage_since"], around.moment)
    return ShownOpportunity(
        id=row["id"],
        version=row["version"],
        title=one.content.title,
        contact_id=row["contact_id"],
        contact=around.contacts[row["contact_id"]],
        stage=stage,
        value=row["value"],
        currency=row["currency"],
        owner_id=row["owner_id"],
        owner=around.names.get(row["owner_id"], ""),
        step=one.content.next_step,
        next_on=row["next_on"],
        late=still_open and row["next_on"] is not None and row["next_on"] < around.today,
        stale_days=(around.moment - row["stage_since"]).days if stale else 0,
        close_on=row["close_on"],
        closed_at=row["closed_at"],
        source=row["source"],
        created_at=row["created_at"],
    )


def owned_by(narrowing: Narrowing) -> tuple[str, tuple[Any, ...]]:
    """A condition on the owner, which begins with AND, and its parameters."""
    if not narrowing.owner:
        return "", ()
    return (
        (" AND owner_id IS NULL", ()) if narrowing.owner == NOBODY else (" AND owner_id = ?", (UUID(narrowing.owner),))
    )


@dataclass(frozen=True, slots=True)
class WithWords:
    """rows: of contacts that the words may mean. named: those contacts whose own name, address or number has them."""

    rows: list[Row]
    named: frozenset[UUID]

    def fitting(self, found: Sequence[ShownOpportunity], words: tuple[str, ...]) -> list[ShownOpportunity]:
        """Without those of a contact's opportunities that the words do not mean."""
        return [
            one for one in found if one.contact_id in self.named or matches_words(f"{one.contact} {one.title}", words)
        ]


async def with_words(
    crm: Installation, access: Access, narrowing: Narrowing, condition: str, parameters: Sequence[Any]
) -> WithWords:
    """Rows under this condition whose contact, or a title of whose opportunities, has the words; at most `MOST_FOUND`.

    Titles are sealed, so the index says whose they are.
    """
    named, titled = await meant(crm, access, narrowing.words)
    ids = named | titled or await meant_by_each(crm, access, narrowing.words)
    if not ids:
        return WithWords([], frozenset())
    own, owner = owned_by(narrowing)
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_opportunity WHERE contact_id IN ({marks}) AND {condition}{own} "
        f"ORDER BY {BY_NEXT}, id LIMIT {MOST_FOUND}",
        *ids, *parameters, *owner,
    )  # fmt: skip
    return WithWords(rows, named)


async def meant(crm: Installation, access: Access, words: Sequence[str]) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Contacts that have all these words themselves, and those who have them in titles of their opportunities."""
    tests = [{"field": TITLES, "op": "contains", "value": word} for word in words]
    titled = Scope(condition=read_condition({"all": tests}, crm.registry.index_fields), archived=None)
    named = Scope(text=" ".join(words), archived=None)
    found = [await select_ids(crm, access, scope, limit=MOST_FOUND) for scope in (named, titled)]
    return frozenset(found[0]), frozenset(found[1])


async def meant_by_each(crm: Installation, access: Access, words: Sequence[str]) -> frozenset[UUID]:
    """Where somebody types words of the title and the name together: contacts that have each word in one of them."""
    sets = [named | titled for named, titled in [await meant(crm, access, (word,)) for word in words]]
    return frozenset.intersection(*sets)
