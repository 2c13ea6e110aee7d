"""The list of contacts in the browser."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest

from confida_core.clock import now
from confida_core.contacts.content import EmailAddress, PhoneNumber
from confida_core.contacts.people import visible_contact
from confida_core.contacts.trash import trash_contact
from confida_core.vault.access import system_access
from tests.web.people import make

pytestmark = pytest.mark.anyio

LONG = "Ж" * 200


def names_in(html: str) -> list[str]:
    """The names of the rows, in order."""
    return [unescape(name) for name in re.findall(r'<span class="name-cell"><a href="[^"]+"><bdi>([^<]*)</bdi>', html)]


def link_in(html: str, rel: str) -> str:
    found = re.search(rf'<a[^>]*rel="{rel}"[^>]*href="([^"]+)"|<a[^>]*href="([^"]+)"[^>]*rel="{rel}"', html)
    return unescape(found[1] or found[2]) if found else ""


async def test_list_shows_every_contact_in_order_with_messy_names_whole(client: Any, crm: Any) -> None:
    for name in ("Zoe", "محمد الخطيب", LONG, "Ada <b>"):
        await make(crm, name)
    page = await client.get("/contacts")
    assert (page.status_code, names_in(page.text)) == (200, ["Ada <b>", "Zoe", LONG, "محمد الخطيب"])
    assert "4 contacts" in page.text


async def test_two_word_beginnings_find_a_contact_and_the_address_says_nothing(client: Any, crm: Any) -> None:
    await make(crm, "Ada Lovelace")
    await make(crm, "Ada Byron")
    block = await client.fragment("POST", "/contacts/search", data={"q": "lov ad"})
    assert (block.status_code, names_in(block.text), "<html" in block.text) == (200, ["Ada Lovelace"], False)
    address = block.headers["hx-replace-url"]
    assert "lov" not in address
    page = await client.get(address)
    assert names_in(page.text) == ["Ada Lovelace"]
    without_script = await client.post("/contacts/search", data={"q": "lov ad"})
    assert (without_script.status_code, without_script.headers["location"]) == (303, address)


async def test_address_made_elsewhere_shows_everyone(client: Any, crm: Any) -> None:
    await make(crm, "Ada")
    for query in ("s=AAAA", "s=%20", "cursor=x", "sort=nothing&order=up", "view=1", f"s={quote('ä')}"):
        page = await client.get(f"/contacts?{query}")
        assert (page.status_code, names_in(page.text)) == (200, ["Ada"]), query


async def test_sorting_turns_round(client: Any, crm: Any) -> None:
    for name in ("Ada", "Zoe"):
        await make(crm, name, organisation=f"Office of {name}")
    assert names_in((await client.get("/contacts?order=descending")).text) == ["Zoe", "Ada"]
    assert names_in((await client.get("/contacts?sort=organisation&order=descending")).text) == ["Zoe", "Ada"]
    head = (await client.get("/contacts")).text
    assert 'href="/contacts?order=descending"' in head


async def test_pages_go_forth_and_back(client: Any, crm: Any) -> None:
    for number in range(53):
        await make(crm, f"Person {number:02}")
    first = (await client.get("/contacts")).text
    second = (await client.get(link_in(first, "next"))).text
    assert (len(names_in(first)), names_in(second)) == (50, ["Person 50", "Person 51", "Person 52"])
    assert names_in((await client.get(link_in(second, "prev"))).text) == names_in(first)


async def test_list_leads_from_one_contact_to_the_next_and_opens_only_that(client: Any, crm: Any) -> None:
    ids = {
        name: await make(crm, name, tags=["donor"] if name != "Mats" else []) for name in ("Ada", "Mats", "Olga", "Zoe")
    }
    await client.post(f"/contacts/{(await make(crm, 'Old', tags=['donor']))}/archive")
    fields = {"filter-0-field": "tags", "filter-0-op": "has", "filter-0-value": "donor"}
    narrowed = (await client.post("/contacts/filter", data=fields)).headers["location"]
    shown = (await client.get(narrowed)).text
    olga = unescape(re.findall(rf'<a href="(/contacts/{ids["Olga"]}[^"]*)"><bdi>', shown)[0])
    assert "donor" not in olga
    page = (await client.get(olga)).text
    steps = [link_in(page, rel).partition("?")[0] for rel in ("prev", "next")]
    assert steps == [f"/contacts/{ids['Ada']}", f"/contacts/{ids['Zoe']}"]
    assert unescape(re.findall(r'<a class="quiet-link" href="([^"]+)"', page)[0]) == narrowed
    last = (await client.get(link_in(page, "next"))).text
    assert (link_in(last, "prev"), link_in(last, "next")) == (olga, "")
    assert [read.place for read in await crm.door.read_log.of(ids["Ada"])] == ["GET /contacts"]


async def test_contact_opened_from_elsewhere_leads_nowhere(client: Any, crm: Any) -> None:
    ada, _ = await make(crm, "Ada"), await make(crm, "Zoe")
    for query in ("", "?s=evil&sort=evil"):
        assert 'class="walk"' not in (await client.get(f"/contacts/{ada}{query}")).text
    assert link_in((await client.get(f"/contacts/{ada}?list=yes&s=evil&cursor=evil")).text, "next") != ""


async def test_filter_narrows_the_list_and_its_chip_widens_it(client: Any, crm: Any) -> None:
    await make(crm, "Ada", tags=["donor"])
    await make(crm, "Zoe", tags=["press"])
    answer = await client.post(
        "/contacts/filter", data={"filter-0-field": "tags", "filter-0-op": "has", "filter-0-value": "donor"}
    )
    assert answer.status_code == 303
    page = (await client.get(answer.headers["location"])).text
    assert (names_in(page), "tagged donor" in page) == (["Ada"], True)
    without = re.search(r'<a class="chip" href="([^"]+)"', page)
    assert without is not None
    assert names_in((await client.get(unescape(without[1]))).text) == ["Ada", "Zoe"]


async def test_filter_that_cannot_be_meant_says_which_row(client: Any, crm: Any) -> None:
    fields = {"filter-0-field": "birthday", "filter-0-op": "<", "filter-0-value": "yesterday"}
    answer = await client.fragment("POST", "/contacts/filter", data=fields)
    assert answer.status_code == 422
    assert "must be a date like 2024-12-31" in answer.text


async def test_builder_grows_without_script(client: Any) -> None:
    fields = {"filter-0-field": "name", "filter-0-op": "is", "filter-0-value": "Ada", "_add": "filters"}
    answer = await client.fragment("POST", "/contacts/filter", data=fields)
    assert (answer.status_code, 'name="filter-1-field"' in answer.text) == (200, True)


async def test_view_is_saved_and_opened_by_its_tab(client: Any, crm: Any) -> None:
    await make(crm, "Ada", tags=["donor"])
    await make(crm, "Zoe")
    narrowed = await client.post(
        "/contacts/filter", data={"filter-0-field": "tags", "filter-0-op": "has", "filter-0-value": "donor"}
    )
    state = dict(
        re.findall(r'name="(s|sort|order)" value="([^"]+)"', (await client.get(narrowed.headers["location"])).text)
    )
    saved = await client.post("/contacts/views", data={**state, "name": "Our donors", "shared": "yes"})
    page = (await client.get(saved.headers["location"])).text
    assert (names_in(page), "Our donors" in page) == (["Ada"], True)
    gone = await client.post(saved.headers["location"].replace("?view=", "/views/") + "/delete")
    assert (gone.status_code, "Our donors" in (await client.get("/contacts")).text) == (303, False)


async def test_chosen_columns_are_remembered_by_the_browser(client: Any, crm: Any) -> None:
    await make(crm, "Ada", job_title="Analyst", emails=[EmailAddress(address="ada@example.org")])
    answer = await client.post("/contacts/columns", data={"columns": ["job_title", "evil;"]})
    cookie = answer.headers["set-cookie"].split(";")[0]
    assert cookie == "__Host-columns=job_title"
    page = await client.get("/contacts", headers={"cookie": f"__Host-confida={client.secret}; {cookie}"})
    assert ('class="k-job_title"' in page.text, '<td class="k-email"' in page.text) == (True, False)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/contacts/trash", "The trash is empty"), ("/contacts?archived=yes", "Nobody is in the archive")],
)
async def test_empty_place_says_which_it_is(client: Any, path: str, words: str) -> None:
    page = (await client.get(path)).text
    assert (words in page, "No contacts yet" in page) == (True, False)
    assert ('action="/contacts/search"' in page) == (path != "/contacts/trash")


async def test_trash_says_why_somebody_stays_longer_and_says_nothing_otherwise(client: Any, crm: Any) -> None:
    held, free = await make(crm, "Ada"), await make(crm, "Zoe")
    for one in (held, free):
        await trash_contact(crm, system_access("tests"), one)
    assert "Stays for now" not in (await client.get("/contacts/trash")).text
    await crm.orders.give("hold", held)
    page = (await client.get("/contacts/trash")).text
    assert re.findall(r'class="k-stays"[^>]*>(?:<bdi>)?([^<]*)', page) == [
        "Stays for now",
        "",
        "A legal hold keeps it.",
    ]


async def test_phone_is_shown_in_groups_and_dialled_whole(client: Any, crm: Any) -> None:
    await make(crm, "Ada", phones=[PhoneNumber(number="+442079460024")])
    assert '<a href="tel:+442079460024"><bdi>+44 20 7946 0024</bdi></a>' in (await client.get("/contacts")).text


async def test_bulk_tag_is_undone_from_the_toast(client: Any, crm: Any) -> None:
    ids = [await make(crm, name) for name in ("Ada", "Zoe")]

    async def tags() -> list[list[str]]:
        return [list((await visible_contact(crm, system_access("test"), one)).content.tags) for one in ids]

    answer = await client.post(
        "/contacts/bulk", data={"ids": [str(one) for one in ids], "action": "tag", "tag": "spring"}
    )
    assert (answer.status_code, await tags()) == (303, [["spring"], ["spring"]])
    toast = answer.headers["set-cookie"].split(";")[0]
    page = await client.get("/contacts", headers={"cookie": f"__Host-confida={client.secret}; {toast}"})
    undo = re.search(r'action="(/contacts/operations/[^"]+/undo)"', page.text)
    assert undo is not None
    assert ((await client.post(undo[1])).status_code, await tags()) == (303, [[], []])


async def test_chosen_contacts_are_exported_after_a_fresh_proof_only(client: Any, as_role: Any, crm: Any) -> None:
    ada, _ = await make(crm, "Ada Lovelace"), await make(crm, "Zoe")
    chosen = {"ids": str(ada), "action": "export"}
    answer = await client.post("/contacts/bulk", data=chosen)
    assert (answer.status_code, "FN:Ada Lovelace" in answer.text, "Zoe" in answer.text) == (200, True, False)
    assert (await crm.door.read_log.of(ada))[0].purpose == "import_export"
    assert (await (await as_role("staff")).post("/contacts/bulk", data=chosen)).status_code == 404
    await crm.data.fetch("UPDATE session SET fresh_at = ?", now() - timedelta(hours=1))
    later = await client.post("/contacts/bulk", data=chosen)
    assert (later.status_code, later.headers["location"].partition("?")[0]) == (303, "/login/fresh")


@pytest.mark.parametrize("fields", [{"ids": "nobody", "action": "archive"}, {"ids": str(1), "action": "fly"}])
async def test_bulk_refuses_what_it_does_not_understand(client: Any, fields: dict[str, str]) -> None:
    assert (await client.post("/contacts/bulk", data=fields)).status_code == 422


async def test_readonly_sees_the_list_and_changes_nothing(as_role: Any, crm: Any) -> None:
    contact = await make(crm, "Ada")
    mats = await as_role("readonly")
    page = await mats.get("/contacts")
    assert (names_in(page.text), "/contacts/new" in page.text) == (["Ada"], False)
    refused = await mats.post("/contacts/bulk", data={"ids": str(contact), "action": "archive"})
    assert refused.status_code == 404
    assert (await visible_contact(crm, system_access("test"), contact)).row["archived_at"] is None


async def test_stranger_is_asked_to_sign_in(stranger: Any) -> None:
    answer = await stranger.get("/contacts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fcontacts")


@pytest.mark.parametrize("rows", [1, 3])
async def test_list_page_costs_the_same_whatever_its_length(client: Any, crm: Any, rows: int) -> None:
    for number in range(rows):
        await make(crm, f"Person {number}")
    await client.get("/contacts")
    seen: list[str] = []
    crm.data.observers.append(seen.append)
    page = await client.fragment("GET", "/contacts")
    crm.data.observers.clear()
    assert len(names_in(page.text)) == rows
    # The session, the custom fields, the views, what changed, and the rows; the read log has a way of its own.
    assert [sql.split(" ", 1)[0] for sql in seen if "read_entry" not in sql] == ["SELECT"] * 5


async def test_search_finds_from_anywhere(client: Any, crm: Any) -> None:
    contact = await make(crm, "Ada Lovelace", organisation="Engines")
    palette = await client.fragment("POST", "/search/palette", data={"q": "ada"})
    assert (palette.status_code, f'href="/contacts/{contact}"' in palette.text) == (200, True)
    page = await client.post("/search", data={"q": "ada eng"})
    assert (page.status_code, f'href="/contacts/{contact}"' in page.text) == (200, True)
    people = await client.fragment("POST", "/search/people", data={"people-q": "love"})
    assert f'value="{contact}"' in people.text
    for nothing in ("", " ", "\u200b", "***"):
        assert (await client.fragment("POST", "/search/palette", data={"q": nothing})).status_code == 200
