"""An hour with a mail server that refuses, hangs, dawdles and breaks off: nothing is lost, and hardly anything is sent twice.

Hardly: a server that takes a message and vanishes before it says so gets it once more, with the same Message-ID.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from confida_core.outbound import mail
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.sender import send_batch
from confida_core.outbound.states import settle_sent_many
from confida_core.storage.database import Busy
from tests.core.outbound.house import Guard, access_of, house, mail_settings, make_people, plugin, work_later

pytestmark = pytest.mark.anyio
# What it does instead of taking a message; each is one round of the queue, so that all of them take the better part of an hour.
ROUNDS = (
    "refused", "silent", "closing", "drop at rcpt", "drop in message", "later", "full", "hang at data", "taken and dropped", "slow",
)  # fmt: skip
LINES = {"later": b"450 4.2.0 Greylisted\r\n", "full": b"452 4.2.2 Mailbox full\r\n", "never": b"550 5.1.1 Unknown\r\n"}


@dataclass
class Moody:
    """A mail server in a mood. got: what it took, by Message-ID, whether it said so or not."""

    mood: str = "good"
    got: collections.Counter[str] = field(default_factory=collections.Counter)
    port: int = 0
    server: Any = None
    talks: set[asyncio.Task[Any]] = field(default_factory=set)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talks.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            await self.talk(reader, writer)
        except (ConnectionError, EOFError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def say(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        if self.mood == "slow":
            await asyncio.sleep(0.02)
        writer.write(line)
        await writer.drain()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mood == "silent":
            await asyncio.sleep(60)
        await self.say(writer, b"421 4.3.2 Closing\r\n" if self.mood == "closing" else b"220 mail.example.org\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"RCPT" and self.mood == "drop at rcpt":
                return
            if word == b"RCPT" and self.mood in LINES:
                await self.say(writer, LINES[self.mood])
            elif word == b"DATA":
                if not await self.take(reader, writer):
                    return
            else:
                await self.say(writer, b"250 OK\r\n")

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        await self.say(writer, b"354 Go on\r\n")
        if self.mood == "drop in message":
            await reader.readline()
            return False
        data = await reader.readuntil(b"\r\n.\r\n")
        if self.mood == "hang at data":
            await asyncio.sleep(60)
            return False
        named = next(line for line in data.splitlines() if line.startswith(b"Message-ID"))
        self.got[named.decode().partition("<")[2].partition("@")[0]] += 1
        if self.mood == "taken and dropped":
            return False
        await self.say(writer, b"250 OK\r\n")
        return True

    async def listen(self, *, mood: str) -> None:
        self.mood = mood
        await self.end()
        if mood != "refused":
            self.server = await asyncio.start_server(self, "127.0.0.1", self.port)
            self.port = self.server.sockets[0].getsockname()[1]

    async def end(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None
        for talk in self.talks:
            talk.cancel()
        await asyncio.gather(*self.talks, return_exceptions=True)
        self.talks.clear()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of a tenth of a second instead of half a minute, and no rest from a server that is away."""
    monkeypatch.setattr(mail, "STEP_SECONDS", 0.1)
    monkeypatch.setattr(mail, "QUIT_SECONDS", 0.1)
    monkeypatch.setattr(mail, "AWAY_SECONDS", 0.0)


async def outage(settings: Any, guard: Guard, rounds: tuple[str, ...], many: int, alone: int) -> None:
    moody = Moody()
    await moody.listen(mood="good")
    async with house(settings, plugin([guard.declared()]), **mail_settings(moody.port)) as crm:
        people = await make_people(crm, *(f"p{number}" for number in range(many + alone)))
        messages = [
            OutboundMessage(contact_id=one, purpose="newsletter", subject="S", text="T", bulk=place < many)
            for place, one in enumerate(people)
        ]
        results = [
            one
            for start in range(0, len(messages), 500)
            for one in await send_batch(crm, access_of(), messages[start : start + 500])
        ]
        for mood in rounds:
            await moody.listen(mood=mood)
            await work_later(crm)
        await moody.listen(mood="good")
        for _ in range(2):
            await work_later(crm)
        rows = await crm.data.fetch("SELECT id, state, reason FROM outbound_message")
        assert collections.Counter((row["state"], row["reason"]) for row in rows) == {("sent", ""): len(messages)}
        assert set(moody.got) == {str(one.id) for one in results}
        assert set(moody.got.values()) <= {1, 2}
        noted = await crm.data.fetch("SELECT message_id FROM disclosure")
        assert len(noted) == len({row["message_id"] for row in noted}) == len(messages)
    await moody.end()


@pytest.mark.usefixtures("quick")
async def test_hour_of_every_kind_of_trouble_loses_nothing(settings: Any, guard: Guard) -> None:
    await outage(settings, guard, ROUNDS, many=12, alone=2)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
async def test_trouble_in_any_order_loses_nothing(settings: Any, guard: Guard) -> None:
    chance = random.Random(8)
    again = [mood for mood in ROUNDS if mood != "taken and dropped"] * 3
    chance.shuffle(again)
    await outage(settings, guard, (*again, "taken and dropped", *again), many=400, alone=20)


@pytest.mark.usefixtures("quick")
async def test_address_that_is_unknown_fails_and_the_others_leave(settings: Any, guard: Guard) -> None:
    moody = Moody()
    await moody.listen(mood="never")
    async with house(settings, plugin([guard.declared()]), **mail_settings(moody.port)) as crm:
        people = await make_people(crm, *(f"p{number}" for number in range(6)))
        messages = [
            OutboundMessage(contact_id=one, purpose="newsletter", subject="S", text="T", bulk=True) for one in people
        ]
        await send_batch(crm, access_of(), messages[:3])
        await work_later(crm)
        moody.mood = "good"
        await send_batch(crm, access_of(), messages[3:])
        await work_later(crm)
        rows = await crm.data.fetch("SELECT state, reason, returned FROM outbound_message ORDER BY id")
        assert [tuple(row.values()) for row in rows] == [("failed", "unknown_address", "address")] * 3 + [
            ("sent", "", "")
        ] * 3
    await moody.end()


async def test_database_that_is_busy_for_a_moment_has_nothing_sent_twice(
    settings: Any, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was handed over is written down in the end, because it would be sent again otherwise."""
    moody, failed = Moody(), iter(range(2))
    await moody.listen(mood="good")

    async def busy(*args: Any) -> None:
        if next(failed, None) is not None:
            raise Busy
        await settle_sent_many(*args)

    monkeypatch.setattr("confida_core.outbound.many.settle_sent_many", busy)
    async with house(settings, plugin([guard.declared()]), **mail_settings(moody.port)) as crm:
        people = await make_people(crm, "Ada", "Grace")
        messages = [
            OutboundMessage(contact_id=one, purpose="newsletter", subject="S", text="T", bulk=True) for one in people
        ]
        await send_batch(crm, access_of(), messages)
        await work_later(crm)
        assert (set(moody.got.values()), len(moody.got)) == ({1}, 2)
    await moody.end()
