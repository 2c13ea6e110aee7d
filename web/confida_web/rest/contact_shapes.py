"""Contacts as programs read and send them: every member always there when read, none but these when sent.

Kept apart from what is sealed, so that either can grow without the other.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from confida_core.contacts.content import Birthday as StoredBirthday
from confida_core.contacts.content import (
    ContactContent,
    CustomValue,
    EmailAddress,
    LineText,
    Link,
    LongText,
    PhoneNumber,
    PostalAddress,
    ShortText,
    StructuredName,
)
from confida_core.vault.door import Opened
from confida_web.rest.declarations import Entity, Given, Instant

Kind = Literal["person", "organisation"]
Country = Annotated[str, Meta(max_length=2, description="ISO 3166-1 alpha-2, such as DE, or empty.")]
Language = Annotated[str, Meta(max_length=35, description="BCP 47, such as de-AT, or empty.")]
Tags = Annotated[list[ShortText], Meta(max_length=200, description="Sorted, each once.")]
Custom = Annotated[dict[str, CustomValue], Meta(description="By the keys of the fields that an administrator defined.")]
DisplayName = Annotated[
    str, Meta(max_length=200, description="What people read; made from the parts where it is empty.")
]


class Name(Struct, frozen=True, forbid_unknown_fields=True):
    """The parts of a person's name."""

    prefix: ShortText = ""
    given: ShortText = ""
    additional: ShortText = ""
    family: ShortText = ""
    suffix: ShortText = ""


class Email(Struct, frozen=True, forbid_unknown_fields=True):
    """label: work, home, or a word of one's own."""

    address: Annotated[str, Meta(max_length=254)]
    label: ShortText = ""


class Phone(Struct, frozen=True, forbid_unknown_fields=True):
    """number: E.164 where it could be understood, else as it was sent."""

    number: Annotated[str, Meta(max_length=64)]
    label: ShortText = ""


class Address(Struct, frozen=True, forbid_unknown_fields=True):
    """street: lines separated by a newline."""

    street: LineText = ""
    post_office_box: ShortText = ""
    locality: ShortText = ""
    region: ShortText = ""
    postal_code: ShortText = ""
    country: Country = ""
    label: ShortText = ""


class WebLink(Struct, frozen=True, forbid_unknown_fields=True):
    """url: http or https."""

    url: Annotated[str, Meta(max_length=2_000)]
    label: ShortText = ""


class Birthday(Struct, frozen=True, forbid_unknown_fields=True):
    """year: null where only day and month are known."""

    month: Annotated[int, Meta(ge=1, le=12)]
    day: Annotated[int, Meta(ge=1, le=31)]
    year: Annotated[int, Meta(ge=1800, le=2200)] | None = None


class Contact(Entity, frozen=True, kw_only=True):
    """A person or an organisation. touched_at: of the last contact with it."""

    kind: Kind
    display_name: str
    name: Name
    nickname: str
    organisation: str
    job_title: str
    department: str
    emails: list[Email]
    phones: list[Phone]
    addresses: list[Address]
    links: list[WebLink]
    birthday: Birthday | None
    language: str
    tags: list[str]
    custom: Custom
    note: str
    owner_id: UUID | None
    team_id: UUID | None
    archived: bool
    created_at: Instant
    updated_at: Instant
    touched_at: Instant | None


class ContactChanges(Given, frozen=True, kw_only=True):
    """All that can be changed of a contact. owner_id: of an account; archived: out of the daily lists."""

    display_name: DisplayName = ""
    name: Name = Name()
    nickname: ShortText = ""
    organisation: ShortText = ""
    job_title: ShortText = ""
    department: ShortText = ""
    emails: Annotated[list[Email], Meta(max_length=50)] = []
    phones: Annotated[list[Phone], Meta(max_length=50)] = []
    addresses: Annotated[list[Address], Meta(max_length=50)] = []
    links: Annotated[list[WebLink], Meta(max_length=50)] = []
    birthday: Birthday | None = None
    language: Language = ""
    tags: Tags = []
    custom: Custom = {}
    note: LongText = ""
    owner_id: UUID | None = None
    team_id: UUID | None = None
    archived: bool = False


class NewOrganisation(ContactChanges, frozen=True, kw_only=True):
    """An organisation as it is added."""


class NewContact(ContactChanges, frozen=True, kw_only=True):
    """A contact as it is added; its kind never changes afterwards."""

    kind: Kind = "person"


def contact_of(opened: Opened[ContactContent]) -> Contact:
    """For programs. Called a hundred times for a list, so nothing here is done twice."""
    row, content = opened.row, opened.content
    name, birthday = content.name, content.birthday
    return Contact(
        id=row["id"],
        version=row["version"],
        kind=row["kind"],
        display_name=content.display_name,
        name=Name(name.prefix, name.given, name.additional, name.family, name.suffix),
        nickname=content.nickname,
        organisation=content.organisation,
        job_title=content.job_title,
        department=content.department,
        emails=[Email(one.address, one.label) for one in content.emails],
        phones=[Phone(one.number, one.label) for one in content.phones],
        addresses=[address_of(one) for one in content.addresses],
        links=[WebLink(one.url, one.label) for one in content.links],
        birthday=Birthday(birthday.month, birthday.day, birthday.year) if birthday else None,
        language=content.language,
        tags=content.tags,
        custom=content.custom,
        note=content.note,
        owner_id=row["owner_id"],
        team_id=row["team_id"],
        archived=row["archived_at"] is not None,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        touched_at=row["touched_at"],
    )


def address_of(one: PostalAddress) -> Address:
    return Address(one.street, one.post_office_box, one.locality, one.region, one.postal_code, one.country, one.label)


def content_of(given: ContactChanges, picture: str = "") -> ContactContent:
    """What is sealed of it; not validated yet. picture: as it is, because programs do not send pictures."""
    birthday = given.birthday
    return ContactContent(
        display_name=given.display_name,
        name=StructuredName(**{part: getattr(given.name, part) for part in Name.__struct_fields__}),
        nickname=given.nickname,
        organisation=given.organisation,
        job_title=given.job_title,
        department=given.department,
        emails=[EmailAddress(address=one.address, label=one.label) for one in given.emails],
        phones=[PhoneNumber(number=one.number, label=one.label) for one in given.phones],
        addresses=[
            PostalAddress(**{part: getattr(one, part) for part in Address.__struct_fields__}) for one in given.addresses
        ],
        links=[Link(url=one.url, label=one.label) for one in given.links],
        birthday=StoredBirthday(month=birthday.month, day=birthday.day, year=birthday.year) if birthday else None,
        language=given.language,
        tags=list(given.tags),
        custom=dict(given.custom),
        picture=picture,
        note=given.note,
    )
