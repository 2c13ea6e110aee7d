"""Contacts for the tests of the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.vault.access import system_access


async def make(crm: Any, name: str, kind: str = "person", **more: Any) -> UUID:
    content = ContactContent(display_name=name, **more)
    return await create_contact(crm, system_access("test"), ContactKind(kind), content)
