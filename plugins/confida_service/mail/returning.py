"""What comes back of our own mail: noted at the message it is about, and in its ticket, which opens again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import (
    Event,
    Installation,
    NotFound,
    Returned,
    VersionConflict,
    any_returned_for,
    returned_by,
    system_access,
)
from confida_service.mail.reading import ReadMail
from confida_service.mail.recognising import Sort, bounce_of, returned_ids
from confida_service.mail.threads import OURS
from confida_service.tickets.messages import followed
from confida_service.tickets.tickets import TicketChange, change_ticket

HANDLER = "service.returned_mail"
INSIDE = system_access("service returned mail", "relationship")
# Of the states in which nobody looks: an answer that did not arrive is nothing to wait for.
ASLEEP = frozenset({"pending", "solved", "closed"})
MOST_IDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Return:
    """A report about a mail of ours. contact_id: whom that went to. ticket_id: where it belongs, None for what is of no ticket."""

    message_id: UUID
    contact_id: UUID
    ticket_id: UUID | None
    what: Returned


async def return_of(crm: Installation, mail: ReadMail, sort: Sort) -> Return | None:
    """None for all other mail, and for reports about what is not ours."""
    if sort not in {"bounce", "complaint"}:
        return None
    if sort == "complaint":
        what, ids = Returned.COMPLAINT, returned_ids(mail)
    else:
        bounce = bounce_of(mail)
        what, ids = returned_by(bounce.status, permanent=bounce.for_good), bounce.message_ids
    found = [UUID(match[1]) for one in ids if (match := OURS.match(one))][:MOST_IDS]
    if not found:
        return None
    marks = ", ".join("?" * len(found))
    rows = await crm.data.fetch(
        "SELECT o.id, o.contact_id, m.ticket_id FROM outbound_message AS o LEFT JOIN service_message AS m "
        f"ON m.outbound_id = o.id WHERE o.id IN ({marks}) ORDER BY o.id LIMIT 1",
        *found,
    )  # fmt: skip
    if not rows:
        return None
    row = rows[0]
    return Return(message_id=row["id"], contact_id=row["contact_id"], ticket_id=row["ticket_id"], what=what)


async def reopen(crm: Installation, events: Sequence[Event]) -> None:
    """Tickets whose answer did not arrive wait for us again; whoever looks sees at the answer why. Can be repeated."""
    ids = list(dict.fromkeys(event.record_id for event in events))
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(f"SELECT DISTINCT ticket_id FROM service_message WHERE outbound_id IN ({marks})", *ids)
    for row in rows:
        try:
            ticket = await followed(crm, INSIDE, row["ticket_id"])
            if ticket.row["state"] in ASLEEP:
                await change_ticket(
                    crm, INSIDE, ticket.row["id"], TicketChange(state="open"), seen=ticket.row["version"]
                )
        except (NotFound, VersionConflict):
            # Erased meanwhile, or somebody is just at it.
            continue


async def any_waits(crm: Installation) -> bool:
    return await any_returned_for(crm, HANDLER)
