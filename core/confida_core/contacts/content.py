"""What is known of a person or an organisation: the sealed content of one `contact` row.

Every struct grows only by fields with defaults, so that rows sealed years ago still open.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

ShortText = Annotated[str, Meta(max_length=200)]
LineText = Annotated[str, Meta(max_length=500)]
LongText = Annotated[str, Meta(max_length=20_000)]

CustomValue = str | int | float | bool | list[str]


class ContactKind(StrEnum):
    """Operational: stands in the clear, because lists and forms differ by it."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Sealed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of everything that is encoded and sealed; unknown fields of newer versions are ignored."""


class StructuredName(Sealed, frozen=True):
    """The parts of a person's name; the display name is the truth, these only sort and address."""

    prefix: ShortText = ""
    given: ShortText = ""
    additional: ShortText = ""
    family: ShortText = ""
    suffix: ShortText = ""


class EmailAddress(Sealed, frozen=True):
    """address: as typed, domain lower-cased, not checked by DNS. label: "work", "home" or the user's own word."""

    address: Annotated[str, Meta(max_length=254)]
    label: ShortText = ""


class PhoneNumber(Sealed, frozen=True):
    """number: E.164 where it could be understood, else as typed. label: "work", "home", "mobile", "fax", "pager" or own."""

    number: Annotated[str, Meta(max_length=64)]
    label: ShortText = ""


class PostalAddress(Sealed, frozen=True):
    """street: lines separated by newline. country: ISO 3166-1 alpha-2, upper case, or ""."""

    label: ShortText = ""
    street: LineText = ""
    post_office_box: ShortText = ""
    locality: ShortText = ""
    region: ShortText = ""
    postal_code: ShortText = ""
    country: Annotated[str, Meta(max_length=2)] = ""


class Link(Sealed, frozen=True):
    """url: http or https only; other addresses (messenger names) stand in `label: value` form in the note."""

    url: Annotated[str, Meta(max_length=2_000)]
    label: ShortText = ""


class Birthday(Sealed, frozen=True):
    """year: None where only day and month are known."""

    month: Annotated[int, Meta(ge=1, le=12)]
    day: Annotated[int, Meta(ge=1, le=31)]
    year: Annotated[int, Meta(ge=1800, le=2200)] | None = None


class ContactContent(Sealed, frozen=True):
    """Everything personal of one contact.

    display_name: what people read; never empty after validation (`contacts.validation`).
    organisation, job_title, department: as text, where the organisation is no contact of its own.
    language: BCP 47 tag or "". tags: sorted, unique, NFC. custom: by key of the custom field.
    picture: id of a sealed file, hex, or "". note: Markdown; also what an import could not map.
    """

    display_name: ShortText = ""
    name: StructuredName = StructuredName()
    nickname: ShortText = ""
    organisation: ShortText = ""
    job_title: ShortText = ""
    department: ShortText = ""
    emails: list[EmailAddress] = []
    phones: list[PhoneNumber] = []
    addresses: list[PostalAddress] = []
    links: list[Link] = []
    birthday: Birthday | None = None
    language: Annotated[str, Meta(max_length=35)] = ""
    tags: list[ShortText] = []
    custom: dict[str, CustomValue] = {}
    picture: Annotated[str, Meta(max_length=36)] = ""
    note: LongText = ""


def changed(content: ContactContent, **fields: object) -> ContactContent:
    """A copy with some fields replaced; raises TypeError for an unknown field."""
    return msgspec.structs.replace(content, **fields)
