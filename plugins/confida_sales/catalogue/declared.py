"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_sales.catalogue import import_routes, price_list_routes, product_routes
from confida_sales.catalogue.resources import API_RESOURCES
from confida_web.api import Command, NavDeclaration

__all__ = ["API_RESOURCES"]

ROUTES = (*import_routes.ROUTES, *product_routes.ROUTES, *price_list_routes.ROUTES)
NAV_ITEMS = (
    NavDeclaration(
        key="sales.products", label="Products", icon="product", href="/x/sales/products", permission="sales.read",
        order=44, group="Sales",
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        key="sales.price_lists", label="Price lists", permission="sales.read", href="/x/sales/price-lists", icon="price",
        keywords=("prices",),
    ),
    Command(
        key="sales.new_product", label="New product", permission="sales.manage", href="/x/sales/products/new",
        icon="product",
    ),
)  # fmt: skip
