"""The same invented contacts every time: one seed, and ids that are computed from it."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    ContactKind,
    EmailAddress,
    Link,
    PhoneNumber,
    PostalAddress,
    StructuredName,
    changed,
)
from confida_core.contacts.people import NewContact
from confida_core.contacts.validation import validate_content
from confida_core.demo.words import LOCALES, TAGS, Locale

SEED = 1949
PEOPLE = 200
ORGANISATIONS = 30
DAYS = 700


def demo_id(kind: str, number: int, round: int = 0) -> UUID:
    """An id of the form all our ids have, the same in every installation, so that purging knows what it may take."""
    told = f"confida demo {kind} {number}" + (f" {round}" if round else "")
    digest = bytearray(hashlib.sha256(told.encode()).digest()[:16])
    digest[:6] = (1_700_000_000_000 + number).to_bytes(6, "big")
    digest[6], digest[8] = 0x70 | digest[6] & 0x0F, 0x80 | digest[8] & 0x3F
    return UUID(bytes=bytes(digest))


@dataclass(frozen=True, slots=True)
class Ids:
    """Whose ids are whose. Nobody who was erased comes back under the same id, so that each time they are others."""

    people: tuple[UUID, ...]
    organisations: tuple[UUID, ...]

    @property
    def everybody(self) -> tuple[UUID, ...]:
        return (*self.people, *self.organisations)


def ids_of(round: int) -> Ids:
    """round: how often the invented people were erased here before."""
    return Ids(
        people=tuple(demo_id("person", number, round) for number in range(PEOPLE)),
        organisations=tuple(demo_id("organisation", number, round) for number in range(ORGANISATIONS)),
    )


FIRST = ids_of(0)


def locale_of(number: int) -> Locale:
    return LOCALES[number % len(LOCALES)]


def employers() -> dict[int, int]:
    """Number of a person -> of the organisation in their language that they work for; two people in five do."""
    chance = random.Random(SEED + 3)  # noqa: S311 -- Invented data; nothing secret depends on it.
    return {
        number: 3 * chance.randrange(10) + number % len(LOCALES) for number in range(PEOPLE) if chance.random() < 0.4
    }


def organisation_name(number: int) -> str:
    return locale_of(number).organisations[number // len(LOCALES)][0]


def organisations(moment: datetime, ids: Ids = FIRST) -> Iterator[NewContact]:
    """moment: what the dates are counted back from."""
    chance = random.Random(SEED)  # noqa: S311 -- Invented data; nothing secret depends on it.
    for number, organisation_id in enumerate(ids.organisations):
        locale = locale_of(number)
        domain = locale.organisations[number // len(LOCALES)][1]
        content = ContactContent(
            display_name=organisation_name(number),
            emails=[EmailAddress(address=f"hello@{domain}.example.org", label="work")],
            phones=[PhoneNumber(number=locale.phone.format(number), label="work")],
            addresses=[address(chance, locale, "work")],
            links=[Link(url=f"https://{domain}.example.org/")],
            language=locale.language,
            tags=sorted(chance.sample(TAGS, 1)),
            note=locale.note,
        )
        yield new_contact(chance, ContactKind.ORGANISATION, content, organisation_id, moment)


def people(moment: datetime, ids: Ids = FIRST) -> Iterator[NewContact]:
    chance = random.Random(SEED + 1)  # noqa: S311 -- Invented data; nothing secret depends on it.
    names = {locale.language: list(itertools.product(locale.given, locale.family)) for locale in LOCALES}
    for language in sorted(names):
        chance.shuffle(names[language])
    employed = employers()
    for number, person_id in enumerate(ids.people):
        locale = locale_of(number)
        (given, given_latin), (family, family_latin) = names[locale.language].pop()
        content = person(chance, locale, number, (given, family), f"{given_latin}.{family_latin}")
        if number in employed:
            content = changed(content, organisation=organisation_name(employed[number]))
        yield new_contact(chance, ContactKind.PERSON, content, person_id, moment)


def person(chance: random.Random, locale: Locale, number: int, name: tuple[str, str], mailbox: str) -> ContactContent:
    given, family = name
    phones = [PhoneNumber(number=locale.mobile.format(number % 100), label="mobile")]
    if chance.random() < 0.4:
        phones.append(PhoneNumber(number=locale.phone.format(30 + number % 70), label="home"))
    return ContactContent(
        display_name=f"{given} {family}",
        name=StructuredName(given=given, family=family),
        job_title=chance.choice(locale.jobs) if chance.random() < 0.6 else "",
        emails=[EmailAddress(address=f"{mailbox}@example.org", label="home")] if chance.random() < 0.9 else [],
        phones=phones,
        addresses=[address(chance, locale, "home")] if chance.random() < 0.8 else [],
        birthday=birthday(chance) if chance.random() < 0.5 else None,
        language=locale.language,
        tags=sorted(chance.sample(TAGS, chance.randint(0, 2))),
        note=locale.note,
    )


def birthday(chance: random.Random) -> Birthday:
    year = chance.randint(1940, 2004) if chance.random() < 0.8 else None
    return Birthday(month=chance.randint(1, 12), day=chance.randint(1, 28), year=year)


def address(chance: random.Random, locale: Locale, label: str) -> PostalAddress:
    town, code = chance.choice(locale.towns)
    number, street = chance.randint(1, 99), chance.choice(locale.streets)
    line = f"{number} {street}" if locale.language == "en" else f"{street} {number}"
    return PostalAddress(label=label, street=line, locality=town, postal_code=code, country=locale.country)


def new_contact(
    chance: random.Random, kind: ContactKind, content: ContactContent, contact_id: UUID, moment: datetime
) -> NewContact:
    created = moment - timedelta(days=chance.randint(30, DAYS), minutes=chance.randint(0, 1440))
    return NewContact(kind=kind, content=validate_content(content), id=contact_id, created_at=created)
