"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration
from confida_sales.opportunities import (
    board_routes,
    elsewhere,
    events,
    form_routes,
    interface,
    list_routes,
    moving_routes,
    routes,
    settings_routes,
)
from confida_sales.opportunities.trash import purge_deleted
from confida_web.api import Command, ContactPanel, DashboardWidget, NavDeclaration, SearchSource

DAY = 24 * 3600
ROUTES = (
    *board_routes.ROUTES,
    *list_routes.ROUTES,
    *form_routes.ROUTES,
    *moving_routes.ROUTES,
    *routes.ROUTES,
    *settings_routes.ROUTES,
)
JOBS = (
    JobDeclaration(
        key="sales.purge_opportunities", run=purge_deleted, label="Empty the trash of opportunities", every=DAY
    ),
)
NAV_ITEMS = (
    NavDeclaration(
        key="sales.board",
        label="Board",
        icon="board",
        href="/x/sales/board",
        permission="sales.read",
        order=40,
        group="Sales",
    ),
    NavDeclaration(
        key="sales.opportunities",
        label="Opportunities",
        icon="deal",
        href="/x/sales/opportunities",
        permission="sales.read",
        order=41,
        group="Sales",
    ),
    NavDeclaration(
        key="sales.new_opportunity",
        label="Opportunity",
        icon="deal",
        href="/x/sales/opportunities/new",
        permission="sales.write",
        order=41,
        quick_add=True,
    ),
)
COMMANDS = (
    Command(
        key="sales.new_opportunity",
        label="New opportunity",
        permission="sales.write",
        href="/x/sales/opportunities/new",
        keywords=("deal", "sale"),
        icon="deal",
    ),
    Command(
        key="sales.late_steps",
        label="Overdue next steps",
        permission="sales.read",
        href="/x/sales/opportunities?show=late",
        keywords=("late", "sales"),
        icon="deal",
    ),
)
CONTACT_PANELS = (
    ContactPanel(
        key="sales.opportunities",
        title="Opportunities",
        template="sales/opportunities/panel.html",
        permission="sales.read",
        data=elsewhere.panel_data,
        order=40,
    ),
)
DASHBOARD_WIDGETS = (
    DashboardWidget(
        key="sales.next_steps",
        title="My next steps in sales",
        template="sales/opportunities/steps.html",
        permission="sales.read",
        data=elsewhere.widget_data,
        order=40,
    ),
)
SEARCH_SOURCES = (
    SearchSource(
        key="sales.opportunities", label="Opportunities", permission="sales.read", find=elsewhere.find, order=40
    ),
)
INDEX_FIELDS = elsewhere.INDEX_FIELDS
TIMELINE_SOURCES = elsewhere.TIMELINE_SOURCES
API_RESOURCES = interface.RESOURCES
EVENT_KINDS = events.EVENT_KINDS
