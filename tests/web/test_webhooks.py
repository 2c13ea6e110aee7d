"""Pages about webhooks, and the address at which those of others come in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.events.following import ensure_cursors
from confida_core.outbound.webhooks.endpoints import endpoint, list_endpoints
from confida_core.outbound.webhooks.signing import sign
from confida_core.vault.access import system_access
from tests.core.outbound.webhooks.receiver import Receiver, genuine, listening, work, work_later
from tests.web.client import Browser

pytestmark = pytest.mark.anyio
INSIDE = system_access("tests")
PRIVATE = ("127.0.0.0/8",)


@pytest.fixture
async def crm(settings: Any) -> AsyncIterator[Any]:
    from confida_core.installation import open_installation
    from confida_web.app import load_everything

    given = settings.model_copy(update={"webhook_private_addresses": PRIVATE})
    async with open_installation(given, load_everything(given)) as installation:
        await ensure_cursors(installation)
        yield installation


@pytest.fixture
async def shop() -> AsyncIterator[Receiver]:
    async with listening(Receiver()) as receiver:
        yield receiver


def filled(shop: Receiver, **more: Any) -> dict[str, Any]:
    """A form as a browser sends it; the gate asks nobody about organisations for this purpose."""
    given = {
        "name": "Shop", "url": shop.url, "recipient": "Example Shop Ltd", "purpose": "agreement", "channel": "email",
        "kinds": ["contact.created", "contact.erased"], "fields-contact.created": ["display_name"],
    }  # fmt: skip
    return {**given, **more}


def secret_in(html: str) -> str:
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", html)
    return found[0] if found else ""


async def make(client: Browser, crm: Any, shop: Receiver) -> tuple[str, str]:
    """A webhook through the form: the address of its page, and its secret."""
    response = await client.post("/settings/webhooks/new", data=filled(shop))
    assert response.status_code == 200
    [one] = await list_endpoints(crm, INSIDE)
    return f"/settings/webhooks/{one.id}", secret_in(response.text)


async def test_webhook_is_made_told_and_shown(client: Browser, crm: Any, shop: Receiver) -> None:
    page, secret = await make(client, crm, shop)
    await create_contact(crm, INSIDE, ContactKind.PERSON, ContactContent(display_name="Ada"))
    await work(crm)
    assert [(genuine(one, secret), one.json["data"]["display_name"]) for one in shop.received] == [
        (shop.ids()[0], "Ada")
    ]
    shown = (await client.get(page)).text
    assert [word in shown for word in ("Example Shop Ltd", "contact.created", "Delivered", "204", shop.url)] == [
        True
    ] * 5
    assert secret_in(shown) == ""
    listed = (await client.get("/settings/webhooks")).text
    assert [word in listed for word in ("Example Shop Ltd", "127.0.0.1", "/hook?x=1")] == [True, True, False]


async def test_form_with_mistakes_comes_back_with_what_was_typed(client: Browser, crm: Any, shop: Receiver) -> None:
    sent = filled(shop, url="ftp://x", recipient="", kinds=[])
    response = await client.post("/settings/webhooks/new", data=sent)
    assert response.status_code == 422
    words = (
        "The address is no plain http or https address.",
        "Write it in one line.",
        "Choose at least one event.",
        'value="ftp://x"',
    )
    assert [word in response.text for word in words] == [True] * 4
    assert await list_endpoints(crm, INSIDE) == []


async def test_webhook_is_changed_and_the_slower_of_two_is_told(client: Browser, crm: Any, shop: Receiver) -> None:
    page, _ = await make(client, crm, shop)
    form = (await client.get(f"{page}/edit")).text
    assert 'name="fields-contact.created" value="display_name" checked' in form
    assert 'name="fields-contact.created" value="note" checked' not in form
    changed = filled(shop, name="Other shop", version="1", kinds=["contact.updated", "cow.mooed"])
    assert (await client.post(f"{page}/edit", data=changed)).status_code == 303
    [one] = await list_endpoints(crm, INSIDE)
    assert (one.name, dict(one.kinds)) == ("Other shop", {"contact.updated": ()})
    assert (await client.post(f"{page}/edit", data=changed)).status_code == 409


async def test_state_test_secret_and_removal(client: Browser, crm: Any, shop: Receiver) -> None:
    page, first = await make(client, crm, shop)
    assert (await client.post(f"{page}/test", data={})).status_code == 303
    await work(crm)
    assert [one.json["type"] for one in shop.received] == ["webhook.test"]
    second = secret_in((await client.post(f"{page}/rotate", data={})).text)
    assert (second.startswith("whsec_"), second == first) == (True, False)
    for state in ("paused", "active", "disabled"):
        await client.post(f"{page}/state", data={"state": state})
        [one] = await list_endpoints(crm, INSIDE)
        assert one.state == state
    assert (await client.post(f"{page}/remove", data={})).status_code == 303
    assert await list_endpoints(crm, INSIDE) == []
    assert (await client.get(page)).status_code == 404


async def test_dead_letters_are_found_and_sent_again(client: Browser, crm: Any, shop: Receiver) -> None:
    page, _ = await make(client, crm, shop)
    shop.answers = [b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"]
    await create_contact(crm, INSIDE, ContactKind.PERSON, ContactContent(display_name="Ada"))
    for _ in range(11):
        await work_later(crm)
    shop.answers = [b"HTTP/1.1 204 No Content\r\n\r\n"]
    dead = (await client.get(f"{page}?state=dead")).text
    replay = re.search(r"/settings/webhooks/deliveries/[0-9a-f-]+/replay", dead)
    assert replay is not None
    assert (await client.post(replay[0], data={})).status_code == 303
    await work(crm)
    day = f"{now():%Y-%m-%d}"
    response = await client.post(f"{page}/replay", data={"since": day, "until": day, "delivered": "yes"})
    assert response.status_code == 303
    await work(crm)
    assert (len(shop.received), len(set(shop.ids()))) == (12, 1)
    shown = await endpoint(crm, INSIDE, (await list_endpoints(crm, INSIDE))[0].id)
    assert shown.failures == 0


@pytest.mark.parametrize("days", [{}, {"since": "x", "until": "y"}, {"since": "2026-02-02", "until": "2026-02-01"}])
async def test_days_that_make_no_sense_send_nothing(
    client: Browser, crm: Any, shop: Receiver, days: dict[str, str]
) -> None:
    page, _ = await make(client, crm, shop)
    assert (await client.post(f"{page}/replay", data=days)).status_code == 303
    assert await crm.data.fetch("SELECT id FROM job WHERE key = 'webhooks.deliver'") == []


async def test_bad_addresses_of_pages_are_not_found_or_ignored(client: Browser, crm: Any, shop: Receiver) -> None:
    page, _ = await make(client, crm, shop)
    missing = "/settings/webhooks/0199f3b2-7c41-7000-8000-000000000001"
    found = [
        (await client.get(f"{page}?state=x&before=y")).status_code,
        (await client.get(missing)).status_code,
        (await client.post(f"{missing}/state", data={"state": "active"})).status_code,
        (await client.post("/settings/webhooks/in/core/nothing/on", data={})).status_code,
        (await client.post("/settings/webhooks/in/core/bounces/rotate", data={})).status_code,
    ]
    assert found == [200, 404, 404, 404, 404]


async def test_message_of_another_system_comes_in_signed(client: Browser, stranger: Browser, crm: Any) -> None:
    shown = (await client.post("/settings/webhooks/in/core/bounces/on", data={})).text
    secret = secret_in(shown)
    path = re.search(r"/hooks/in/core/bounces/[A-Za-z0-9_-]+", shown)
    assert path is not None
    body, moment = b'{"type":"message.opened"}', int(now().timestamp())
    headers = {
        "webhook-id": "m1",
        "webhook-timestamp": str(moment),
        "webhook-signature": sign(secret, "m1", moment, body),
    }
    replies = [
        await stranger.post(path[0], content=body, headers=headers),
        await stranger.post(path[0], content=body, headers=headers),
        await stranger.post(path[0], content=b"{}", headers=headers),
        await stranger.post(path[0] + "x", content=body, headers=headers),
        await stranger.post("/hooks/in/core/nothing/x", content=body, headers=headers),
        await stranger.post(path[0], content=b"x" * 2_000_000, headers=headers),
    ]
    assert [(one.status_code, one.json()) for one in replies] == [
        (202, {"accepted": True}), (202, {"accepted": True}), *[(401, {"accepted": False})] * 4,
    ]  # fmt: skip
    assert "Two secrets until" not in (await client.get("/settings/webhooks")).text
    second = await client.post("/settings/webhooks/in/core/bounces/rotate", data={})
    assert (secret_in(second.text) not in {"", secret}, "/hooks/in/" in second.text) == (True, False)
    assert "Two secrets until" in (await client.get("/settings/webhooks")).text
    assert (await client.post("/settings/webhooks/in/core/bounces/off", data={})).status_code == 303
    assert (await stranger.post(path[0], content=body, headers=headers)).status_code == 401
