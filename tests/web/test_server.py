"""The real server on a real socket: framing that breaks the rules, and a clean end."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

pytestmark = pytest.mark.anyio


@pytest.fixture
def logs() -> Iterator[None]:
    """A server sets up the logs of its process; what it set up writes to the standard error of this test, and ends with it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
async def server(logs: None, settings: Any) -> AsyncIterator[int]:
    """The port of a server that opened the installation itself, as `confida serve` does."""
    import uvicorn

    from confida_core.installation import open_installation
    from confida_core.setup import initialise, upgrade
    from confida_web.app import load_everything
    from confida_web.server import configuration

    initialise(settings)
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
    config = configuration(settings)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve(sockets=[listening]))
    while not running.started and not task.done():  # noqa: ASYNC110 -- The server has no event for this.
        await asyncio.sleep(0.02)
    yield listening.getsockname()[1]
    running.should_exit = True
    await task


async def exchange(port: int, sent: bytes, *, wait: float = 5) -> bytes:
    """What comes back until the server closes, or nothing more comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = b""
    try:
        writer.write(sent)
        await writer.drain()
        while piece := await asyncio.wait_for(reader.read(65536), wait):
            received += piece
            if b"connection: close" not in sent.lower():
                break
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return received


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


END = b"Connection: close\r\n\r\n"
CASES: dict[bytes, set[int]] = {
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + END: {200},
    b"GET /healthz HTTP/1.1\r\nHost: LocalHost:8000\r\n" + END: {200},
    b"HEAD /login HTTP/1.1\r\nHost: localhost\r\n" + END: {200},
    b"GET /healthz HTTP/1.1\r\n" + END: {400},
    b"GET /healthz HTTP/1.0\r\n\r\n": {400},
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n" + END: {400},
    b"GET /healthz HTTP/1.1\r\nHost: evil.example.org\r\n" + END: {400},
    b"GET http://evil.example.org/healthz HTTP/1.1\r\nHost: evil.example.org\r\n" + END: {400},
    b"TRACE /healthz HTTP/1.1\r\nHost: localhost\r\n" + END: {405},
    b"BREW /healthz HTTP/1.1\r\nHost: localhost\r\n" + END: {400, 405},
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n" + END: {400},
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 65_536 + b"\r\n" + END: {400, 431},
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 200 + END: {400, 431},
    b"GET /" + b"a" * 65_536 + b" HTTP/1.1\r\nHost: localhost\r\n" + END: {400, 414},
    b"GET /login?q=%ff%fe HTTP/1.1\r\nHost: localhost\r\n" + END: {400},
    b"GET /static/%2e%2e/%2e%2e/page.py HTTP/1.1\r\nHost: localhost\r\n" + END: {400, 404},
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n"
    + END + b"0\r\n\r\n": {400},
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n" + END + b"ab": {400},
    b"POST /csp-report HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n" + END + b"zz\r\nx\r\n0\r\n\r\n": {400},
    b"POST /csp-report HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n" + END: {400},
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03": {0, 400},
    b"\r\n\r\n\r\n": {0, 400},
}  # fmt: skip


async def test_framing_that_breaks_the_rules_is_refused_and_harms_nobody(server: int) -> None:
    answers = {sent: status_of(await exchange(server, sent, wait=3)) for sent in CASES}
    assert {sent[:60]: found for sent, found in answers.items() if found not in CASES[sent]} == {}


async def test_half_a_header_and_a_slow_body_keep_nobody_waiting(server: int) -> None:
    slow = [await asyncio.open_connection("127.0.0.1", server) for _ in range(20)]
    for number, (_, writer) in enumerate(slow):
        writer.write(
            b"GET /login HTTP/1.1\r\nHo"
            if number % 2
            else b"POST /csp-report HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx"
        )
        await writer.drain()
    answer = await exchange(server, b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n" + END)
    for _, writer in slow:
        writer.close()
    assert status_of(answer) == 200
    assert b"\r\nserver:" not in answer.lower()


async def test_pipelined_requests_are_answered_in_order(server: int) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = await exchange(server, one + one + b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n" + END)
    assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == [200, 200, 404]


def test_start_that_fails_says_why_and_ends(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """There is no installation in the folder: nothing is made, nothing is touched."""
    from confida_core.settings import read_settings
    from confida_web.server import START_FAILED, serve

    with pytest.raises(SystemExit) as ended:
        raise SystemExit(serve(read_settings(home=tmp_path / "home")))
    assert ended.value.code == START_FAILED
    assert "root.json is missing" in capfd.readouterr().err
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("path", ["/healthz", "/login", "/my"])
async def test_head_is_answered_without_a_body_on_a_connection_that_stays(
    server: int, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Monitors ask so, all day; each question once wrote two errors and cut the connection."""
    asked = f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    last = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    answers = await exchange(server, asked + last)
    assert answers.count(b"HTTP/1.1 200") == 2
    assert [record.levelname for record in caplog.records if record.levelname == "ERROR"] == []
