"""Asking a web server: what webhooks are kept from, plugins are too; and the answer is read to its end, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from typing import Any

import pytest

from confida_core.api import WebAnswer, WebRequest, WebServerFailed, ask_web_server
from tests.core.outbound.house import raw_server

pytestmark = pytest.mark.anyio
OPEN = {"webhook_private_addresses": ("127.0.0.0/8",)}


async def asked(crm: Any, said: bytes, *, longest: int = 100, **more: Any) -> tuple[WebAnswer | str, bytes]:
    """What comes of it where a server says this, and what the server heard."""
    heard = bytearray()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            heard.extend(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(5))
            writer.write(said)
            await writer.drain()
        writer.close()

    known = dataclasses.replace(crm, settings=crm.settings.model_copy(update=OPEN))
    async with raw_server(talk) as port:
        request = WebRequest(
            url=f"http://127.0.0.1:{port}/token?x=1", body=b"a=b&c", content_type="text/x", headers={"X-Key": "k"}
        )
        try:
            return await ask_web_server(known, request, longest=longest, **more), bytes(heard)
        except WebServerFailed as failed:
            return failed.reason, bytes(heard)


async def test_answer_is_read_whole_or_refused(crm: Any) -> None:
    answer, heard = await asked(crm, b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    assert answer == WebAnswer(status=200, body=b"{}")
    lines = heard.decode().split("\r\n")
    assert (lines[0], lines[-1]) == ("POST /token?x=1 HTTP/1.1", "a=b&c")
    assert {"content-type: text/x", "x-key: k", "content-length: 5"} <= {line.lower() for line in lines}
    for said, expected in (
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", WebAnswer(status=302)),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", WebAnswer(status=200, body=b"until the end")),
        (b"HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", WebAnswer(status=429, retry_after=7)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + b"x" * 101, "bad_answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "bad_answer"),
        (b"", "connection"),
        (b"220 mail.example.org\r\n\r\n", "bad_answer"),
    ):
        assert (await asked(crm, said))[0] == expected


async def test_nothing_is_said_before_it_is_confirmed(crm: Any) -> None:
    async def no() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await asked(crm, b"HTTP/1.1 200 OK\r\n\r\n", confirm=no)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1/", "private_address"),
        ("https://169.254.169.254/latest", "private_address"),
        ("ftp://example.org/", "bad_url"),
        ("http://93.184.216.34/", "not_https"),
    ],
)
async def test_addresses_are_checked_as_for_webhooks(crm: Any, url: str, reason: str) -> None:
    with pytest.raises(WebServerFailed) as failed:
        await ask_web_server(crm, WebRequest(url=url))
    assert failed.value.reason == reason
