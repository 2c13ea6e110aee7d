"""What people ask and are told is sealed, handed out when they ask for it, and gone when they go."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.api import Access
from confida_service.answering.checklists import key_of, save_checklist, tick_step
from confida_service.answering.time_spent import add_time
from confida_service.content import MessageContent, MessageFile
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.presence import be_there
from confida_service.tickets.tickets import TicketDraft, link_tickets, open_ticket

pytestmark = pytest.mark.anyio
MARKS = (
    "sealed-subject",
    "sealed-tag",
    "sealed-text",
    "sealed-html",
    "sealed-sender",
    "sealed-address",
    "sealed-file",
    "sealed-id",
)
BESIDE = ("service_ticket_watch", "service_time_spent", "service_ticked_step")


async def put_in(crm: Any, access: Access, ada: Any) -> None:
    """Two tickets that belong together, one with a message that fills every field."""
    first = await open_ticket(crm, access, ada, TicketDraft(subject="sealed-subject", tags=("sealed-tag",)))
    second = await open_ticket(crm, access, ada, TicketDraft(subject="Another"))
    await link_tickets(crm, access, first, second, "related")
    content = MessageContent(
        subject="sealed-subject", text="sealed-text", html="<p>sealed-html</p>", from_name="sealed-sender",
        from_address="sealed-address@example.org", files=(MessageFile(id=ada, name="sealed-file.pdf"),), message_id="sealed-id@example.org",
    )  # fmt: skip
    draft = MessageDraft(content=content, direction="in", channel="email")
    await add_message(crm, access, first, draft)
    await be_there(crm, access, first)
    await add_time(crm, access, first, 5)
    checklist = await save_checklist(crm, access, "Lamps", "", ["Ask"])
    await tick_step(crm, access, first, checklist, key_of("Ask"), done=True)


async def test_tickets_are_sealed_and_part_of_the_answer(
    crm: Any, access: Access, contact: Any, assert_sealed: Any, assert_exported: Any
) -> None:
    ada = await contact("Ada Lovelace")
    await put_in(crm, access, ada)
    await assert_sealed(*MARKS)
    await assert_exported(ada, *MARKS)


async def test_erasing_a_person_leaves_none_of_their_tickets(
    crm: Any, access: Access, contact: Any, assert_erased: Any
) -> None:
    ada, zoe = await contact("Ada Lovelace"), await contact("Zoe")
    await put_in(crm, access, ada)
    kept = await open_ticket(crm, access, zoe, TicketDraft(subject="Hers"))
    assert [len(await crm.data.fetch(f"SELECT id FROM {name}")) for name in BESIDE] == [1, 1, 1]
    await assert_erased(ada, *MARKS)
    tables = ("service_ticket", "service_message", "service_ticket_event", "service_ticket_link", *BESIDE)
    left = {
        name: [row["contact_id"] for row in await crm.data.fetch(f"SELECT contact_id FROM {name}")] for name in tables
    }
    assert left == {
        "service_ticket": [zoe],
        "service_message": [],
        "service_ticket_event": [zoe],
        "service_ticket_link": [],
        **{name: [] for name in BESIDE},
    }
    assert [row["id"] for row in await crm.data.fetch("SELECT id FROM service_ticket")] == [kept]
