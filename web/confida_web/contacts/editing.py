"""What the form of a contact shows, and what happens when two people saved it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from confida_web.contacts.pages import ContactHead
from confida_web.display import Errors, Option, RecordKind
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailRow:
    address: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhoneRow:
    number: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressRow:
    label: str = ""
    street: str = ""
    post_office_box: str = ""
    postal_code: str = ""
    locality: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkRow:
    url: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomField:
    """One administrator's field, posted as custom-<key> (repeated for `set`; "true" for a ticked boolean)."""

    key: str
    label: str
    type: Literal["text", "number", "date", "boolean", "choice", "set"] = "text"
    value: str = ""
    options: tuple[Option, ...] = ()
    hint: str = ""
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class ContactFormPage(Page):
    """GET /contacts/new?kind= and /contacts/{id}/edit; the same block answers 422 with errors by field name.

    Posted names: display_name, name-prefix, name-given, name-additional, name-family, name-suffix, nickname,
    organisation, job_title, department, emails-N-address, emails-N-label, phones-N-number, phones-N-label,
    addresses-N-<field>,
    links-N-url, links-N-label, birthday-day, birthday-month, birthday-year, language, tags (comma separated),
    note, owner, team, picture (file), picture-remove, custom-<key>, version, kind.
    Without JavaScript a button posts `_add` (emails, phones, addresses, links) or `_remove` (emails-1): answer with the
    form, one row more or fewer, saving nothing. Empty rows and gaps in N mean nothing. An empty row is shown for each
    list that has none. contact: None for a new one. answers: reference of the person's request for it.
    """

    template: ClassVar[str] = "contacts/form.html"
    title: ClassVar[str] = "Edit contact"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    kind: RecordKind = "person"
    contact: ContactHead | None = None
    version: int = 0
    errors: Errors = field(default_factory=dict)
    display_name: str = ""
    prefix: str = ""
    given: str = ""
    additional: str = ""
    family: str = ""
    suffix: str = ""
    nickname: str = ""
    organisation: str = ""
    job_title: str = ""
    department: str = ""
    emails: tuple[EmailRow, ...] = ()
    phones: tuple[PhoneRow, ...] = ()
    addresses: tuple[AddressRow, ...] = ()
    links: tuple[LinkRow, ...] = ()
    birthday_day: str = ""
    birthday_month: str = ""
    birthday_year: str = ""
    language: str = ""
    tags: str = ""
    note: str = ""
    picture_url: str = ""
    custom_fields: tuple[CustomField, ...] = ()
    owners: tuple[Option, ...] = ()
    teams: tuple[Option, ...] = ()
    languages: tuple[Option, ...] = ()
    countries: tuple[Option, ...] = ()
    known_tags: tuple[str, ...] = ()
    possible_duplicates: tuple[ContactHead, ...] = ()
    answers: str = ""

    empty_email: ClassVar[EmailRow] = EmailRow()
    empty_phone: ClassVar[PhoneRow] = PhoneRow()
    empty_address: ClassVar[AddressRow] = AddressRow()
    empty_link: ClassVar[LinkRow] = LinkRow()

    @property
    def action(self) -> str:
        if self.contact is None:
            return "/contacts/new"
        return f"{self.contact.href}/edit" + (f"?request={self.answers}" if self.answers else "")

    @property
    def cancel_href(self) -> str:
        return self.contact.href if self.contact else "/contacts"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConflictField:
    """One field that differs. Posted as choice-<key> with `mine` or `theirs`. before: what both started from."""

    key: str
    label: str
    mine: str
    theirs: str
    before: str = ""
    suggested: Literal["mine", "theirs"] = "mine"


@dataclass(frozen=True, kw_only=True)
class ConflictPage(Page):
    """Answers 409 to a save that came too late. carried: the posted fields (name, value), sent again unchanged.

    version: of the row as it stands now; the form posts it back as `version`.
    """

    template: ClassVar[str] = "contacts/conflict.html"
    title: ClassVar[str] = "Changed meanwhile"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    contact: ContactHead
    version: int
    changed_by: str
    changed_at: datetime
    fields: tuple[ConflictField, ...]
    carried: tuple[tuple[str, str], ...] = ()
    action: str = ""
