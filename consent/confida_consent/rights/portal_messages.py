"""What somebody writes about a request on the public side, whether or not we know who it is."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from confida_consent.rights.clock import Step
from confida_consent.rights.content import Letter
from confida_consent.rights.declared import LETTER, REQUEST
from confida_consent.rights.requests_status import root_of
from confida_consent.rights.steps import INSIDE, checked_text, locked_request, move, request_row, write_step
from confida_consent.rights.vocabulary import OPEN, RequestState
from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation

# Steps that are taken at the portal, for staff to see.
ADDRESS_LOST: Final = "address_lost"
PLAN_CONFIRMED: Final = "plan_confirmed"
# At the end of the step's words, for whoever carries it out.
SUPPRESSION_WANTED: Final = "Suppression list asked for: yes"


async def keep_message(crm: Installation, request_id: UUID, subject: str, text: str, *, known: bool) -> None:
    """Put it into the file, with the step that follows, if the request is open.

    known: by a link that went to stored contact data, or by proof; then it answers a question that was asked, and time goes
    on. Else it says how to find out who asks: the same work whoever that is, so nobody is looked up. Of a request that was
    asked twice it goes into the file of the first. Raises InvalidContent for text that cannot be stored, NotFound.
    """
    body = checked_text(text)
    request_id = (await root_of(crm, await request_row(crm, request_id)))["id"]
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id, closed=True)
        columns = {
            "id": new_id(),
            "request_id": request_id,
            "direction": "in",
            "channel": "portal",
            "at": now(),
            "actor_id": None,
            "message_id": None,
        }
        await crm.records.insert(LETTER, columns, Letter(subject=subject, text=body))
        await record_event(crm, "request.letter_received", target_id=request_id, target_kind="request")
        if row["closed_at"] is not None or row["state"] not in OPEN:
            return
        if not known:
            await write_step(crm, INSIDE, request_id, ADDRESS_LOST)
        elif row["state"] == RequestState.CLARIFYING:
            await move(crm, INSIDE, row, Step.REPLIED)
