"""Who gets it, as an e-mail needs to know: what fills its fields, in which language it ends, and how it can be stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from confida_consent.api import Basis, Purpose, all_purposes, unsubscribe_links
from confida_core.api import Access, ContactContent, Installation, NotFound, address_of, open_contacts
from confida_marketing.content.blanks import CUSTOM, FIELDS
from confida_marketing.content.footer_words import WORDS, why
from confida_marketing.content.rendering import Recipient

STOPPABLE = frozenset({Basis.CONSENT, Basis.LEGITIMATE_INTEREST, Basis.PUBLIC_TASK})
NOBODY: Mapping[str, str] = MappingProxyType({})


async def recipients_of(
    crm: Installation, access: Access, contact_ids: Sequence[UUID], *, purpose: str
) -> dict[UUID, Recipient]:
    """Those of the contacts that this access may see, in order; opens them through the door. Five queries for up to 500.

    Each gets an address of their own that stops this purpose, good for five years, so ask only for those to whom it is
    really sent; it leads to a page with one button and shows nothing about them. The other address leads to where they
    identify themselves first, because mails are passed on. Raises NotFound for a purpose that there is not.
    """
    found = (await all_purposes(crm)).get(purpose)
    if found is None:
        raise NotFound
    people = await open_contacts(crm, access, contact_ids)
    ids = [one.row["id"] for one in people]
    stops = await unsubscribe_links(crm, ids, purpose) if found.declared.basis in STOPPABLE else {}
    preferences = preferences_address(crm)
    sentences = {language: sentence_of(found, language) for language in WORDS}
    return {
        one.row["id"]: Recipient(
            fields=fields_of(one.content),
            language=one.content.language,
            preferences=preferences,
            unsubscribe=stops.get(one.row["id"], preferences),
            why=sentences,
        )
        for one in people
    }


def preferences_address(crm: Installation) -> str:
    """Where people see and choose what they get, after a code was sent to their address."""
    return f"{address_of(crm)}/my"


def sentence_of(purpose: Purpose, language: str) -> str:
    return why(purpose.declared.basis, purpose.declared.wording(language)[1].title, language)


def fields_of(content: ContactContent) -> dict[str, str]:
    """Everything that a personal field may ask for. Of somebody without the parts of a name, none is guessed."""
    address = content.addresses[0] if content.addresses else None
    known = {
        "first_name": content.name.given,
        "last_name": content.name.family,
        "name": content.display_name,
        "prefix": content.name.prefix,
        "nickname": content.nickname,
        "organisation": content.organisation,
        "job_title": content.job_title,
        "place": address.locality if address else "",
    }
    for key, value in content.custom.items():
        known[CUSTOM + key] = custom_text(value)
    return known


def custom_text(value: object) -> str:
    """A value of a custom field as it stands in a sentence; yes and no have no words that fit every language."""
    if isinstance(value, bool):
        return ""
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def sample_recipient(crm: Installation, language: str, fields: Mapping[str, str] = NOBODY) -> Recipient:
    """Somebody for a look or a trial: nothing stops anything, and nobody is told a reason that is not true."""
    known = {name: fields.get(name, "") for name in FIELDS}
    address = preferences_address(crm)
    return Recipient(
        fields=known,
        language=language,
        preferences=address,
        unsubscribe=address,
        why={one: why("", "", one) for one in WORDS},
    )
