"""Headless Chromium from the system, and what Olga does first in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.live_server import LiveServer

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "a calm heron over water"
OLGA = "olga@example.org"


def chromium() -> str | None:
    """Where Chromium is, None if it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def launched() -> Iterator[Any]:
    """A headless browser; everything it is asked to open is on this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


def make_owner(page: Any, server: LiveServer) -> None:
    """Open the set-up link as Olga and keep the recovery key, as the page asks."""
    page.goto(server.setup_link)
    page.fill("[name=organisation_name]", "Tafel Leipzig")
    page.fill("[name=display_name]", "Olga Owner")
    page.fill("[name=email]", OLGA)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=password_again]", PASSWORD)
    page.click("main form button")
    page.wait_for_selector("text=Your recovery key")
    page.check("main form input[type=checkbox]")
    page.click("main form button:has-text('Continue')")
    page.wait_for_url(f"{server.url}/")


def sign_in(page: Any, server: LiveServer) -> None:
    page.goto(f"{server.url}/login")
    page.fill("[name=email]", OLGA)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"{server.url}/")
