"""Other systems at their worst: slow, broken, hostile; and our own process killed at the worst moment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.contacts.validation import InvalidContent
from confida_core.events.following import ensure_cursors, look
from confida_core.jobs.worker import run_next
from confida_core.outbound.webhooks import wire
from confida_core.outbound.webhooks.delivering import Deliverer
from confida_core.outbound.webhooks.endpoints import EndpointDraft, create_endpoint
from tests.core.outbound.house import Guard, house, make_ada, plugin
from tests.core.outbound.webhooks.receiver import (
    INSIDE,
    OK,
    PRIVATE,
    Receiver,
    certificate,
    genuine,
    listening,
    log,
    subscribe,
    work,
    work_later,
)

pytestmark = pytest.mark.anyio
NAME = {"contact.created": ["display_name"]}


# Far more than is needed, and far less than a bad server here would take: the machine may have much else to do.
BOUNDED = timedelta(seconds=20)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits as in earnest, in less time."""
    assert (wire.TOTAL_SECONDS, wire.CONNECT_SECONDS) == (15.0, 5.0)
    monkeypatch.setattr(wire, "TOTAL_SECONDS", 0.7)


async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(120)


async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"y" * 2_400:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def huge_head(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"x-big: " + b"y" * 10_000_000)
    await writer.drain()


async def huge_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n")
    for __ in range(100):
        writer.write(b"y" * 1_000_000)
        await writer.drain()


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    await writer.drain()


async def stutter(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for __ in range(10_000):
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)
        await writer.drain()


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (hang, "timeout"),
        (drip, "timeout"),
        (huge_head, "bad_answer"),
        (reset, "connection"),
        (babble, "bad_answer"),
        (stutter, "timeout"),
    ],
)
async def test_bad_server_costs_a_bounded_time_and_gets_it_again_later(
    crm: Any, shop: Receiver, talk: Any, reason: str
) -> None:
    await subscribe(crm, shop.url, NAME)
    shop.talk = talk
    await make_ada(crm)
    begun = now()
    await work(crm)
    assert now() - begun < BOUNDED
    assert await log(crm) == [("waiting", reason, 1, None)]
    shop.talk = None
    await work_later(crm)
    assert (await log(crm), len(set(shop.ids()))) == ([("delivered", "", 2, 204)], 1)


async def test_huge_body_is_not_read(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, NAME)
    shop.talk = huge_body
    await make_ada(crm)
    await work(crm)
    assert await log(crm) == [("delivered", "", 1, 200)]


async def test_endpoint_that_does_not_answer_does_not_hold_up_the_next(crm: Any, shop: Receiver) -> None:
    silent = Receiver(talk=hang)
    async with listening(silent):
        await subscribe(crm, silent.url, NAME)
        await subscribe(crm, shop.url, NAME)
        for _ in range(5):
            await make_ada(crm)
        begun = now()
        await work(crm)
    assert now() - begun < BOUNDED
    assert (len(silent.received), len(shop.received)) == (1, 5)
    assert sorted({(state, reason) for state, reason, *_ in await log(crm)}) == [
        ("delivered", ""), ("waiting", "away"), ("waiting", "timeout"),
    ]  # fmt: skip


async def test_name_that_changes_its_mind_leads_nowhere(settings: Any, guard: Guard) -> None:
    """The first answer is outside, every later one inside; we ask once for each attempt, and connect to what we checked."""
    inner = Receiver()
    asked: list[str] = []

    async def rebinding(host: str, _: int) -> Sequence[str]:
        asked.append(host)
        return ["192.0.2.1"] if len(asked) == 1 else ["127.0.0.1"]

    async with listening(inner), house(settings, plugin([guard.declared()])) as crm:
        await endpoint_in(crm, f"https://hooks.example.org:{inner.port}/")
        reasons = [await deliver_once(crm, Deliverer(resolve=rebinding)) for _ in range(3)]
    assert (asked, inner.received, reasons) == (["hooks.example.org"] * 3, [], ["private_address"] * 3)


async def endpoint_in(crm: Any, url: str) -> None:
    """An endpoint, and one delivery that waits for it."""
    await ensure_cursors(crm)
    await subscribe(crm, url, NAME)
    await make_ada(crm)
    await look(crm)
    await run_next(crm)


