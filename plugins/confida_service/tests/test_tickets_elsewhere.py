"""Tickets outside their own pages: contact, timeline, "My day", search, navigation, programs."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, Place, catch_up_index
from confida_service.content import MessageContent
from confida_service.tickets import elsewhere
from confida_service.tickets.messages import MessageDraft, add_message, messages_of
from confida_service.tickets.tickets import TicketDraft, open_ticket, visible_ticket

pytestmark = pytest.mark.anyio
API = "/api/v1/x/service/tickets"


@pytest.fixture
async def ada(contact: Any) -> UUID:
    return UUID(str(await contact("Ada Lovelace", email="ada@example.org")))


async def said(crm: Any, access: Access, ticket_id: UUID, text: str, direction: str) -> None:
    draft = MessageDraft(content=MessageContent(text=text), direction=direction, channel="phone")
    await add_message(crm, access, ticket_id, draft)


async def test_contact_shows_tickets_and_what_was_said_but_no_notes(
    crm: Any, access: Access, client: Any, ada: UUID
) -> None:
    ticket_id = await open_ticket(crm, access, ada, TicketDraft(subject="The green lamp"))
    for text, direction in (("It is dark", "in"), ("Secret thought", "note"), ("Change it", "out")):
        await said(crm, access, ticket_id, text, direction)
    items = await elsewhere.timeline(crm, access, ada, kinds=frozenset(), before=None, limit=10)
    assert [(one.kind_label, one.body, one.subject) for one in items] == [
        ("We called", "Change it", "#1 The green lamp"),
        ("They called", "It is dark", "#1 The green lamp"),
    ]
    older = await elsewhere.timeline(
        crm, access, ada, kinds=frozenset(), before=Place(items[0].at, items[0].id), limit=10
    )
    assert [one.body for one in older] == ["It is dark"]
    html = (await client.get(f"/contacts/{ada}")).text
    assert (f"/x/service/tickets/{ticket_id}" in html, "It is dark" in html, "Secret thought" in html) == (
        True,
        True,
        False,
    )


async def test_my_day_search_and_navigation_know_tickets(crm: Any, access: Access, client: Any, ada: UUID) -> None:
    await open_ticket(crm, access, ada, TicketDraft(subject="The green lamp", assignee_id=client.account_id))
    await open_ticket(crm, access, ada, TicketDraft(subject="A box"))
    await catch_up_index(crm)
    html = (await client.get("/")).text
    assert ("The green lamp" in html, "A box" in html) == (True, False)
    badge = re.search(r'<span>Tickets</span><span class="count">(\d+)', html)
    assert badge is not None
    assert badge[1] == "1"
    for words, found in ((("green",), ["#1 The green lamp"]), (("2",), ["#2 A box"]), (("none",), [])):
        assert [one.label for one in await elsewhere.find(crm, access, words, 5)] == found


async def test_programs_open_read_and_change_tickets(crm: Any, access: Access, as_program: Any, ada: UUID) -> None:
    program = await as_program("service.read", "service.write", "contacts.read")
    given = {"contact_id": str(ada), "subject": "The lamp", "text": "It is dark.", "kind": "fault", "tags": ["lamp"]}
    made = await program.post(API, json=given)
    assert made.status_code == 201, made.text
    one = made.json()
    assert (one["number"], one["state"], one["kind"], one["channel"], one["tags"]) == (
        1,
        "new",
        "fault",
        "web",
        ["lamp"],
    )
    [first] = await messages_of(crm, access, UUID(one["id"]))
    assert (first.content.text, first.row["direction"]) == ("It is dark.", "in")
    address = f"{API}/{one['id']}"
    changed = await program.change(address, {"subject": "A lamp", "state": "open", "priority": 3}, one["etag"])
    assert (changed.status_code, changed.json()["kind"]) == (200, "fault")
    assert (await program.change(address, {"state": "closed"}, one["etag"])).status_code == 412
    assert (await program.change(address, {"state": "new"}, changed.json()["etag"])).status_code == 422
    opened = await visible_ticket(crm, access, UUID(one["id"]))
    assert (opened.content.subject, opened.content.tags, opened.row["state"], opened.row["priority"]) == (
        "A lamp", ("lamp",), "open", 3,
    )  # fmt: skip
    listed = (await program.get(f"{API}?state=open&contact={ada}")).json()
    assert ([each["id"] for each in listed["items"]], (await program.get(f"{API}?state=new")).json()["items"]) == (
        [one["id"]], [],
    )  # fmt: skip
    await crm.orders.give("restriction", ada)
    assert (await program.get(API)).json()["items"] == []
