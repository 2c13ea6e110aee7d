"""Quotes, orders and invoices on the page of an opportunity: other parts of sales say which there are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from confida_core.api import Access, Installation


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedPaper:
    """One paper. kind: what it is, such as "Quote". state: in a word. amount: minor units."""

    kind: str
    number: str
    href: str
    state: str
    day: date | None
    amount: int
    currency: str


Papers = Callable[[Installation, Access, UUID], Awaitable[Sequence[RelatedPaper]]]
"""For an opportunity that has passed the gate, the latest first; what the access may not see is left out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperLink:
    """What can be begun from an opportunity. href: with `{id}` for the opportunity. permission: who is offered it."""

    label: str
    href: str
    permission: str


async def papers_of(
    crm: Installation, access: Access, opportunity_id: UUID, sources: Sequence[Papers]
) -> list[RelatedPaper]:
    """Of all sources, in their order."""
    return [paper for source in sources for paper in await source(crm, access, opportunity_id)]
