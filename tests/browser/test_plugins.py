"""The pages about plugins in a browser: one that is parked, one that is only installed, and enabling it."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import make_owner, sign_in
from tests.browser.test_accessibility import MODES, violations
from tests.core.plugins.fake import FakePlugins
from tests.faults.purger import keep_something
from tests.live_server import LiveServer, serving

PATHS = (
    "/settings/plugins",
    "/settings/plugins/club/about",
    "/settings/plugins/membership/about",
    "/settings/plugins/membership/purge",
)


@pytest.fixture(scope="module")
def with_plugins(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with `membership` parked, because it is disabled and keeps a member, and `club` installed."""
    site = tmp_path_factory.mktemp("site")
    FakePlugins(site).install()
    FakePlugins(site).install("club")
    sys.path.insert(0, str(site))
    home = tmp_path_factory.mktemp("plugins") / "home"
    with serving(home, settings={"PYTHONPATH": str(site)}, before=kept) as live:
        context = browser.new_context()
        make_owner(context.new_page(), live)
        context.close()
        yield live
    sys.path.remove(str(site))


def kept(home: Path) -> None:
    """In a thread of its own: the browser's driver occupies the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, keep_something(home)).result()


@pytest.mark.parametrize("mode", MODES)
def test_pages_have_no_barrier(browser: Any, with_plugins: LiveServer, mode: str, tmp_path: Path) -> None:
    # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
    context = browser.new_context(bypass_csp=True, **MODES[mode])
    context.set_default_timeout(30_000)
    window = context.new_page()
    sign_in(window, with_plugins)
    found = {}
    for path in PATHS:
        answer = window.goto(with_plugins.url + path)
        found[path] = [f"answered {answer.status}"] if answer.status != 200 else violations(window)
        if window.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            found[path].append("wider than the window")
        window.screenshot(path=tmp_path / f"{mode}{path.replace('/', '-')}.png", full_page=True)
    context.close()
    assert found == {path: [] for path in PATHS}


def test_plugin_is_enabled_after_it_was_looked_at(browser: Any, with_plugins: LiveServer) -> None:
    context = browser.new_context()
    context.set_default_timeout(30_000)
    window = context.new_page()
    sign_in(window, with_plugins)
    window.goto(f"{with_plugins.url}/settings/plugins")
    window.get_by_role("link", name=re.compile("Look at it.*club")).click()
    expect(window.get_by_text("can then read everything Confida can read")).to_be_visible()
    window.get_by_role("button", name="Enable it").click()
    window.get_by_text("On from the next start").wait_for()
    assert 'plugins = ["club"]' in (with_plugins.home / "config.toml").read_text()
    context.close()
