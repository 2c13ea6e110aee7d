"""What results are told of: campaigns, journeys, and whatever else sends through the ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, Installation, listed
from confida_marketing.campaigns.campaigns import campaign_names
from confida_marketing.journeys.journeys import journey_contents
from confida_marketing.journeys.words import place_words


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultSource:
    """One kind of sender, listed in a part's `declared` as RESULT_SOURCES. source: as in the ledger.

    names: of those ids, as far as this access may see them. href: of its page, with `{id}`. steps: titles of its parts, by what
    stands before the dot in the ledger's `part`, in their order.
    """

    source: str
    label: str
    names: Callable[[Installation, Access, Sequence[UUID]], Awaitable[Mapping[UUID, str]]]
    href: str
    steps: Callable[[Installation, Access, UUID], Awaitable[Mapping[str, str]]] | None = None


async def names_of_campaigns(crm: Installation, access: Access, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return await campaign_names(crm, access, list(ids))


async def names_of_journeys(crm: Installation, access: Access, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {one: content.name for one, content in (await journey_contents(crm, access, ids)).items()}


CAMPAIGN = ResultSource(
    source="campaign", label="Campaign", names=names_of_campaigns, href="/x/marketing/campaigns/{id}"
)


async def steps_of_journey(crm: Installation, access: Access, journey_id: UUID) -> Mapping[str, str]:
    """The titles of its steps as they are now; those that are gone have none."""
    content = (await journey_contents(crm, access, [journey_id])).get(journey_id)
    return {one.key: place_words(content.plan, one.key) for one in content.plan.steps} if content else {}


JOURNEY = ResultSource(
    source="journey",
    label="Journey",
    names=names_of_journeys,
    href="/x/marketing/journeys/{id}",
    steps=steps_of_journey,
)


def sources() -> dict[str, ResultSource]:
    """All of them, by the word in the ledger."""
    from confida_marketing.plugin import PARTS

    return {one.source: one for one in listed(PARTS, "RESULT_SOURCES")}


@dataclass(frozen=True, slots=True)
class Named:
    """One campaign or journey as a reader knows it."""

    source: str
    id: UUID
    name: str

    @property
    def href(self) -> str:
        return f"/x/marketing/results/{self.source}/{self.id}"


async def named(crm: Installation, access: Access, found: Iterable[tuple[str, UUID]]) -> list[Named]:
    """In the order given; those that are gone or not for this reader are left out. One look for each kind."""
    wanted, known = list(dict.fromkeys(found)), dict[UUID, str]()
    for key, source in sources().items():
        ids = [one for kind, one in wanted if kind == key]
        known |= await source.names(crm, access, ids) if ids else {}
    return [Named(kind, one, known[one]) for kind, one in wanted if one in known]
