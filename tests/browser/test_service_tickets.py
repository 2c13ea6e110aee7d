"""Tickets in a browser: a mail that wants to phone home, an answer that is called off; no barrier."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watch
from tests.browser.test_accessibility import SHOWN, WIDE, barriers
from tests.live_server import LiveServer

LIST = "/x/service/tickets"


@pytest.fixture
def service(service_house: tuple[LiveServer, Any, dict[str, str]]) -> tuple[LiveServer, Any, str]:
    """A server with service, Olga's cookies, and the address of an article."""
    live, state, known = service_house
    return live, state, f"/x/service/articles/{known['Change the bulb of a lamp']}"


def test_mail_cannot_phone_home_and_an_answer_can_be_called_off(
    browser: Any, service: tuple[LiveServer, Any, str]
) -> None:
    live, state, _ = service
    context = browser.new_context(storage_state=state, base_url=live.url, viewport=WIDE)
    window = context.new_page()
    watch = Watch(window, live.url)
    window.goto(LIST)
    window.click("text=The lamp")
    frame = window.frame_locator("iframe")
    expect(frame.locator("p")).to_have_text("It is dark.")
    assert (frame.locator("form, button, script, [src]").count(), watch.complaints) == (0, [])
    window.fill("#text", "Change the bulb.")
    window.click(".answer-form .actions button")
    expect(window.locator(".said.out")).to_contain_text("Change the bulb.")
    window.click("#toasts button:has-text('Undo')")
    expect(window.locator("#text")).to_have_value("Change the bulb.")
    expect(window.locator(".said.out")).to_have_count(0)
    context.close()
    assert watch.complaints == []


def test_nothing_of_tickets_and_articles_is_a_barrier(browser: Any, service: tuple[LiveServer, Any, str]) -> None:
    live, state, article = service
    # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
    context = browser.new_context(
        storage_state=state, base_url=live.url, viewport=WIDE, bypass_csp=True, reduced_motion="reduce"
    )
    window = context.new_page()
    window.goto(LIST)
    one = window.locator(".ticket-cell > a").first.get_attribute("href")
    found = {}
    # One mode of the articles is enough: they are made of the same pieces.
    for path, modes in ((LIST, SHOWN), (one, SHOWN), (article, SHOWN[-1:]), (f"{article}/edit", SHOWN[-1:])):
        window.goto(live.url + path)
        for mode in modes:
            mode(window)
            found[path, mode.__name__] = barriers(window)
        window.set_viewport_size(WIDE)
    context.close()
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
