"""What results are told of: campaigns, journeys, and whatever else sends through the ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, Installation, listed
from confida_marketing.campaigns.campaigns import campaign_names


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultSource:
    """One kind of sender, listed in a part's `declared` as RESULT_SOURCES. source: as in the ledger.

    names: of those ids, as far as this access may see them. href: of its page, with `{id}`.
    """

    source: str
    label: str
    names: Callable[[Installation, Access, Sequence[UUID]], Awaitable[Mapping[UUID, str]]]
    href: str


async def names_of_campaigns(crm: Installation, access: Access, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return await campaign_names(crm, access, list(ids))


CAMPAIGN = ResultSource(
    source="campaign", label="Campaign", names=names_of_campaigns, href="/x/marketing/campaigns/{id}"
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
