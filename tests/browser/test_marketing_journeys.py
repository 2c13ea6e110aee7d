"""Journeys in a browser: a step written and found in the diagram, tried on one person; no barrier."""

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

LIST = "/x/marketing/journeys"
SETTINGS = {"CONFIDA_PLUGINS": '["marketing"]'}


async def plant(home: Path) -> None:
    """Ada, whom nobody asked, and a journey with a way back that somebody wrote but did not switch on."""
    from confida_core.api import ContactContent, ContactKind, EmailAddress, create_contact, system_access
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_core.setup import upgrade
    from confida_marketing.journeys.content import JourneyContent
    from confida_marketing.journeys.journeys import create_journey
    from confida_marketing.journeys.plan import Plan, Step, Trigger
    from confida_web.app import load_everything

    settings = read_settings(home=home, plugins=("marketing",))
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        content = ContactContent(display_name="Ada", emails=[EmailAddress(address="ada@example.org")], tags=["boat"])
        access = system_access("tests")
        await create_contact(crm, access, ContactKind.PERSON, content)
        steps = (
            Step(key="s1", kind="tag", tag="new"),
            Step(key="s2", kind="wait", days=3, minute=540),
            Step(
                key="s3", kind="branch", condition='{"field": "tags", "op": "has", "value": "boat"}', other="s2", then="s5"
            ),
            Step(key="s4", kind="split", other="end"),
            Step(key="s5", kind="task", text="Telephone about the harbour feast in spring", assignee="owner", days=3),
            Step(key="s6", kind="mail", name="A name so long that no box of any diagram could hold it all at once"),
        )  # fmt: skip
        plan = Plan(purpose="newsletter", trigger=Trigger(kind="silence", days=90), steps=steps)
        await create_journey(crm, access, JourneyContent(name="Friends of the harbour", aim="To keep them.", plan=plan))


def planted(home: Path) -> None:
    """In a thread of its own: the browser's driver occupies the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, plant(home)).result()


def test_journey_is_written_drawn_and_tried_and_nothing_of_it_is_a_barrier(
    browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("journeys") / "home"
    with serving(home, settings=SETTINGS, before=planted) as live:
        # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
        context = browser.new_context(base_url=live.url, viewport=WIDE, bypass_csp=True, reduced_motion="reduce")
        window = context.new_page()
        make_owner(window, live)
        watch = Watch(window, live.url)
        window.goto(LIST)
        window.click("text=Friends of the harbour")
        expect(window.locator("h1")).to_contain_text("Friends of the harbour")
        journey = window.url
        window.select_option("#add-kind", "call")
        window.click("text=Add a step")
        window.fill("[name=text]", "Ask how it was")
        writing = window.url
        window.click(".form-end button")
        expect(window.locator(".journey-steps > li")).to_have_count(7)
        expect(window.locator(".journey-drawing .node")).to_have_count(9)
        window.goto(f"{journey}/simulate")
        window.fill("#q", "ada")
        window.click(".simulate-search button")
        window.click(".plain-list a")
        expect(window.locator(".journey-way li").first).to_contain_text("They have not consented.")
        tried = window.url
        found = {}
        for path, modes in (
            (journey, SHOWN), (writing, (narrow,)), (f"{journey}/edit", (narrow,)), (tried, (narrow,)),
        ):  # fmt: skip
            window.goto(path)
            for mode in modes:
                mode(window)
                found[path, mode.__name__] = barriers(window)
            window.set_viewport_size(WIDE)
        context.close()
    assert watch.complaints == []
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
