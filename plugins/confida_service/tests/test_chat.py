"""The chat box: a visitor asks, a colleague answers from the ticket, and nobody sees another conversation."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, catch_up_index, now
from confida_service.chat.box import box_settings
from confida_service.chat.chats import chat_of, forget_chats, said_in
from confida_service.content import MessageContent
from confida_service.tickets.messages import MessageDraft, add_message, messages_of
from confida_service.tickets.tickets import TicketDraft, merge_tickets, open_ticket, visible_ticket
from confida_web.api import origin_of

pytestmark = pytest.mark.anyio
START = "/my/x/service/chat"
BOX = "/x/service/settings/chat"
SITE = "https://www.example.org"
TEXTS = {
    "greeting_en": "Ask us",
    "greeting_de": "Fragen Sie",
    "notice_en": "Kept with your question.",
    "notice_de": "Wird aufbewahrt.",
}


@pytest.fixture
async def box(client: Any) -> None:
    typed = TEXTS | {"active": "yes", "sites": f"{SITE}/\nhttp://localhost:8000", "version": "0"}
    assert (await client.post(BOX, data=typed)).status_code == 303


async def asked(stranger: Any, text: str, **more: str) -> str:
    """The token of a new conversation."""
    answer = await stranger.post(f"{START}?lang=en", data={"text": text} | more)
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(START + r"/([\w-]{43})\?lang=en", answer.headers["location"])
    assert found is not None
    return str(found[1])


async def ticket_of(crm: Any, token: str) -> UUID:
    return UUID(str((await chat_of(crm, token))["ticket_id"]))


@pytest.mark.usefixtures("box")
async def test_visitor_asks_a_colleague_answers_and_notes_stay_inside(
    crm: Any, access: Access, client: Any, stranger: Any, assert_erased: Any
) -> None:
    token = await asked(stranger, "Where is my lamp?", name="Ada", email="ada@example.org")
    ticket_id = await ticket_of(crm, token)
    opened = await visible_ticket(crm, access, ticket_id)
    assert (opened.content.subject, opened.row["channel"], opened.row["state"]) == ("Where is my lamp?", "chat", "new")
    page = (await client.get(f"/x/service/tickets/{ticket_id}")).text
    assert ("Answer in the chat" in page, "The visitor is there" in page) == (True, True)
    assert (await client.post(f"/x/service/tickets/{ticket_id}/chat", data={"text": "It was sent."})).status_code == 303
    await client.post(f"/x/service/tickets/{ticket_id}/note", data={"note": "She is rude", "what": "note"})
    await add_message(
        crm,
        access,
        ticket_id,
        MessageDraft(content=MessageContent(text="By mail only"), direction="out", channel="email"),
    )
    seen = (await stranger.get(f"{START}/{token}?lang=en")).text
    assert [words in seen for words in ("Where is my lamp?", "It was sent.", "She is rude", "By mail only")] == [
        True,
        True,
        False,
        False,
    ]
    last = re.search(r'data-last="([^"]+)"', seen)
    assert last is not None
    assert (await stranger.get(f"{START}/{token}/said?last={last[1]}")).status_code == 204
    assert (await stranger.post(f"{START}/{token}?lang=en", data={"text": "Thank you"})).status_code == 303
    news = await stranger.fragment("GET", f"{START}/{token}/said?last={last[1]}")
    assert ("Thank you" in news.text, "<html" in news.text) == (True, False)
    assert "Thank you" in (await client.fragment("GET", f"/x/service/tickets/{ticket_id}/chat")).text
    said = [(one.row["direction"], one.content.text) for one in await messages_of(crm, access, ticket_id)]
    assert [one for one in said if one[0] == "in"] == [("in", "Where is my lamp?"), ("in", "Thank you")]
    assert opened.row["first_response_at"] is None
    assert (await visible_ticket(crm, access, ticket_id)).row["first_response_at"] is not None
    await assert_erased(opened.row["contact_id"], "Where is my lamp", "Thank you")
    assert [await crm.data.fetch(f"SELECT id FROM {table}") for table in ("service_chat", "service_chat_line")] == [
        [],
        [],
    ]
    over = await stranger.get(f"{START}/{token}")
    assert (over.status_code, "over=yes" in over.headers["location"]) == (303, True)


@pytest.mark.usefixtures("box")
async def test_conversations_are_apart_and_end(crm: Any, access: Access, stranger: Any) -> None:
    """Also where one person has two, or a colleague puts their tickets together."""
    first, second = [await asked(stranger, text, email="ada@example.org") for text in ("One lamp", "Two lamps")]
    tickets = [await ticket_of(crm, token) for token in (first, second)]
    [contact] = {(await visible_ticket(crm, access, one)).row["contact_id"] for one in tickets}
    other = await open_ticket(crm, access, contact, TicketDraft(subject="By mail"))
    await add_message(
        crm, access, other, MessageDraft(content=MessageContent(text="My secret"), direction="in", channel="email")
    )
    for one in (tickets[1], other):
        await merge_tickets(crm, access, one, tickets[0], seen=(await visible_ticket(crm, access, one)).row["version"])
    shown = [(await stranger.get(f"{START}/{token}")).text for token in (first, second)]
    assert [("One lamp" in text, "Two lamps" in text, "My secret" in text) for text in shown] == [
        (True, False, False), (False, True, False),
    ]  # fmt: skip
    for wrong in ("x", first[:-1], first + "x", str(tickets[0])):
        assert (await stranger.get(f"{START}/{wrong}")).status_code == 303
        assert (await stranger.get(f"{START}/{wrong}/said?last=")).status_code == 404
        assert (await stranger.post(f"{START}/{wrong}", data={"text": "x"})).status_code == 303
    assert (await stranger.post(f"{START}/{first}/end")).status_code == 303
    assert (await stranger.get(f"{START}/{first}")).status_code == 303
    await crm.data.fetch("UPDATE service_chat SET seen_at = ?", now() - timedelta(hours=25))
    assert (await stranger.get(f"{START}/{second}")).status_code == 303
    await forget_chats(crm, {})
    assert (await crm.data.fetch("SELECT id FROM service_chat"), len(await messages_of(crm, access, tickets[0]))) == (
        [],
        3,
    )


@pytest.mark.usefixtures("box")
async def test_only_named_sites_may_show_it_and_it_sets_no_cookie(crm: Any, client: Any, stranger: Any) -> None:
    for language, words in (("en", "Kept with your question."), ("de", "Wird aufbewahrt.")):
        page = await stranger.get(f"{START}?lang={language}")
        policy = page.headers["content-security-policy"]
        assert policy.endswith(f"frame-ancestors {SITE} http://localhost:8000")
        assert ("unsafe" in policy, words in page.text, "set-cookie" in page.headers) == (False, True, False)
    script = await stranger.get("/x/service/chat/box.js")
    assert (script.headers["cross-origin-resource-policy"], script.headers["content-type"]) == (
        "cross-origin", "text/javascript; charset=utf-8",
    )  # fmt: skip
    for text, origin in (
        ("https://Example.org", "https://example.org"), ("http://localhost:80", "http://localhost:80"), ("http://example.org", ""),
        ("https://a.example.org/x", ""), ("https://*", ""), ("https://example.org; script-src *", ""), ("https://u:p@example.org", ""),
        ("https://[::1", ""), ("javascript:alert(1)", ""), ("", ""),
    ):  # fmt: skip
        assert origin_of(text) == origin, text
    bad = await client.post(BOX, data=TEXTS | {"sites": "*", "version": "1"})
    assert (bad.status_code, 'id="sites-error"' in bad.text, (await box_settings(crm)).sites[0]) == (422, True, SITE)
    assert (await client.post(BOX, data=TEXTS | {"sites": "", "version": "7"})).status_code == 409
    assert (await client.post(BOX, data=TEXTS | {"sites": "", "version": "1"})).status_code == 303
    assert [(await stranger.get(path)).status_code for path in (START, "/x/service/chat/box.js")] == [404, 404]


@pytest.mark.usefixtures("box")
async def test_what_programs_send_is_bounded(crm: Any, stranger: Any) -> None:
    assert (
        (await stranger.post(START, data={"text": "Buy", "website": "spam"}))
        .headers["location"]
        .startswith(f"{START}?")
    )
    for typed, field in (
        ({"text": " "}, "text"),
        ({"text": "x" * 4_001}, "text"),
        ({"text": "x", "email": "nowhere"}, "email"),
    ):
        answer = await stranger.post(f"{START}?lang=de", data=typed)
        assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert "Das ist keine E-Mail-Adresse." in answer.text
    assert await crm.data.fetch("SELECT id FROM service_ticket") == []
    token = await asked(stranger, "Hello")
    codes = [(await stranger.post(START, data={"text": "again"})).status_code for _ in range(6)]
    assert (codes[-1], 429 in codes) == (429, True)
    lines = [(await stranger.post(f"{START}/{token}", data={"text": str(n)})).status_code for n in range(21)]
    assert (lines[:20], lines[20]) == ([303] * 20, 429)
    assert len(await said_in(crm, await chat_of(crm, token))) == 21


@pytest.mark.usefixtures("box")
async def test_known_address_is_that_contact_and_only_who_may_write_answers(
    crm: Any, access: Access, stranger: Any, as_role: Any, contact: Any
) -> None:
    ada = UUID(str(await contact("Ada", email="ada@example.org")))
    await catch_up_index(crm)
    token = await asked(stranger, "Hello", name="Somebody", email="ADA@example.org")
    assert (await chat_of(crm, token))["contact_id"] == ada
    ticket_id = await ticket_of(crm, token)
    reader = await as_role("readonly")
    assert "Answer in the chat" not in (await reader.get(f"/x/service/tickets/{ticket_id}")).text
    for answer in (
        await reader.get(f"/x/service/tickets/{ticket_id}/chat"),
        await reader.post(f"/x/service/tickets/{ticket_id}/chat"),
    ):
        assert answer.status_code == 404
    assert (await reader.get(BOX)).status_code == 404
    staff = await as_role("staff")
    await stranger.post(f"{START}/{token}/end")
    late = await staff.post(f"/x/service/tickets/{ticket_id}/chat", data={"text": "Too late"})
    assert (late.status_code, "Too late" in late.text, "answer by mail" in late.text) == (409, True, True)
