"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_service.portal import help_routes, new_routes, ticket_routes
from confida_service.portal.own import waiting
from confida_service.portal.pages import BASE, HELP
from confida_web.api import PortalItem

ROUTES = help_routes.ROUTES
PORTAL_ROUTES = (*ticket_routes.ROUTES, *new_routes.ROUTES, *help_routes.PORTAL_ROUTES)
PORTAL_ITEMS = (
    PortalItem(
        key="service.tickets",
        label="Service",
        labels={"de": "Service"},
        href=BASE,
        icon="chat",
        order=30,
        badge=waiting,
    ),
    PortalItem(key="service.help", label="Help", labels={"de": "Hilfe"}, href=HELP, icon="help", order=31),
)
