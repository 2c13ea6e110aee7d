"""What this part of marketing declares; the plugin's hook `parts` names it."""

from __future__ import annotations

from confida_marketing.results import content, fields, happenings, keeping, public_routes, routes
from confida_marketing.results.sources import CAMPAIGN, JOURNEY
from confida_web.api import Command, NavDeclaration

TABLE_MODULES = ("confida_marketing.results.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES
CONSENT_PURPOSES = content.CONSENT_PURPOSES
ROUTES = routes.ROUTES
NAV_ITEMS = (
    NavDeclaration(
        key="marketing.results", label="Results", icon="chart", href=routes.PLACE, permission="marketing.read", order=54,
        group="Marketing",
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        key="marketing.results", label="Results of marketing", permission="marketing.read", href=routes.PLACE, icon="chart",
        keywords=("attribution", "bounces", "replies", "effect"),
    ),
)  # fmt: skip
PORTAL_ROUTES = public_routes.PORTAL_ROUTES
INDEX_FIELDS = fields.INDEX_FIELDS
EVENT_HANDLERS = happenings.EVENT_HANDLERS
JOBS = keeping.JOBS
RESULT_SOURCES = (CAMPAIGN, JOURNEY)
