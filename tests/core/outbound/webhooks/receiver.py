"""Other systems of every kind, as real servers on this machine, and an installation that tells them what happens."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import h11
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from confida_core.clock import now
from confida_core.events.following import look
from confida_core.jobs.worker import run_next
from confida_core.outbound.webhooks.endpoints import EndpointDraft, create_endpoint
from confida_core.outbound.webhooks.signing import verify
from confida_core.vault.access import system_access

INSIDE = system_access("tests")
OK = b"HTTP/1.1 204 No Content\r\n\r\n"
PRIVATE = ("127.0.0.0/8", "::1/128")


@dataclass
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


@dataclass
class Receiver:
    """Takes requests whole, and answers with the next of `answers`, the last one for ever; `talk` does anything else."""

    answers: list[bytes] = field(default_factory=lambda: [OK])
    talk: Talk | None = None
    received: list[Received] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.received.append(await read_request(reader))
            if self.talk is not None:
                await self.talk(reader, writer)
            else:
                writer.write(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?x=1"

    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.received]


async def read_request(reader: asyncio.StreamReader) -> Received:
    talk, path, headers, body = h11.Connection(h11.SERVER), "", {}, b""
    while True:
        event = talk.next_event()
        if event is h11.NEED_DATA:
            piece = await reader.read(65536)
            if not piece:
                raise ConnectionError
            talk.receive_data(piece)
        elif isinstance(event, h11.Request):
            path = event.target.decode()
            headers = {name.decode(): value.decode() for name, value in event.headers}
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return Received(path, headers, body)


@asynccontextmanager
async def listening(receiver: Receiver, context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=context)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate that vouches for itself, for this name: the file to trust, and what a server shows."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    moment = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - datetime.timedelta(days=1))
        .not_valid_after(moment + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, secret = folder / f"{name}.pem", folder / f"{name}.key"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, secret)
    return shown, context


def alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


async def subscribe(crm: Any, url: str, kinds: Mapping[str, Sequence[str]], **more: Any) -> tuple[UUID, str]:
    given = {"name": "Shop", "recipient": "Example Shop Ltd", "purpose": "newsletter", "channel": "email"}
    return await create_endpoint(crm, INSIDE, EndpointDraft(**{**given, "url": url, "kinds": kinds, **more}))


async def work(crm: Any) -> None:
    """Everything that is due: events are told, and each delivery is tried once."""
    await look(crm)
    while await run_next(crm):
        pass


async def work_later(crm: Any) -> None:
    """The same as if all pauses were over, those of endpoints that did not answer included."""
    await look(crm)
    await crm.data.fetch("UPDATE webhook_endpoint SET away_until = NULL")
    await crm.data.fetch(
        "UPDATE job SET due_at = ? WHERE state = 'waiting' AND key LIKE 'webhooks.%'",
        now() - datetime.timedelta(seconds=1),
    )
    while await run_next(crm):
        pass


async def log(crm: Any) -> list[tuple[str, str, int, int | None]]:
    rows = await crm.data.fetch("SELECT state, reason, attempts, code FROM webhook_delivery ORDER BY id")
    return [(row["state"], row["reason"], row["attempts"], row["code"]) for row in rows]


def genuine(received: Received, *keys: str) -> str:
    """The id of a message that is signed as it should be."""
    return verify(keys, received.headers, received.body, now())
