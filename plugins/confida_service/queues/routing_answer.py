"""The ready text that a rule sends back at once; it never counts as an answer, and never keeps two machines talking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_consent.api import read_controller
from confida_core.api import Installation, InvalidContent, NotFound, Opened, display_names, now, system_access
from confida_service.answering.canned import canned_answer, filled
from confida_service.content import TicketContent
from confida_service.mail.replying import Answer, answer_by_mail
from confida_service.tickets.tickets import visible_ticket

INSIDE = system_access("service rules")
MOST_A_DAY = 2


async def answer_at_once(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """The job: what is gone since the mail came is passed over, and so is whoever got enough of these today."""
    ticket_id = UUID(str(arguments["ticket_id"]))
    try:
        answer = await canned_answer(crm, UUID(str(arguments["canned_id"])))
        ticket = await visible_ticket(crm, INSIDE, ticket_id)
    except NotFound:
        return
    if await answered_enough(crm, ticket):
        return
    text = filled(answer.text, await values_for(crm, ticket))
    try:
        await answer_by_mail(crm, INSIDE, ticket_id, Answer(text=text, keep_state=True, automatic=True))
    except (NotFound, InvalidContent, ValueError):
        # An address that cannot be written to, or nobody to write to.
        return


async def answered_enough(crm: Installation, ticket: Opened[TicketContent]) -> bool:
    """Whether this ticket had its answer, such as when the job runs again, or its contact some of them within a day."""
    rows = await crm.data.fetch(
        "SELECT ticket_id FROM service_message WHERE contact_id = ? AND direction = 'out' AND author_id = ? AND at > ?",
        ticket.row["contact_id"], INSIDE.actor.id, now() - timedelta(days=1),
    )  # fmt: skip
    return len(rows) >= MOST_A_DAY or ticket.row["id"] in {row["ticket_id"] for row in rows}


async def values_for(crm: Installation, ticket: Opened[TicketContent]) -> dict[str, str]:
    contact_id = ticket.row["contact_id"]
    names = await display_names(crm, INSIDE, [contact_id])
    return {
        "name": names.get(contact_id, ""),
        "number": str(ticket.row["number"]),
        "subject": ticket.content.subject,
        "me": (await read_controller(crm)).name,
    }
