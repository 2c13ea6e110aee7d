"""What the tests of the sending door need: a plugin that is a gate, mail servers of every kind, and people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope, Session

from confida_core import hooks
from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import NewContact, create_many
from confida_core.declarations import PluginInfo, TimelineSource
from confida_core.hookspecs import hookimpl
from confida_core.ids import new_id
from confida_core.installation import open_installation
from confida_core.jobs.worker import run_next
from confida_core.outbound.declarations import Delivery, SendingGate, Transport, Verdict
from confida_core.registry import load_registry
from confida_core.vault.access import Access, Actor

OLGA = Actor(
    id=new_id(),
    permissions=frozenset(
        {
            "contacts.read", "contacts.write", "contacts.delete", "outbound.read", "outbound.send", "exchange.export",
            "interactions.read",
        }
    ),
)  # fmt: skip
ZOE = Actor(id=new_id(), permissions=frozenset({"contacts.read"}))


def access_of(actor: Actor = OLGA, purpose: str = "relationship") -> Access:
    return Access(actor=actor, purpose=purpose, where="test")


@dataclass
class Guard:
    """A gate that says yes to all but those somebody told it about. event_id: what each of its answers rests on."""

    no: set[tuple[UUID, str, str]] = field(default_factory=set)
    silent: set[UUID] = field(default_factory=set)
    restricted_too: bool = False
    error: Exception | None = None
    headers: dict[str, str] = field(default_factory=dict)
    event_id: UUID = field(default_factory=new_id)
    asked: int = 0

    async def ask(self, _: Any, contact_ids: Sequence[UUID], purpose: str, channel: str) -> Mapping[UUID, Verdict]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return {one: self._answer((one, purpose, channel)) for one in contact_ids if one not in self.silent}

    def _answer(self, question: tuple[UUID, str, str]) -> Verdict:
        if question in self.no:
            return Verdict(allowed=False, reason="withdrawn", sentence="It was withdrawn.", event_id=self.event_id)
        return Verdict(
            allowed=True,
            basis="consent",
            sentence="Consent was given.",
            event_id=self.event_id,
            even_restricted=self.restricted_too,
        )

    async def purposes(self, _: Any) -> Mapping[str, str]:
        return {"newsletter": "Newsletter", "survey": "Survey"}

    async def headers_of(self, _: Any, contact_ids: Sequence[UUID], *__: str) -> Mapping[UUID, Mapping[str, str]]:
        return dict.fromkeys(contact_ids, self.headers)

    def declared(self, key: str = "guard.gate") -> SendingGate:
        return SendingGate(key=key, ask=self.ask, purposes=self.purposes, headers=self.headers_of)


@dataclass
class Pigeons:
    """A plugin's own way out, such as a provider of text messages."""

    error: Exception | None = None
    taken: list[Delivery] = field(default_factory=list)

    async def deliver(self, _: Any, delivery: Delivery) -> None:
        self.taken.append(delivery)
        if self.error is not None:
            raise self.error

    def declared(self) -> Transport:
        return Transport(path="pigeon", label="Pigeon", deliver=self.deliver, recipient=lambda _: "Pigeon Post")


async def _none(*_: Any, **__: Any) -> list[Any]:
    return []


def plugin(gates: Sequence[SendingGate], transports: Sequence[Transport] = ()) -> ModuleType:
    module: Any = ModuleType("confida_guard")
    found: dict[str, Any] = {
        "plugin_info": PluginInfo(key="guard", name="Guard", summary="Says who may be written to."),
        "sending_gates": list(gates),
        "transports": list(transports),
        "timeline_sources": [TimelineSource(key="guard.surveys", label="Surveys", entries=_none, covers=("survey",))],
    }
    for name, value in found.items():

        def implementation(value: Any = value) -> Any:
            return value

        implementation.__name__ = name
        setattr(module, name, hookimpl(implementation))
    return module  # type: ignore[no-any-return]


@asynccontextmanager
async def house(settings: Any, *plugins: ModuleType, **more: Any) -> AsyncIterator[Any]:
    """An installation with these plugins; more: settings."""
    registry = load_registry((), built_in=[hooks, *plugins])
    async with open_installation(settings.model_copy(update=more), registry) as crm:
        yield crm


@dataclass
class Letter:
    sender: str
    recipients: list[str]
    data: bytes


@dataclass
class Mailbox:
    """A real SMTP server. rcpt, data: what it answers instead of taking the message; hold: it waits before answering DATA."""

    letters: list[Letter] = field(default_factory=list)
    rcpt: str = ""
    data: str = ""
    hold: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: Any) -> str:
        if self.rcpt:
            return self.rcpt.replace("ADDRESS", address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        self.reached.set()
        if self.hold is not None:
            await self.hold.wait()
        if self.data:
            return self.data
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.letters.append(Letter(envelope.mail_from or "", list(envelope.rcpt_tos), content))
        return "250 OK"


@asynccontextmanager
async def serving(handler: Any, **options: Any) -> AsyncIterator[int]:
    """The port of a mail server that runs as long as the block."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="mail.example.org", **options), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def raw_server(talk: Callable[..., Any]) -> AsyncIterator[int]:
    """The port of a server that does whatever `talk(reader, writer)` does."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def mail_settings(port: int, **more: Any) -> dict[str, Any]:
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "mail_from": "Example House <crm@example.org>",
        **more,
    }


async def make_people(crm: Any, *names: str) -> list[UUID]:
    contents = [
        ContactContent(display_name=name, emails=[EmailAddress(address=f"{name.lower()}@example.org")])
        for name in names
    ]
    return await create_many(crm, access_of(), [NewContact(kind=ContactKind.PERSON, content=one) for one in contents])


async def make_ada(crm: Any) -> UUID:
    return (await make_people(crm, "Ada"))[0]


async def work(crm: Any) -> int:
    """Run everything that is due; returns how many jobs that were."""
    count = 0
    while await run_next(crm):
        count += 1
    return count


async def work_later(crm: Any) -> int:
    """The same, as if the pauses between attempts were over."""
    await crm.data.fetch("UPDATE job SET due_at = ? WHERE state = 'waiting'", now() - timedelta(seconds=1))
    return await work(crm)


async def states(crm: Any) -> list[tuple[str, str]]:
    rows = await crm.data.fetch("SELECT state, reason FROM outbound_message ORDER BY id")
    return [(row["state"], row["reason"]) for row in rows]
