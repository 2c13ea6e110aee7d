"""Corrections that a person proposed for their own details: those that are accepted go into the contact, the rest stay told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from confida_consent.rights.content import Correction
from confida_consent.rights.declared import REQUEST
from confida_consent.rights.requests import OpenedRequest
from confida_consent.rights.steps import CARRIED_OUT, locked_request, write_step
from confida_core.contacts.content import ContactContent, EmailAddress, PhoneNumber, PostalAddress, changed
from confida_core.contacts.people import update_contact, visible_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.vault.access import Access

# Whoever decides about requests carries out what was accepted, and nothing else, in a contact they may not edit otherwise.
ALLOWED = frozenset({"contacts.read", "contacts.write"})
OUTDATED = "What stood there has changed since; look at the contact itself."


def written(address: PostalAddress) -> str:
    """A postal address as lines."""
    place = " ".join(filter(None, (address.postal_code, address.locality)))
    lines = (address.street, address.post_office_box, place, address.region, address.country)
    return "\n".join(filter(None, lines))


async def accept_corrections(crm: Installation, access: Access, one: OpenedRequest, places: Sequence[int]) -> int:
    """Change the contact as these corrections of a verified request say (places: in its file); how many there were.

    Raises InvalidContent (corrections: none chosen; what was held has changed meanwhile; not proved who asks), Forbidden,
    NotFound, VersionConflict.
    """
    access.actor.require("requests.decide")
    if one.contact_id is None or not one.verified:
        raise InvalidContent({"": "First it has to be proved who asks."})
    chosen = [
        one.file.corrections[place] for place in dict.fromkeys(places) if place in range(len(one.file.corrections))
    ]
    if not chosen:
        raise InvalidContent({"corrections": "Choose what you accept."})
    actor = replace(access.actor, permissions=access.actor.permissions | ALLOWED)
    own = Access(actor=actor, purpose=access.purpose, where=access.where)
    await crm.keyring.ensure([one.id], REQUEST.retention_class)
    opened = await visible_contact(crm, own, one.contact_id)
    content = opened.content
    for correction in chosen:
        content = corrected(content, correction)
    async with crm.data.transaction():
        await locked_request(crm, one.id)
        await update_contact(crm, own, one.contact_id, content, seen=opened.row["version"])
        done = ", ".join(dict.fromkeys(correction.field for correction in chosen))
        await write_step(crm, access, one.id, CARRIED_OUT, f"corrected: {done}")
    return len(chosen)


def corrected(content: ContactContent, correction: Correction) -> ContactContent:
    """The contact with one correction in it. Raises InvalidContent if what it is about does not stand there any more."""
    match correction.field:
        case "name" | "language":
            field = "display_name" if correction.field == "name" else "language"
            if getattr(content, field) != correction.held:
                raise InvalidContent({"corrections": OUTDATED})
            return changed(content, **{field: correction.wanted})
        case "email":
            wanted = EmailAddress(address=correction.wanted) if correction.wanted else None
            return changed(content, emails=_among(content.emails, correction, wanted, lambda entry: entry.address))
        case "phone":
            number = PhoneNumber(number=correction.wanted) if correction.wanted else None
            return changed(content, phones=_among(content.phones, correction, number, lambda entry: entry.number))
        case "address":
            return changed(content, addresses=_among(content.addresses, correction, correction.address, written))
    raise InvalidContent({"corrections": OUTDATED})


def _among(entries: Sequence[Any], correction: Correction, wanted: Any, reads: Callable[[Any], str]) -> list[Any]:
    """The entries with the one that was held replaced, where it stood and under its label; without it; or with a new one."""
    if not correction.held:
        return [*entries, wanted] if wanted is not None else list(entries)
    place = next((place for place, entry in enumerate(entries) if reads(entry) == correction.held), None)
    if place is None:
        raise InvalidContent({"corrections": OUTDATED})
    found = list(entries)
    if wanted is None:
        del found[place]
    else:
        found[place] = msgspec.structs.replace(wanted, label=entries[place].label)
    return found
