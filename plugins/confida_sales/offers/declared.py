"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_sales.offers import form_routes, step_routes
from confida_web.api import NavDeclaration

ROUTES = (*form_routes.ROUTES, *step_routes.ROUTES)
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
