"""Whatever a plugin's panels, badges and sources do: the page is there, and names whose part is missing."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from markupsafe import Markup

from confida_core.accounts.audit import list_events
from confida_core.contacts.people import visible_contact
from confida_core.doctor import examine
from confida_core.isolation import running
from confida_core.isolation.breakers import switched_off
from confida_core.vault.access import SYSTEM, Access
from confida_web.app import create_app
from confida_web.contacts.pages import ConfidenceChip
from confida_web.declarations import ContactPanel, DashboardWidget, Found, NavDeclaration, SearchSource
from tests.web.client import Browser, signed_in_browser
from tests.web.people import make
from tests.web.plugged import with_plugin

pytestmark = pytest.mark.anyio

SECRET = "zyxomark"
TEMPLATES = {
    "box": "<p>Deals: {{ rows|length }}</p>{% for row in rows %}<b>{{ row }}</b>{% endfor %}",
    "broken": "{{ nothing.at.all }}",
    "unclosed": "{% if rows %}",
    "endless": "{% for row in endless %}{{ row }}{% endfor %}",
}


class Endless:
    def __iter__(self) -> Iterator[int]:
        return itertools.count()


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests: all templates are compiled anew for each other one."""
    folder = tmp_path_factory.mktemp("templates")
    (folder / "sales").mkdir()
    for name, text in TEMPLATES.items():
        (folder / "sales" / f"{name}.html").write_text(text)
    return folder


def panel(key: str, data: Any, template: str = "box", **more: Any) -> ContactPanel:
    return ContactPanel(
        key=f"sales.{key}", title=f"Box {key}", template=f"sales/{template}.html", permission="contacts.read", data=data,
        **more,
    )  # fmt: skip


async def good(*_: Any) -> dict[str, Any]:
    return {"rows": ["<script>"], "endless": Endless()}


async def raises(*_: Any) -> dict[str, Any]:
    raise ValueError(SECRET)


async def hangs(*_: Any) -> dict[str, Any]:
    await asyncio.sleep(3600)
    return {}


async def exits(*_: Any) -> dict[str, Any]:
    raise SystemExit(SECRET)


async def asks_wrongly(crm: Any, *_: Any) -> dict[str, Any]:
    await crm.data.fetch("SELECT nothing FROM nowhere")
    return {}


def returning(value: Any) -> Any:
    async def data(*_: Any) -> Any:
        return value

    return data


def no_coroutine(*_: Any) -> Any:
    return {"rows": []}


def bad_chips(value: Any) -> Any:
    return lambda data: value


FAULTY = {
    "raises": panel("raises", raises),
    "exits": panel("exits", exits),
    "asks wrongly": panel("asks", asks_wrongly),
    "nothing": panel("nothing", returning(None)),
    "a list": panel("list", returning([1, 2])),
    "text": panel("text", returning(SECRET)),
    "an iterator": panel("iterator", returning({"rows": itertools.count()})),
    "no coroutine": panel("coroutine", no_coroutine),
    "a name that the template wants": panel("name", returning({})),
    "no template": panel("missing", good, "nowhere"),
    "a broken template": panel("broken", good, "broken"),
    "a template that is none": panel("unclosed", good, "unclosed"),
    "an endless list in the template": panel("endless", good, "endless"),
    "chips that are none": panel("chips", good, chips=bad_chips(["mail"])),
    "a chip that is escaped already": panel(
        "escaped", good, chips=bad_chips([ConfidenceChip(channel="email", state="may", text=Markup("<script>"))])
    ),
    "a chip that leads away": panel(
        "away", good, chips=bad_chips([ConfidenceChip(channel="email", state="may", text="x", href="javascript:0")])
    ),
}


async def page_of(crm: Any, contact_id: UUID, templates: Path, *panels: ContactPanel) -> Any:
    other = with_plugin(crm, contact_panels=panels, template_folders=[templates])
    async with await signed_in_browser(create_app(other), crm, "Olga", "owner") as browser:
        return await browser.get(f"/contacts/{contact_id}")


