"""Bringing contacts in and taking them out."""

from __future__ import annotations

from confida_web.declarations import NavDeclaration
from confida_web.exchange.exporting import EXPORT_ROUTES
from confida_web.exchange.importing import IMPORT_ROUTES

ROUTES = (*IMPORT_ROUTES, *EXPORT_ROUTES)

NAV_ITEMS = (
    NavDeclaration(
        key="imports", label="Imports", icon="import", href="/imports", permission="exchange.import", order=60
    ),
    NavDeclaration(key="export", label="Export", icon="export", href="/export", permission="exchange.export", order=70),
)
