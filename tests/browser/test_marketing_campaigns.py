"""Campaigns in a browser: counted, started, seen to go on by themselves, stopped; nothing of it is a barrier."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.bench.campaign_speed import mail_server
from tests.browser.chromium import make_owner
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import WIDE, barriers, dark, light, narrow
from tests.live_server import serving
from tests.mail_sink import HOUSE

LIST = "/x/marketing/campaigns"


async def plant(home: Path, made: dict[str, UUID]) -> None:
    """Three people who agreed, an e-mail with two subjects, and two campaigns."""
    from confida_consent.controller import save_controller
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_marketing.tests import campaign_cast as cast
    from confida_web.app import load_everything

    settings = read_settings(home=home, plugins=("marketing",), region="DE")
    async with open_installation(settings, load_everything(settings)) as crm:
        await save_controller(crm, cast.INSIDE, HOUSE)
        people = await cast.people(crm, "Ada", "Olga", "Mats")
        for channel in ("email", "phone"):
            await cast.agreed(crm, people, channel)
        everybody = await cast.segment_of(crm, list(people.values()))
        email_id = await cast.letter(crm, "Hello {{name|friend}}!", "News", "Better news")
        tried = {"test_share": 100, "decide_by": "hand", "words": {"name": "Spring appeal"}}
        made["email"] = await cast.campaign(crm, everybody, email_id, **tried)
        said = {"name": "Thank-you calls", "message": "Thank you, {{name}}."}
        made["phone"] = await cast.campaign(crm, everybody, None, channel="phone", words=said)


def test_campaign_goes_on_before_ones_eyes_and_nothing_of_it_is_a_barrier(
    browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home, made = tmp_path_factory.mktemp("campaigns") / "home", dict[str, UUID]()

    def planted(place: Path) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, plant(place, made)).result()

    with mail_server() as (port, _):
        settings = {
            "CONFIDA_PLUGINS": '["marketing"]',
            "CONFIDA_SMTP_HOST": "127.0.0.1",
            "CONFIDA_SMTP_PORT": str(port),
            "CONFIDA_SMTP_SECURITY": "none",
            "CONFIDA_MAIL_FROM": "news@example.org",
            "CONFIDA_MARKETING_QUIET_FROM": "0",
            "CONFIDA_MARKETING_QUIET_UNTIL": "0",
        }
        with serving(home, settings=settings, before=planted) as live:
            # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
            context = browser.new_context(base_url=live.url, viewport=WIDE, bypass_csp=True, reduced_motion="reduce")
            window = context.new_page()
            make_owner(window, live)
            watch = Watch(window, live.url)
            email, phone = f"{LIST}/{made['email']}", f"{LIST}/{made['phone']}"
            window.goto(email)
            window.click("text=Count them")
            expect(window.locator(".audience-figure")).to_contain_text("3 people")
            window.click("form[action$='/start'] button")
            # Nobody reloads the page.
            expect(window.locator(".campaign-bar")).to_contain_text("3 / 3")
            window.goto(phone)
            window.click("form[action$='/start'] button")
            window.goto(f"{phone}/calls")
            window.locator("[name=outcome]").first.select_option("reached")
            window.locator(".call-form button").first.click()
            expect(window.locator("#calls")).to_contain_text("still to call: 2")
            assert watch.complaints == []
            looked_at = {
                email: (light, narrow), LIST: (dark, narrow), f"{LIST}/new": (light, narrow), f"{LIST}/calendar": (narrow,),
                f"{phone}/calls": (narrow,), f"{email}/people": (narrow,),
            }  # fmt: skip
            found = {}
            for path, modes in looked_at.items():
                window.goto(path)
                for mode in modes:
                    mode(window)
                    found[path, mode.__name__] = barriers(window)
                window.set_viewport_size(WIDE)
            context.close()
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
