"""How long people worked on a ticket."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, new_id, now
from confida_service.tickets.tickets import visible_ticket

MOST_MINUTES = 24 * 60


async def add_time(crm: Installation, access: Access, ticket_id: UUID, minutes: int) -> None:
    """Minutes of one's own; below zero corrects what was written before. Raises Forbidden, NotFound, InvalidContent."""
    access.actor.require("service.write")
    row = (await visible_ticket(crm, access, ticket_id)).row
    if not 1 <= abs(minutes) <= MOST_MINUTES:
        raise InvalidContent({"minutes": "From 1 minute to 24 hours."})
    async with crm.data.transaction():
        await crm.data.fetch(
            "INSERT INTO service_time_spent (id, ticket_id, contact_id, account_id, minutes, at) VALUES (?, ?, ?, ?, ?, ?)",
            new_id(), ticket_id, row["contact_id"], access.actor.id, minutes, now(),
        )  # fmt: skip
        if await minutes_of(crm, ticket_id) < 0:
            raise InvalidContent({"minutes": "So much was not written down."})


async def minutes_of(crm: Installation, ticket_id: UUID) -> int:
    """Of everybody, in a ticket that has passed its gate."""
    rows = await crm.data.fetch(
        "SELECT coalesce(sum(minutes), 0) AS minutes FROM service_time_spent WHERE ticket_id = ?", ticket_id
    )
    return int(rows[0]["minutes"])
