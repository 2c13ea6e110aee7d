"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration
from confida_service.queues import routing_routes, setting_routes
from confida_service.queues.routing_answer import answer_at_once
from confida_service.queues.routing_content import ROUTING_RULE

ROUTES = (*setting_routes.ROUTES, *routing_routes.ROUTES)
TABLE_MODULES = ("confida_service.queues.tables",)
RECORDS = (ROUTING_RULE,)
JOBS = (
    JobDeclaration(key="service.answer_at_once", run=answer_at_once, label="Ready answers that rules send", attempts=3),
)
