"""A relay reports what came back: the message counts as failed, and everything else it says is passed over."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from confida_core.events.telling import events_after
from confida_core.ids import new_id
from confida_core.inbound.declarations import InboundRefused
from confida_core.outbound.bounces import receive_bounce
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.log import outbound_log
from confida_core.outbound.sender import send
from confida_core.outbound.timeline import message_items
from tests.cases import in_one_installation
from tests.core.outbound.house import access_of, make_ada, states, work

pytestmark = pytest.mark.anyio


def report(message_id: str, kind: str = "message.bounced", **more: Any) -> bytes:
    return json.dumps({"type": kind, "data": {"message_id": message_id, "reason": "550"} | more}).encode()


async def sent(crm: Any) -> UUID:
    message = OutboundMessage(contact_id=await make_ada(crm), purpose="newsletter", subject="News", text="Hello")
    result = await send(crm, access_of(), message)
    await work(crm)
    assert await states(crm) == [("sent", "")]
    return result.id


async def test_message_that_came_back_counts_as_failed(crm: Any, mailbox: Any) -> None:
    await sent(crm)
    message_id = next(
        line.partition(b":")[2].strip().decode()
        for line in mailbox.letters[0].data.splitlines()
        if line.lower().startswith(b"message-id:")
    )
    await receive_bounce(crm, access_of(), report(message_id), {})
    await receive_bounce(crm, access_of(), report(message_id, status="5.7.1"), {})
    assert await states(crm) == [("failed", "address_gone")]
    [entry] = (await outbound_log(crm, access_of())).entries
    assert entry.sentence == "The recipient's mail server says that this address does not exist, and sent it back."


@pytest.mark.parametrize(
    ("told", "state", "event"),
    [
        ({"status": "5.1.1"}, ("failed", "address_gone", "address", 0), "message.bounced"),
        ({"status": "5.7.1"}, ("failed", "bounced", "message", 0), "message.bounced"),
        ({"status": "5.2.2"}, ("failed", "bounced", "message", 0), "message.bounced"),
        ({"status": "4.4.1", "permanent": False}, ("sent", "", "later", 2), None),
        ({"kind": "message.complained"}, ("sent", "", "complaint", 0), "message.complained"),
    ],
)
async def test_what_comes_back_is_told_once(crm: Any, told: dict[str, Any], state: Any, event: str | None) -> None:
    row_id = await sent(crm)
    position = await crm.feed.head()
    for _ in range(2):
        await receive_bounce(crm, access_of(), report(f"<{row_id}@example.org>", **told), {})
    [row] = await crm.data.fetch("SELECT state, reason, returned, delays FROM outbound_message")
    assert tuple(row.values()) == state
    events = (await events_after(crm, position)).events
    assert [(one.kind, one.record_id) for one in events] == ([(event, row_id)] if event else [])
    contact_id = (await crm.data.fetch("SELECT contact_id FROM outbound_message"))[0]["contact_id"]
    [item] = await message_items(crm, access_of(), contact_id, kinds=frozenset(), before=None, limit=5)
    assert bool(item.outcome)
    await receive_bounce(crm, access_of(), report(f"<{row_id}@example.org>", status="5.1.1"), {})
    assert (await states(crm))[0][0] == ("sent" if told.get("kind") else "failed")


async def test_other_reports_and_other_messages_change_nothing(crm: Any) -> None:
    row_id = await sent(crm)
    for body in (
        report(f"<{row_id}@example.org>", "message.opened"),
        report(f"<{new_id()}@example.org>"),
        b'{"type":"x","data":3}',
    ):
        await receive_bounce(crm, access_of(), body, {})
    assert await states(crm) == [("sent", "")]


@in_one_installation(
    "body", [b"", b"[]", b"{}", b"\xff", b'{"type":"message.bounced"}', report("no id"), b"[" * 100_000]
)
async def test_what_is_no_report_is_refused(crm: Any, body: bytes) -> None:
    with pytest.raises(InboundRefused):
        await receive_bounce(crm, access_of(), body, {})
