"""Fixtures of the browser tests. They run in a session of their own: the browser's driver occupies the event loop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import chromium, launched, make_owner
from tests.live_server import LiveServer, serving

PATIENCE = 30_000
LEFT_OUT = "Chromium is not installed, so the browser tests were left out (Debian: apt-get install chromium)"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if chromium() is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium must be installed in CI")
        pytest.skip(LEFT_OUT)
    from playwright.sync_api import expect

    # Of its own it waits five seconds, which are over soon where two processors have everything to do.
    expect.set_options(timeout=PATIENCE)
    with launched() as started:
        yield started


@pytest.fixture(scope="session")
def server(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A new installation with invented people, owned by Olga."""
    with serving(tmp_path_factory.mktemp("live") / "home", demo=True) as live:
        context = browser.new_context()
        make_owner(context.new_page(), live)
        context.close()
        yield live


@pytest.fixture(scope="session")
def signed_in(browser: Any, server: LiveServer) -> Any:
    """Olga's cookies, to begin a test with."""
    from tests.browser.chromium import sign_in

    context = browser.new_context()
    sign_in(context.new_page(), server)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def service_house(
    browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveServer, Any, dict[str, str]]]:
    """A server with service, Olga's cookies, and what is known of its customers: one for staff and public side, to start it once."""
    from tests.browser.service_customers import SETTINGS, planted

    known: dict[str, str] = {}
    home = tmp_path_factory.mktemp("service") / "home"
    with serving(home, settings=SETTINGS, before=lambda place: known.update(planted(place))) as live:
        context = browser.new_context()
        make_owner(context.new_page(), live)
        state = context.storage_state()
        context.close()
        yield live, state, known


class Watch:
    """What went wrong in a page without anybody seeing it: console errors, refused resources, requests to other hosts."""

    def __init__(self, page: Any, home: str) -> None:
        self.complaints: list[str] = []
        self._home = home
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: Any) -> None:
        # Chromium says this of every answer with a 4xx, also of a 409 that a test wants; answers are watched below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self._home, "data:", "blob:")):
            self.complaints.append(f"asked another host: {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            self.complaints.append(f"{response.status} {response.url}")


@pytest.fixture
def page(browser: Any, server: LiveServer, signed_in: Any, tmp_path: Path) -> Iterator[Any]:
    """A fresh window of Olga's; the test fails if the page complained behind its back."""
    context = browser.new_context(storage_state=signed_in, base_url=server.url, accept_downloads=True, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    window = context.new_page()
    watch = Watch(window, server.url)
    yield window
    context.close()
    assert watch.complaints == []


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def window(browser: Any, public_side: Any, language: str) -> Iterator[Any]:
    """A window without JavaScript on the public side that prefers the language; the test fails if the page complained behind its back."""
    context = browser.new_context(java_script_enabled=False, accept_downloads=True, locale=f"{language}-DE")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    watch = Watch(page, public_side.server.url)
    yield page
    context.close()
    assert watch.complaints == []
