"""axe-core finds nothing on any page: in light, in dark, on a window of 320 px, and from right to left."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.live_server import LiveServer

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/",
    "/contacts",
    "/contacts/new?kind=person",
    "/contacts/new?kind=organisation",
    "{contact}",
    "{contact}/edit",
    "{contact}/history",
    "{contact}/reads",
    "{contact}/consents",
    "{contact}/consents/record",
    "/consents",
    "/consents/ask",
    "/consents/expiring",
    "/consents/import",
    "/consents/ledger",
    "/consents/messages",
    "/consents/purposes",
    "/consents/purposes/new",
    "/consents/suppressions",
    "/requests",
    "/requests/new",
    "/tasks",
    "/imports",
    "/imports/new",
    "/export",
    "/account",
    "/users",
    "/audit",
    "/settings",
    "/settings/fields",
    "/settings/organisation",
    "/settings/relationships",
    "/settings/teams",
    "/settings/plugins",
    "/settings/webhooks",
    "/settings/webhooks/new",
    "/jobs",
    "/api/v1/docs",
    "/nowhere",
)
MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "320px": {"color_scheme": "light", "viewport": {"width": 320, "height": 640}},
}


@pytest.fixture(scope="module")
def contact(browser: Any, server: LiveServer, signed_in: Any) -> str:
    """The address of one contact with a timeline."""
    context = browser.new_context(storage_state=signed_in)
    window = context.new_page()
    window.goto(f"{server.url}/contacts")
    found = [link.get_attribute("href") or "" for link in window.query_selector_all("main table a")]
    context.close()
    return next(link for link in found if re.fullmatch(r"/contacts/[0-9a-f-]{36}\?list=yes", link))


def opened(window: Any, server: LiveServer, path: str) -> list[str]:
    """Go there; complains if the page is not the one that was meant."""
    answer = window.goto(server.url + path)
    expected = 404 if path == "/nowhere" else 200
    return [] if answer.status == expected else [f"answered {answer.status}"]


def violations(window: Any) -> list[str]:
    """Rule and first element of each violation."""
    window.evaluate(AXE.read_text())
    found = window.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [f"{item['id']}: {item['nodes'][0]['html'][:200]}" for item in found["violations"]]


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing(browser: Any, server: LiveServer, signed_in: Any, contact: str, mode: str) -> None:
    # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
    context = browser.new_context(storage_state=signed_in, bypass_csp=True, **MODES[mode])
    window = context.new_page()
    wrong = {}
    for pattern in PAGES:
        path = pattern.format(contact=contact)
        found = opened(window, server, path) + violations(window)
        if window.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            found.append("the page scrolls sideways")
        if found:
            wrong[pattern] = found
    context.close()
    assert wrong == {}


def test_axe_finds_nothing_from_right_to_left(browser: Any, server: LiveServer, signed_in: Any, contact: str) -> None:
    context = browser.new_context(storage_state=signed_in, bypass_csp=True)
    window = context.new_page()
    wrong = {}
    for pattern in PAGES:
        found = opened(window, server, pattern.format(contact=contact))
        window.evaluate("document.documentElement.dir = 'rtl'")
        found += violations(window)
        if found:
            wrong[pattern] = found
    context.close()
    assert wrong == {}
