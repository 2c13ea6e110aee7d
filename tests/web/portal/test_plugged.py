"""Plugins on the public side: their pages are for whoever is signed in there, and for nobody of the staff."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from litestar import Request, Response, get, post
from markupsafe import Markup

from confida_consent.tokens import make_token
from confida_core.declarations import PluginInfo
from confida_core.loaded_plugin import Declared, LoadedPlugin
from confida_core.vault.access import Access
from confida_web.app import create_app
from confida_web.declarations import PortalItem
from confida_web.page import Page
from confida_web.portal.showing import show
from confida_web.routing import check_portal_routes, check_prefixes
from confida_web.security.access import access_for
from confida_web.security.guard import UnguardedRoute
from tests.web.client import browser_of, signed_in_browser, token_in
from tests.web.plugged import with_plugin
from tests.web.portal.people import make_person, session_of

pytestmark = pytest.mark.anyio
CARD = "/my/x/sales/card"
TEMPLATE = """{% extends "portal/layout.html" %}{% block content %}<h1>Card of {{ page.name }}</h1>
<form method="post" action="/my/x/sales/card">{{ ui.csrf(frame) }}<button>Renew</button></form>{% endblock %}"""


@dataclass(frozen=True, kw_only=True)
class CardPage(Page):
    template: ClassVar[str] = "sales/card.html"
    title: ClassVar[str] = "Card"

    name: str


@get(CARD, person=True)
async def card(request: Request[Any, Any, Any]) -> Response[Any]:
    return show(request, CardPage(name=request.state.person.name))


@post(CARD, person=True, status_code=200)
async def renew(request: Request[Any, Any, Any]) -> Response[Any]:
    access = access_for(request, "data_subject_rights")
    assert access.actor.kind == "subject"
    return show(request, CardPage(name="renewed"))


@get("/my/x/sales/club", public=True)
async def club(request: Request[Any, Any, Any]) -> Response[Any]:
    return show(request, CardPage(name="everybody"))


async def seven(crm: Any, access: Access, person_id: UUID) -> int:
    assert access.actor.id == person_id
    return 7


async def escaped(*_: Any) -> Any:
    return Markup("<script>")


ITEMS = (
    PortalItem(key="sales.card", label="Your card", labels={"de": "Ihre Karte"}, href=CARD, badge=seven),
    PortalItem(key="sales.bad", label="Bad", href="/my/x/sales/bad", badge=escaped),
    PortalItem(key="sales.club", label="Club", href="/my/x/sales/club", by_link="{base}/club"),
)


@pytest.fixture
def plugged(crm: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("templates")
    (folder / "sales").mkdir()
    (folder / "sales" / "card.html").write_text(TEMPLATE)
    return with_plugin(crm, portal_routes=[card, renew, club], portal_items=ITEMS, template_folders=[folder])


async def test_page_is_for_the_person_who_is_in(crm: Any, plugged: Any) -> None:
    ada = await make_person(crm)
    async with browser_of(create_app(plugged)) as browser:
        inside = await session_of(crm, ada)
        page = await browser.get(CARD, headers=inside)
        assert (page.status_code, "Card of Ada Lovelace" in page.text) == (200, True)
        assert '<a href="/my/x/sales/card" aria-current="page">Your card <span class="count">7' in page.text
        assert ('<a href="/my/x/sales/bad">Bad</a>' in page.text, "<script>" in page.text) == (True, False)
        german = await browser.get(f"{CARD}?lang=de", headers=inside)
        assert ("Ihre Karte" in german.text, "Your card" in german.text) == (True, False)
        done = await browser.post(CARD, data={"_csrf": token_in(page.text)}, headers=inside)
        assert (done.status_code, "Card of renewed" in done.text) == (200, True)
        forged = await browser.post(CARD, data={"_csrf": "x"}, headers=inside)
        foreign = await browser.post(
            CARD, data={"_csrf": token_in(page.text)}, headers={**inside, "sec-fetch-site": "cross-site"}
        )
    assert (forged.status_code, foreign.status_code) == (403, 403)


async def test_strangers_links_and_staff_are_led_to_the_door(crm: Any, plugged: Any) -> None:
    ada, app = await make_person(crm), create_app(plugged)
    token = await make_token(crm, ada, "preferences")
    async with browser_of(app) as stranger, await signed_in_browser(app, crm, "Olga", "owner") as olga:
        for browser in (stranger, olga):
            asked, sent = await browser.get(CARD), await browser.post(CARD, data={})
            assert (asked.status_code, asked.headers.get("location"), sent.status_code) == (
                303,
                f"/my/?next={CARD}",
                404,
            )
            assert "Card of everybody" in (await browser.get("/my/x/sales/club")).text
        by_link = (await stranger.get(f"/my/p/{token}")).text
    assert (f'href="/my/p/{token}/club"' in by_link, CARD in by_link, "/my/details" in by_link) == (True, False, False)
    assert f'<a href="/my/p/{token}/consents" aria-current="page">' in by_link


async def test_what_a_page_opens_is_in_the_read_log_under_the_persons_own_name(crm: Any) -> None:
    ada = await make_person(crm)

    @get("/my/x/sales/own", person=True)
    async def own(request: Request[Any, Any, Any]) -> Response[Any]:
        rows = await crm.data.fetch("SELECT * FROM contact WHERE id = ?", request.state.person.id)
        record = crm.registry.records["contact"]
        opened = await crm.door.open(access_for(request, "data_subject_rights"), record, rows)
        return Response(opened[0].content.display_name)

    async with browser_of(create_app(with_plugin(crm, portal_routes=[own]))) as browser:
        page = await browser.get("/my/x/sales/own", headers=await session_of(crm, ada))
    assert page.text == "Ada Lovelace"
    assert [(read.actor_id, read.place) for read in await crm.door.read_log.of(ada)] == [(ada, "GET /my/x/sales/own")]


@pytest.mark.parametrize("opt", [{}, {"permission": "contacts.read"}, {"public": True, "person": True}, {"person": 1}])
def test_page_that_does_not_say_who_may_see_it_stops_the_start(opt: dict[str, Any]) -> None:
    @get("/my/x/sales/somewhere", sync_to_thread=False, **opt)
    def somewhere() -> None: ...

    with pytest.raises(UnguardedRoute, match="must say public=True or person=True"):
        check_portal_routes([somewhere])


def test_page_elsewhere_stops_the_start() -> None:
    @get("/my/consents", person=True, sync_to_thread=False)
    def taken() -> None: ...

    plugin = LoadedPlugin(PluginInfo(key="sales", name="Sales", summary=""), "confida-sales", "1.0", object())
    with pytest.raises(UnguardedRoute, match=r"confida-sales 1\.0.*must begin with /my/x/sales/"):
        check_prefixes([Declared(plugin, taken)], "/my/x/{key}")