@pytest.mark.parametrize("fault", FAULTY)
async def test_faulty_panel_is_replaced_by_a_notice_and_the_rest_of_the_page_lives(
    crm: Any, templates: Path, fault: str
) -> None:
    ada = await make(crm, "Ada Lovelace")
    page = await page_of(crm, ada, templates, FAULTY[fault], panel("good", good))
    assert (page.status_code, page.text.count("This part of “Sales” could not be loaded.")) == (200, 1)
    assert (FAULTY[fault].title in page.text, "<b>&lt;script&gt;</b>" in page.text, SECRET in page.text) == (
        True, True, False,
    )  # fmt: skip
    assert "Ada Lovelace" in page.text


async def test_panel_that_hangs_keeps_the_page_no_longer_than_the_deadline(
    crm: Any, templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SECONDS", 0.3)
    ada = await make(crm, "Ada Lovelace")
    async with asyncio.timeout(60):
        page = await page_of(
            crm, ada, templates, *(panel(f"slow{one}", hangs) for one in range(5)), panel("good", good)
        )
    assert (page.status_code, page.text.count("could not be loaded"), "Deals: 1" in page.text) == (200, 5, True)


async def test_reading_by_a_panel_that_fails_is_logged(crm: Any, templates: Path) -> None:
    ada, mats = await make(crm, "Ada Lovelace"), await make(crm, "Mats")

    async def opens_and_fails(crm: Any, access: Access, _: UUID) -> dict[str, Any]:
        await visible_contact(crm, access, mats)
        raise ValueError

    await page_of(crm, ada, templates, panel("opens", opens_and_fails))
    assert [read.place for read in await crm.door.read_log.of(mats)] == ["GET /contacts/{contact_id}"]


async def test_part_that_fails_five_times_is_off_until_an_administrator_switches_it_on(
    crm: Any, templates: Path
) -> None:
    ada, broken = await make(crm, "Ada Lovelace"), True

    async def data(*_: Any) -> dict[str, Any]:
        if broken:
            raise ValueError(SECRET)
        return {"rows": ["One"]}

    other = with_plugin(crm, contact_panels=[panel("deals", data)], template_folders=[templates])
    async with await signed_in_browser(create_app(other), crm, "Olga", "owner") as browser:
        seen = [(await browser.get(f"/contacts/{ada}")).text for _ in range(6)]
        assert ["is switched off because it failed several times in a row" in text for text in seen] == [False] * 4 + [
            True
        ] * 2
        listed = (await browser.get("/settings/plugins")).text
        assert ("Box on the contact page" in listed, "sales.deals" in listed, "ValueError" in listed) == (
            True,
            True,
            True,
        )
        assert SECRET not in listed
        (off,) = await switched_off(crm)
        told = [one for one in await examine(other, access_of()) if one.name == "Parts of plugins"]
        assert [(one.state, "sales.deals of sales" in one.text) for one in told] == [("warning", True)]
        broken = False
        wrong = await browser.post("/settings/plugins/core/switch-on", data={"which": off.id})
        assert (wrong.status_code, len(await switched_off(crm))) == (404, 1)
        done = await browser.post("/settings/plugins/sales/switch-on", data={"which": off.id})
        assert (done.status_code, done.headers["location"]) == (303, "/settings/plugins")
        assert "Deals: 1" in (await browser.get(f"/contacts/{ada}")).text
        assert "sales.deals" not in (await browser.get("/settings/plugins")).text.partition("Uses")[0]
    assert "plugin.switched_on" in [event.kind for event in await list_events(crm, access_of())]


def access_of() -> Access:
    return Access(actor=SYSTEM, purpose="operation", where="test")


async def test_widgets_are_kept_apart_too(crm: Any, templates: Path) -> None:
    def widget(key: str, data: Any) -> DashboardWidget:
        return DashboardWidget(
            key=key, title=f"Box {key}", template="sales/box.html", permission="contacts.read", data=data
        )

    other = with_plugin(
        crm, dashboard_widgets=[widget("a", exits), widget("b", good)], template_folders=[templates]
    )  # fmt: skip
    await make(crm, "Ada Lovelace")
    async with await signed_in_browser(create_app(other), crm, "Olga", "owner") as browser:
        page = await browser.get("/")
    assert (page.status_code, page.text.count("could not be loaded"), page.text.count("Deals: 1")) == (200, 1, 1)


@pytest.mark.parametrize("value", [Markup("<script>"), -1, True, None, "7", 1.5, SystemExit, ValueError])
async def test_badge_that_is_no_number_is_not_shown(crm: Any, value: Any) -> None:
    async def badge(*_: Any) -> Any:
        if isinstance(value, type):
            raise value(SECRET)
        return value

    async def three(*_: Any) -> int:
        return 3

    def place(key: str, badge: Any) -> NavDeclaration:
        return NavDeclaration(
            key=key, label=f"Place {key}", icon="plugin", href=f"/x/{key}", permission="contacts.read", badge=badge
        )

    other = with_plugin(crm, nav_items=[place("a", badge), place("b", three)])
    async with await signed_in_browser(create_app(other), crm, "Olga", "owner") as browser:
        page = await browser.get("/")
    count = '<span class="count">3<span class="sr"> waiting</span></span></a>'
    assert (page.status_code, f"<span>Place b</span>{count}" in page.text) == (200, True)
    assert ("<span>Place a</span></a>" in page.text, SECRET in page.text) == (True, False)


RESULTS: dict[str, Any] = {
    "nothing": None,
    "an endless list": itertools.repeat(Found(label="x", href="/x")),
    "too many": [Found(label="x", href="/x")] * 100,
    "mappings": [{"label": "x"}],
    "an escaped label": [Found(label=Markup("<script>"), href="/x")],
    "no label": [Found(label=None, href="/x")],  # type: ignore[arg-type]
    "a script": [Found(label="x", href="javascript:alert(1)")],
    "another host": [Found(label="x", href="//example.org/")],
}


def source(key: str, find: Any) -> SearchSource:
    return SearchSource(key=f"sales.{key}", label=f"Found {key}", permission="contacts.read", find=find)


@pytest.mark.parametrize("what", RESULTS)
async def test_search_source_that_returns_rubbish_is_named_and_the_others_are_shown(crm: Any, what: str) -> None:
    sources = [
        source("bad", returning(RESULTS[what])),
        source("good", returning([Found(label="<b>", href="/x/sales/1")])),
    ]
    other = with_plugin(crm, search_sources=sources)
    async with await signed_in_browser(create_app(other), crm, "Olga", "owner") as browser:
        whole = await browser.post("/search", data={"q": "deal"})
        part = await browser.fragment("POST", "/search/palette", data={"q": "deal"})
    for page in (whole, part):
        assert (page.status_code, "Found bad: This part of “Sales” could not be loaded." in page.text) == (200, True)
        assert ('href="/x/sales/1"' in page.text, "<bdi>&lt;b&gt;</bdi>" in page.text) == (True, True)


async def test_search_source_gets_folded_words_and_is_asked_for_nobody_without_permission(crm: Any) -> None:
    asked = []

    async def find(crm: Any, access: Access, words: tuple[str, ...], limit: int) -> list[Found]:
        asked.append((words, limit, access.actor.may("contacts.read")))
        return []

    hidden = SearchSource(key="sales.secret", label="x", permission="system.manage", find=returning(None))
    other = with_plugin(crm, search_sources=[source("deals", find), hidden])
    async with await signed_in_browser(create_app(other), crm, "Mats", "readonly") as browser:
        page = await browser.post("/search", data={"q": " Größe  ÉTÉ"})
        await browser.post("/search", data={"q": "  "})
    assert (asked, "could not be loaded" in page.text) == ([(("grosse", "ete"), 20, True)], False)


async def test_client_without_plugins_sees_no_notice(crm: Any, client: Browser) -> None:
    ada = await make(crm, "Ada Lovelace")
    assert "could not be loaded" not in (await client.get(f"/contacts/{ada}")).text
    assert "Switched off because it failed" not in (await client.get("/settings/plugins")).text
