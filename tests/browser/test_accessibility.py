"""axe-core finds nothing on any page, and none scrolls sideways: in light, in dark, on 320 px, and from right to left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live_server import LiveServer

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
STATIC = Path(__file__).parents[2] / "web" / "confida_web" / "static"
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
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
# For pages that are not left as they were opened.
MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": WIDE},
    "dark": {"color_scheme": "dark", "viewport": WIDE},
    "320px": {"color_scheme": "light", "viewport": NARROW},
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


@pytest.fixture(scope="module")
def olgas(browser: Any, server: LiveServer, signed_in: Any) -> Iterator[Any]:
    """A window for all pages."""
    # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
    # Colours that are still on their way from light to dark are no finding.
    context = browser.new_context(storage_state=signed_in, bypass_csp=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def opened(window: Any, server: LiveServer, path: str) -> list[str]:
    """Go there, on a wide window in light; complains if the page is not the one that was meant."""
    window.emulate_media(color_scheme="light")
    window.set_viewport_size(WIDE)
    answer = window.goto(server.url + path)
    expected = 404 if path == "/nowhere" else 200
    return [] if answer.status == expected else [f"answered {answer.status}"]


def violations(window: Any) -> list[str]:
    """Rule and first element of each violation on the page that is open."""
    if not window.evaluate("'axe' in window"):
        window.evaluate(AXE.read_text())
    found = window.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [f"{item['id']}: {item['nodes'][0]['html'][:200]}" for item in found["violations"]]


def barriers(window: Any) -> list[str]:
    """The same, and whether the page scrolls sideways."""
    wrong = violations(window)
    if window.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        wrong.append("the page scrolls sideways")
    return wrong


def light(window: Any) -> None:
    """As it was opened."""


def dark(window: Any) -> None:
    window.emulate_media(color_scheme="dark")


def narrow(window: Any) -> None:
    window.emulate_media(color_scheme="light")
    window.set_viewport_size(NARROW)


def right_to_left(window: Any) -> None:
    window.set_viewport_size(WIDE)
    window.evaluate("document.documentElement.dir = 'rtl'")


# One after the other on the page as it was opened: no script of ours looks at any of this.
SHOWN: tuple[Callable[[Any], None], ...] = (light, dark, narrow, right_to_left)


@pytest.mark.parametrize("pattern", PAGES)
def test_axe_finds_nothing(olgas: Any, server: LiveServer, contact: str, pattern: str) -> None:
    wrong = {"opened": opened(olgas, server, pattern.format(contact=contact))}
    for mode in SHOWN:
        mode(olgas)
        wrong[mode.__name__] = barriers(olgas)
    assert {mode: found for mode, found in wrong.items() if found} == {}


def test_no_script_of_ours_looks_at_how_a_page_is_shown() -> None:
    """Else a page would have to be opened anew for each mode."""
    looks = re.compile(r"prefers-color-scheme|[a-z]+Width\b|ResizeObserver|\.dir\b|matchMedia\([^)]*\)")
    found = {match for path in STATIC.glob("*.js") for match in looks.findall(path.read_text())}
    assert found == {'matchMedia("(pointer: fine)'}
