"""The pages about plugins: looked at, enabled, disabled, purged; each change waits for the next start."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from confida_core.accounts.audit import list_events
from confida_core.vault.access import system_access
from tests.cases import in_one_installation
from tests.core.plugins.conftest import home, plugins, warm_looks, warm_process
from tests.core.plugins.fake import FakePlugins
from tests.core.plugins.people import NOTE, add_contact, add_member, module_of

__all__ = ["home", "plugins", "warm_looks", "warm_process"]

pytestmark = pytest.mark.anyio
LIST, ABOUT, PURGE = "/settings/plugins", "/settings/plugins/membership/about", "/settings/plugins/membership/purge"
ROUTES = """
from typing import Any

from litestar import Request, Response, get


@get("/x/membership/members", permission="membership.read")
async def members(request: Request[Any, Any, Any]) -> Response[Any]:
    return Response("the members")


@hookimpl
def routes():
    return [members]
"""
LETTER = """
from confida_consent.declarations import ConsentPurpose, Wording


@hookimpl
def consent_purposes():
    words = Wording(title="Letter to members", description="Four times a year.")
    return [
        ConsentPurpose(
            key="membership.letter", version=1, texts={"en": words}, basis="consent", channels=("email",), category="service"
        )
    ]
"""
_names = itertools.count()


@asynccontextmanager
async def started(home: Path, **given: Any) -> AsyncIterator[tuple[Any, Any]]:
    """The server as it starts now: (crm, Olga's browser)."""
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_core.setup import upgrade
    from confida_web.app import create_app, load_everything
    from tests.web.client import signed_in_browser

    settings = read_settings(home=home, **given)
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm, plugins=False)
        async with await signed_in_browser(create_app(crm), crm, f"Olga{next(_names)}", "owner") as olga:
            yield crm, olga


