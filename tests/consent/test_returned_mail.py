"""An address that is gone gets no marketing any more, whoever has it; somebody who complained gets none at all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_consent.events import events_of, record_event
from confida_consent.gate import may
from confida_consent.returned_mail import any_waits
from confida_core.clock import now
from confida_core.events.following import ensure_cursors, look
from confida_core.jobs.worker import run_next
from confida_core.outbound.content import MessageState, OutboundMessage
from confida_core.outbound.returned import Returned, note_returned
from confida_core.outbound.sender import send
from confida_core.vault.access import system_access
from tests.consent.people import SYSTEM, add_contact, person, says

pytestmark = pytest.mark.anyio
INSIDE = system_access("test", "consent")


async def sent_to(crm: Any, contact_id: UUID, purpose: str = "newsletter") -> UUID:
    """A message that left, by its row alone."""
    message = OutboundMessage(contact_id=contact_id, purpose=purpose, subject="S", text="T", to="ada@example.org")
    result = await send(crm, INSIDE, message)
    state = MessageState.SENT.value
    await crm.data.fetch("UPDATE outbound_message SET state = ?, at = ? WHERE id = ?", state, now(), result.id)
    return result.id


async def comes_back(crm: Any, message_id: UUID, what: Returned) -> None:
    await note_returned(crm, message_id, what)
    await look(crm)
    while await run_next(crm):
        pass


async def allowed(crm: Any, *people: UUID) -> list[tuple[str, str]]:
    """Purpose and reason of the gate's answers, for each of them."""
    purposes = ("newsletter", "customer_offers", "data_subject_request")
    return [(key, (await may(crm, one, key, "email")).reason.value) for one in people for key in purposes]


async def test_marketing_stops_where_mail_comes_back_from(crm: Any) -> None:
    await ensure_cursors(crm)
    ada, twin, grace = [await add_contact(crm, name, f"{name[:3]}@example.org") for name in ("ada", "ada 2", "grace")]
    for one in (ada, twin, grace):
        await record_event(crm, person(one), says(one, "given"))
    before = await allowed(crm, ada, twin, grace)
    later, gone = await sent_to(crm, ada), await sent_to(crm, ada)
    assert not await any_waits(crm)
    for what in (Returned.LATER, Returned.MESSAGE):
        await comes_back(crm, later, what)
    assert await allowed(crm, ada, twin, grace) == before, "too large, or too full, says nothing of the address"
    for _ in range(2):
        await comes_back(crm, gone, Returned.ADDRESS)
    after = await allowed(crm, ada, twin, grace)
    # Both have the address; an answer that the law asks for may still be tried.
    assert [reason for _, reason in after[:6]] == ["suppressed", "suppressed", before[2][1]] * 2
    assert after[6:] == before[6:]
    trail = await crm.data.fetch("SELECT target_kind FROM audit_event WHERE kind = 'suppression.added'")
    assert [row["target_kind"] for row in trail] == ["bounced"]
    assert [one.event.kind for one in await events_of(crm, SYSTEM, ada)] == ["given"], "nobody withdrew anything"


async def test_complaint_is_a_no_to_all_marketing(crm: Any) -> None:
    await ensure_cursors(crm)
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    message = await sent_to(crm, ada)
    for _ in range(2):
        await comes_back(crm, message, Returned.COMPLAINT)
    said = {(one.event.purpose, one.event.kind, one.evidence.source) for one in await events_of(crm, SYSTEM, ada)}
    source = "feedback loop of a mailbox provider"
    assert {("newsletter", "withdrawn", source), ("customer_offers", "objected", source)} <= said
    reasons = dict(await allowed(crm, ada))
    assert (reasons["newsletter"], reasons["customer_offers"]) == ("withdrawn", "objected")
    assert len([one for one in said if one[:2] == ("newsletter", "withdrawn")]) == 1
