"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_sales.offers import form_routes, portal_billing, portal_routes, step_routes
from confida_sales.offers.own import waiting_quotes
from confida_web.api import NavDeclaration, PortalItem

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