def words(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", html).split()))


async def test_life_of_a_plugin_on_the_pages(home: Path, plugins: FakePlugins) -> None:
    plugins.install(more=ROUTES)
    async with started(home) as (crm, olga):
        assert "Installed, off" in words((await olga.get(LIST)).text)
        text = words((await olga.get(ABOUT)).text)
        assert "can then read everything Confida can read" in text
        for declared in (
            "membership.read See members", "membership.service Looking after members", "/x/membership/members membership.read",
            "membership.remind Remind members", "membership_member Members membership.service membership not made yet",
        ):  # fmt: skip
            assert declared in text
        done = await olga.post("/settings/plugins/membership/enable")
        assert (done.status_code, done.headers["location"]) == (303, ABOUT)
        assert "takes effect when the server is started again" in words((await olga.get(ABOUT)).text)
        assert "On from the next start" in words((await olga.get(LIST)).text)
        assert (await olga.get("/x/membership/members")).status_code == 404
    async with started(home) as (crm, olga):
        assert (await olga.get("/x/membership/members")).text == "the members"
        await add_member(crm, await add_contact(crm, "Ada"), module_of(crm))
        assert "still takes part in answers, erasures" in words((await olga.get(ABOUT)).text)
        assert (await olga.get(PURGE)).status_code == 200
        refused = await olga.post(PURGE, data={"before": "erase", "typed": "membership"})
        assert (refused.status_code, "is running here" in words(refused.text)) == (422, True)
        assert (await olga.post("/settings/plugins/membership/disable")).status_code == 303
        assert (await olga.get("/x/membership/members")).status_code == 200, "until the next start"
    async with started(home) as (crm, olga):
        assert "Off, keeps data" in words((await olga.get(LIST)).text)
        assert (await olga.get("/x/membership/members")).status_code == 404
        kinds = [event.kind for event in await list_events(crm, system_access("tests"), kind="plugin")]
        assert kinds == ["plugin.disabled", "plugin.enabled"]


async def parked(home: Path, plugins: FakePlugins) -> None:
    """A disabled plugin with one member."""
    from confida_core.plugins.enabling import disable_plugin, enable_plugin

    plugins.install()
    access = system_access("tests")
    async with started(home) as (crm, _):
        await enable_plugin(crm, access, "membership")
    async with started(home) as (crm, _):
        await add_member(crm, await add_contact(crm, "Ada"), module_of(crm))
        await disable_plugin(crm, access, "membership")


async def test_purge_asks_what_happens_first_and_for_the_key(home: Path, plugins: FakePlugins) -> None:
    await parked(home, plugins)
    async with started(home) as (crm, olga):
        text = words((await olga.get(PURGE)).text)
        assert "How many people it is about: 1." in text
        assert "The keys of membership are destroyed" in text
        for typed in ({}, {"before": "erase", "typed": "sales"}, {"before": "later", "typed": "membership"}):
            assert (await olga.post(PURGE, data=typed)).status_code == 422
        early = await olga.post(PURGE, data={"before": "exported", "typed": "membership"})
        assert (early.status_code, "no archive was made yet" in words(early.text)) == (422, True)
        archive = await olga.post("/settings/plugins/membership/archive", data={"recipient": ""})
        assert "membership-" in archive.headers["content-disposition"]
        assert [json.loads(line).get("content") for line in archive.text.splitlines()] == [None, {"note": NOTE}, None]
        wrong = await olga.post("/settings/plugins/membership/archive", data={"recipient": "age1nobody"})
        assert (wrong.status_code, "not a public key of age" in words(wrong.text)) == (422, True)
        done = await olga.post(PURGE, data={"before": "exported", "typed": "membership"})
        assert (done.status_code, done.headers["location"]) == (303, LIST)
        assert await crm.data.fetch("SELECT id FROM membership_member") == []
        assert "Empty tables go at the next start" in words((await olga.get(LIST)).text)
        assert (await olga.get(ABOUT)).status_code == 200
    async with started(home) as (crm, olga):
        assert "Installed, off" in words((await olga.get(LIST)).text)


async def test_consents_outlast_the_plugin_and_the_pages_that_show_them_live(home: Path, plugins: FakePlugins) -> None:
    from confida_consent.events import record_event
    from confida_core.plugins.enabling import disable_plugin, enable_plugin
    from confida_core.plugins.purging import purge_plugin
    from tests.consent.people import person, says

    plugins.install(more=LETTER)
    access = system_access("tests")
    async with started(home) as (crm, _):
        await enable_plugin(crm, access, "membership")
    async with started(home) as (crm, _):
        ada = await add_contact(crm, "Ada")
        await add_member(crm, ada, module_of(crm))
        await record_event(crm, person(ada), says(ada, "given", purpose="membership.letter"))
        await disable_plugin(crm, access, "membership")
    places = (f"/contacts/{ada}", f"/contacts/{ada}/consents", "/consents", "/consents/purposes", "/registers")
    async with started(home) as (crm, olga):
        assert "Letter to members" in words((await olga.get(f"/contacts/{ada}/consents")).text), "it can be withdrawn"
        await purge_plugin(crm, access, "membership", exported=False, alone=True)
    async with started(home) as (crm, olga):
        assert {path: (await olga.get(path)).status_code for path in places} == dict.fromkeys(places, 200)
        events = await crm.data.fetch("SELECT purpose FROM consent_event WHERE subject_id = ?", ada)
        assert [row["purpose"] for row in events] == ["membership.letter"]


async def test_archive_for_a_recipient_is_read_with_the_secret_key_only(home: Path, plugins: FakePlugins) -> None:
    import pyrage

    await parked(home, plugins)
    key = pyrage.x25519.Identity.generate()
    async with started(home) as (_, olga):
        sealed = await olga.post("/settings/plugins/membership/archive", data={"recipient": str(key.to_public())})
    assert sealed.content.startswith(b"age-encryption.org/v1")
    assert NOTE.encode() not in sealed.content
    lines = pyrage.decrypt(sealed.content, [key]).splitlines()
    assert [json.loads(line).get("table") for line in lines] == [None, "membership_member", None]


async def test_uninstalled_plugin_in_safe_mode_shows_what_it_keeps(home: Path, plugins: FakePlugins) -> None:
    await parked(home, plugins)
    plugins.uninstall("confida-membership")
    async with started(home, no_plugins=True) as (_, olga):
        text = words((await olga.get(LIST)).text)
        assert "Safe mode: no plugin is loaded" in text
        assert "Not installed" in text
        assert "membership_member Members membership.service membership 1" in words((await olga.get(ABOUT)).text)
        assert "pip install confida-membership==1.0" in words((await olga.get("/settings/system")).text)


async def test_plugin_that_cannot_be_loaded_says_why(home: Path, plugins: FakePlugins) -> None:
    plugins.install(more="raise ImportError('a library is missing')\n")
    async with started(home) as (_, olga):
        assert "a library is missing" in words((await olga.get(ABOUT)).text)
        refused = await olga.post("/settings/plugins/membership/enable")
        assert (refused.status_code, "a library is missing" in words(refused.text)) == (422, True)
        assert "plugins" not in (home / "config.toml").read_text()


async def test_list_that_the_environment_decides_has_no_button(
    home: Path, plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugins.install()
    monkeypatch.setenv("CONFIDA_PLUGINS", "[]")
    async with started(home) as (_, olga):
        html = (await olga.get(ABOUT)).text
        assert ("CONFIDA_PLUGINS decides" in words(html), 'action="/settings/plugins/membership/enable"' in html) == (
            True,
            False,
        )
        assert (await olga.post("/settings/plugins/membership/enable")).status_code == 422


@in_one_installation("path", ["core/about", "nowhere/about", "core/purge", "nowhere/purge"])
async def test_parts_of_confida_and_nothing_have_no_such_page(client: Any, path: str) -> None:
    assert (await client.get(f"/settings/plugins/{path}")).status_code == 404
