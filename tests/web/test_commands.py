"""The palette offers places and things to do, to whoever may, and leads nowhere else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from confida_core.declarations import PluginInfo
from confida_core.loaded_plugin import Declared, LoadedPlugin, PluginError
from confida_web.app import create_app
from confida_web.declarations import Command
from confida_web.search.commands import check_commands
from confida_web.search.words import matches_words, words_of
from tests.web.client import Browser, signed_in_browser
from tests.web.plugged import with_plugin

pytestmark = pytest.mark.anyio
PLUGIN = LoadedPlugin(PluginInfo(key="sales", name="Sales", summary=""), "confida-sales", "1.0", object())
OPTION = re.compile(r'<(?:a role="option"[^>]*? href|form method="post" action)="([^"]+)"')


async def offered(browser: Browser, words: str) -> list[str]:
    """Where the entries lead, in order."""
    page = await browser.fragment("POST", "/search/palette", data={"q": words})
    assert page.status_code == 200
    return OPTION.findall(page.text)


async def test_places_settings_and_actions_are_found_by_any_of_their_words(client: Browser) -> None:
    assert await offered(client, "trash") == ["/contacts/trash"]
    assert await offered(client, "deleted contacts") == ["/contacts/trash"]
    assert await offered(client, "new pers") == ["/contacts/new?kind=person"]
    assert await offered(client, "sign OUT") == ["/logout"]
    assert await offered(client, "zzz") == []
    assert await offered(client, "") == []


async def test_action_is_a_form_with_its_token(client: Browser) -> None:
    page = await client.fragment("POST", "/search/palette", data={"q": "sign out"})
    assert f'name="_csrf" value="{client.csrf_token}"' in page.text
    assert '<button class="quiet" role="option" id="palette-1"' in page.text


async def test_nobody_is_offered_what_they_may_not(app: Any, crm: Any) -> None:
    async with await signed_in_browser(app, crm, "Mats", "readonly") as mats:
        assert [await offered(mats, words) for words in ("trash", "new person", "users access", "sign out")] == [
            [], [], [], ["/logout"],
        ]  # fmt: skip


async def test_plugins_command_is_offered_in_its_order(crm: Any) -> None:
    commands = [
        Command(key="sales.close", label="Close <month>", permission="contacts.read", action="/x/sales/close", order=2),
        Command(key="sales.deals", label="Close deals", permission="contacts.read", href="/x/sales/deals", order=1),
        Command(key="sales.own", label="Close all", permission="nobody.has", href="/x/sales/all"),
    ]
    async with await signed_in_browser(
        create_app(with_plugin(crm, commands=commands)), crm, "Olga", "owner"
    ) as browser:
        assert await offered(browser, "close") == ["/x/sales/deals", "/x/sales/close"]
        page = await browser.fragment("POST", "/search/palette", data={"q": "close"})
    assert "Close &lt;month&gt;" in page.text


async def test_saved_views_and_purposes_are_found_besides_contacts(client: Browser) -> None:
    await client.post("/contacts/views", data={"name": "Donors in Leipzig", "text": "", "condition": ""})
    found = await offered(client, "leip don")
    assert [address.partition("=")[0] for address in found] == ["/contacts?view"]
    whole = await client.post("/search", data={"q": "donors"})
    assert ("Saved views" in whole.text, "Donors in Leipzig" in whole.text) == (True, True)


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ({}, "needs either href or action"),
        ({"href": "/x/sales/a", "action": "/x/sales/b"}, "needs either href or action"),
        ({"href": "https://example.org/"}, "must lead to a page of this installation"),
        ({"href": "//example.org/"}, "must lead to a page of this installation"),
        ({"action": "/users/end-all-sessions"}, "must begin with /x/sales/"),
    ],
)
def test_command_that_leads_elsewhere_stops_the_start(target: dict[str, Any], says: str) -> None:
    command = Command(key="sales.bad", label="Bad", permission="contacts.read", **target)
    with pytest.raises(PluginError, match=says):
        check_commands([Declared(PLUGIN, command)])


@pytest.mark.parametrize(
    ("text", "typed", "matches"),
    [
        ("Anna Müller", "mu an", True),
        ("Anna Müller", "MÜLL", True),
        ("Anna Müller", "nna", False),
        ("Anna Müller", "anna m x", False),
        ("", "a", False),
    ],
)
def test_word_beginnings_match_in_any_order(text: str, typed: str, matches: bool) -> None:
    assert matches_words(text, words_of(typed)) is matches
