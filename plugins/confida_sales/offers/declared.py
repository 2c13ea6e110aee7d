"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from typing import Any

from confida_core.api import Installation, JobDeclaration, TimelineSource
from confida_sales.offers import form_routes, portal_billing, portal_routes, step_routes
from confida_sales.offers.happenings import EVENT_KINDS
from confida_sales.offers.own import waiting_quotes
from confida_sales.offers.quotes import delete_discarded
from confida_sales.offers.related import LINKS as OPPORTUNITY_LINKS
from confida_sales.offers.related import papers_of_opportunity
from confida_sales.offers.resources import API_RESOURCES
from confida_sales.offers.timeline import find_by_number, offer_items
from confida_web.api import NavDeclaration, PortalItem, SearchSource

__all__ = ["API_RESOURCES", "EVENT_KINDS", "OPPORTUNITY_LINKS"]


async def run_delete_discarded(crm: Installation, _: Any) -> None:
    await delete_discarded(crm)


ROUTES = (*form_routes.ROUTES, *step_routes.ROUTES)
PORTAL_ROUTES = (*portal_routes.ROUTES, *portal_billing.ROUTES)
NAV_ITEMS = (
    NavDeclaration(
        key="sales.quotes", label="Quotes", icon="quote", href="/x/sales/quotes", permission="sales.read", order=45,
        group="Sales",
    ),
    NavDeclaration(
        key="sales.orders", label="Orders", icon="order", href="/x/sales/orders", permission="sales.read", order=46,
        group="Sales",
    ),
    NavDeclaration(
        key="sales.new_quote", label="Quote", icon="quote", href="/x/sales/quotes/new", permission="sales.write",
        order=45, quick_add=True,
    ),
    NavDeclaration(
        key="sales.new_order", label="Order", icon="order", href="/x/sales/orders/new", permission="sales.write",
        order=46, quick_add=True,
    ),
)  # fmt: skip
PORTAL_ITEMS = (
    PortalItem(
        key="sales.quotes", label="Quotes", labels={"de": "Angebote"}, href="/my/x/sales/quotes", icon="quote", order=40,
        badge=waiting_quotes,
    ),
    PortalItem(
        key="sales.orders", label="Orders", labels={"de": "Bestellungen"}, href="/my/x/sales/orders", icon="order",
        order=41,
    ),
    PortalItem(
        key="sales.billing", label="Billing details", labels={"de": "Rechnungsangaben"}, href="/my/x/sales/billing",
        icon="edit", order=49,
    ),
)  # fmt: skip
OPPORTUNITY_PAPERS = (papers_of_opportunity,)
TIMELINE_SOURCES = (TimelineSource(key="sales.offers", label="Quotes and orders", entries=offer_items),)
SEARCH_SOURCES = (
    SearchSource(key="sales.offers", label="Quotes and orders", permission="sales.read", find=find_by_number, order=59),
)
JOBS = (
    JobDeclaration(
        key="sales.delete_discarded_quotes", run=run_delete_discarded, label="Delete drafts of quotes that were thrown away",
        every=24 * 3600,
    ),
)  # fmt: skip
