"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration, TableDeclaration
from confida_service.service_levels import setting_routes
from confida_service.service_levels.escalation import escalate
from confida_service.service_levels.tables import ServiceHours, ServiceTarget

TABLE_MODULES = ("confida_service.service_levels.tables",)
ABOUT_WORK = "When the organisation works and what it promises; nobody is named."
TABLES = (
    TableDeclaration(table=ServiceTarget, subject_free=ABOUT_WORK),
    TableDeclaration(
        table=ServiceHours,
        subject_free=ABOUT_WORK,
        clear={
            "week": "times of opening",
            "country": "a code of a country",
            "region": "a code of a region",
            "closed_days": "days on which nobody works",
        },
    ),
)
JOBS = (
    JobDeclaration(key="service.escalate", run=escalate, label="Tickets that are getting late", attempts=1, every=300),
)
ROUTES = setting_routes.ROUTES
