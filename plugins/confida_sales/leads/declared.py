"""What leads declare; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.api import EventField, EventHandler, EventKind, IndexField, TimelineSource
from confida_sales.content import LEAD
from confida_sales.leads.elsewhere import find, lead_items, lead_states, panel_data
from confida_sales.leads.form_routes import FORM_ROUTES
from confida_sales.leads.handed_over import take_over
from confida_sales.leads.inbox import STATES, waiting_for
from confida_sales.leads.interface import LEADS
from confida_sales.leads.routes import LIST
from confida_sales.leads.routes import ROUTES as LIST_ROUTES
from confida_web.api import Command, ContactPanel, NavDeclaration, SearchSource


def converted(row: Mapping[str, Any]) -> bool:
    return bool(row["state"] == "converted")


def closed_at(row: Mapping[str, Any]) -> datetime | None:
    moment: datetime | None = row["closed_at"]
    return moment


def column(name: str) -> Any:
    def value(row: Mapping[str, Any], _: Any) -> str | None:
        found = row[name]
        return str(found) if isinstance(found, UUID) else found

    return value


ROUTES = (*LIST_ROUTES, *FORM_ROUTES)
NAV_ITEMS = (
    NavDeclaration(
        key="sales.leads", label="Leads", icon="lead", href=LIST, permission="sales.read", order=42, group="Sales",
        badge=waiting_for,
    ),
    NavDeclaration(
        key="sales.new_lead", label="Lead", icon="lead", href=f"{LIST}/new", permission="sales.write", order=60,
        quick_add=True,
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        key="sales.new_lead", label="Write down a lead", permission="sales.write", href=f"{LIST}/new", icon="lead",
        keywords=("enquiry", "prospect"),
    ),
)  # fmt: skip
SEARCH_SOURCES = (SearchSource(key="sales.leads", label="Leads", permission="sales.read", find=find, order=110),)
CONTACT_PANELS = (
    ContactPanel(
        key="sales.leads", title="Leads", template="sales/leads/panel.html", permission="sales.read", data=panel_data,
        order=110,
    ),
)  # fmt: skip
TIMELINE_SOURCES = (TimelineSource(key="sales.leads", label="Leads", entries=lead_items),)
INDEX_FIELDS = (
    IndexField(
        key="sales.lead", type="set", label="Lead", choices=STATES, gather=lead_states, follows=(LEAD.name,)
    ),
)  # fmt: skip
EVENT_HANDLERS = (
    EventHandler(
        key="sales.handed_over", label="Make leads of whom marketing hands over", run=take_over,
        kinds_elsewhere=("marketing.lead_qualified",),
    ),
)  # fmt: skip
API_RESOURCES = (LEADS,)
FIELDS = (
    EventField(key="source", label="Source", value=column("source"), sealed=False),
    EventField(key="owner_id", label="Owner", value=column("owner_id"), sealed=False),
    EventField(key="opportunity_id", label="Opportunity", value=column("opportunity_id"), sealed=False),
)
EVENT_KINDS = (
    EventKind(key="sales.lead_received", label="A lead came in", table=LEAD.name, change="created", fields=FIELDS[:2]),
    EventKind(
        key="sales.lead_converted", label="A lead became an opportunity", table=LEAD.name, change="written",
        told=converted, happened=closed_at, fields=FIELDS,
    ),
)  # fmt: skip
