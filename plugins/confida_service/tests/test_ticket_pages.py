"""Pages of tickets: the queue, one ticket, answers, notes, what is joined, who else is there."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, now
from confida_service.answering.canned import save_canned
from confida_service.answering.checklists import key_of, save_checklist
from confida_service.content import MessageContent
from confida_service.mail.reading import read_mail
from confida_service.mail.recognising import sort_of
from confida_service.mail.taking_in import Arrival, take_in
from confida_service.queues.queues import first_queue, save_queue
from confida_service.tickets.messages import MessageDraft, add_message, messages_of
from confida_service.tickets.tickets import TicketChange, TicketDraft, change_ticket, open_ticket, visible_ticket

pytestmark = pytest.mark.anyio
LIST = "/x/service/tickets"
MAIL = (
    "From: Ada <ada@example.org>\nTo: help@example.org\nSubject: The lamp\nMessage-ID: <one@example.org>\nMIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n"
    "--c\nContent-Type: text/plain\n\nIt is dark.\n\n> On again?\n\n"
    '--c\nContent-Type: text/html\n\n<p onclick="x()">It is <b>dark</b>.</p><script>alert(1)</script>'
    '<img src="https://tracker.example.org/p.gif"><a href="https://example.org/help">here</a>\n\n--c--\n'
    "--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=lamp.pdf\n\nPDF bytes\n--b--\n"
)


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    """A mail server that is never asked: messages wait at the door."""
    return {"mail_from": "help@example.org", "smtp_host": "mail.example.org"}


@pytest.fixture
async def ada(contact: Any) -> UUID:
    return UUID(str(await contact("Ada Lovelace", email="ada@example.org")))


async def mailed(crm: Any, raw: str = MAIL) -> UUID:
    mail = read_mail(raw.encode())
    arrival = Arrival(
        account_id=UUID(int=1), queue_id=await first_queue(crm), raw=raw.encode(), mail=mail, arrived=now(),
        sort=sort_of(mail, frozenset({"help@example.org"})),
    )  # fmt: skip
    taken = await take_in(crm, arrival)
    assert taken.ticket_id is not None
    return taken.ticket_id


def listed(html: str) -> list[str]:
    return re.findall(r'class="ticket-number">#\d+</span> <bdi>([^<]+)</bdi></a>', html)


async def after(client: Any, answer: Any) -> str:
    """The page that an answer leads to, with what it says was done."""
    toast = next(one for one in answer.headers.get_list("set-cookie") if "toast" in one).partition(";")[0]
    headers = {"cookie": f"{client.cookie}={client.secret}; {toast}"}
    return str((await client.get(answer.headers["location"], headers=headers)).text)


async def version(crm: Any, access: Access, ticket_id: UUID) -> int:
    return int((await visible_ticket(crm, access, ticket_id)).row["version"])


async def test_queue_shows_the_most_urgent_first_and_is_narrowed_down(
    crm: Any, access: Access, client: Any, ada: UUID
) -> None:
    await first_queue(crm)
    second = await save_queue(crm, access, "Returns")
    drafts = (
        TicketDraft(subject="A lamp"),
        TicketDraft(subject="Fire", priority=4, kind="fault"),
        TicketDraft(subject="A box", queue_id=second, assignee_id=client.account_id),
    )
    for draft in drafts:
        await open_ticket(crm, access, ada, draft)
    done = await open_ticket(crm, access, ada, TicketDraft(subject="An old one"))
    await change_ticket(crm, access, done, TicketChange(state="closed"), seen=1)
    whole = (await client.get(LIST)).text
    assert (listed(whole), "Mine (1)" in whole, "Unassigned (2)" in whole, "Returns (1)" in whole) == (
        ["Fire", "A lamp", "A box"], True, True, True,
    )  # fmt: skip
    for query, found in (
        ("show=done", ["An old one"]),
        (f"whose={client.account_id}", ["A box"]),
        ("whose=nobody", ["Fire", "A lamp"]),
        (f"queue={second}", ["A box"]),
        ("kind=fault", ["Fire"]),
        ("priority=2", ["A lamp", "A box"]),
        ("show=pending", []),
        ("show=nonsense&priority=x&queue=1&after=zz", ["Fire", "A lamp", "A box"]),
    ):
        assert listed((await client.get(f"{LIST}?{query}")).text) == found, query


async def test_pages_of_the_queue_show_every_ticket_once_there_and_back(
    crm: Any, access: Access, client: Any, ada: UUID
) -> None:
    for number in range(52):
        await open_ticket(crm, access, ada, TicketDraft(subject=f"No {number:02}", priority=2 + number % 2))
    pages, href = [], LIST
    while href:
        html = (await client.get(href)).text
        pages.append(listed(html))
        found = re.search(r'rel="next" href="([^"]+)"', html)
        href = found[1].replace("&amp;", "&") if found else ""
    assert [len(one) for one in pages] == [50, 2]
    odd, even = ([f"No {n:02}" for n in range(52) if n % 2 == rest] for rest in (1, 0))
    assert [*pages[0], *pages[1]] == [*odd, *even]
    back = re.search(r'rel="prev" href="([^"]+)"', html)
    assert back is not None
    assert listed((await client.get(back[1].replace("&amp;", "&"))).text) == pages[0]


async def test_many_are_taken_and_closed_at_once(crm: Any, access: Access, client: Any, ada: UUID) -> None:
    ids = [await open_ticket(crm, access, ada, TicketDraft(subject=f"No {n}")) for n in range(3)]
    chosen = [str(one) for one in ids[:2]]
    assert (await client.post(f"{LIST}/bulk", data={"ids": chosen, "action": "take"})).status_code == 303
    await client.post(f"{LIST}/bulk", data={"ids": chosen, "action": "close"})
    rows = [(await visible_ticket(crm, access, one)).row for one in ids]
    assert [(row["assignee_id"], row["state"]) for row in rows] == [
        (client.account_id, "closed"), (client.account_id, "closed"), (None, "new"),
    ]  # fmt: skip


async def test_words_and_numbers_find_tickets_and_stay_out_of_addresses(
    crm: Any, access: Access, client: Any, ada: UUID
) -> None:
    from confida_core.api import catch_up_index

    await open_ticket(crm, access, ada, TicketDraft(subject="The green lamp"))
    await open_ticket(crm, access, ada, TicketDraft(subject="A box"))
    await catch_up_index(crm)
    lamp, box = "The green lamp", "A box"
    cases: tuple[tuple[str, list[str]], ...] = (
        ("green", [lamp]),
        ("lovelace", [lamp, box]),
        ("#2", [box]),
        ("green love", [lamp]),
        ("red", []),
    )
    for words, found in cases:
        sent = await client.post(f"{LIST}/search", data={"q": words})
        assert words not in sent.headers["location"]
        assert sorted(listed((await client.get(sent.headers["location"])).text)) == sorted(found), words


async def test_page_shows_mail_folded_and_html_in_a_frame_that_can_do_nothing(
    crm: Any, access: Access, client: Any, ada: UUID
) -> None:
    ticket_id = await mailed(crm)
    html = (await client.get(f"{LIST}/{ticket_id}")).text
    [said] = await messages_of(crm, access, ticket_id)
    base = f"/x/service/messages/{said.row['id']}"
    assert ('<p class="said-text" dir="auto">It is dark.</p>' in html, "<summary>Quoted text</summary>" in html) == (
        True,
        True,
    )
    assert (f'<iframe src="{base}/html" sandbox="allow-popups' in html, "tracker.example.org" in html) == (True, False)
    frame = await client.get(f"{base}/html")
    policy = frame.headers["content-security-policy"]
    told = ("default-src 'none'" in policy, policy.startswith("sandbox "), "img-src data:;" in policy)
    assert (told, "allow-scripts" in policy) == ((True, True, True), False)
    assert [bad for bad in ("<script", "onclick", "tracker", "alert") if bad in frame.text] == []
    assert ("<b>dark</b>" in frame.text, 'target="_blank"' in frame.text) == (True, True)
    raw = await client.get(f"{base}/raw")
    file = await client.get(f"{base}/files/{said.content.files[0].id}")
    assert (raw.content, file.content.strip(), "attachment" in file.headers["content-disposition"]) == (
        MAIL.encode(), b"PDF bytes", True,
    )  # fmt: skip
    other = await mailed(crm, "From: bob@example.org\nSubject: Else\n\nx\n")
    [elsewhere] = await messages_of(crm, access, other)
    strange = f"/x/service/messages/{elsewhere.row['id']}/files/{said.content.files[0].id}"
    assert (await client.get(strange)).status_code == 404


async def test_answer_waits_half_a_minute_and_comes_back_into_the_form(
    crm: Any, access: Access, client: Any, ada: UUID
) -> None:
    ticket_id = await mailed(crm)
    said = await messages_of(crm, access, ticket_id)
    page = f"{LIST}/{ticket_id}"
    data = {"text": "Change the bulb.", "to": "ada@example.org", "then": "solved", "last": str(said[-1].row["id"])}
    sent = await client.post(f"{page}/answer", data=data, files={"files": ("how.txt", b"Turn it left.", "text/plain")})
    assert sent.status_code == 303
    answer = (await messages_of(crm, access, ticket_id))[-1]
    row = (await visible_ticket(crm, access, ticket_id)).row
    assert (row["state"], answer.row["direction"], [one.name for one in answer.content.files]) == (
        "solved", "out", ["how.txt"],
    )  # fmt: skip
    shown = await after(client, sent)
    assert ("On its way" in shown, f"/x/service/answers/{answer.row['id']}/undo" in shown) == (True, True)
    undone = await client.post(f"/x/service/answers/{answer.row['id']}/undo?state=new")
    row = (await visible_ticket(crm, access, ticket_id)).row
    assert (undone.status_code, "Change the bulb.</textarea>" in undone.text) == (200, True)
    assert (row["state"], row["first_response_at"], len(await messages_of(crm, access, ticket_id))) == ("new", None, 1)
    assert await crm.data.fetch("SELECT id FROM sealed_file WHERE id = ?", answer.content.files[0].id) == []
    assert (await client.post(f"/x/service/answers/{answer.row['id']}/undo?state=new")).headers["location"] == LIST


async def test_answer_is_held_back_when_something_new_came_and_when_it_cannot_leave(
    crm: Any, access: Access, client: Any, ada: UUID
) -> None:
    ticket_id = await mailed(crm)
    page = f"{LIST}/{ticket_id}"
    late = await client.post(f"{page}/answer", data={"text": "Well.", "last": str(UUID(int=1))})
    assert (late.status_code, "Something was added" in late.text, "Well.</textarea>" in late.text) == (409, True, True)
    empty = await client.post(f"{page}/answer", data={"text": " "})
    assert (empty.status_code, 'id="text-error"' in empty.text) == (422, True)
    object.__setattr__(crm.settings, "smtp_host", "")
    nowhere = await client.post(f"{page}/answer", data={"text": "Well."})
    assert (nowhere.status_code, "No mail server is set up." in nowhere.text) == (422, True)
    assert len(await messages_of(crm, access, ticket_id)) == 1


async def test_ready_answer_is_filled_in_below_what_was_typed(crm: Any, access: Access, client: Any, ada: UUID) -> None:
    ticket_id = await open_ticket(crm, access, ada, TicketDraft(subject="A {me} lamp"))
    canned = await save_canned(crm, access, "Hello", "Dear {name}, {number}: {subject}. {me}")
    data = {"text": "PS", "_canned": "yes", "canned": str(canned)}
    shown = (await client.post(f"{LIST}/{ticket_id}/answer", data=data)).text
    assert "PS\n\nDear Ada Lovelace, #1: A {me} lamp. Olga" in shown


async def test_changes_are_taken_back_by_their_toast(crm: Any, access: Access, client: Any, ada: UUID) -> None:
    ticket_id = await mailed(crm)
    page = f"{LIST}/{ticket_id}"
    await client.post(f"{page}/change", data={"version": "1", "state": "open"})
    data = {
        "version": "2", "state": "on_hold", "priority": "4", "kind": "fault", "tags": "lamp, dark", "assignee": "me",
    }  # fmt: skip
    changed = await client.post(f"{page}/change", data=data)
    assert changed.status_code == 303
    opened = await visible_ticket(crm, access, ticket_id)
    told = tuple(opened.row[name] for name in ("state", "priority", "kind", "assignee_id"))
    assert (told, opened.content.tags) == (("on_hold", 4, "fault", client.account_id), ("dark", "lamp"))
    undo = re.search(rf'action="({page}/back[^"]+)"', await after(client, changed))
    assert undo is not None
    assert (await client.post(undo[1].replace("&amp;", "&"))).status_code == 303
    row = (await visible_ticket(crm, access, ticket_id)).row
    assert tuple(row[name] for name in ("state", "priority", "kind", "assignee_id")) == ("open", 2, "question", None)
    stale = await client.post(f"{page}/change", data={"version": "1", "state": "closed"})
    assert (stale.status_code, (await visible_ticket(crm, access, ticket_id)).row["state"]) == (303, "open")
    assert (
        await client.post(f"{page}/change", data={"version": str(row["version"]), "state": "new"})
    ).status_code == 422


async def test_notes_calls_time_and_steps_are_written_down(crm: Any, access: Access, client: Any, ada: UUID) -> None:
    ticket_id = await open_ticket(crm, access, ada, TicketDraft(subject="A lamp", kind="fault"))
    checklist = await save_checklist(crm, access, "Lamps", "fault", ["Ask which", "Send a bulb"])
    page = f"{LIST}/{ticket_id}"
    for what in ("note", "asked", "told"):
        assert (await client.post(f"{page}/note", data={"note": f"It was {what}.", "what": what})).status_code == 303
    said = await messages_of(crm, access, ticket_id)
    assert [(one.row["direction"], one.row["channel"]) for one in said] == [("note", "staff"), ("in", "phone"), ("out", "phone")]  # fmt: skip
    await client.post(f"{page}/time", data={"minutes": "75"})
    assert (await client.post(f"{page}/time", data={"minutes": "-80"})).status_code == 422
    step = {"list": str(checklist), "step": key_of("Send a bulb"), "done": "yes"}
    ticked = await client.fragment("POST", f"{page}/steps", data=step)
    assert (ticked.text.count("Not done: Send a bulb"), ticked.text.count("Done: Ask which")) == (1, 1)
    assert (await client.post(f"{page}/steps", data=step | {"step": "x"})).status_code == 404
    assert "1 hr 15 min" in (await client.get(page)).text


async def test_endless_conversation_is_shown_from_its_end(crm: Any, access: Access, client: Any, ada: UUID) -> None:
    ticket_id = await mailed(crm)
    for number in range(101):
        draft = MessageDraft(content=MessageContent(text=f"No {number}."), direction="note", channel="staff")
        await add_message(crm, access, ticket_id, draft)
    short, whole = [(await client.get(f"{LIST}/{ticket_id}{query}")).text for query in ("", "?all=yes")]
    assert ([text in short for text in ("No 0.", "No 1.", "No 100.", "2 earlier messages")]) == [
        False,
        True,
        True,
        True,
    ]
    assert ([text in whole for text in ("It is dark.", "No 0.", "earlier messages")]) == [True, True, False]


async def test_tickets_are_merged_split_and_linked_by_number(crm: Any, access: Access, client: Any, ada: UUID) -> None:
    first = await mailed(crm)
    second = await open_ticket(crm, access, ada, TicketDraft(subject="A box"))
    await client.post(f"{LIST}/{first}/note", data={"note": "Second thing"})
    said = await messages_of(crm, access, first)
    parted = await client.post(f"{LIST}/{first}/split", data={"messages": [str(said[1].row["id"])], "split": "Apart"})
    third = UUID(parted.headers["location"].rpartition("/")[2])
    assert [one.content.text for one in await messages_of(crm, access, third)] == ["Second thing"]
    assert (await client.post(f"{LIST}/{first}/link", data={"other": "#2", "kind": "causes"})).status_code == 303
    assert "is caused by" in (await client.get(f"{LIST}/{second}")).text
    assert (await client.post(f"{LIST}/{first}/merge", data={"into": "99", "version": "1"})).status_code == 422
    merged = await client.post(
        f"{LIST}/{first}/merge", data={"into": "2", "version": str(await version(crm, access, first))}
    )
    assert merged.headers["location"] == f"{LIST}/{second}"
    html = (await client.get(f"{LIST}/{first}")).text
    assert ("This ticket was merged" in html, "/answer" in html) == (True, False)
    assert len(await messages_of(crm, access, second)) == 1


async def test_colleagues_see_each_other_at_a_ticket(crm: Any, client: Any, as_role: Any, ada: UUID) -> None:
    ticket_id = await mailed(crm)
    mats = await as_role("staff")
    here = f"{LIST}/{ticket_id}/here"
    assert "answering this ticket" not in (await client.fragment("POST", here, data={"text": "Dear"})).text
    seen = (await mats.fragment("POST", here, data={})).text
    assert ("is answering this ticket now" in seen, "is looking" in seen) == (True, False)
    assert "is looking at this ticket, too" in (await client.fragment("POST", here, data={"text": "Dear A"})).text
    old = (await mats.fragment("POST", here, data={"last": str(UUID(int=1))})).text
    assert "Something new is here" in old


async def test_new_ticket_is_opened_for_whom_was_found(crm: Any, access: Access, client: Any, ada: UUID) -> None:
    data = {"subject": "A lamp", "text": "She called.", "channel": "phone", "kind": "fault", "priority": "3"}
    found = await client.post(f"{LIST}/new", data=data | {"find": "lovelace", "_find": "yes"})
    assert (found.status_code, f'value="{ada}"' in found.text) == (200, True)
    assert (await client.post(f"{LIST}/new", data=data)).status_code == 422
    made = await client.post(f"{LIST}/new", data=data | {"contact": str(ada)})
    ticket_id = UUID(made.headers["location"].rpartition("/")[2])
    opened = await visible_ticket(crm, access, ticket_id)
    [said] = await messages_of(crm, access, ticket_id)
    assert (opened.content.subject, opened.row["kind"], opened.row["priority"], said.row["direction"]) == (
        "A lamp", "fault", 3, "in",
    )  # fmt: skip
    assert "A lamp" in (await client.get(f"/contacts/{ada}")).text


async def test_readers_change_nothing_and_strangers_see_nothing(
    crm: Any, access: Access, as_role: Any, stranger: Any, ada: UUID
) -> None:
    ticket_id = await mailed(crm)
    reader = await as_role("readonly")
    html = (await reader.get(f"{LIST}/{ticket_id}")).text
    assert ("It is dark." in html, "/change" in html, "/answer" in html, "/merge" in html) == (
        True,
        False,
        False,
        False,
    )
    for path in ("change", "answer", "note", "merge", "split", "link", "time", "steps"):
        assert (await reader.post(f"{LIST}/{ticket_id}/{path}", data={"text": "x"})).status_code == 404
    assert (await stranger.get(f"{LIST}/{ticket_id}")).status_code in {303, 404}
    await crm.orders.give("restriction", ada)
    assert (await reader.get(f"{LIST}/{ticket_id}")).status_code == 404
    assert listed((await reader.get(LIST)).text) == []
