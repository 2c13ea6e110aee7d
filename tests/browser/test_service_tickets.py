"""Tickets in a browser: a mail that wants to phone home, an answer that is called off; no barrier."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import make_owner
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import SHOWN, WIDE, barriers
from tests.live_server import LiveServer, serving

LIST = "/x/service/tickets"
# A mail server that nobody asks within the half minute that an answer waits.
SETTINGS = {
    "CONFIDA_PLUGINS": '["service"]', "CONFIDA_MAIL_FROM": "help@example.org", "CONFIDA_SMTP_HOST": "localhost",
    "CONFIDA_SMTP_PORT": "1",
}  # fmt: skip
MAIL = (
    b"From: Ada <ada@example.org>\nSubject: The lamp\nMIME-Version: 1.0\nContent-Type: text/html\n\n"
    b'<body background="https://elsewhere.example.org/b.gif"><p id=said>It is dark.</p>'
    b'<img src="https://elsewhere.example.org/a.gif"><script>document.getElementById("said").remove()</script>'
    b'<style>@import url("https://elsewhere.example.org/c.css");</style>'
    b'<form action="https://elsewhere.example.org"><button>Log in</button></form></body>\n'
)


async def plant(home: Path) -> None:
    """One mail of Ada's, taken in as from a mailbox."""
    from confida_core.api import now
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_core.setup import upgrade
    from confida_service.mail.reading import read_mail
    from confida_service.mail.recognising import sort_of
    from confida_service.mail.taking_in import Arrival, take_in
    from confida_service.queues.queues import first_queue
    from confida_web.app import load_everything

    settings = read_settings(home=home, plugins=("service",))
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        mail = read_mail(MAIL)
        arrival = Arrival(
            account_id=UUID(int=1), queue_id=await first_queue(crm), raw=MAIL, mail=mail, arrived=now(),
            sort=sort_of(mail, frozenset()),
        )  # fmt: skip
        await take_in(crm, arrival)


def planted(home: Path) -> None:
    """In a thread of its own: the browser's driver occupies the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, plant(home)).result()


@pytest.fixture(scope="module")
def service(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, Any]]:
    """A server with service, and Olga's cookies."""
    with serving(tmp_path_factory.mktemp("service") / "home", settings=SETTINGS, before=planted) as live:
        context = browser.new_context()
        make_owner(context.new_page(), live)
        state = context.storage_state()
        context.close()
        yield live, state


def test_mail_cannot_phone_home_and_an_answer_can_be_called_off(browser: Any, service: tuple[LiveServer, Any]) -> None:
    live, state = service
    context = browser.new_context(storage_state=state, base_url=live.url, viewport=WIDE)
    window = context.new_page()
    watch = Watch(window, live.url)
    window.goto(LIST)
    window.click("text=The lamp")
    frame = window.frame_locator("iframe")
    expect(frame.locator("p")).to_have_text("It is dark.")
    assert (frame.locator("form, button, script, [src]").count(), watch.complaints) == (0, [])
    window.fill("#text", "Change the bulb.")
    window.click(".answer-form .actions button")
    expect(window.locator(".said.out")).to_contain_text("Change the bulb.")
    window.click("#toasts button:has-text('Undo')")
    expect(window.locator("#text")).to_have_value("Change the bulb.")
    expect(window.locator(".said.out")).to_have_count(0)
    context.close()
    assert watch.complaints == []


def test_nothing_of_tickets_is_a_barrier(browser: Any, service: tuple[LiveServer, Any]) -> None:
    live, state = service
    # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
    context = browser.new_context(
        storage_state=state, base_url=live.url, viewport=WIDE, bypass_csp=True, reduced_motion="reduce"
    )
    window = context.new_page()
    window.goto(LIST)
    one = window.locator(".ticket-cell > a").first.get_attribute("href")
    found = {}
    for path in (LIST, one):
        window.goto(live.url + path)
        for mode in SHOWN:
            mode(window)
            found[path, mode.__name__] = barriers(window)
        window.set_viewport_size(WIDE)
    context.close()
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
