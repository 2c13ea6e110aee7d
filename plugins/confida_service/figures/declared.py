"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_service.figures import routes
from confida_web.api import Command, NavDeclaration

ROUTES = routes.ROUTES
NAV_ITEMS = (
    NavDeclaration(
        key="service.figures",
        label="Figures",
        icon="chart",
        href=routes.PLACE,
        permission="service.read",
        order=66,
        group="Service",
    ),
)
COMMANDS = (
    Command(
        key="service.figures",
        label="Figures of service",
        permission="service.read",
        href=routes.PLACE,
        keywords=("sla", "csat", "backlog", "response"),
        icon="chart",
    ),
)
