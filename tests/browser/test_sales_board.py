"""The board of sales in a browser: cards carried by pointer, by keyboard and through the menu; no barrier on its pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import make_owner
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import SHOWN, WIDE, barriers
from tests.live_server import LiveServer, serving

BOARD = "/x/sales/board"
PLUGINS = {"CONFIDA_PLUGINS": '["sales"]'}


async def plant(home: Path) -> None:
    """Ada, who may buy two boats."""
    from confida_core.api import Actor, ContactContent, ContactKind, create_contact
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_core.setup import upgrade
    from confida_core.vault.access import Access
    from confida_sales.opportunities.opportunities import OpportunityDraft, create_opportunity
    from confida_sales.opportunities.pipelines import pipelines_in_use
    from confida_web.app import load_everything

    settings = read_settings(home=home, plugins=("sales",))
    allowed = frozenset({"contacts.read", "contacts.write", "sales.read", "sales.write"})
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        access = Access(
            actor=Actor(id=crm.keyring.installation_id, permissions=allowed), purpose="relationship", where=""
        )
        ada = await create_contact(crm, access, ContactKind.PERSON, ContactContent(display_name="Ada Lovelace"))
        first = (await pipelines_in_use(crm))[0].stages[0]
        for title in ("Rowing boat", "Sailing boat"):
            await create_opportunity(crm, access, ada, first, OpportunityDraft(title=title))


def planted(home: Path) -> None:
    """In a thread of its own: the browser's driver occupies the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, plant(home)).result()


@pytest.fixture(scope="module")
def sales(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, Any]]:
    """A server with sales, and Olga's cookies."""
    with serving(tmp_path_factory.mktemp("sales") / "home", settings=PLUGINS, before=planted) as live:
        context = browser.new_context()
        make_owner(context.new_page(), live)
        state = context.storage_state()
        context.close()
        yield live, state


@pytest.fixture
def board(browser: Any, sales: tuple[LiveServer, Any]) -> Iterator[Any]:
    """The board in a window of Olga's; the test fails if the page complained behind its back."""
    live, state = sales
    context = browser.new_context(storage_state=state, base_url=live.url, viewport={"width": 1600, "height": 900})
    context.set_default_timeout(15_000)
    window = context.new_page()
    watch = Watch(window, live.url)
    window.goto(BOARD)
    yield window
    context.close()
    assert watch.complaints == []


def card(window: Any, title: str) -> Any:
    return window.locator(".deal", has_text=title)


def stage(window: Any, name: str) -> Any:
    return window.locator(f'.stage[data-name="{name}"]')


def stands_in(window: Any, title: str, name: str) -> None:
    """On the board, and after it was asked for again."""
    expect(stage(window, name).locator(".deal", has_text=title)).to_be_visible()
    expect(card(window, title)).not_to_have_class(re.compile("pending"))
    window.goto(BOARD)
    expect(stage(window, name).locator(".deal", has_text=title)).to_be_visible()


def test_card_is_carried_by_keyboard_and_its_step_taken_back(board: Any) -> None:
    grip = card(board, "Rowing boat").get_by_role("button", name="Move: Rowing boat")
    grip.focus()
    board.keyboard.press("Enter")
    expect(board.locator("#board-says")).to_have_text("Taken up: Rowing boat, in Interested.")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("Escape")
    expect(stage(board, "Interested").locator(".deal")).to_have_count(2)
    expect(grip).to_be_focused()
    board.keyboard.press("Enter")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("Enter")
    expect(board.locator(".toast", has_text="Moved to “Needs understood”.")).to_be_visible()
    expect(card(board, "Rowing boat").locator("[data-grip]")).to_be_focused()
    expect(stage(board, "Needs understood").locator("h2 .count")).to_have_text("1")
    board.locator(".toast").get_by_role("button", name="Undo").click()
    expect(board.locator(".toast", has_text="Moved back.")).to_be_visible()
    stands_in(board, "Rowing boat", "Interested")


def test_card_is_carried_by_pointer(board: Any) -> None:
    start = card(board, "Sailing boat").bounding_box()
    end = stage(board, "Needs understood").locator("[data-deals]").bounding_box()
    board.mouse.move(start["x"] + 30, start["y"] + start["height"] - 8)
    board.mouse.down()
    board.mouse.move(start["x"] + 60, start["y"] + 60, steps=4)
    target = stage(board, "Needs understood").locator(".deal", has_text="Sailing boat")
    for step in range(60):
        # The browser tells the page of a drag when it has time, and only while the pointer moves.
        board.mouse.move(end["x"] + 80 + step % 2 * 8, end["y"] + 30 + step % 3)
        if target.count():
            break
        board.wait_for_timeout(100)
    board.mouse.up()
    expect(board.locator(".toast", has_text="Moved to “Needs understood”.")).to_be_visible()
    stands_in(board, "Sailing boat", "Needs understood")


def test_stage_asks_in_a_dialog_and_whoever_leaves_it_moves_nothing(board: Any) -> None:
    card(board, "Rowing boat").get_by_role("link", name="Move to…").click()
    board.locator("#where").get_by_role("button", name="Lost").click()
    dialog = board.locator("#ask")
    expect(dialog.get_by_text("Why was it lost?")).to_be_visible()
    board.keyboard.press("Escape")
    expect(stage(board, "Interested").locator(".deal", has_text="Rowing boat")).to_be_visible()
    card(board, "Rowing boat").get_by_role("link", name="Move to…").click()
    board.locator("#where").get_by_role("button", name="Quote sent").click()
    dialog.get_by_label("Value").fill("1,200.50")
    dialog.get_by_label("Expected close").fill("2031-05-01")
    dialog.get_by_role("button", name="Move").click()
    expect(card(board, "Rowing boat").locator(".deal-value b")).to_have_text("€1,200.50")
    stands_in(board, "Rowing boat", "Quote sent")


def test_pages_have_no_barrier(browser: Any, sales: tuple[LiveServer, Any]) -> None:
    live, state = sales
    # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
    context = browser.new_context(storage_state=state, bypass_csp=True, reduced_motion="reduce", viewport=WIDE)
    window = context.new_page()
    window.goto(live.url + BOARD)
    one = window.locator(".deal-title").first.get_attribute("href")
    found = {}
    for path in (BOARD, one):
        window.goto(live.url + path)
        for mode in SHOWN:
            mode(window)
            found[path, mode.__name__] = barriers(window)
        window.set_viewport_size(WIDE)
    context.close()
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
