"""One POST to one checked address. Of the answer no more is read than its status, unless somebody wants more; redirects are
an answer like any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import h11

from confida_core.clock import now
from confida_core.outbound.webhooks.addresses import Network, Resolve, Target, addresses_of, target_of

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
HEAD_BYTES = 16_384
LONGEST_WAIT = 24 * 3600


class NotReached(Exception):
    """No whole answer came. reason: a code of `content.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """status: of HTTP. retry_after: seconds it asked us to wait, 0 for none. body: only where it was wanted."""

    status: int
    retry_after: int = 0
    body: bytes = b""


async def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    allowed: Sequence[Network],
    resolve: Resolve,
    trust: Callable[[], ssl.SSLContext],
    confirm: Callable[[], Awaitable[None]],
    longest: int = 0,
) -> Answer:
    """Send once. Raises AddressRefused, NameUnknown and NotReached, and whatever `confirm` raises.

    trust: makes what https is verified with. confirm: awaited once there is a connection, and before anything is sent.
    longest: bytes of the answer's body that are read; 0 for none at all, and a longer one is a bad answer.
    Takes at most `TOTAL_SECONDS`, however slowly the other side drips.
    """
    target = target_of(url)
    addresses = await addresses_of(target, allowed, resolve)
    try:
        async with asyncio.timeout(TOTAL_SECONDS), _connected(target, addresses, trust) as (reader, writer):
            await confirm()
            return await _exchange(reader, writer, [_request(target, headers, body), h11.Data(data=body)], longest)
    except TimeoutError:
        raise NotReached("timeout") from None
    except ssl.SSLError:
        raise NotReached("tls") from None
    except (OSError, EOFError):
        raise NotReached("connection") from None
    except (h11.RemoteProtocolError, h11.LocalProtocolError):
        raise NotReached("bad_answer") from None


@contextlib.asynccontextmanager
async def _connected(
    target: Target, addresses: Sequence[str], trust: Callable[[], ssl.SSLContext]
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the first address that takes one; the certificate must be for the name, whatever the address."""
    context, name = (trust(), target.host) if target.scheme == "https" else (None, None)
    for place, address in enumerate(addresses):
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(
                    address, target.port, limit=HEAD_BYTES, ssl=context, server_hostname=name
                )
            break
        except ssl.SSLError:
            raise
        except (OSError, TimeoutError):
            if place + 1 == len(addresses):
                raise
    try:
        yield reader, writer
    finally:
        # Nothing more is wanted of the other side: it might never say goodbye.
        writer.transport.abort()


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> h11.Request:
    given = {
        "Host": target.authority,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": "Confida",
        "Connection": "close",
        **headers,
    }
    return h11.Request(method="POST", target=target.path, headers=list(given.items()))


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: Sequence[h11.Request | h11.Data], longest: int
) -> Answer:
    talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
    for part in (*asked, h11.EndOfMessage()):
        writer.write(talk.send(part) or b"")
    with contextlib.suppress(ConnectionError):
        # Who answers before having read everything may close early; what it said still counts.
        await writer.drain()
    while isinstance(event := await _event(talk, reader), h11.InformationalResponse):
        continue
    if not isinstance(event, h11.Response):
        raise EOFError
    body = await _body(talk, reader, longest) if longest else b""
    return Answer(event.status_code, _retry_after(event), body)


async def _event(talk: h11.Connection, reader: asyncio.StreamReader) -> h11.Event:
    """The next thing the other side says. Raises EOFError if it hangs up instead."""
    while (event := talk.next_event()) is h11.NEED_DATA:
        piece = await reader.read(HEAD_BYTES)
        if not piece and talk.their_state is not h11.SEND_BODY:
            raise EOFError
        talk.receive_data(piece)
    if not isinstance(event, h11.Event):
        raise EOFError
    return event


async def _body(talk: h11.Connection, reader: asyncio.StreamReader, longest: int) -> bytes:
    """Raises NotReached if it is longer, and EOFError if it breaks off."""
    pieces, size = [], 0
    while isinstance(event := await _event(talk, reader), h11.Data):
        size += len(event.data)
        if size > longest:
            raise NotReached("bad_answer")
        pieces.append(bytes(event.data))
    return b"".join(pieces)


def _retry_after(response: h11.Response) -> int:
    """Seconds or a date (RFC 9110, 10.2.3); 0 for anything else."""
    text = next((value.decode("latin-1") for name, value in response.headers if name == b"retry-after"), "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(int(text), LONGEST_WAIT)
    try:
        moment: datetime = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return 0
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now()).total_seconds()
    return min(max(0, int(seconds)), LONGEST_WAIT)


def trusted(authorities: Path | None) -> ssl.SSLContext:
    """Whom we believe: the system's authorities, and those of a file for servers of one's own."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authorities is not None:
        context.load_verify_locations(authorities)
    return context
