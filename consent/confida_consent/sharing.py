"""Contacts that share one address or number, and who of them somebody is: nobody is taken for one of them by chance.

Whoever reads a mailbox has proved that it is theirs, and no more than that. Of several who have it, the one is meant whose
full name is said, and nobody if that is none or two of them. The names themselves are told to nobody.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from confida_core.contacts.channels import normal_phone
from confida_core.contacts.content import ContactContent
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.records import CONTACT
from confida_core.index.fold import fold
from confida_core.index.phones import international_digits
from confida_core.installation import Installation
from confida_core.vault.access import system_access
from confida_core.vault.door import Opened

INSIDE = system_access("portal", "data_subject_rights")
# Of so many with one address nobody can say any more that these are all of them.
MOST = 20
Bearer = Opened[ContactContent]


def same_address(address: str) -> str:
    """Two spellings of which this is equal are one mailbox: white space around it and case make no difference."""
    return unicodedata.normalize("NFC", address.strip()).lower()


def address_mark(crm: Installation, address: str) -> bytes:
    """Keyed hash of a mailbox."""
    key = crm.keyring.hashing_key("portal address")
    return hmac.new(key, same_address(address).encode("utf-8", "replace"), "sha256").digest()


async def candidates_at(crm: Installation, address: str) -> list[UUID]:
    """Contacts that may have this e-mail address, from the index; opens nothing."""
    await crm.index.catch_up(ContactSource(crm))
    return await crm.index.run(lambda ask: ask.addressed(address[:254], MOST))


async def bearers_of(crm: Installation, candidates: Sequence[UUID], mark: bytes) -> list[Bearer]:
    """Those of the candidates that have exactly the mailbox of this mark, the oldest first; opens the candidates."""
    return [one for one in await _opened(crm, candidates) if address_in(crm, one.content, mark)]


async def numbered(crm: Installation, number: str) -> list[Bearer]:
    """Contacts with exactly this telephone number, the oldest first. Opens them."""
    wanted = international_digits(normal_phone(number[:100], crm.settings.region))
    await crm.index.catch_up(ContactSource(crm))
    candidates = await crm.index.run(lambda ask: ask.numbered(wanted, MOST)) if wanted else []
    found = await _opened(crm, candidates)
    return [one for one in found if wanted in {international_digits(each.number) for each in one.content.phones}]


async def _opened(crm: Installation, candidates: Sequence[UUID]) -> list[Bearer]:
    rows = await crm.records.rows(CONTACT, sorted(candidates)[:MOST])
    found: list[Any] = await crm.door.open(INSIDE, CONTACT, [row for row in rows if row["deleted_at"] is None])
    return sorted(found, key=lambda one: one.row["id"])


def address_in(crm: Installation, content: ContactContent, mark: bytes) -> str:
    """The address of this mark as it is stored; "" if the contact has none."""
    marks = ((mail.address, address_mark(crm, mail.address)) for mail in content.emails)
    return next((address for address, own in marks if hmac.compare_digest(own, mark)), "")


def only_one(bearers: Sequence[Bearer], name: str) -> Bearer | None:
    """Whom somebody means who says this name; without a name the only one there is."""
    if len(bearers) >= MOST:
        return None
    said = fold(name)
    meant = [one for one in bearers if said in full_names(one.content)] if said or len(bearers) > 1 else bearers
    return meant[0] if len(meant) == 1 else None


def full_names(content: ContactContent) -> set[str]:
    """Folded; a first name alone is no proof."""
    name = content.name
    return {fold(each) for each in (content.display_name, f"{name.given} {name.family}")} - {""}
