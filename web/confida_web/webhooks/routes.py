"""Every address of webhooks."""

from __future__ import annotations

from confida_web.webhooks import editing, inbound, listing, showing

ROUTES = (*listing.ROUTES, *editing.ROUTES, *showing.ROUTES, *inbound.ROUTES)
