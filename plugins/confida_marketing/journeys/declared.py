"""What this part of marketing declares; the plugin's hook `parts` names it."""

from __future__ import annotations

from confida_core.api import EventHandler, JobDeclaration
from confida_marketing.journeys import content, detail_routes, form_routes, list_routes, people_routes
from confida_marketing.journeys.elsewhere import journeys_of_segment, panel_data
from confida_marketing.journeys.entering import begin_by_events, waits_for_events
from confida_marketing.journeys.interface import JOURNEYS
from confida_marketing.journeys.journeys import LIST
from confida_marketing.journeys.running import GO_ON, go_on_journeys, tend_journeys
from confida_web.api import Command, ContactPanel, NavDeclaration

TABLE_MODULES = ("confida_marketing.journeys.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES
ROUTES = (*list_routes.ROUTES, *detail_routes.ROUTES, *form_routes.ROUTES, *people_routes.ROUTES)
JOBS = (
    JobDeclaration(
        key="marketing.tend_journeys", run=tend_journeys, label="Look after journeys", every=60, background=True
    ),
    JobDeclaration(key=GO_ON, run=go_on_journeys, label="Move people on in journeys", background=True),
)
EVENT_HANDLERS = (
    EventHandler(
        key="marketing.journeys", label="Begin journeys when something happens", run=begin_by_events,
        wanted=waits_for_events,
    ),
)  # fmt: skip
NAV_ITEMS = (
    NavDeclaration(
        key="marketing.journeys", label="Journeys", icon="journey", href=LIST, permission="marketing.read", order=51,
        group="Marketing",
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        key="marketing.new_journey", label="New journey", permission="marketing.write", href=f"{LIST}/new",
        icon="journey", keywords=("engagement plan", "automation", "drip"),
    ),
)  # fmt: skip
CONTACT_PANELS = (
    ContactPanel(
        key="marketing.journeys", title="Journeys", template="marketing/journeys/panel.html",
        permission="marketing.read", data=panel_data, order=141,
    ),
)  # fmt: skip
API_RESOURCES = (JOURNEYS,)
SEGMENT_USES = (journeys_of_segment,)
