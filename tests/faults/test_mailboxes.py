"""A mail server behind a bad line, a program that is killed, a disk that is full: every mail is taken in, and once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from confida_core.api import Access, DatabaseError, system_access
from confida_core.installation import open_installation
from confida_service.mail import mailboxes
from confida_service.mail.content import MAIL_ACCOUNT
from confida_service.tests.conftest import dovecot
from confida_service.tests.test_mail_fetching import Post, mail
from confida_web.app import load_everything
from tests.dovecot import Dovecot
from tests.faults.test_full_disk import fill, small_disk

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
AMOUNT = 24
__all__ = ["dovecot", "small_disk"]


@pytest.fixture
def confida_plugins() -> tuple[str, ...]:
    return ("service",)


@pytest.fixture
def confida_registry() -> Any:
    return load_everything


@dataclass
class BadLine:
    """Carries bytes between us and a mail server, for a while. mood: good, silent, slow, cut or stuck, the last two after so
    many bytes from the server."""

    target: int
    mood: str = "good"
    bytes_until: int = 0
    port: int = 0
    lines: set[asyncio.Task[Any]] = field(default_factory=set)
    server: asyncio.Server | None = None

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.add(asyncio.current_task())  # type: ignore[arg-type]
        open_ends = [writer]
        with contextlib.suppress(OSError, asyncio.CancelledError):
            if self.mood == "silent":
                await asyncio.sleep(60)
            theirs, ours = await asyncio.open_connection("127.0.0.1", self.target)
            open_ends.append(ours)
            self.lines.add(asyncio.create_task(self.carry(reader, ours, 1 << 40)))
            await self.carry(theirs, writer, self.bytes_until or 1 << 40)
            if self.mood == "stuck":
                await asyncio.sleep(60)
        for end in open_ends:
            end.transport.abort()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await end.wait_closed()

    async def carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, most: int) -> None:
        while most > 0 and (piece := await source.read(200 if self.mood == "slow" else 65_536)):
            sink.write(piece[:most])
            await sink.drain()
            most -= len(piece)
            if self.mood == "slow":
                await asyncio.sleep(0.002)

    async def be(self, mood: str, bytes_until: int = 0) -> None:
        self.mood, self.bytes_until = mood, bytes_until
        await self.end()
        if mood != "refused":
            self.server = await asyncio.start_server(self, "127.0.0.1", self.port)
            self.port = self.server.sockets[0].getsockname()[1]

    async def end(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None
        for line in self.lines:
            line.cancel()
        await asyncio.gather(*self.lines, return_exceptions=True)
        self.lines.clear()


@pytest.fixture
async def post(crm: Any, access: Access, dovecot: Dovecot) -> Post:
    mine = Post(crm, access, dovecot)
    mine.account = await mine.save(mine.content(), whole=True)
    return mine


@pytest.fixture
async def line(post: Post, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BadLine]:
    """Between the installation and its mailbox; what takes half a minute otherwise takes a fifth of a second."""
    monkeypatch.setattr(mailboxes, "SECONDS", 0.2)
    between = BadLine(post.server.port)
    await between.be("good")
    await post.crm.records.update(MAIL_ACCOUNT, {"id": post.account}, post.content(port=between.port), seen=1)
    yield between
    await between.end()


async def taken_once(post: Post, amount: int) -> None:
    """Everything is there, once, each in its ticket, and nothing waits any more."""
    assert await post.said() == [[f"Question {number}"] for number in range(1, amount + 1)]
    assert (await post.read()).taken == ()


async def test_bad_line_loses_nothing_and_doubles_nothing(post: Post, line: BadLine) -> None:
    post.deliver(*(mail(number) for number in range(1, AMOUNT + 1)))
    problems = set()
    for mood, until in (
        ("refused", 0),
        ("silent", 0),
        ("cut", 60),
        ("stuck", 900),
        ("cut", 2_500),
        ("stuck", 3_500),
        ("cut", 1),
    ):
        await line.be(mood, until)
        problems.add((await post.read()).problem)
    assert {"unreachable", "dropped", "slow"} <= problems
    assert len(await post.said()) == AMOUNT, "a line that breaks again and again brings everything in the end"
    post.deliver(mail(AMOUNT + 1), mail(AMOUNT + 2))
    await line.be("slow")
    assert (await post.read()).problem == ""
    await taken_once(post, AMOUNT + 2)


CHILD = """
import asyncio, sys
from uuid import UUID
from confida_core.installation import open_installation
from confida_core.settings import read_settings
from confida_service.mail.fetching import read_account
from confida_web.app import load_everything

async def main():
    settings = read_settings(home=sys.argv[1], database_url=sys.argv[2], keyring_url=sys.argv[3], plugins=("service",))
    async with open_installation(settings, load_everything(settings)) as crm:
        print("reads", flush=True)
        await read_account(crm, UUID(sys.argv[4]))

asyncio.run(main())
"""


async def killed(post: Post, amount: int, kills: int) -> None:
    post.deliver(*(mail(number) for number in range(1, amount + 1)))
    settings, chance = post.crm.settings, random.Random(amount)
    places = [str(settings.home), settings.database_url, settings.keyring_url, str(post.account)]
    command = [sys.executable, "-c", CHILD, *places]
    for _ in range(kills):
        child = await asyncio.to_thread(
            subprocess.Popen, command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert child.stdout is not None
        assert await asyncio.to_thread(child.stdout.readline) == b"reads\n"
        before, count = 0, "SELECT count(*) AS taken FROM service_taken_mail"
        while before < chance.randrange(1, amount // (kills + 1) + 1) and child.poll() is None:
            await asyncio.sleep(chance.random() / 50)
            before = (await post.crm.data.fetch(count))[0]["taken"] % max(amount // kills, 1)
        os.kill(child.pid, signal.SIGKILL)
        await asyncio.to_thread(child.wait)
        child.stdout.close()
        await post.crm.data.fetch("UPDATE service_mail_account SET leased_until = NULL")
    await post.read()
    await taken_once(post, amount)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_kill_while_mail_is_taken_in_loses_nothing(post: Post, engine: str) -> None:
    await killed(post, 40, 1)


@pytest.mark.slow
async def test_ten_kills_lose_nothing(post: Post) -> None:
    await killed(post, 400, 10)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_full_disk_leaves_nothing_half_done(
    settings: Any, small_disk: Path, dovecot: Dovecot, engine: str
) -> None:
    shutil.copytree(settings.home, small_disk / "home", symlinks=True)
    small = settings.model_copy(update={"home": small_disk / "home"})
    async with open_installation(small, load_everything(small)) as crm:
        post = Post(crm, system_access("test", "relationship"), dovecot)
        post.account = await post.save(post.content(), whole=True)
        padding = "x" * 30_000
        post.deliver(*(mail(number).replace(b"Why?", padding.encode()) for number in range(1, 61)))
        filler = fill(small_disk)
        with filler.open("r+b") as file:
            file.truncate(filler.stat().st_size - 1_500_000)
        with contextlib.suppress(DatabaseError, OSError):
            await post.read()
        begun = len(await post.tickets())
        assert begun < 60
        files = [path for path in (small_disk / "home" / "files").rglob("*") if path.is_file()]
        kept = await crm.data.fetch("SELECT id FROM sealed_file")
        assert len(files) == len(kept) == begun, "a file of a mail that was not taken in is left over"
        filler.unlink()
        await crm.data.fetch("UPDATE service_mail_account SET leased_until = NULL")
        await post.read()
        await taken_once(post, 60)
