"""The page with the settings of a plugin: a form made from its struct, origins shown, secrets never."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from confida_consent.own_settings import ConsentSettings, soon_days
from confida_core.accounts.audit import list_events
from confida_core.plugin_settings.reading import plugin_settings
from confida_core.vault.access import system_access
from tests.core.test_plugin_settings import ClubSettings, plugin_of

pytestmark = pytest.mark.anyio
PATH = "/settings/plugins/club"
TYPED = {"fee_minor": "3000", "greeting": "Moin <b>", "pace": "monthly", "towns": "Kiel\nUlm", "api_token": "t0ps3cret"}


def with_club(_: Any) -> Any:
    """Everything of our own, and a plugin that has one setting of each kind."""
    from confida_consent import hooks as consent_hooks
    from confida_consent.hookspecs import ConsentHooks
    from confida_core import hooks as core_hooks
    from confida_core.hookspecs import CoreHooks
    from confida_core.registry import load_registry
    from confida_web import hooks as web_hooks
    from confida_web.hookspecs import WebHooks

    own = (core_hooks, consent_hooks, web_hooks, plugin_of(ClubSettings))
    return load_registry((), built_in=own, specifications=(CoreHooks, ConsentHooks, WebHooks))


@pytest.fixture
def confida_registry() -> Callable[[Any], Any]:
    return with_club


def origins(html: str) -> list[str]:
    """What stands below each field."""
    found = re.findall(r'<p class="hint">([^<]*)<code>', html)
    return [unescape(text).replace("Outside:", "").strip(" .\n") for text in found]


async def test_defaults_stand_in_the_form_with_their_origin(client: Any) -> None:
    html = (await client.get(PATH)).text
    assert origins(html) == ["the default"] * 5 + ["not set, the default"]
    assert 'name="fee_minor" type="text" value="2500"' in html
    assert re.findall(r"<code>(CONFIDA_\w+)</code>", html)[-2:] == ["CONFIDA_CLUB_TOWNS", "CONFIDA_CLUB_API_TOKEN_FILE"]


async def test_what_is_saved_holds_and_the_secret_is_never_shown(client: Any, crm: Any) -> None:
    answer = await client.post(PATH, data=TYPED)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    wanted = ClubSettings(3_000, "Moin <b>", False, "monthly", ("Kiel", "Ulm"), "t0ps3cret")
    assert await plugin_settings(crm, ClubSettings) == wanted
    html = (await client.get(PATH)).text
    assert origins(html) == ["saved on this page"] * 5 + ["set, saved on this page"]
    assert ("t0ps3cret" in html, "Moin &lt;b&gt;" in html) == (False, True)
    kinds = [event.kind for event in await list_events(crm, system_access("test"), kind="settings")]
    assert kinds == ["settings.plugin_changed"]


async def test_a_secret_is_forgotten_on_demand_only(client: Any, crm: Any) -> None:
    await client.post(PATH, data=TYPED)
    await client.post(PATH, data={**TYPED, "api_token": ""})
    assert (await plugin_settings(crm, ClubSettings)).api_token == "t0ps3cret"
    await client.post(PATH, data={**TYPED, "api_token": "", "forget": "api_token"})
    assert (await plugin_settings(crm, ClubSettings)).api_token == ""


async def test_what_is_wrong_is_said_and_nothing_is_saved(client: Any, crm: Any) -> None:
    answer = await client.post(PATH, data={**TYPED, "fee_minor": "many", "api_token": "x" * 2_001})
    assert answer.status_code == 422
    assert re.findall(r'<p class="error" id="(\w+)-error">', answer.text) == ["fee_minor", "api_token"]
    assert ('value="many"' in answer.text, "xxxx" in answer.text) == (True, False)
    assert await plugin_settings(crm, ClubSettings) == ClubSettings()


async def test_what_is_chosen_outside_is_shown_and_not_taken_from_the_form(
    client: Any, crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFIDA_CLUB_GREETING", "Servus")
    html = (await client.get(PATH)).text
    assert origins(html)[1] == "from the environment"
    assert ("<bdi>Servus</bdi>" in html, 'name="greeting"' in html) == (True, False)
    await client.post(PATH, data=TYPED)
    assert (await plugin_settings(crm, ClubSettings)).greeting == "Servus"
    monkeypatch.delenv("CONFIDA_CLUB_GREETING")
    assert (await plugin_settings(crm, ClubSettings)).greeting == "Welcome"


@pytest.mark.parametrize("role", ["staff", "readonly", "privacy_officer"])
async def test_settings_are_for_administrators(as_role: Any, role: str) -> None:
    browser = await as_role(role)
    answers = [(await browser.get(PATH)).status_code, (await browser.post(PATH, data=TYPED)).status_code]
    assert answers == [404, 404]


async def test_a_plugin_without_settings_has_no_such_page(client: Any) -> None:
    assert [(await client.get(f"/settings/plugins/{key}")).status_code for key in ("core", "nowhere")] == [404, 404]


async def test_consent_asks_its_settings_when_a_consent_ends_soon(client: Any, crm: Any) -> None:
    assert await soon_days(crm) == ConsentSettings().expiring_days == 60
    assert (await client.post("/settings/plugins/consent", data={"expiring_days": "45"})).status_code == 303
    assert await soon_days(crm) == 45
    assert '<a href="/consents/expiring?days=45" aria-current' in (await client.get("/consents/expiring")).text
    assert "Whose consent ends within 45 days" in (await client.get("/consents/ask")).text
