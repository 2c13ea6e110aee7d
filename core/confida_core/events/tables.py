"""How far each handler of events has come."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class EventCursor(Table, tablename="event_cursor", db=DATA):
    """position: of the last change whose events this handler has dealt with. at: when that was."""

    id = UUID(primary_key=True)
    handler = Varchar(length=80, unique=True)
    position = BigInt()
    at = Timestamptz()
