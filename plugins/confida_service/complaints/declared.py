"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import TableDeclaration
from confida_service.complaints import figure_routes, interface, routes
from confida_service.complaints.content import COMPLAINT
from confida_service.complaints.listing import HOME
from confida_service.complaints.tables import ComplaintCause
from confida_web.api import Command

TABLE_MODULES = ("confida_service.complaints.tables",)
ABOUT_WORK = "Why people complain, in general; nobody is named."
TABLES = (TableDeclaration(table=ComplaintCause, subject_free=ABOUT_WORK, clear={"name": ABOUT_WORK}),)
RECORDS = (COMPLAINT,)
ROUTES = (*figure_routes.ROUTES, *routes.ROUTES)
API_RESOURCES = interface.RESOURCES
INDEX_FIELDS = interface.INDEX_FIELDS
COMMANDS = (
    Command(
        key="service.complaints",
        label="Complaints",
        permission="service.read",
        href=HOME,
        keywords=("claims", "remedy", "refund"),
        icon="warning",
    ),
)
