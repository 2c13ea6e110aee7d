"""Ada, who is to be erased, and everything that is known of her; Mats, who shares some of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from confida_consent.events import record_event
from confida_consent.tokens import make_token
from confida_core.contacts.content import (
    ContactContent,
    ContactKind,
    EmailAddress,
    PhoneNumber,
    PostalAddress,
    StructuredName,
    changed,
)
from confida_core.contacts.people import create_contact, update_contact
from confida_core.contacts.pictures import create_with_picture
from confida_core.contacts.relationships import add_relationship
from confida_core.ids import new_id
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction, update_interaction
from confida_core.outbound.declarations import Verdict
from confida_core.outbound.disclosures import Handover, record_disclosures
from confida_core.storage.sealed_files import receive_file
from confida_core.vault.access import Access, Actor, system_access
from tests.consent.people import SYSTEM, says

ACCESS = system_access("tests")
DECIDING = frozenset({"contacts.read", "requests.read", "requests.decide"})

ADA = ContactContent(
    display_name="Ada Lovelace",
    name=StructuredName(given="Ada", family="Lovelace"),
    emails=[EmailAddress(address="ada@example.org"), EmailAddress(address="family@example.org")],
    phones=[PhoneNumber(number="+493414960777")],
    addresses=[PostalAddress(street="Hafenweg 3", locality="Leipzig", postal_code="04109", country="DE")],
    note="Likes engines.",
)
MATS = ContactContent(
    display_name="Mats Lovelace",
    name=StructuredName(given="Mats", family="Lovelace"),
    emails=[EmailAddress(address="family@example.org")],
)
TEXT = (
    "Ada Lovelace and Mats Lovelace met; Ada's number is 0341 / 4960-777 or +49 (0) 341 4960777, her mail ADA@example.org, "
    "both read family@example.org. Ada lives at Hafenweg 3. Adamant words and Canada stay."
)
LEFT = (
    "[erased] and Mats Lovelace met; [erased]'s number is [erased] or [erased], her mail [erased], "
    "both read family@example.org. [erased] lives at [erased]. Adamant words and Canada stay."
)


def officer(permissions: frozenset[str] = DECIDING) -> Access:
    return Access(actor=Actor(id=new_id(), permissions=permissions), purpose="data_subject_rights", where="tests")


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@dataclass
class Cast:
    """Ids. meeting: of both. note: of Ada alone. twin: bears the same name and address as Ada, and shares nothing."""

    ada: UUID
    mats: UUID
    twin: UUID
    meeting: UUID
    note: UUID


async def add(crm: Any, content: ContactContent) -> UUID:
    return await create_contact(crm, ACCESS, ContactKind.PERSON, content)


async def plant(crm: Any) -> Cast:
    """Something of every kind that leads to Ada."""
    picture = await receive_file(crm, "ada.txt", pieces(b"a picture, say"))
    ada = await create_with_picture(crm, ACCESS, ContactKind.PERSON, ADA, picture)
    mats, twin = await add(crm, MATS), await add(crm, ADA)
    current = changed(ADA, nickname="Countess", picture=picture.id.hex)
    await update_contact(crm, ACCESS, ada, current, seen=1)
    shared = await receive_file(crm, "Ada Lovelace and Mats.txt", pieces(b"minutes"))
    draft = InteractionDraft(kind="meeting", people=(ada, mats), subject="With Ada", body=TEXT)
    meeting = await log_interaction(crm, ACCESS, draft, [shared])
    edited = InteractionDraft(kind="meeting", people=(ada, mats), subject="With Ada and Mats", body=TEXT)
    await update_interaction(crm, ACCESS, meeting, edited, seen=1)
    own = await receive_file(crm, "letter.txt", pieces(b"Dear all, yours Ada"))
    note = await log_interaction(
        crm, ACCESS, InteractionDraft(kind="note", people=(ada,), subject="Ada only", body="Alone."), [own]
    )
    await add_relationship(crm, ACCESS, "partner", ada, mats, note="Ada and Mats")
    await record_event(crm, SYSTEM, says(ada, "given"))
    await make_token(crm, ada, "preferences")
    handover = Handover(purpose="newsletter", channel="email", path="export", recipient="Print Shop", fields=["Name"])
    await record_disclosures(crm, ACCESS, {ada: Verdict(allowed=True, basis="consent")}, handover)
    return Cast(ada=ada, mats=mats, twin=twin, meeting=meeting, note=note)
