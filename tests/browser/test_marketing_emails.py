"""The editor of e-mails in a browser: the preview follows, nothing is lost by a slip, blocks are dragged, and nothing is a barrier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import make_owner
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import SHOWN, WIDE, barriers
from tests.live_server import LiveServer, serving

EMAILS = "/x/marketing/emails"
SETTINGS = {"CONFIDA_PLUGINS": '["marketing"]'}


@pytest.fixture(scope="module")
def marketing(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, Any]]:
    """A server with marketing, and Olga's cookies."""
    with serving(tmp_path_factory.mktemp("marketing") / "home", settings=SETTINGS) as live:
        context = browser.new_context()
        make_owner(context.new_page(), live)
        state = context.storage_state()
        context.close()
        yield live, state


def test_an_email_is_written_and_nothing_of_it_is_a_barrier(browser: Any, marketing: tuple[LiveServer, Any]) -> None:
    live, state = marketing
    context = browser.new_context(storage_state=state, base_url=live.url, viewport=WIDE, reduced_motion="reduce")
    window = context.new_page()
    watch = Watch(window, live.url)
    window.goto(f"{EMAILS}/new")
    window.click("text=Begin with this >> nth=2")
    shown = window.frame_locator("#mail-frame iframe:not(.coming)")
    expect(shown.locator("h1")).to_have_text("Thank you")
    window.fill("#blocks-0-text", "<b>Typed</b> {{first_name|friend}}")
    expect(shown.locator("h1")).to_have_text("<b>Typed</b> Olga")
    window.click("#blocks-1-remove")
    expect(window.locator("#restore")).to_be_focused()
    window.click("#restore")
    expect(window.locator("#blocks-1-text")).to_have_value("Dear {{first_name|friend}},")
    grip, first = window.locator("#blocks-1-grip").bounding_box(), window.locator("#block-0").bounding_box()
    window.mouse.move(grip["x"] + 4, grip["y"] + 4)
    window.mouse.down()
    window.mouse.move(first["x"] + 40, first["y"] + 6, steps=4)
    window.mouse.up()
    expect(window.locator("#blocks-0-text")).to_have_value("Dear {{first_name|friend}},")
    expect(shown.locator("p").first).to_have_text("Dear Olga,")
    window.click("button[value=look]")
    window.wait_for_url("**/emails/*-*")
    assert watch.complaints == []
    place = window.url.removeprefix(live.url)
    context.close()
    check(browser, live, state, {f"{EMAILS}/new": SHOWN[:1], place: SHOWN[:3], f"{place}/edit": SHOWN})


def check(browser: Any, live: LiveServer, state: Any, places: Mapping[str, Sequence[Any]]) -> None:
    """places: each with the ways in which it is looked at."""
    # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
    context = browser.new_context(
        storage_state=state, base_url=live.url, viewport=WIDE, bypass_csp=True, reduced_motion="reduce"
    )
    window = context.new_page()
    found = {}
    for place, modes in places.items():
        window.goto(place)
        for mode in modes:
            mode(window)
            found[place, mode.__name__] = barriers(window)
        window.set_viewport_size(WIDE)
    context.close()
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
