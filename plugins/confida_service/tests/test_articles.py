"""Articles: kept version by version, found by their words, and never by people they are not for."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, InvalidContent, NotFound, VersionConflict, now
from confida_service.knowledge.articles import (
    KEPT,
    ArticleDraft,
    count_help,
    create_article,
    delete_article,
    public_article,
    purge_articles,
    restore_article,
    save_article,
    set_state,
    take_back,
    versions_of,
    visible_article,
)
from confida_service.knowledge.searching import ALL, PUBLIC, PUBLISHED, find_articles, suggest_articles
from confida_service.knowledge.words import stem, weighed

pytestmark = pytest.mark.anyio


async def written(crm: Any, access: Access, title: str, body: str = "Text.", **more: Any) -> UUID:
    """state: published, unless said otherwise."""
    state = more.pop("state", "published")
    article_id = await create_article(crm, access, ArticleDraft(title=title, body=body, audience="public", **more))
    await set_state(crm, access, article_id, state)
    return article_id


def titles(rows: Any) -> list[str]:
    return [row["title"] for row in rows]


@pytest.mark.parametrize(
    ("forms", "common"),
    [
        (("lamp", "lamps", "lampe", "lampen"), "lamp"),
        (("rechnung", "rechnungen"), "rechnung"),
        (("print", "prints", "printer", "printing", "printed"), "print"),
        (("address", "addresses"), "addr"),
        (("an", "es", "1042"), None),
    ],
)
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...], common: str | None) -> None:
    assert [stem(form) for form in forms] == [common or form for form in forms]


def test_addresses_of_links_are_no_words() -> None:
    found = weighed("Lamps", ["Light", ""], "See [the *list*](https://example.org/secret?a=1). <script>alert</script>")
    assert found == {"see": 1, "the": 1, "list": 1, "alert": 1, "light": 6, "lamp": 12}
    before = time.process_time()
    assert weighed("Lamps", (), "](" * 50_000) == {"lamp": 12}
    # Half a minute of the processor where each of them was looked for to the end.
    assert time.process_time() - before < 3


async def test_every_save_keeps_how_it_was_and_an_older_version_comes_back(crm: Any, access: Access) -> None:
    one = await create_article(crm, access, ArticleDraft(title="Lamp", body="First.", tags=("b", "a", "b")))
    second = ArticleDraft(title="The lamp", body="Second.", category="Light")
    assert await save_article(crm, access, one, second, seen=1) == 2
    assert await save_article(crm, access, one, second, seen=2) == 2
    with pytest.raises(VersionConflict):
        await save_article(crm, access, one, ArticleDraft(title="Late", body="Late."), seen=1)
    with pytest.raises(InvalidContent) as wrong:
        await save_article(crm, access, one, ArticleDraft(title=" ", body="", language="xx", audience="all"), seen=2)
    assert sorted(wrong.value.errors) == ["audience", "body", "language", "title"]
    assert await take_back(crm, access, one, 1, seen=2) == 3
    row = await visible_article(crm, access, one)
    assert (row["title"], row["body"], row["tags"], row["category"]) == ("Lamp", "First.", "a\nb", "")
    kept = [(each["number"], each["title"], each["by_id"]) for each in await versions_of(crm, access, one)]
    assert kept == [(2, "The lamp", access.actor.id), (1, "Lamp", access.actor.id)]
    assert titles(await find_articles(crm, ALL, "second", 5)) == []


async def test_deleted_articles_come_back_until_they_are_purged(crm: Any, access: Access) -> None:
    one = await written(crm, access, "Lamp")
    await delete_article(crm, access, one)
    for gate in (public_article(crm, one), visible_article(crm, access, one), delete_article(crm, access, one)):
        with pytest.raises(NotFound):
            await gate
    await purge_articles(crm, {})
    await restore_article(crm, access, one)
    assert (await public_article(crm, one))["title"] == "Lamp"
    await save_article(crm, access, one, ArticleDraft(title="Lamps", body="Text."), seen=1)
    await delete_article(crm, access, one)
    await crm.data.fetch("UPDATE service_article SET deleted_at = ?", now() - KEPT * 2)
    await purge_articles(crm, {})
    left = [await crm.data.fetch(f"SELECT id FROM service_article{part}") for part in ("", "_version", "_word")]
    assert left == [[], [], []]


async def test_search_wants_every_word_and_knows_beginnings(crm: Any, access: Access, queries: Any) -> None:
    await written(crm, access, "Change the bulb of a lamp", "Switch it off first.", category="Light")
    await written(crm, access, "Dim a lamp", "Turn the knob.", tags=("bulbs",))
    await written(crm, access, "Lämpchen im Prüfstand", "Deutsch.", language="de")
    await written(crm, access, "Lamps of tomorrow", state="draft")
    found = {
        words: titles(await find_articles(crm, PUBLIC, words, 5))
        for words in ("lamp bulb", "BULBS", "lam tur", "pruf", "prüfstände", "lamp nothing", "%", "")
    }
    assert found == {
        "lamp bulb": ["Change the bulb of a lamp", "Dim a lamp"], "BULBS": ["Change the bulb of a lamp", "Dim a lamp"],
        "lam tur": ["Dim a lamp"], "pruf": ["Lämpchen im Prüfstand"], "prüfstände": ["Lämpchen im Prüfstand"],
        "lamp nothing": [], "%": [], "": [],
    }  # fmt: skip
    assert titles(await find_articles(crm, ALL, "tomorrow", 5)) == ["Lamps of tomorrow"]
    with queries() as counted:
        await find_articles(crm, PUBLIC, "lamp", 5)
    assert len(counted) == 1


async def test_suggestions_answer_a_question_and_nothing_else(crm: Any, access: Access) -> None:
    for number in range(20):
        await written(crm, access, f"Topic {number}", f"We are glad to help with your question number{number}.")
    await written(crm, access, "Reset the password", "Choose *Forgotten* and follow the mail that we send you.")
    await written(crm, access, "Passwords of colleagues", "Ask the office.", state="draft")
    await set_state(
        crm, access, await create_article(crm, access, ArticleDraft(title="Password list", body="x")), "published"
    )
    asked = ("Help!", "I have forgotten my password, and the mail does not come. Are you glad?")
    assert titles(await suggest_articles(crm, PUBLIC, *asked, 5)) == ["Reset the password"]
    assert titles(await suggest_articles(crm, PUBLISHED, *asked, 5)) == ["Reset the password", "Password list"]
    assert titles(await suggest_articles(crm, PUBLIC, "Are you glad to help?", "With a question?", 5)) == []
    assert titles(await suggest_articles(crm, PUBLIC, "", "", 5)) == []


async def test_helped_is_counted_for_public_articles_alone(crm: Any, access: Access) -> None:
    one, draft = await written(crm, access, "Lamp"), await written(crm, access, "Draft", state="draft")
    for helped in (True, True, False):
        await count_help(crm, one, helped=helped)
    with pytest.raises(NotFound):
        await count_help(crm, draft, helped=True)
    rows = await crm.data.fetch("SELECT title, helped, helped_not FROM service_article ORDER BY title")
    assert [tuple(row.values()) for row in rows] == [("Draft", 0, 0), ("Lamp", 2, 1)]
