"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_service.queues import setting_routes
from confida_service.queues.routing_content import ROUTING_RULE

ROUTES = setting_routes.ROUTES
TABLE_MODULES = ("confida_service.queues.tables",)
RECORDS = (ROUTING_RULE,)
