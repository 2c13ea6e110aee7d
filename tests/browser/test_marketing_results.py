"""Results of campaigns in a browser: read without barriers, on a phone without sideways scrolling, and a goal typed in by hand."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.chromium import make_owner
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import SHOWN, WIDE, barriers
from tests.live_server import serving

RESULTS = "/x/marketing/results"
SETTINGS = {"CONFIDA_PLUGINS": '["marketing"]'}


async def plant(home: Path) -> None:
    """The invented campaign, for forty people; its goal is one that only a person can count."""
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_core.setup import upgrade
    from confida_marketing.demo.loading import id_of, load
    from confida_marketing.tests.campaign_cast import INSIDE, people, said
    from confida_web.app import load_everything

    settings = read_settings(home=home, plugins=("marketing",))
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        ids = list((await people(crm, *(f"P{number:02}" for number in range(40)))).values())
        await said(crm, *ids, days=60)
        await load(crm, INSIDE, ids)
        changes = "goal_kind = 'attendance', goal_figure = 80"
        await crm.data.fetch(f"UPDATE marketing_campaign SET {changes} WHERE id = ?", id_of(ids, "spring"))


def planted(home: Path) -> None:
    """In a thread of its own: the browser's driver occupies the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, plant(home)).result()


def test_results_are_read_without_barriers(browser: Any, tmp_path_factory: Any) -> None:
    home = tmp_path_factory.mktemp("results") / "home"
    with serving(home, settings=SETTINGS, before=planted) as live:
        # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
        context = browser.new_context(base_url=live.url, viewport=WIDE, bypass_csp=True, reduced_motion="reduce")
        window = context.new_page()
        make_owner(window, live)
        watch, found = Watch(window, live.url), {}
        for place, modes in ((RESULTS, SHOWN[::3]), ("campaign", SHOWN[1:3])):
            if place == RESULTS:
                window.goto(RESULTS)
            else:
                window.locator("table a", has_text="Spring newsletter").first.click()
                window.fill("#reached", "many")
                window.click("main button:has-text('Save')")
                expect(window.locator("#reached-error")).to_be_visible()
                window.fill("#reached", "60")
                window.click("main button:has-text('Save')")
                expect(window.locator(".result-bar strong")).to_have_text("75 %")
            for mode in modes:
                mode(window)
                found[place, mode.__name__] = barriers(window)
                wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                assert window.evaluate(wide) <= 0
            window.set_viewport_size(WIDE)
        assert {place: wrong for place, wrong in found.items() if wrong} == {}
        assert watch.complaints == []
        context.close()
