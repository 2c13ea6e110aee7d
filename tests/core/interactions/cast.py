"""Who appears in the tests of interactions, and what they write down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.ids import new_id
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.storage.sealed_files import ReceivedFile, receive_file
from confida_core.vault.access import Access, Actor

READ = frozenset({"contacts.read", "interactions.read"})
WRITE = READ | {"contacts.write", "interactions.write"}
EVERYTHING = WRITE | {"contacts.delete", "contacts.restrict"}

OLGA = Actor(id=new_id(), permissions=EVERYTHING)
MATS = Actor(id=new_id(), permissions=WRITE)
READER = Actor(id=new_id(), permissions=READ)
ZOE = Actor(id=new_id(), permissions=frozenset({"contacts.read"}))

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def access_of(actor: Actor = OLGA) -> Access:
    return Access(actor=actor, purpose="relationship", where="test")


async def make(crm: Any, name: str = "Ada Lovelace") -> UUID:
    return await create_contact(crm, access_of(), ContactKind.PERSON, ContactContent(display_name=name))


async def log(crm: Any, *people: UUID, actor: Actor = OLGA, files: Any = (), **more: Any) -> UUID:
    usual: dict[str, Any] = {"kind": "call", "people": people, "subject": "About the engine", "at": NOON}
    draft = InteractionDraft(**usual | more)
    return await log_interaction(crm, access_of(actor), draft, files)


async def plan(crm: Any, *people: UUID, **more: Any) -> UUID:
    usual: dict[str, Any] = {"kind": "task", "planned": True, "at": None, "subject": "Call back"}
    return await log(crm, *people, **usual | more)


async def received(crm: Any, data: bytes = b"minutes of the meeting", name: str = "minutes.txt") -> ReceivedFile:
    async def pieces() -> AsyncIterator[bytes]:
        yield data

    return await receive_file(crm, name, pieces())


async def touched(crm: Any, contact_id: UUID) -> datetime | None:
    found: datetime | None = (await crm.data.fetch("SELECT touched_at FROM contact WHERE id = ?", contact_id))[0][
        "touched_at"
    ]
    return found
