"""The application stands: machines get their answers, unguarded routes stop the start, errors are pages."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import get

from tests.web.client import Browser, browser_of

pytestmark = pytest.mark.anyio


async def test_machines_are_answered_without_a_session(stranger: Browser) -> None:
    assert ((await stranger.get("/healthz")).text, (await stranger.get("/readyz")).text) == ("alive\n", "ready\n")


async def test_head_is_answered_like_get_without_a_body(stranger: Browser) -> None:
    answer = await stranger.head("/healthz")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "6")


async def test_way_to_another_page_says_nothing_itself(client: Browser, stranger: Browser) -> None:
    for browser, path in ((client, "/account/preferences"), (stranger, "/contacts")):
        answer = await (browser.post(path, data={}) if browser is client else browser.get(path))
        assert (answer.status_code, answer.content) == (303, b"")


async def test_unknown_page_is_a_page_of_ours(client: Browser) -> None:
    answer = await client.get("/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "nowhere" not in answer.text


@pytest.mark.parametrize("opt", [{}, {"permission": "contacts.guess"}, {"public": "yes"}])
def test_route_without_declared_permission_stops_the_start(opt: dict[str, Any]) -> None:
    from confida_web.security.guard import UnguardedRoute, check_routes

    @get("/somewhere", sync_to_thread=False, **opt)
    def somewhere() -> None: ...

    with pytest.raises(UnguardedRoute):
        check_routes([somewhere], ["contacts.read"])


async def test_security_txt_stands_where_a_public_address_is_known_and_lies_ahead(settings: Any) -> None:
    from datetime import datetime

    from confida_core.clock import now
    from confida_core.installation import open_installation
    from confida_core.setup import initialise, upgrade
    from confida_web.app import create_app, load_everything

    initialise(settings)
    public = settings.model_copy(update={"public_url": "https://crm.example.org"})
    async with open_installation(public, load_everything(public)) as crm:
        await upgrade(crm)
        async with browser_of(create_app(crm)) as browser:
            headers = {"host": "crm.example.org"}
            answer = await browser.get("/.well-known/security.txt", headers=headers)
            assert (await browser.get("/healthz", headers=headers)).status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:security@crm.example.org"
    assert 0 < (datetime.fromisoformat(fields["Expires"]) - now()).days < 365


def test_plugins_page_must_lie_below_its_key() -> None:
    from types import SimpleNamespace

    from confida_core.declarations import PluginInfo
    from confida_core.registry import Declared, LoadedPlugin
    from confida_web.routing import check_prefixes
    from confida_web.security.guard import UnguardedRoute

    @get(["/x/sales/deals", "/x/sales"], public=True, sync_to_thread=False)
    def own() -> None: ...

    @get("/x/salesman", public=True, sync_to_thread=False)
    def other() -> None: ...

    info = PluginInfo(key="sales", name="Sales", summary="Deals.")
    plugin = LoadedPlugin(info, "confida-sales", "1.0", SimpleNamespace())
    check_prefixes((Declared(plugin, own),), "/x/{key}")
    with pytest.raises(UnguardedRoute, match=r"confida-sales 1\.0.*must begin with /x/sales/"):
        check_prefixes((Declared(plugin, other),), "/x/{key}")
