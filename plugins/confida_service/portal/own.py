"""What customers see of their tickets: those of theirs in which something was said to them or by them, and of these their part.

Never a note, nothing that was said to or by somebody else, and not the words in which a colleague wrote down a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, NotFound, Opened, Row, now
from confida_service.content import MESSAGE, TICKET, MessageContent, MessageFile, TicketContent
from confida_service.tickets.answer_routes import HOLD_SECONDS
from confida_service.tickets.states import MERGED

MOST_TICKETS, MOST_MESSAGES = 200, 500
# So long colleagues may call an answer off; until then nobody has said it.
HELD = timedelta(seconds=HOLD_SECONDS)
WRITTEN = frozenset({"email", "web", "chat"})
"""What they wrote, or were written to, themselves. What came otherwise is there in a colleague's words."""
# What was called off, here or in the list of what leaves, was never said.
SAID = (
    "m.direction <> 'note' AND (m.outbound_id IS NULL OR (m.at < ? AND NOT EXISTS (SELECT 1 FROM outbound_message AS o "
    "WHERE o.id = m.outbound_id AND o.state = 'cancelled')))"
)
OWN = (
    "contact_id = ? AND (channel = 'web' OR EXISTS (SELECT 1 FROM service_message AS m WHERE m.ticket_id IN (t.id, t.merged_into) "
    f"AND m.contact_id = t.contact_id AND m.channel IN ('email', 'web', 'chat') AND {SAID})) "
    # What was put into another ticket of theirs is shown there.
    "AND NOT EXISTS (SELECT 1 FROM service_ticket AS other WHERE other.id = t.merged_into AND other.contact_id = t.contact_id)"
)
"""Of `service_ticket AS t`; its values are the person and the moment before which an answer cannot be called off any more."""


@dataclass(frozen=True, slots=True)
class OwnTicket:
    """One of theirs. state: of it, or of the ticket of somebody else that it was put into. holders: where its messages lie."""

    opened: Opened[TicketContent]
    state: str
    holders: tuple[UUID, ...]

    @property
    def row(self) -> Row:
        return self.opened.row

    @property
    def whole(self) -> bool:
        """It is theirs alone: not put together with somebody else's."""
        return len(self.holders) == 1


async def own_tickets(crm: Installation, access: Access) -> list[Opened[TicketContent]]:
    """Of the person, or the organisation, whose access this is, the latest first. One query."""
    rows = await crm.data.fetch(
        f"SELECT * FROM service_ticket AS t WHERE {OWN} ORDER BY touched_at DESC, id DESC LIMIT {MOST_TICKETS}",
        access.actor.id, now() - HELD,
    )  # fmt: skip
    return await crm.door.open(access, TICKET, rows)


async def own_ticket(crm: Installation, access: Access, ticket_id: UUID) -> OwnTicket:
    """The gate to one for whoever asked. Raises NotFound, whatever the reason."""
    rows = await crm.data.fetch(
        f"SELECT * FROM service_ticket AS t WHERE {OWN} AND id = ?", access.actor.id, now() - HELD, ticket_id
    )
    opened = await crm.door.open_one(access, TICKET, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    holders, row = [ticket_id], dict[str, Any](opened.row)
    for _ in range(20):
        if row["state"] != MERGED or row["merged_into"] is None:
            break
        found = await crm.data.fetch(
            "SELECT id, state, merged_into FROM service_ticket WHERE id = ?", row["merged_into"]
        )
        if not found:
            break
        row = dict(found[0])
        holders.append(row["id"])
    return OwnTicket(opened=opened, state=str(row["state"]), holders=tuple(holders))


async def own_messages(crm: Installation, access: Access, ticket: OwnTicket) -> list[Opened[MessageContent]]:
    """What was said to them or by them in it, the oldest first; one query."""
    marks = ", ".join("?" * len(ticket.holders))
    rows = await crm.data.fetch(
        f"SELECT * FROM service_message AS m WHERE ticket_id IN ({marks}) AND contact_id = ? AND {SAID} "
        "ORDER BY at DESC, id DESC LIMIT ?",
        *ticket.holders, access.actor.id, now() - HELD, MOST_MESSAGES,
    )  # fmt: skip
    return await crm.door.open(access, MESSAGE, rows[::-1])


async def own_file(crm: Installation, access: Access, ticket_id: UUID, file_id: UUID) -> MessageFile:
    """A file that they sent, or were sent, in this ticket. Raises NotFound."""
    ticket = await own_ticket(crm, access, ticket_id)
    for said in await own_messages(crm, access, ticket):
        for one in files_of(said):
            if one.id == file_id:
                return one
    raise NotFound


def files_of(said: Opened[MessageContent]) -> Sequence[MessageFile]:
    return said.content.files if said.row["channel"] in WRITTEN else ()


async def waiting(crm: Installation, access: Access, person_id: UUID) -> int:
    """How many of theirs wait for their answer."""
    rows = await crm.data.fetch(
        f"SELECT count(*) AS number FROM service_ticket AS t WHERE {OWN} AND state = 'pending'",
        person_id, now() - HELD,
    )  # fmt: skip
    return int(rows[0]["number"])
