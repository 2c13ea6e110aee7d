"""What many people get: over kept connections, after everything that somebody waits for, and as safely as one message."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import os
import random
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from confida_core.clock import now
from confida_core.jobs.worker import run_next
from confida_core.outbound import slices
from confida_core.outbound.content import OutboundMessage, SendResult
from confida_core.outbound.leaving import CLAIM
from confida_core.outbound.log import cancel_many
from confida_core.outbound.sender import send, send_batch
from tests.core.outbound.house import (
    Guard,
    Letter,
    Mailbox,
    access_of,
    house,
    mail_settings,
    make_people,
    plugin,
    serving,
    states,
    work,
    work_later,
)

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[3]
NEWS: dict[str, Any] = {"purpose": "newsletter", "subject": "News", "text": "Hello", "bulk": True}


class Counting(Mailbox):
    """Notes connections too; closes each after `most` messages, as servers do, and calls `then` with each message."""

    connections = 0
    most = 0
    then: Any = None
    carried: collections.Counter[int]

    async def handle_EHLO(self, _: SMTP, session: Session, __: Envelope, name: str, responses: list[str]) -> list[str]:
        self.connections += 1
        session.host_name = name
        return responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:
        carried = self.__dict__.setdefault("carried", collections.Counter())
        if self.most and carried[id(session)] >= self.most:
            return "421 4.7.0 Too many messages"
        carried[id(session)] += 1
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if self.then is not None:
            await self.then()
        return answer


@pytest.fixture
async def mailbox() -> Counting:
    return Counting()


async def queue_news(crm: Any, amount: int, *, named: str = "p") -> list[SendResult]:
    people = await make_people(crm, *(f"{named}{number}" for number in range(amount)))
    return await send_batch(crm, access_of(), [OutboundMessage(contact_id=one, **NEWS) for one in people])


def message_ids(letters: list[Letter]) -> collections.Counter[str]:
    lines = (line for letter in letters for line in letter.data.splitlines() if line.startswith(b"Message-ID"))
    return collections.Counter(line.decode().partition("<")[2].partition("@")[0] for line in lines)


async def disclosed(crm: Any) -> set[UUID]:
    return {row["message_id"] for row in await crm.data.fetch("SELECT message_id FROM disclosure")}


async def test_many_leave_over_few_connections_and_each_once(
    crm: Any, guard: Guard, mailbox: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard.headers = {"List-Unsubscribe": "<https://crm.example.org/my/unsubscribe/secret>"}
    results = await queue_news(crm, 45)
    mailbox.most, guard.asked = 4, 0
    assert await work(crm) == 1
    assert message_ids(mailbox.letters) == dict.fromkeys((str(one.id) for one in results), 1)
    assert await states(crm) == [("sent", "")] * 45
    assert await disclosed(crm) == {one.id for one in results}
    assert (mailbox.connections <= 2 * crm.settings.smtp_connections, guard.asked) == (True, 3)
    rows = await crm.data.fetch("SELECT version, attempts FROM outbound_message")
    assert {(row["version"], row["attempts"]) for row in rows} == {(2, 1)}, (
        "sealed anew, without the secret of a header"
    )


async def test_who_says_no_while_it_runs_gets_nothing(
    crm: Any, guard: Guard, mailbox: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once where an order was given, as it is for every withdrawal; after two seconds whatever else has changed."""
    alone = dataclasses.replace(crm, settings=crm.settings.model_copy(update={"smtp_connections": 1}))
    results = await queue_news(crm, 30)
    people = [row["contact_id"] for row in await crm.data.fetch("SELECT contact_id FROM outbound_message ORDER BY id")]

    async def withdraw() -> None:
        if len(mailbox.letters) == 3:
            guard.no |= {(one, "newsletter", "email") for one in people}
            await crm.orders.give("withdrawal", people[-1], purpose="newsletter")

    mailbox.then = withdraw
    await work(alone)
    assert len(mailbox.letters) == 3
    assert collections.Counter(await states(crm)) == {("sent", ""): 3, ("refused", "withdrawn"): len(results) - 3}
    assert await disclosed(crm) == {UUID(one) for one in message_ids(mailbox.letters)}
    guard.no.clear()
    await queue_news(crm, 30, named="q")
    mailbox.letters.clear()
    monkeypatch.setattr(slices, "FRESH_SECONDS", 0.0)
    rows = await crm.data.fetch("SELECT contact_id FROM outbound_message")

    async def change() -> None:
        guard.no |= {(row["contact_id"], "newsletter", "email") for row in rows}

    mailbox.then = change
    await work(alone)
    assert len(mailbox.letters) == 1


