"""Quotes and orders on the page of their opportunity."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.api import Access, Installation
from confida_sales.offers.offers import listed_offers, state_of, today
from confida_sales.offers.showing import SHOWN, href_of, last_day, numbered
from confida_sales.opportunities.related import PaperLink, RelatedPaper

NAMES = {"quote": "Quote", "order": "Order"}
LINKS = (
    PaperLink(label="New quote", href="/x/sales/quotes/new?opportunity={id}", permission="sales.write"),
    PaperLink(label="New order", href="/x/sales/orders/new?opportunity={id}", permission="sales.write"),
)


async def papers_of_opportunity(crm: Installation, access: Access, opportunity_id: UUID) -> Sequence[RelatedPaper]:
    """Orders, then quotes, each the newest first. Two queries. Raises Forbidden."""
    day = today(crm)
    found = [
        one
        for kind in ("order", "quote")
        for one in await listed_offers(crm, access, kind, opportunity_id=opportunity_id)
    ]
    return [
        RelatedPaper(
            kind=NAMES[one.row["kind"]],
            number=numbered(one.row),
            href=href_of(one.row),
            state=SHOWN[state_of(one.row, day)].label,
            day=last_day(one.row).date(),
            amount=one.row["gross"],
            currency=one.row["currency"],
        )
        for one in found
    ]