async def deliver_once(crm: Any, deliverer: Deliverer) -> str:
    """Try it; why it failed."""
    row = (await crm.data.fetch("SELECT id FROM webhook_delivery"))[0]
    await crm.data.fetch("UPDATE webhook_endpoint SET away_until = NULL")
    await deliverer.deliver(crm, {"delivery_id": row["id"]})
    return str((await crm.data.fetch("SELECT reason FROM webhook_delivery"))[0]["reason"])


@pytest.mark.parametrize(("shown", "reason"), [("shop.example.org", ""), ("other.example.org", "tls")])
async def test_certificate_must_be_for_the_name_not_for_the_address(
    settings: Any, guard: Guard, tmp_path: Path, shown: str, reason: str
) -> None:
    shop = Receiver()
    authorities, context = certificate(tmp_path, shown)

    async def here(_: str, __: int) -> Sequence[str]:
        return ["127.0.0.1"]

    more = {"webhook_private_addresses": PRIVATE, "webhook_ca_file": authorities}
    async with listening(shop, context), house(settings, plugin([guard.declared()]), **more) as crm:
        await endpoint_in(crm, f"https://shop.example.org:{shop.port}/in")
        assert await deliver_once(crm, Deliverer(resolve=here)) == reason
        assert len(shop.received) == (0 if reason else 1)
    if not reason:
        assert shop.received[0].headers["host"] == f"shop.example.org:{shop.port}"


async def test_unknown_authority_is_not_believed(settings: Any, guard: Guard, tmp_path: Path) -> None:
    shop = Receiver()
    _, context = certificate(tmp_path, "127.0.0.1")
    more = {"webhook_private_addresses": PRIVATE}
    async with listening(shop, context), house(settings, plugin([guard.declared()]), **more) as crm:
        await endpoint_in(crm, shop.url.replace("http:", "https:"))
        assert await deliver_once(crm, Deliverer()) == "tls"
    assert shop.received == []


async def test_plain_http_is_refused_unless_a_network_is_allowed(settings: Any, guard: Guard) -> None:
    async with house(settings, plugin([guard.declared()])) as crm:
        with pytest.raises(InvalidContent) as raised:
            await subscribe(crm, "http://127.0.0.1/hook", NAME)
    assert set(raised.value.errors) == {"url"}


async def test_draft_with_everything_wrong_names_each_field(crm: Any) -> None:
    draft = EndpointDraft(
        name=" ", url="ftp://x", recipient="", purpose="nothing", channel="No Channel!", kinds={"x.y": []}
    )
    with pytest.raises(InvalidContent) as raised:
        await create_endpoint(crm, INSIDE, draft)
    assert set(raised.value.errors) == {"name", "url", "recipient", "purpose", "channel", "kinds"}


async def test_killed_between_delivery_and_note_delivers_once_more_under_the_same_id(
    settings: Any, guard: Guard, tmp_path: Path
) -> None:
    shop = Receiver()
    victim: list[asyncio.subprocess.Process] = []

    async def kill(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """It has everything, and the sender never learns of it."""
        if victim:
            os.kill(victim.pop().pid, signal.SIGKILL)
            await asyncio.sleep(0.2)
        writer.write(OK)

    shop.talk = kill
    more = {"webhook_private_addresses": PRIVATE}
    async with listening(shop):
        async with house(settings, plugin([guard.declared()]), **more) as crm:
            await ensure_cursors(crm)
            _, secret = await subscribe(crm, shop.url, NAME)
            await make_ada(crm)
        place = [str(settings.home), settings.database_url, settings.keyring_url]
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.core.outbound.webhooks.worker", *place
        )
        victim.append(worker)
        assert await asyncio.wait_for(worker.wait(), 60) == -signal.SIGKILL
        async with house(settings, plugin([guard.declared()]), **more) as crm:
            assert await log(crm) == [("sending", "", 0, None)]
            long_ago = now() - timedelta(minutes=10)
            await crm.data.fetch("UPDATE job SET lease_until = ? WHERE state = 'running'", long_ago)
            await crm.data.fetch("UPDATE webhook_delivery SET attempted_at = ?", long_ago)
            await work_later(crm)
            assert await log(crm) == [("delivered", "", 1, 204)]
    assert (len(shop.received), len({genuine(one, secret) for one in shop.received})) == (2, 1)
