"""Who appears in the tests of contacts, and what is known of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, StructuredName
from confida_core.contacts.people import create_contact
from confida_core.ids import new_id
from confida_core.vault.access import Access, Actor

READ = frozenset({"contacts.read"})
WRITE = READ | {"contacts.write"}
EVERYTHING = WRITE | {"contacts.delete", "contacts.restrict", "settings.manage", "reads.read"}

OLGA = Actor(id=new_id(), permissions=EVERYTHING)
MATS = Actor(id=new_id(), permissions=WRITE)
ZOE = Actor(id=new_id(), permissions=frozenset())


def access_of(actor: Actor = OLGA, purpose: str = "relationship") -> Access:
    return Access(actor=actor, purpose=purpose, where="test")


def ada(**more: Any) -> ContactContent:
    """Ada, a person with a mail address."""
    known: dict[str, Any] = {
        "display_name": "Ada Lovelace",
        "name": StructuredName(given="Ada", family="Lovelace"),
        "emails": [EmailAddress(address="ada@example.org", label="work")],
    }
    return ContactContent(**known | more)


async def make_ada(crm: Any, actor: Actor = OLGA, **more: Any) -> UUID:
    return await create_contact(crm, access_of(actor), ContactKind.PERSON, ada(**more))


async def make(crm: Any, name: str, kind: ContactKind = ContactKind.PERSON, **more: Any) -> UUID:
    return await create_contact(crm, access_of(), kind, ContactContent(display_name=name, **more))
