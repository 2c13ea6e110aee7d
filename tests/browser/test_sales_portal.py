"""Customers at their own quotes in a real browser, without JavaScript and in two languages; axe finds nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.sales_customers import PLUGINS, make_customers
from tests.browser.test_accessibility import MODES, violations
from tests.browser.test_portal import Portal
from tests.live_server import serving

WORDS = {
    "en": {
        "waits": "Waiting for your answer", "accept": "Order with obligation to pay", "name": "Please type your full name.",
        "thanks": "You accepted this quote", "accepted": "Accepted", "newer": "Read the newest one", "month": "every month",
        "ask": "Send the question", "asked": "We have your question", "earlier": "Earlier revisions", "billing": "Billing details",
        "save": "Save", "saved": "New quotes, orders and invoices will show this.",
    },
    "de": {
        "waits": "Wartet auf Ihre Antwort", "accept": "Zahlungspflichtig bestellen",
        "name": "Bitte schreiben Sie Ihren vollen Namen.", "thanks": "Sie haben dieses Angebot angenommen",
        "accepted": "Angenommen", "newer": "Die neueste lesen", "month": "jeden Monat", "ask": "Frage senden",
        "asked": "Wir haben Ihre Frage", "earlier": "Frühere Fassungen", "billing": "Rechnungsangaben",
        "save": "Speichern", "saved": "Neue Angebote, Bestellungen und Rechnungen zeigen das.",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def public_side(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    known: dict[str, str] = {}

    def customers(home: Path) -> None:
        # In a thread of its own: the browser's driver occupies the event loop of this one.
        with ThreadPoolExecutor(1) as thread:
            known.update(thread.submit(asyncio.run, make_customers(home)).result())

    with serving(tmp_path_factory.mktemp("sales") / "home", settings=PLUGINS, before=customers) as live:
        yield Portal(live, known)


def enter(window: Any, portal: Portal, name: str) -> None:
    """From now on the window is somebody's who typed a code before."""
    cookie = {"name": "__Host-my", "value": portal.links[f"{name} session"], "domain": "localhost", "path": "/",
              "secure": True, "httpOnly": True, "sameSite": "Strict"}  # fmt: skip
    window.context.add_cookies([cookie])


def test_customer_accepts_the_newest_revision_by_name(window: Any, public_side: Portal, language: str) -> None:
    words, home, known = WORDS[language], public_side.server.url, public_side.links
    enter(window, public_side, language)
    window.goto(f"{home}/my/x/sales/quotes")
    assert window.locator("html").get_attribute("lang") == language
    expect(window.locator("script")).to_have_count(0)
    expect(window.get_by_text(words["waits"])).to_have_count(1)
    window.get_by_text(words["earlier"]).click()
    window.locator(".own-papers details a").click()
    expect(window.get_by_text(words["accept"])).to_have_count(0)
    window.get_by_role("link", name=words["newer"]).click()
    expect(window).to_have_url(re.compile(f"{known[f'{language} second']}$"))
    expect(window.get_by_text(words["month"])).to_be_visible()
    window.fill("[name=question]", "Does the tea come in a tin?")
    window.get_by_role("button", name=words["ask"]).click()
    expect(window.get_by_text(words["asked"])).to_be_visible()
    window.get_by_role("button", name=words["accept"]).click()
    expect(window.get_by_text(words["name"]).first).to_be_visible()
    window.fill("[name=accepted_by]", "Ada Lovelace")
    window.get_by_role("button", name=words["accept"]).click()
    expect(window.get_by_text(words["thanks"])).to_be_visible()
    expect(window.locator("h1 .state")).to_have_text(words["accepted"])
    expect(window.get_by_text(words["accept"])).to_have_count(0)
    assert window.goto(f"{home}/my/x/sales/quotes/{known['other second']}").status == 404
    window.get_by_role("link", name=words["billing"]).click()
    window.fill("[name=name]", "Analytical Engines Ltd")
    window.get_by_role("button", name=words["save"], exact=True).click()
    expect(window.get_by_text(words["saved"])).to_be_visible()
    expect(window.locator("[name=name]")).to_have_value("Analytical Engines Ltd")


def test_own_papers_have_no_barrier(browser: Any, public_side: Portal) -> None:
    # The smallest and darkest at once: what is said twice costs half a minute of everybody's time.
    context = browser.new_context(bypass_csp=True, **{**MODES["320px"], "color_scheme": "dark"})
    context.set_default_timeout(15_000)
    window = context.new_page()
    enter(window, public_side, "other")
    found = {}
    paths = ("quotes", f"quotes/{public_side.links['other second']}", "orders", "billing")
    for path in paths:
        window.goto(f"{public_side.server.url}/my/x/sales/{path}")
        found[path] = violations(window)
        assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert found == {path: [] for path in paths}
