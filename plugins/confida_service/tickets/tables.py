"""Who is at a ticket at the moment."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Timestamptz
from piccolo.table import Table

from confida_core.api import DATA


class TicketWatch(Table, tablename="service_ticket_watch", db=DATA):
    """Somebody has a ticket open. at: when their page last said so. answering: they have begun to write."""

    id = UUID(primary_key=True)
    ticket_id = UUID(index=True)
    contact_id = UUID(index=True)
    account_id = UUID()
    at = Timestamptz(index=True)
    answering = Boolean(default=False)
