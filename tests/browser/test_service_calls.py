"""Calls and the chat box in a browser: whoever calls is on the screen, and a site of others shows the chat."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from confida_core.outbound.webhooks.signing import sign
from tests.browser.chromium import make_owner
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import SHOWN, WIDE, barriers
from tests.live_server import LiveServer, free_port, serving

SETTINGS = {"CONFIDA_PLUGINS": '["service"]'}
NUMBER = "+442079460018"
CHAT = "/my/x/service/chat"


async def plant(home: Path, site: str) -> tuple[str, str]:
    """Ada with a ticket, a chat that a site may show, and the address and secret of the webhook."""
    from confida_core.api import ContactContent, ContactKind, PhoneNumber, create_contact, system_access
    from confida_core.inbound.hooks import switch_on
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_core.setup import upgrade
    from confida_service.chat.box import BoxSettings, save_box
    from confida_service.tickets.tickets import TicketDraft, open_ticket
    from confida_web.app import load_everything

    settings = read_settings(home=home, plugins=("service",))
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        access = system_access("a test")
        content = ContactContent(display_name="Ada Lovelace", phones=[PhoneNumber(number=NUMBER)])
        ada = await create_contact(crm, access, ContactKind.PERSON, content)
        await open_ticket(crm, access, ada, TicketDraft(subject="The green lamp", channel="phone"))
        await save_box(crm, access, BoxSettings(active=True, sites=(site,)), seen=0)
        shown = await switch_on(crm, access, "service.calls")
        return shown.path, shown.secret


class Site(BaseHTTPRequestHandler):
    """Somebody's own site, with the chat box in it."""

    html = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.html)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def house(
    browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveServer, Any, tuple[str, str], str]]:
    """A server, Olga's cookies, the webhook, and the address of the site that may show the chat."""
    site = f"http://127.0.0.1:{free_port()}"
    found: list[tuple[str, str]] = []

    def planted(home: Path) -> None:
        """In a thread of its own: the browser's driver occupies the event loop of this one."""
        with ThreadPoolExecutor(1) as thread:
            found.append(thread.submit(asyncio.run, plant(home, site)).result())

    with serving(tmp_path_factory.mktemp("calls") / "home", settings=SETTINGS, before=planted) as live:
        context = browser.new_context()
        window = context.new_page()
        make_owner(window, live)
        window.goto(f"{live.url}/x/service/telephone")
        window.fill("[name=extensions]", "12")
        window.check("[name=active]")
        window.click("main form button")
        window.wait_for_selector("#toasts .toast")
        state = context.storage_state()
        context.close()
        yield live, state, found[0], site


def told(live: LiveServer, hook: tuple[str, str], state: str, call_id: str) -> None:
    """One step of a call, signed."""
    path, secret = hook
    body = json.dumps({"call_id": call_id, "state": state, "from": NUMBER, "extension": "12"}).encode()
    name, moment = uuid4().hex, int(time.time())
    headers = {
        "webhook-id": name, "webhook-timestamp": str(moment), "webhook-signature": sign(secret, name, moment, body),
        "content-type": "application/json",
    }  # fmt: skip
    assert httpx.post(live.url + path, content=body, headers=headers).status_code == 202


def test_whoever_calls_is_on_the_screen_of_every_window(browser: Any, house: Any) -> None:
    live, state, hook, _ = house
    context = browser.new_context(storage_state=state, base_url=live.url, viewport=WIDE)
    windows = [context.new_page() for _ in range(2)]
    watches = [Watch(window, live.url) for window in windows]
    for window, path in zip(windows, ("/contacts", "/x/service/tickets"), strict=True):
        with window.expect_response("**/calls/now"):
            window.goto(path)
    windows[0].wait_for_timeout(500)
    told(live, hook, "ringing", "1")
    for window in windows:
        card = window.locator("#calls .call-card")
        expect(card).to_contain_text("Ada Lovelace")
        expect(card).to_contain_text("The green lamp")
    told(live, hook, "answered", "1")
    expect(windows[0].locator("#calls")).to_contain_text("Speaking")
    windows[0].goto("/tasks")
    expect(windows[0].locator("#calls .call-card")).to_contain_text("Ada Lovelace")
    windows[0].click("[data-call-away]")
    expect(windows[0].locator("#calls")).to_be_hidden()
    context.close()
    assert [watch.complaints for watch in watches] == [[], []]


def test_site_of_others_shows_the_chat_and_a_colleague_answers(browser: Any, house: Any) -> None:
    live, state, _, site = house
    box = f'<script src="{live.url}/x/service/chat/box.js" async></script>'
    Site.html = f"<!doctype html><html lang=de><title>Shop</title><h1>Shop</h1>{box}".encode()
    server = ThreadingHTTPServer(("127.0.0.1", int(site.rpartition(":")[2])), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(viewport=WIDE)
    window = context.new_page()
    complaints: list[str] = []
    window.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    window.goto(f"{site}/")
    window.click("button:has-text('Chat')")
    frame = window.frame_locator("iframe")
    frame.locator("#text").fill("Wo ist meine Lampe?")
    frame.locator("button:has-text('Senden')").click()
    expect(frame.locator(".chat-line.theirs")).to_contain_text("Wo ist meine Lampe?")
    desk = browser.new_context(storage_state=state, base_url=live.url, viewport=WIDE)
    colleague = desk.new_page()
    colleague.goto("/x/service/tickets")
    colleague.click("text=Wo ist meine Lampe?")
    colleague.fill("#chat-text", "Sie ist unterwegs.")
    colleague.click("text=Send into the chat")
    expect(frame.locator(".chat-line.ours")).to_contain_text("Sie ist unterwegs.")
    assert (context.cookies(), [one for one in complaints if "favicon" not in one]) == ([], [])
    Site.html = (
        b'<!doctype html><iframe src="'
        + live.url.encode()
        + b'/my/x/service/chat"></iframe><iframe src="'
        + live.url.encode()
        + b'/login"></iframe>'
    )
    window.goto(f"http://localhost:{site.rpartition(':')[2]}/")
    assert [each.content().count("<form") for each in window.frames[1:]] == [0, 0]
    for one in (context, desk):
        one.close()
    server.shutdown()
    server.server_close()


def test_nothing_of_calls_and_chat_is_a_barrier(browser: Any, house: Any) -> None:
    live, state, hook, _ = house
    # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
    context = browser.new_context(
        storage_state=state, base_url=live.url, viewport=WIDE, bypass_csp=True, reduced_motion="reduce"
    )
    window = context.new_page()
    told(live, hook, "ringing", "2")
    window.goto("/x/service/calls?show=all")
    window.wait_for_selector("#calls .call-card")
    call = window.locator(".call-cell a").first.get_attribute("href")
    window.goto(f"{CHAT}?lang=en")
    window.fill("#text", "Hello")
    window.click("main button:has-text('Send')")
    window.wait_for_selector(".chat-line")
    # Who comes back in the same tab goes on with what they began.
    window.goto(CHAT)
    expect(window.locator(".chat-line.own")).to_contain_text("Hello")
    found = {}
    for path in (
        "/x/service/calls?show=all",
        call,
        "/x/service/settings/chat",
        f"{CHAT}?lang=de&over=yes",
        window.url.removeprefix(live.url),
    ):
        window.goto(live.url + path)
        for mode in SHOWN:
            mode(window)
            found[path, mode.__name__] = barriers(window)
        window.set_viewport_size(WIDE)
    context.close()
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
