"""Who the drill is about: one invented person with markers in every kind of field, and one who stays."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from confida_consent.content import Evidence
from confida_consent.events import Indication, record_event
from confida_core.contacts.content import (
    ContactContent,
    ContactKind,
    EmailAddress,
    PhoneNumber,
    PostalAddress,
    StructuredName,
)
from confida_core.contacts.people import create_contact
from confida_core.installation import Installation
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.storage.sealed_files import receive_file
from confida_core.vault.access import system_access

ACCESS = system_access("confida drill")
CONSENT = system_access("confida drill", "consent")


@dataclass(frozen=True, slots=True)
class Cast:
    """person: to be erased. stays: shares a meeting with them. marker: a word that is nowhere but in the person's data."""

    person: UUID
    stays: UUID
    marker: str

    @property
    def needles(self) -> tuple[bytes, ...]:
        """The marker as bytes may show it: as a name and in addresses; plain, in UTF-16, as hexadecimal digits."""
        words = (self.marker, self.marker.lower())
        return tuple(
            form for word in words for form in (word.encode(), word.encode("utf-16-le"), word.encode().hex().encode())
        )


async def plant(crm: Installation) -> Cast:
    """Something of every kind that leads to a person."""
    # Letters only, and spelt as a name: what others share is freed of what the person was known by.
    marker = "Drill" + "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(20))
    number = "+49301" + "".join(secrets.choice("0123456789") for _ in range(6))
    content = ContactContent(
        display_name=f"Ada {marker}",
        name=StructuredName(given="Ada", family=marker),
        nickname=marker,
        emails=[EmailAddress(address=f"{marker.lower()}@example.org")],
        phones=[PhoneNumber(number=number)],
        addresses=[PostalAddress(street=f"{marker} 1", locality="Leipzig", country="DE")],
        note=f"A note about {marker}.",
    )
    person = await create_contact(crm, ACCESS, ContactKind.PERSON, content)
    stays = await create_contact(crm, ACCESS, ContactKind.PERSON, ContactContent(display_name="Mats of the drill"))
    for people, subject in (((person,), "Alone"), ((person, stays), "Together")):
        file = await receive_file(crm, f"{marker}.txt", letter(marker))
        draft = InteractionDraft(
            kind="note",
            people=people,
            subject=f"{subject}: {marker}",
            body=f"Said {marker}, {marker.lower()}@example.org.",
        )
        await log_interaction(crm, ACCESS, draft, [file])
    said = Indication(
        subject_id=person,
        purpose="newsletter",
        channel="email",
        kind="given",
        method="paper",
        evidence=Evidence(detail=f"A form signed by {marker}."),
    )
    await record_event(crm, CONSENT, said)
    return Cast(person, stays, marker)


async def letter(marker: str) -> AsyncIterator[bytes]:
    yield f"A letter of {marker}.".encode()
