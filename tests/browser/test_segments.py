"""Segments in a browser: counted while one writes, with the words that a field knows; no barrier."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import make_owner
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import SHOWN, WIDE, barriers, narrow
from tests.live_server import serving

LIST = "/x/marketing/segments"
SETTINGS = {"CONFIDA_PLUGINS": '["marketing"]'}


async def plant(home: Path) -> None:
    """Ada, whom nobody asked."""
    from confida_core.api import ContactContent, ContactKind, EmailAddress, create_contact, system_access
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_core.setup import upgrade
    from confida_web.app import load_everything

    settings = read_settings(home=home, plugins=("marketing",))
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        content = ContactContent(display_name="Ada", emails=[EmailAddress(address="ada@example.org")], tags=["boat"])
        await create_contact(crm, system_access("tests"), ContactKind.PERSON, content)


def planted(home: Path) -> None:
    """In a thread of its own: the browser's driver occupies the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, plant(home)).result()


def test_segment_is_counted_while_it_is_written_and_nothing_of_it_is_a_barrier(
    browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("segments") / "home"
    with serving(home, settings=SETTINGS, before=planted) as live:
        # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
        context = browser.new_context(base_url=live.url, viewport=WIDE, bypass_csp=True, reduced_motion="reduce")
        window = context.new_page()
        make_owner(window, live)
        watch = Watch(window, live.url)
        window.goto(f"{LIST}/new")
        window.fill("[name=name]", "Boats")
        window.click("text=Add a condition")
        row = window.locator("[data-rows=filters-a] .filter-row").last
        row.locator("[data-field]").select_option("consent.state")
        expect(row.locator("[data-value]")).to_have_attribute("list", "values-consent.state")
        assert row.locator("[data-op] option:not([disabled])").count() == 5
        row.locator("[data-field]").select_option("tags")
        row.locator("[data-op]").select_option("has")
        row.locator("[data-value]").fill("boat")
        expect(window.locator("#found")).to_contain_text("They have not consented.")
        writing = window.url
        window.click(".form-end button[value=save]")
        expect(window.locator("h1")).to_contain_text("Boats")
        expect(window.locator("#found")).to_contain_text("of 1 whom it fits")
        found = {}
        for path, modes in ((writing, SHOWN), (window.url, (narrow,)), (live.url + LIST, (narrow,))):
            window.goto(path)
            for mode in modes:
                mode(window)
                found[path, mode.__name__] = barriers(window)
            window.set_viewport_size(WIDE)
        context.close()
    assert watch.complaints == []
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
