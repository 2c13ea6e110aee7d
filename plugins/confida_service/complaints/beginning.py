"""The track of a complaint begins with its ticket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import Installation, new_id, plugin_settings
from confida_service.complaints.content import COMPLAINT, ComplaintContent
from confida_service.settings import ServiceSettings

KIND = "complaint"


async def begin_complaint(crm: Installation, ticket: Mapping[str, Any]) -> UUID:
    """The track of a ticket, begun on the day it came if it has none; again is once. Call it inside a transaction, after
    `keyring.ensure`. ticket: its id, contact_id and opened_at."""
    rows = await crm.data.fetch("SELECT id FROM service_complaint WHERE ticket_id = ?", ticket["id"])
    if rows:
        known: UUID = rows[0]["id"]
        return known
    settings = await plugin_settings(crm, ServiceSettings)
    received = ticket["opened_at"].astimezone(ZoneInfo(crm.settings.time_zone)).date()
    columns = {
        "id": new_id(), "ticket_id": ticket["id"], "contact_id": ticket["contact_id"], "step": "received", "remedy": "",
        "currency": settings.complaint_currency, "satisfied": "", "received_on": received,
        "acknowledge_by": received + timedelta(days=settings.complaint_acknowledge_days),
        "answer_by": received + timedelta(days=settings.complaint_answer_days),
    }  # fmt: skip
    await crm.records.insert(COMPLAINT, columns, ComplaintContent())
    made: UUID = columns["id"]
    return made
