"""Whom marketing hands over becomes a lead, where that plugin is on, too."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.api import Event, Installation, InvalidContent, NotFound, plugin_settings, system_access
from confida_sales.leads.leads import OPEN_STATES, LeadDraft, create_lead
from confida_sales.settings import SalesSettings

INSIDE = system_access("sales leads")
NOTE = "Marketing handed them over: what they did, and why, stands on their timeline."
SOURCE = "Marketing"


async def take_over(crm: Installation, events: Sequence[Event]) -> None:
    """A lead about each of these people, unless one is open already; told twice, it makes one."""
    for contact_id in dict.fromkeys(person for event in events for person in event.people):
        if not await has_open_lead(crm, contact_id):
            try:
                await create_lead(crm, INSIDE, LeadDraft(contact_id=contact_id, note=NOTE, source=await source_of(crm)))
            except (NotFound, InvalidContent):
                # In the trash, or gone meanwhile; the others become leads all the same.
                continue


async def has_open_lead(crm: Installation, contact_id: UUID) -> bool:
    marks = ", ".join("?" * len(OPEN_STATES))
    rows = await crm.data.fetch(
        f"SELECT 1 AS found FROM sales_lead WHERE contact_id = ? AND state IN ({marks}) LIMIT 1",
        contact_id,
        *OPEN_STATES,
    )
    return bool(rows)


async def source_of(crm: Installation) -> str:
    """The organisation says what its sources are called."""
    return SOURCE if SOURCE in (await plugin_settings(crm, SalesSettings)).sources else ""
