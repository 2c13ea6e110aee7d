"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import EventKind, TableDeclaration
from confida_service.tickets import (
    answer_routes,
    elsewhere,
    interface,
    joining_routes,
    list_routes,
    message_routes,
    new_routes,
    routes,
)
from confida_service.tickets.choices import LIST
from confida_service.tickets.tables import TicketWatch
from confida_web.api import Command, ContactPanel, DashboardWidget, NavDeclaration, SearchSource

TABLE_MODULES = ("confida_service.tickets.tables",)
TABLES = (
    TableDeclaration(
        table=TicketWatch,
        subject="contact_id",
        subject_free="Which colleague has a ticket open; rows go with its contact.",
    ),
)
ROUTES = (
    *list_routes.ROUTES,
    *new_routes.ROUTES,
    *routes.ROUTES,
    *answer_routes.ROUTES,
    *joining_routes.ROUTES,
    *message_routes.ROUTES,
)
NAV_ITEMS = (
    NavDeclaration(
        key="service.tickets",
        label="Tickets",
        icon="chat",
        href=LIST,
        permission="service.read",
        order=48,
        group="Service",
        badge=elsewhere.unassigned,
    ),
    NavDeclaration(
        key="service.new_ticket",
        label="Ticket",
        icon="chat",
        href=f"{LIST}/new",
        permission="service.write",
        order=60,
        quick_add=True,
    ),
)
COMMANDS = (
    Command(
        key="service.new_ticket",
        label="New ticket",
        permission="service.write",
        href=f"{LIST}/new",
        keywords=("case", "support", "question"),
        icon="chat",
    ),
    Command(
        key="service.unassigned",
        label="Unassigned tickets",
        permission="service.read",
        href=f"{LIST}?whose=nobody",
        keywords=("service", "support"),
        icon="chat",
    ),
)
CONTACT_PANELS = (
    ContactPanel(
        key="service.tickets",
        title="Tickets",
        template="service/tickets/panel.html",
        permission="service.read",
        data=elsewhere.panel_data,
        order=60,
    ),
)
DASHBOARD_WIDGETS = (
    DashboardWidget(
        key="service.mine",
        title="My tickets",
        template="service/tickets/mine.html",
        permission="service.read",
        data=elsewhere.widget_data,
        order=60,
    ),
)
SEARCH_SOURCES = (
    SearchSource(key="service.tickets", label="Tickets", permission="service.read", find=elsewhere.find, order=60),
)
INDEX_FIELDS = elsewhere.INDEX_FIELDS
EVENT_KINDS = (
    # Solved first and closed later is one event: it happened when it was solved.
    EventKind(
        key="service.ticket_closed",
        label="A ticket was solved or closed",
        table="service_ticket",
        change="written",
        told=lambda row: row["state"] in ("solved", "closed"),
        happened=lambda row: row["solved_at"],
    ),
)
TIMELINE_SOURCES = elsewhere.TIMELINE_SOURCES
API_RESOURCES = interface.RESOURCES
