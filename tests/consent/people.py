"""The cast of consent's tests: contacts, and who may do what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from confida_consent.content import Evidence
from confida_consent.events import Indication
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import create_contact
from confida_core.ids import new_id
from confida_core.vault.access import Access, Actor, system_access

SYSTEM = system_access("tests", "consent")
READING = frozenset({"contacts.read", "consents.read"})
RECORDING = READING | {"consents.record"}
MANAGING = RECORDING | {"consents.manage", "contacts.write", "contacts.delete"}
LETTER = Evidence(detail="A signed form, in the folder of 2026.")


def staff(permissions: frozenset[str] = RECORDING) -> Access:
    return Access(actor=Actor(id=new_id(), permissions=permissions), purpose="consent", where="tests")


def person(subject_id: UUID) -> Access:
    return Access(actor=Actor(id=subject_id, kind="subject"), purpose="consent", where="tests")


async def add_contact(crm: Any, name: str = "Ada", email: str = "ada@example.org") -> UUID:
    content = ContactContent(display_name=name, emails=[EmailAddress(address=email)])
    return await create_contact(crm, system_access("tests"), ContactKind.PERSON, content)


def says(subject_id: UUID, kind: str, **fields: Any) -> Indication:
    """The person says so in the preference centre, about the newsletter by e-mail."""
    usual = {"purpose": "newsletter", "channel": "email", "method": "preference_centre"}
    return Indication(**{**usual, "subject_id": subject_id, "kind": kind, **fields})
