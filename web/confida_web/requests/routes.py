"""Every address of the pages of requests."""

from __future__ import annotations

from confida_consent.rights.queue import due_soon
from confida_web.declarations import NavDeclaration
from confida_web.requests import attached, deciding, entering, erasing, listing, packaging, printing, showing

ROUTES = (
    *listing.ROUTES,
    *entering.ROUTES,
    *showing.ROUTES,
    *deciding.ROUTES,
    *printing.ROUTES,
    *attached.ROUTES,
    *packaging.ROUTES,
    *erasing.ROUTES,
)

NAV_ITEMS = (
    NavDeclaration(
        key="requests",
        label="Requests",
        icon="letter",
        href="/requests",
        permission="requests.read",
        order=55,
        badge=due_soon,
    ),
)
