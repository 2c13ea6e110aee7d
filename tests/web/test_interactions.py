"""The pages about interactions: written from the composer, shown, changed, thrown away, with and without JavaScript."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.declarations import TimelineSource
from confida_core.ids import new_id
from confida_core.vault.access import Access, Actor
from confida_web.interactions.markdown import rendered, rendered_if_marked

pytestmark = pytest.mark.anyio

WRITER = Actor(id=new_id(), permissions=frozenset({"contacts.read", "contacts.write"}))


async def make_contact(crm: Any, name: str = "Ada Lovelace") -> UUID:
    access = Access(actor=WRITER, purpose="relationship", where="test")
    return await create_contact(crm, access, ContactKind.PERSON, ContactContent(display_name=name))


async def only_interaction(crm: Any) -> Any:
    rows = await crm.data.fetch("SELECT * FROM interaction")
    assert len(rows) == 1
    return rows[0]


async def write_down(browser: Any, contact_id: UUID, files: Any = None, **fields: Any) -> Any:
    form = {"kind": "call", "subject": "About the engine", "body": "She agreed."} | fields
    return await browser.post(f"/contacts/{contact_id}/interactions", data=form, files=files or {"x": ("", b"")})


async def test_composer_writes_down_with_files_and_goes_back_to_the_contact(crm: Any, client: Any) -> None:
    ada, mats = await make_contact(crm), await make_contact(crm, "Mats")
    answer = await write_down(
        client, ada, files={"attachments": ("Grüße.txt", b"Dear Ada", "text/html")}, participants=[str(mats)],
        direction="out", duration_minutes="25", outcome="reached", at="2026-03-10T14:05",
    )  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, f"/contacts/{ada}")
    row = await only_interaction(crm)
    assert (row["kind"], row["direction"], row["duration_minutes"], row["created_by"]) == (
        "call", "out", 25, client.account_id,
    )  # fmt: skip
    shown = await client.get(f"/interactions/{row['id']}")
    assert shown.status_code == 200
    for text in ("About the engine", "She agreed.", "reached", "Ada Lovelace", "Mats", "Grüße.txt", "Olga", "outgoing"):
        assert text in shown.text


async def test_htmx_gets_composer_and_timeline_and_nothing_else(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    answer = await client.fragment(
        "POST", f"/contacts/{ada}/interactions", data={"kind": "note", "body": "A note <b>"}, files={"x": ("", b"")}
    )
    assert (answer.status_code, answer.headers["vary"]) == (200, "HX-Request, Accept-Encoding")
    assert ("<html" in answer.text, 'id="compose"' in answer.text) == (False, True)
    assert "A note &lt;b&gt;" in answer.text


async def test_wrong_form_comes_back_filled_with_what_is_wrong(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    wrong = {"at": "yesterday", "duration_minutes": "1e3", "subject": "Kept", "kind": "call"}
    for answer in (
        await write_down(client, ada, files={"attachments": ("a.txt", b"x")}, **wrong),
        await client.fragment("POST", f"/contacts/{ada}/interactions", data=wrong, files={"x": ("", b"")}),
    ):
        assert answer.status_code == 422
        for text in ('value="Kept"', 'value="yesterday"', "whole number of minutes", "2026-11-22T14:30"):
            assert text in answer.text
    assert await crm.data.fetch("SELECT id FROM interaction") == []
    assert [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()] == []


BAD_FIELDS: list[dict[str, str]] = [
    {"at": "0000-00-00T00:00"},
    {"at": "9999-12-31T23:59"},
    {"at": "0001-01-01T00:00"},
    {"at": "2026-02-30T10:00"},
    {"kind": "seance"},
    {"direction": "sideways"},
    {"duration_minutes": "-1"},
    {"duration_minutes": "٣"},
    {"duration_minutes": str(2**63)},
    {"participants": "nobody"},
    {"subject": "x" * 201},
    {"body": "x" * 20_001},
    {"subject": "", "body": " "},
    {"kind": "task", "due_on": "10000-01-01"},
    {"kind": "task", "due_on": "2026-03-10", "due_time": "25:00"},
    {"kind": "task", "due_on": "9999-12-31", "due_time": "23:59"},
    {"kind": "task", "due_on": "2026-03-10", "remind_minutes": "999999"},
    {"kind": "task", "assignee": "nobody"},
    {"kind": "task", "assignee": str(UUID(int=7))},
]


async def test_bad_values_are_refused_and_change_nothing(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    answers = [(await write_down(client, ada, **fields)).status_code for fields in BAD_FIELDS]
    assert answers == [422] * len(BAD_FIELDS)
    assert await crm.data.fetch("SELECT id FROM interaction") == []


async def test_times_are_read_in_the_time_zone_of_the_pages(crm: Any, client: Any) -> None:
    zone = ZoneInfo("Europe/Berlin")
    from confida_core.accounts.staff import change_content

    await change_content(crm, client.account_id, time_zone="Europe/Berlin")
    await write_down(client, await make_contact(crm), at="2026-07-01T09:30")
    row = await only_interaction(crm)
    assert row["at"] == datetime(2026, 7, 1, 9, 30, tzinfo=zone)
    assert 'value="2026-07-01T09:30"' in (await client.get(f"/interactions/{row['id']}/edit")).text


async def test_task_is_planned_ticked_and_opened_again(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    day = (now() + timedelta(days=2)).date()
    await write_down(client, ada, kind="task", due_on=day.isoformat(), due_time="15:00", remind_minutes="30")
    row = await only_interaction(crm)
    assert (row["state"], row["due_on"], row["due_at"] - row["remind_at"]) == ("planned", day, timedelta(minutes=30))
    assert row["assignee_id"] == client.account_id
    page = await client.get("/tasks")
    assert ("About the engine" in page.text, "Ada Lovelace" in page.text, "Later" in page.text) == (True, True, True)
    answer = await client.post(f"/interactions/{row['id']}/done", headers={"referer": "http://localhost/tasks"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks")
    assert (await only_interaction(crm))["state"] == "done"
    assert "About the engine" in (await client.get("/tasks?tab=done")).text
    await client.post(f"/interactions/{row['id']}/reopen")
    assert (await only_interaction(crm))["state"] == "planned"
    await client.post(f"/interactions/{row['id']}/cancel")
    assert (await only_interaction(crm))["state"] == "cancelled"


async def test_quick_task_needs_a_subject_only(crm: Any, client: Any) -> None:
    answer = await client.post("/tasks", data={"subject": "Order stamps", "kind": "call"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks")
    row = await only_interaction(crm)
    assert (row["kind"], row["state"], row["assignee_id"]) == ("task", "planned", client.account_id)
    assert "Some day" in (await client.get("/tasks")).text
    assert (await client.post("/tasks", data={"subject": ""})).status_code == 422
    assert 'action="/tasks"' in (await client.get("/tasks/new")).text


async def test_edit_shows_what_is_stored_and_saves_the_change(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    await write_down(client, ada, files={"attachments": ("old.txt", b"old")})
    row = await only_interaction(crm)
    form = (await client.get(f"/interactions/{row['id']}/edit")).text
    for text in ('value="About the engine"', "She agreed.", "old.txt", "Ada Lovelace", 'name="version" value="1"'):
        assert text in form
    old_file = re.search(r'name="attachment-remove" value="([^"]+)"', form)
    assert old_file
    changes = {
        "kind": "letter", "subject": "About the loom", "version": "1", "participants": str(ada),
        "attachment-remove": old_file[1],
    }  # fmt: skip
    answer = await client.post(
        f"/interactions/{row['id']}/edit", data=changes, files={"attachments": ("new.txt", b"new")}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/interactions/{row['id']}")
    shown = (await client.get(f"/interactions/{row['id']}")).text
    assert ("About the loom" in shown, "new.txt" in shown, "old.txt" in shown) == (True, True, False)
    assert (await client.get(f"/files/{old_file[1]}")).status_code == 404


async def test_second_of_two_editors_is_told_and_keeps_what_was_typed(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    await write_down(client, ada)
    row = await only_interaction(crm)
    base = {"kind": "call", "version": "1", "participants": str(ada)}
    address = f"/interactions/{row['id']}/edit"
    assert (await client.post(address, data={**base, "subject": "First"})).status_code == 303
    answer = await client.post(address, data={**base, "subject": "Second"})
    assert answer.status_code == 409
    for text in ("Somebody else changed this", 'value="Second"', 'name="version" value="2"'):
        assert text in answer.text
    assert "First" in (await client.get(f"/interactions/{row['id']}")).text
    assert (await client.post(address, data={**base, "subject": "Second", "version": "2"})).status_code == 303


async def test_person_cannot_be_taken_off_the_last_interaction_about_them(crm: Any, client: Any) -> None:
    await write_down(client, await make_contact(crm))
    row = await only_interaction(crm)
    answer = await client.post(f"/interactions/{row['id']}/edit", data={"kind": "call", "subject": "x", "version": "1"})
    assert answer.status_code == 422
    assert len(await crm.data.fetch("SELECT id FROM interaction_participant")) == 1


async def test_deleted_interaction_is_gone_until_it_is_restored(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    await write_down(client, ada, files={"attachments": ("a.txt", b"x")})
    row = await only_interaction(crm)
    file_id = (await crm.data.fetch("SELECT id FROM sealed_file"))[0]["id"]
    answer = await client.post(f"/interactions/{row['id']}/delete")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/contacts/{ada}")
    for address in (f"/interactions/{row['id']}", f"/interactions/{row['id']}/edit", f"/files/{file_id}"):
        assert (await client.get(address)).status_code == 404
    await client.post(f"/interactions/{row['id']}/restore")
    assert (await client.get(f"/files/{file_id}")).content == b"x"


async def test_timeline_pages_and_filters_for_htmx_and_redirects_without(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    for number in range(23):
        await write_down(client, ada, kind="note" if number % 2 else "call", subject=f"Entry {number:02}", at="")
    plain = await client.get(f"/contacts/{ada}/timeline?kind=note")
    assert (plain.status_code, plain.headers["location"]) == (303, f"/contacts/{ada}?kind=note")
    first = await client.fragment("GET", f"/contacts/{ada}/timeline")
    shown = re.findall(r"Entry \d\d", first.text)
    older = re.search(r'href="(/contacts/[^"]+before=[^"]+)"', first.text)
    assert older
    rest = await client.fragment("GET", older[1].replace("&amp;", "&"))
    assert [*shown, *re.findall(r"Entry \d\d", rest.text)] == [f"Entry {number:02}" for number in range(22, -1, -1)]
    notes = await client.fragment("GET", f"/contacts/{ada}/timeline?kind=note")
    assert re.findall(r"Entry \d\d", notes.text) == [f"Entry {number:02}" for number in range(21, -1, -2)]
    broken = await client.fragment("GET", f"/contacts/{ada}/timeline?before=nonsense")
    assert broken.status_code == 400


async def test_contact_page_tells_the_story_without_javascript(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    for number in range(22):
        await write_down(client, ada, kind="note" if number % 2 else "call", subject=f"Entry {number:02}", at="")
    await write_down(client, ada, kind="task", subject="Send the drawings", due_on="2026-01-02")
    page = (await client.get(f"/contacts/{ada}")).text
    assert 'id="compose"' in page
    assert "Send the drawings" in section_of(page, "next-step")
    older = re.search(r'href="/contacts/[^"]+(\?before=[^"]+)"', page)
    assert older
    second = (await client.get(f"/contacts/{ada}{older[1]}")).text
    found = re.findall(r"Entry \d\d", page) + re.findall(r"Entry \d\d", second)
    assert found == [f"Entry {number:02}" for number in range(21, -1, -1)]
    notes = (await client.get(f"/contacts/{ada}?kind=note")).text
    assert re.findall(r"Entry \d\d", notes) == [f"Entry {number:02}" for number in range(21, -1, -2)]


async def test_timeline_source_that_raises_is_replaced_by_a_notice(crm: Any) -> None:
    from confida_web.app import create_app
    from tests.web.client import signed_in_browser
    from tests.web.plugged import with_plugin

    async def broken(*_: Any, **__: Any) -> list[Any]:
        raise RuntimeError("Ada Lovelace")

    fees = TimelineSource(key="membership.fees", label="Fees paid", entries=broken)

    contact_id = await make_contact(crm, "Mats")
    other = with_plugin(crm, timeline_sources=[fees])
    async with await signed_in_browser(create_app(other), crm, "Olga", "owner") as browser:
        await write_down(browser, contact_id)
        page = await browser.get(f"/contacts/{contact_id}")
    assert (page.status_code, "About the engine" in page.text, "Fees paid" in page.text) == (200, True, True)
    assert "Ada" not in page.text


def section_of(html: str, css_class: str) -> str:
    """The paragraph with this class."""
    return html.partition(f'class="{css_class}')[2].partition("</p>")[0]


async def test_reading_a_page_is_logged_for_everybody_it_is_about(crm: Any, client: Any) -> None:
    ada, mats = await make_contact(crm), await make_contact(crm, "Mats")
    await write_down(client, ada, participants=str(mats))
    await client.get(f"/interactions/{(await only_interaction(crm))['id']}")
    for person in (ada, mats):
        reads = await crm.door.read_log.of(person)
        assert (reads[0].actor_id, reads[0].place) == (client.account_id, "GET /interactions/{interaction_id}")


CHANGING = ("edit", "delete", "restore", "done", "reopen", "cancel")


@pytest.mark.parametrize("role", ["readonly", "privacy_officer"])
async def test_reader_sees_but_changes_nothing(crm: Any, client: Any, as_role: Any, role: str) -> None:
    ada = await make_contact(crm)
    await write_down(client, ada)
    row = await only_interaction(crm)
    reader = await as_role(role)
    page = await reader.get(f"/interactions/{row['id']}")
    assert (page.status_code, "About the engine" in page.text, "/edit" in page.text) == (200, True, False)
    form = {"kind": "call", "subject": "x", "version": "1", "participants": str(ada)}
    answers = [await reader.post(f"/interactions/{row['id']}/{verb}", data=form) for verb in CHANGING]
    answers += [await write_down(reader, ada), await reader.post("/tasks", data=form)]
    assert {answer.status_code for answer in answers} == {404}
    assert (await only_interaction(crm))["version"] == 1


async def test_stranger_is_sent_to_the_door_and_changes_nothing(crm: Any, client: Any, stranger: Any) -> None:
    ada = await make_contact(crm)
    await write_down(client, ada)
    row = await only_interaction(crm)
    assert (await stranger.get(f"/interactions/{row['id']}")).headers["location"].startswith("/login")
    assert (await stranger.post(f"/interactions/{row['id']}/delete")).status_code == 401
    assert (await only_interaction(crm))["version"] == 1


async def test_missing_and_hidden_look_alike(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    await write_down(client, ada)
    row = await only_interaction(crm)
    await crm.orders.give("restriction", ada)
    hidden, missing = await client.get(f"/interactions/{row['id']}"), await client.get(f"/interactions/{new_id()}")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert "About the engine" not in hidden.text
    assert (await write_down(client, ada)).status_code == 404
    assert (await write_down(client, new_id())).status_code == 404


async def test_malformed_cursor_of_tasks_is_a_bad_request(client: Any) -> None:
    queries = ("?after=nonsense", "?tab=done&after=AAAA", "?after=" + "A" * 3000)
    assert [(await client.get(f"/tasks{query}")).status_code for query in queries] == [400, 400, 400]


HOSTILE = [
    ("<script>alert(1)</script>", "<script"),
    ("<img src=x onerror=alert(1)>", "<img"),
    ("![pixel](https://example.org/pixel.png)", "<img"),
    ("[x](javascript:alert(1))", 'href="javascript'),
    ("[x](data:text/html;base64,AAAA)", 'href="data'),
    ('<div data-hx-post="/interactions" hx-get="/x">', "<div data"),
    ('<a href="https://example.org" onclick="x">y</a>', '<a href="https://example.org" onclick'),
    ("<style>*{display:none}</style>", "<style"),
    ("<iframe src='/'>", "<iframe"),
    ("<hx-partial>", "<hx-"),
]


@pytest.mark.parametrize(("text", "trace"), HOSTILE)
def test_rendered_text_can_do_nothing_but_be_read(text: str, trace: str) -> None:
    html = rendered(text)
    assert html.startswith('<div class="rendered" dir="auto" hx-ignore>')
    assert trace not in html


def test_rendered_text_keeps_what_markdown_means() -> None:
    html = rendered("# Title\n\n**bold** and [link](https://example.org)\n\n- one\n- two")
    for part in ("<h3>Title</h3>", "<strong>bold</strong>", 'href="https://example.org"', "<li>two</li>"):
        assert part in html
    assert "noopener noreferrer nofollow" in html
    assert rendered(" \n") == ""


def test_rendered_text_stays_as_it_was_pasted() -> None:
    html = rendered("1984. was a year\n\nYours\n--\nAda\n\n    indented")
    assert html == (
        '<div class="rendered" dir="auto" hx-ignore><ol start="1984">\n<li>was a year</li>\n</ol>\n'
        "<p>Yours<br>\n--<br>\nAda</p>\n<p>indented</p>\n</div>"
    )


PLAIN = [
    "Rang back; 3 chairs & 2 tables (blue) - see #12, item-4 at 10:30. a < b > c",
    "One line.\n\nAnother.",
    "+49 30 1",
    "",
]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_is_spared_the_rendering(text: str) -> None:
    assert rendered_if_marked(text) is None


MARKED = [
    "**b**", "_i_", "`c`", "~~s~~", "[a](https://example.org)", "<https://example.org>", "| a |\n| - |", "1\\. one",
    "# one", "text\n> said", "- one", "text\n\n   + one", "a\n\n---\nb", "1. one", "2) two", "&copy;", "&#169;",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKED)
def test_marked_text_is_rendered_below_the_headings_of_its_entry(text: str) -> None:
    assert rendered_if_marked(text) == rendered(text, headings_from=4)
    assert f"<p>{text}</p>" not in rendered(text)


async def test_task_is_added_from_the_list_and_the_next_one_can_follow(crm: Any, client: Any, as_role: Any) -> None:
    mats = (await as_role("staff")).account_id
    page = (await client.get("/tasks")).text
    form = re.search(r'<form class="quick-task".*?</form>', page, re.DOTALL)
    assert form is not None
    assert re.findall(r'name="(\w+)"', form[0]) == ["_csrf", "quick", "subject", "due_on", "due_time", "assignee"]
    fields = {
        "quick": "yes",
        "subject": "Order stamps",
        "due_on": "2031-05-06",
        "due_time": "14:30",
        "assignee": str(mats),
    }
    answer = await client.post("/tasks", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks#subject")
    row = await only_interaction(crm)
    assert (row["state"], row["due_on"].isoformat(), row["assignee_id"]) == ("planned", "2031-05-06", mats)
    assert "Order stamps" in (await client.get("/tasks?tab=all")).text


async def test_new_task_is_offered_as_nothing_else(client: Any) -> None:
    page = (await client.get("/tasks/new")).text
    assert re.findall(r'name="kind" value="(\w+)"', page) == ["task"]


async def test_tasks_can_be_added_only_where_that_makes_sense(client: Any, as_role: Any) -> None:
    reader = await as_role("readonly")
    pages = [(await one.get(f"/tasks?tab={tab}")).text for one, tab in ((reader, "mine"), (client, "done"))]
    assert ['class="quick-task"' in page for page in pages] == [False, False]
    assert ['href="/tasks/new" data-key' in page for page in pages] == [False, True]


async def test_timeline_shows_lists_and_links_but_no_images(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    await write_down(
        client, ada, body="# Plan\n- **cake**\n- [map](https://example.org)\n- ![x](https://example.org/x.png)"
    )
    await write_down(client, ada, body="Plain & simple\nas written")
    shown = (await client.get(f"/contacts/{ada}")).text
    assert (
        '<div class="entry-body"><div class="rendered" dir="auto" hx-ignore><h4>Plan</h4>\n<ul>\n<li><strong>cake</strong></li>'
        in shown
    )
    assert '<a href="https://example.org" rel="noopener noreferrer nofollow">map</a>' in shown
    assert '<p class="entry-body" dir="auto">Plain &amp; simple\nas written</p>' in shown
    assert "<img" not in shown.partition('id="timeline"')[2]


async def test_sentence_for_the_next_page_names_nobody(crm: Any, client: Any, as_role: Any) -> None:
    """It travels in a cookie that is signed, not sealed."""
    mats = await as_role("staff")
    answer = await client.post("/tasks", data={"subject": "Call back", "assignee": str(mats.account_id)})
    [cookie] = [one for one in answer.headers.get_list("set-cookie") if "toast" in one]
    content = cookie.partition(";")[0].rpartition(".")[2]
    toast = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)).decode()
    assert "Planned for your colleague." in toast
