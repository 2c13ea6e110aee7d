"""Who else is at a ticket: every open page says so again and again, and is forgotten when it stops."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from confida_core.api import Access, Installation, account_names, new_id, now
from confida_service.tickets.pages import Presence
from confida_service.tickets.tickets import visible_ticket

# Pages say that they are there every fifteen seconds.
STILL_THERE = timedelta(seconds=40)
FORGOTTEN = timedelta(minutes=15)


async def be_there(crm: Installation, access: Access, ticket_id: UUID, *, answering: bool = False) -> None:
    """Note that one has the ticket open; who is writing stays so until they send or leave. Raises Forbidden and NotFound."""
    row = (await visible_ticket(crm, access, ticket_id)).row
    moment = now()
    await crm.data.fetch("DELETE FROM service_ticket_watch WHERE at < ?", moment - FORGOTTEN)
    await crm.data.fetch(
        "INSERT INTO service_ticket_watch (id, ticket_id, contact_id, account_id, at, answering) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (ticket_id, account_id) DO UPDATE SET at = excluded.at, answering = excluded.answering",
        new_id(), ticket_id, row["contact_id"], access.actor.id, moment, answering,
    )  # fmt: skip


async def leave(crm: Installation, access: Access, ticket_id: UUID) -> None:
    await crm.data.fetch(
        "DELETE FROM service_ticket_watch WHERE ticket_id = ? AND account_id = ?", ticket_id, access.actor.id
    )


async def others_at(crm: Installation, access: Access, ticket_id: UUID, last: str = "") -> Presence:
    """Everybody but oneself, at a ticket that has passed its gate. last: id of the newest message that the page shows."""
    rows = await crm.data.fetch(
        "SELECT account_id, answering FROM service_ticket_watch WHERE ticket_id = ? AND account_id <> ? AND at > ? ORDER BY at",
        ticket_id, access.actor.id, now() - STILL_THERE,
    )  # fmt: skip
    names = await account_names(crm, [row["account_id"] for row in rows]) if rows else {}
    there = [(names.get(row["account_id"], ""), row["answering"]) for row in rows if names.get(row["account_id"])]
    return Presence(
        answering=tuple(name for name, writes in there if writes),
        looking=tuple(name for name, writes in there if not writes),
        answered=bool(last) and await newest(crm, ticket_id) != last,
    )


async def newest(crm: Installation, ticket_id: UUID) -> str:
    """Id of the message that came last, notes too, whatever date it bears; "" where there is none."""
    rows = await crm.data.fetch(
        "SELECT id FROM service_message WHERE ticket_id = ? ORDER BY id DESC LIMIT 1", ticket_id
    )
    return str(rows[0]["id"]) if rows else ""
