"""The browsers of the kit, and what else its fixtures promise."""

from __future__ import annotations

from typing import Any

import pytest

from confida_web.app import load_everything
from confida_web.testing import AsPerson, AsRole, Browser, MakeContact, Queries, token_in

pytestmark = pytest.mark.anyio


@pytest.fixture
def confida_registry() -> Any:
    """As plugins test: with the pages."""
    return load_everything


async def test_everybody_sees_what_they_may(
    client: Browser, stranger: Browser, as_role: AsRole, contact: MakeContact
) -> None:
    ada = await contact("Ada Lovelace")
    readonly = await as_role("readonly")
    edit = [await browser.get(f"/contacts/{ada}/edit") for browser in (client, readonly, stranger)]
    assert [answer.status_code for answer in edit] == [200, 404, 303]


async def test_changes_carry_the_token_of_their_session(client: Browser, contact: MakeContact) -> None:
    ada = await contact("Ada Lovelace")
    with_token = await client.post(f"/contacts/{ada}/archive")
    without = await client.post(f"/contacts/{ada}/archive", headers={"x-csrftoken": "other"})
    assert (with_token.status_code, without.status_code) == (303, 403)


async def test_fragment_is_a_part_of_the_page(client: Browser) -> None:
    whole, part = await client.get("/contacts"), await client.fragment("POST", "/contacts/search", data={"q": "x"})
    assert ("<html" in whole.text, "<html" in part.text) == (True, False)


async def test_person_is_on_their_own_pages_and_may_leave_them(
    crm: Any, as_person: AsPerson, contact: MakeContact
) -> None:
    ada = await as_person(await contact("Ada Lovelace", email="ada@example.org"))
    page = await ada.get("/my/consents")
    assert "Ada Lovelace" in page.text
    assert token_in(page.text) == ada.csrf_token
    assert (await ada.post("/my/leave", data={})).status_code == 303
    assert "Ada Lovelace" not in (await ada.get("/my/consents")).text


async def test_contact_is_made_as_asked(crm: Any, access: Any, contact: MakeContact) -> None:
    from confida_core.contacts.people import visible_contact

    club = await contact("Chess club", kind="organisation", email="club@example.org", tags=["chess"])
    opened = await visible_contact(crm, access, club)
    content = opened.content
    assert opened.row["kind"] == "organisation"
    assert (content.display_name, content.emails[0].address, content.tags) == (
        "Chess club", "club@example.org", ["chess"],
    )  # fmt: skip


async def test_statements_are_counted_within_the_block_only(crm: Any, queries: Queries) -> None:
    await crm.data.fetch("SELECT 1 AS n")
    with queries() as asked:
        await crm.data.fetch("SELECT 2 AS n")
        await crm.data.fetch("SELECT 3 AS n")
    await crm.data.fetch("SELECT 4 AS n")
    assert asked == ["SELECT 2 AS n", "SELECT 3 AS n"]
