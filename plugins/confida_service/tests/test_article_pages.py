"""Pages of articles for colleagues: written, found, compared, taken back; and what the interface gives out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from confida_core.api import Access
from confida_service.knowledge.articles import ArticleDraft, create_article
from confida_service.tickets.tickets import TicketDraft, open_ticket

pytestmark = pytest.mark.anyio
BASE = "/x/service/articles"
LAMP = {
    "title": "Change a bulb", "body": "# Before\n\n**Switch** it off. <script>alert(1)</script> ![x](https://example.org/p.gif)",
    "language": "en", "audience": "public", "category": "Light", "tags": "lamp, dark",
}  # fmt: skip


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    """A mail server that is never asked: messages wait at the door."""
    return {"mail_from": "help@example.org", "smtp_host": "mail.example.org"}


def listed(html: str) -> list[str]:
    return re.findall(r'<h2><a href="/x/service/articles/[^"]+" lang="\w\w"><bdi>([^<]+)</bdi>', html)


async def test_article_is_written_changed_and_taken_back(client: Any) -> None:
    wrong = await client.post(f"{BASE}/new", data={**LAMP, "title": ""})
    assert (wrong.status_code, "Please give it a title" in wrong.text, "**Switch**" in wrong.text) == (422, True, True)
    made = await client.post(f"{BASE}/new", data=LAMP)
    one = made.headers["location"]
    shown = (await client.get(one)).text
    assert ("<h2>Before</h2>" in shown, "<strong>Switch</strong>" in shown) == (True, True)
    assert ("<script>alert" in shown, "<img" in shown.partition('class="article-text"')[2], "Draft" in shown) == (
        False,
        False,
        True,
    )
    assert (listed((await client.get(BASE)).text), listed((await client.get(f"{BASE}?show=draft")).text)) == (
        [],
        ["Change a bulb"],
    )
    await client.post(f"{one}/state", data={"state": "published"})
    saved = await client.post(f"{one}/edit", data={**LAMP, "body": "Ask us.", "version": "1"})
    late = await client.post(f"{one}/edit", data={**LAMP, "body": "Mine.", "version": "1"})
    assert (saved.status_code, late.status_code, "Mine." in late.text, 'value="2"' in late.text) == (
        303,
        409,
        True,
        True,
    )
    version = (await client.get(f"{one}/history/1")).text
    assert ('<ins dir="auto"' in version, '<del dir="auto"' in version, "<strong>Switch</strong>" in version) == (
        True,
        True,
        True,
    )
    await client.post(f"{one}/history/1/restore", data={"version": "2"})
    assert "<strong>Switch</strong>" in (await client.get(one)).text
    history = (await client.get(f"{one}/history")).text
    assert re.findall(r'<td class="number">(\d)</td><th', history) == ["3", "2", "1"]
    assert (await client.get(f"{one}/history/9")).status_code == 404


async def test_articles_are_found_filtered_deleted_and_brought_back(client: Any, crm: Any, access: Access) -> None:
    for title, audience in (("Change a bulb", "public"), ("Bulbs in stock", "internal"), ("Printers", "public")):
        await client.post(f"{BASE}/new", data={**LAMP, "title": title, "audience": audience, "_do": "publish"})
    assert listed((await client.get(BASE)).text) == ["Bulbs in stock", "Change a bulb", "Printers"]
    assert listed((await client.get(f"{BASE}?audience=internal&category=Light")).text) == ["Bulbs in stock"]
    found = await client.fragment("POST", f"{BASE}/search", data={"q": "bulb"})
    assert (listed(found.text), "<html" in found.text) == (["Change a bulb", "Bulbs in stock"], False)
    assert "Nothing found" in (await client.post(f"{BASE}/search", data={"q": "zebra"})).text
    searched = await client.post("/search", data={"q": "printer"})
    assert "Printers" in searched.text
    one = re.findall(r'href="(/x/service/articles/[^"]+)" lang="en"><bdi>Printers', (await client.get(BASE)).text)[0]
    await client.post(f"{one}/delete")
    assert (await client.get(one)).status_code == 404
    trash = (await client.get(f"{BASE}?show=deleted")).text
    assert (listed(trash), f'action="{one}/restore"' in trash) == (["Printers"], True)
    await client.post(f"{one}/restore")
    assert listed((await client.get(BASE)).text) == ["Bulbs in stock", "Change a bulb", "Printers"]


async def test_as_many_queries_for_one_article_as_for_three(
    client: Any, crm: Any, access: Access, queries: Any
) -> None:
    counted = []
    for more in (1, 2):
        for number in range(more):
            await create_article(crm, access, ArticleDraft(title=f"Lamp {more} {number}", body="Text."))
        with queries() as asked:
            assert len(listed((await client.get(f"{BASE}?show=draft")).text)) == (1 if more == 1 else 3)
        counted.append(len(asked))
    assert counted[0] == counted[1]


async def test_readers_read_and_programs_do_too(as_role: Any, crm: Any, access: Access, as_program: Any) -> None:
    one = await create_article(crm, access, ArticleDraft(title="Bulbs", body="Text."))
    reader = await as_role("readonly")
    assert (await reader.get(f"{BASE}/{one}")).status_code == 200
    refused = [(await reader.post(f"{BASE}/{one}/{step}")).status_code for step in ("edit", "state", "delete")]
    assert refused == [404, 404, 404]
    program = await as_program("service.read")
    listing = (await program.get("/api/v1/x/service/articles?state=draft")).json()
    assert [(each["title"], each["audience"], each["version"]) for each in listing["items"]] == [
        ("Bulbs", "internal", 1)
    ]
    assert (await program.get("/api/v1/x/service/articles?audience=public")).json()["items"] == []
    assert (await program.get(f"/api/v1/x/service/articles/{one}")).json()["body"] == "Text."


async def test_articles_are_proposed_beside_an_answer_and_put_into_it(
    client: Any, crm: Any, access: Access, contact: Any
) -> None:
    for title, audience in (("Change a bulb", "public"), ("Bulbs in stock", "internal"), ("Printers", "public")):
        await client.post(
            f"{BASE}/new", data={**LAMP, "title": title, "audience": audience, "_do": "publish", "tags": ""}
        )
    ticket = await open_ticket(
        crm, access, await contact("Ada", email="ada@example.org"), TicketDraft(subject="A dark bulb")
    )
    page = (await client.get(f"/x/service/tickets/{ticket}")).text
    assert sorted(re.findall(r'<a href="/x/service/articles/[^>]+><bdi>([^<]+)', page)) == [
        "Bulbs in stock",
        "Change a bulb",
    ]
    offered = re.findall(r'name="_article" value="([^"]+)"', page)
    assert [each.partition(":")[0] for each in offered] == ["link", "text"]
    typed = [
        (await client.post(f"/x/service/tickets/{ticket}/answer", data={"text": "Dear Ada,", "_article": each})).text
        for each in offered
    ]
    link = f"/my/x/service/help/{offered[0].partition(':')[2]}"
    assert [("Dear Ada," in each, "Change a bulb:\n" in each and link in each, "**Switch** it off" in each) for each in typed] == [
        (True, True, False), (True, False, True),
    ]  # fmt: skip
    [internal] = await crm.data.fetch("SELECT id FROM service_article WHERE audience = 'internal'")
    forced = await client.post(
        f"/x/service/tickets/{ticket}/answer", data={"text": "Hm.", "_article": f"text:{internal['id']}"}
    )
    assert (forced.status_code, "**Switch**" in forced.text) == (200, False)
    assert await crm.data.fetch("SELECT id FROM service_message") == []
