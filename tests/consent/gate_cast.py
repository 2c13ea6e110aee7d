"""Contacts that can be reached in every way, and purposes of the page, for the tests of the gate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from confida_consent.declarations import ConsentPurpose, Wording
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PhoneNumber, PostalAddress
from confida_core.contacts.people import create_contact
from confida_core.vault.access import system_access
from tests.consent.people import MANAGING, staff

MANAGER = staff(MANAGING | {"outbound.send", "outbound.read", "audit.read"})


async def make_contact(
    crm: Any,
    name: str = "Ada",
    *,
    kind: ContactKind = ContactKind.PERSON,
    email: str = "ada@example.org",
    number: str = "",
    country: str = "",
    **more: Any,
) -> UUID:
    """street, postal_code, locality: of a postal address; other words are fields of the contact."""
    parts = {key: more.pop(key) for key in ("street", "postal_code", "locality") if key in more}
    usual: dict[str, Any] = {
        "display_name": name,
        "emails": [EmailAddress(address=email)],
        "phones": [PhoneNumber(number=number)] if number else [],
        "addresses": [PostalAddress(country=country, **parts)] if parts or country else [],
    }
    return await create_contact(crm, system_access("tests"), kind, ContactContent(**{**usual, **more}))


def own_purpose(key: str, **more: Any) -> ConsentPurpose:
    """A purpose of the page that rests on consent, by e-mail."""
    usual: dict[str, Any] = {
        "version": 1,
        "texts": {"en": Wording(title="Press", description="News for the press.")},
        "basis": "consent",
        "channels": ("email",),
        "category": "marketing",
    }
    return ConsentPurpose(key=key, **{**usual, **more})
