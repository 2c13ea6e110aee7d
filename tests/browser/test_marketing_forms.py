"""Forms and events in a browser: sent without scripts from somebody else's page, checked in on a phone, and nothing is a barrier."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import make_owner
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import WIDE, barriers, dark, light, narrow
from tests.live_server import serving

SETTINGS = {"CONFIDA_PLUGINS": '["marketing"]'}
FORMS, PUBLIC = "/x/marketing/forms", "/my/x/marketing"


async def plant(home: Path) -> dict[str, UUID]:
    """A form, an event with a guest, a donation."""
    from confida_core.api import ContactContent, ContactKind, EmailAddress, create_contact, now, system_access
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_core.setup import upgrade
    from confida_marketing.sign_up.content import EventContent, FormContent, FormField, RegistrationContent
    from confida_marketing.sign_up.donations import DonationDraft, add_donation, today
    from confida_marketing.sign_up.events import EventDraft, save_event
    from confida_marketing.sign_up.forms import FormDraft, save_form
    from confida_marketing.sign_up.registering import register
    from confida_web.app import load_everything

    settings = read_settings(home=home, plugins=("marketing",))
    access = system_access("tests", "relationship")
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        ada = ContactContent(display_name="Ada", emails=[EmailAddress(address="ada@example.org")])
        person = await create_contact(crm, access, ContactKind.PERSON, ada)
        asked = [FormField(key="name"), FormField(key="email", required=True), FormField(key="message")]
        content = FormContent(title="Write to us", intro="We answer.", fields=asked, purposes=["newsletter"])
        form = await save_form(crm, access, FormDraft(content=content, slug="write", active=True))
        said = EventContent(title="A talk", place="Harbour Hall", description="With tea.", price="5 euros")
        draft = EventDraft(content=said, starts_at=now() + timedelta(days=9), capacity=9, active=True, slug="talk")
        event = await save_event(crm, access, draft)
        await register(crm, event, person, RegistrationContent(name="Ada", note="No nuts"))
        gift = DonationDraft(contact_id=person, amount=5_000, currency="EUR", on_day=today(crm), source="Bank transfer")
        await add_donation(crm, access, gift)
        return {"form": form, "event": event}


def test_a_form_needs_no_scripts_and_nothing_of_it_is_a_barrier(
    browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made: dict[str, UUID] = {}

    def planted(home: Path) -> None:
        # In a thread of its own: the browser's driver occupies the event loop of this one.
        with ThreadPoolExecutor(1) as thread:
            made.update(thread.submit(asyncio.run, plant(home)).result())

    with serving(tmp_path_factory.mktemp("forms") / "home", settings=SETTINGS, before=planted) as live:
        # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
        context = browser.new_context(base_url=live.url, viewport=WIDE, bypass_csp=True, reduced_motion="reduce")
        window = context.new_page()
        make_owner(window, live)
        watch = Watch(window, live.url)
        event = f"{FORMS}/events/{made['event']}"
        visitor = browser.new_context(
            base_url=live.url, java_script_enabled=False, viewport={"width": 360, "height": 700}
        )
        there = visitor.new_page()
        # What somebody put into a page of their own: it is shown once more on ours before it counts.
        snippet = f'<form method="post" action="{live.url}{PUBLIC}/f/write"><input name="email" value="zoe@example.org"><button>Go</button>'
        there.set_content(snippet)
        there.click("button")
        expect(there.get_by_role("status")).to_contain_text("once more")
        assert there.locator("[name=email]").input_value() == "zoe@example.org"
        there.check("[name=purpose]")
        window.goto(event)
        window.set_viewport_size({"width": 360, "height": 700})
        window.click("text=Is here")
        expect(window.locator(".guests")).to_contain_text("Not here after all")
        window.set_viewport_size(WIDE)
        looked_at = {
            FORMS: (dark,), f"{FORMS}/{made['form']}": (light, narrow), event: (narrow,), f"{event}/edit": (narrow,),
            f"{FORMS}/donations": (narrow,), f"{FORMS}/donations/new": (narrow,), f"{FORMS}/scores": (narrow,),
            f"{PUBLIC}/f/write": (light, narrow), f"{PUBLIC}/e/talk?lang=de": (dark,),
        }  # fmt: skip
        found = {}
        for path, modes in looked_at.items():
            window.goto(path)
            for mode in modes:
                mode(window)
                found[path, mode.__name__] = barriers(window)
            window.set_viewport_size(WIDE)
        # By now the visitor has had the form before their eyes for as long as a person needs.
        there.click("main form button")
        expect(there.locator("h1")).to_have_text("Thank you")
        assert visitor.cookies() == []
        visitor.close()
        context.close()
    assert watch.complaints == []
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