async def test_what_somebody_waits_for_leaves_first(crm: Any, mailbox: Counting) -> None:
    [ada] = await make_people(crm, "Ada")
    await queue_news(crm, 5)
    alone = await send(crm, access_of(), OutboundMessage(contact_id=ada, purpose="newsletter", subject="S", text="T"))
    assert [await run_next(crm, background=False), await run_next(crm, background=False)] == [True, False]
    assert list(message_ids(mailbox.letters)) == [str(alone.id)]
    assert await work(crm) == 1
    assert len(mailbox.letters) == 6


async def test_run_that_is_stopped_ends_what_it_is_handing_over_and_gives_back_the_rest(
    crm: Any, mailbox: Counting
) -> None:
    results = await queue_news(crm, 30)
    mailbox.hold = asyncio.Event()
    job = asyncio.create_task(run_next(crm))
    await asyncio.wait_for(mailbox.reached.wait(), 60)
    assert await cancel_many(crm, access_of(), [one.id for one in results]) == {one.id for one in results[20:]}
    job.cancel()
    await asyncio.sleep(0.05)
    mailbox.hold.set()
    with pytest.raises(asyncio.CancelledError):
        await job
    began = len(mailbox.letters)
    assert 1 <= began <= crm.settings.smtp_connections
    found = collections.Counter(await states(crm))
    assert found == {("sent", ""): began, ("queued", ""): 20 - began, ("cancelled", ""): 10}
    assert len(await disclosed(crm)) == began
    await work_later(crm)
    assert set(message_ids(mailbox.letters).values()) == {1}
    assert (len(mailbox.letters), len(await disclosed(crm))) == (20, 20)
    attempts = await crm.data.fetch("SELECT DISTINCT attempts FROM outbound_message WHERE state = 'sent'")
    assert [row["attempts"] for row in attempts] == [1]


CHILD = """
import asyncio, sys
from tests.core.outbound.house import Guard, house, plugin, work
from confida_core.settings import read_settings

async def main():
    settings = read_settings(home=sys.argv[1], database_url=sys.argv[2], keyring_url=sys.argv[3])
    more = dict(smtp_host="127.0.0.1", smtp_port=int(sys.argv[4]), smtp_security="none", mail_from="crm@example.org")
    async with house(settings, plugin([Guard().declared()]), **more) as crm:
        await work(crm)

asyncio.run(main())
"""


async def killed_again_and_again(settings: Any, guard: Guard, amount: int, kills: int) -> None:
    """None is lost; at most as many as there are connections are sent again after each kill, with the same Message-ID."""
    mailbox, chance = Counting(), random.Random(amount)
    reached: asyncio.Queue[int] = asyncio.Queue()
    mailbox.then = lambda: reached.put(1)
    async with (
        serving(mailbox) as port,
        house(settings, plugin([guard.declared()]), **mail_settings(port, mail_from="crm@example.org")) as crm,
    ):
        results = [
            one
            for start in range(0, amount, 500)
            for one in await queue_news(crm, min(500, amount), named=f"p{start}x")
        ]
        command = [
            sys.executable,
            "-c",
            CHILD,
            str(settings.home),
            settings.database_url,
            settings.keyring_url,
            str(port),
        ]
        for _ in range(kills):
            child = await asyncio.to_thread(subprocess.Popen, command, cwd=ROOT, stderr=subprocess.DEVNULL)
            for _ in range(chance.randrange(1, amount // (kills + 1))):
                await asyncio.wait_for(reached.get(), 30)
            await asyncio.sleep(chance.random() / 100)
            os.kill(child.pid, signal.SIGKILL)
            await asyncio.to_thread(child.wait)
            await crm.data.fetch("UPDATE job SET lease_until = ? WHERE state = 'running'", now() - timedelta(seconds=1))
            past = now() - CLAIM - timedelta(seconds=1)
            await crm.data.fetch("UPDATE outbound_message SET attempted_at = ? WHERE state = 'sending'", past)
        await work_later(crm)
        assert collections.Counter(await states(crm)) == {("sent", ""): amount}
        found = message_ids(mailbox.letters)
        assert set(found) == {str(one.id) for one in results}
        assert sum(found.values()) - amount <= kills * crm.settings.smtp_connections
        assert await disclosed(crm) == {one.id for one in results}


async def test_kill_in_the_middle_loses_nothing(settings: Any, guard: Guard) -> None:
    await killed_again_and_again(settings, guard, amount=60, kills=1)


@pytest.mark.slow
async def test_twenty_kills_lose_nothing(settings: Any, guard: Guard) -> None:
    await killed_again_and_again(settings, guard, amount=2000, kills=20)
