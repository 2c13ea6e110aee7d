"""What this part of marketing declares; the plugin's hook `parts` names it."""

from __future__ import annotations

from confida_marketing.results import content, happenings, keeping, public_routes
from confida_marketing.results.sources import CAMPAIGN

TABLE_MODULES = ("confida_marketing.results.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES
CONSENT_PURPOSES = content.CONSENT_PURPOSES
PORTAL_ROUTES = public_routes.PORTAL_ROUTES
EVENT_HANDLERS = happenings.EVENT_HANDLERS
JOBS = keeping.JOBS
RESULT_SOURCES = (CAMPAIGN,)
