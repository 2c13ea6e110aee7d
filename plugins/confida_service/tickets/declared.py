"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import TableDeclaration
from confida_service.tickets.tables import TicketWatch

TABLE_MODULES = ("confida_service.tickets.tables",)
TABLES = (
    TableDeclaration(
        table=TicketWatch,
        subject="contact_id",
        subject_free="Which colleague has a ticket open; rows go with its contact.",
    ),
)
