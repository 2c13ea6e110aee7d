"""Every address of the registers."""

from __future__ import annotations

from confida_web.declarations import NavDeclaration
from confida_web.registers import (
    affected,
    breaches,
    disclosures,
    holds,
    overview,
    processing,
    readers,
    restricted,
    retention,
)

ROUTES = (
    *overview.ROUTES,
    *retention.ROUTES,
    *holds.ROUTES,
    *restricted.ROUTES,
    *processing.ROUTES,
    *disclosures.ROUTES,
    *breaches.ROUTES,
    *affected.ROUTES,
    *readers.ROUTES,
)

NAV_ITEMS = (
    NavDeclaration(
        key="registers", label="Registers", icon="columns", href="/registers", permission="registers.read", order=56
    ),
)
