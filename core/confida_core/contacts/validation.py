"""The one check that every contact passes before it is sealed, on both database engines.

SQLite stores what PostgreSQL refuses (over-long text, NUL, lone surrogates), so neither is asked: this module decides.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from confida_core.contacts.channels import normal_email, normal_label, normal_link
from confida_core.contacts.content import ContactContent, EmailAddress, Link, PhoneNumber, PostalAddress
from confida_core.contacts.text import UnstorableText, clean_line, clean_text, limits_of

MOST_ENTRIES = 50
MOST_TAGS = 200
MOST_CUSTOM_FIELDS = 200
LONGEST_CUSTOM_TEXT = 20_000
NO_NAME = "(no name)"

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CUSTOM_KEY = re.compile(r"[^\W_][\w.-]{0,63}")
_FILE_ID = re.compile(r"[0-9a-f-]{32,36}")
_NAME_ORDER = ("given", "additional", "family")
_MULTI_LINE = {"note", "street"}


class InvalidContent(ValueError):
    """A contact that may not be stored. errors: field path ("emails[0].address") -> message for the person at the form.

    The messages name the rule and never repeat the value, so that they may be logged.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {message}" for path, message in errors.items()))
        self.errors = dict(errors)


def validate_content(content: ContactContent) -> ContactContent:
    """The content as it may be stored: NFC, trimmed, without control characters, tags sorted, empty entries dropped.

    A missing display name is built (`display_name_of`). Idempotent: valid content comes back equal.
    Raises InvalidContent naming every field that is wrong, not just the first.
    """
    check = _Check()
    fields: dict[str, Any] = {
        "display_name": check.text(content, "display_name"),
        "name": check.texts(content.name, "name"),
        "nickname": check.text(content, "nickname"),
        "organisation": check.text(content, "organisation"),
        "job_title": check.text(content, "job_title"),
        "department": check.text(content, "department"),
        "emails": check.entries(content.emails, "emails", EmailAddress, check.email),
        "phones": check.entries(content.phones, "phones", PhoneNumber, check.phone),
        "addresses": check.entries(content.addresses, "addresses", PostalAddress, check.address),
        "links": check.entries(content.links, "links", Link, check.link),
        "birthday": check.birthday(content.birthday),
        "language": check.pattern(check.text(content, "language"), "language", _LANGUAGE, "is no language tag"),
        "tags": check.tags(content.tags),
        "custom": check.custom(content.custom),
        "picture": check.pattern(check.text(content, "picture"), "picture", _FILE_ID, "is no file of ours"),
        "note": check.text(content, "note"),
    }
    if check.errors:
        raise InvalidContent(check.errors)
    checked = ContactContent(**fields)
    if not checked.display_name:
        checked = msgspec.structs.replace(checked, display_name=display_name_of(checked))
    return checked


def display_name_of(content: ContactContent) -> str:
    """A name to read: from the parts, else nickname, organisation, mail, phone or page, else "(no name)".

    Raises InvalidContent if the contact holds nothing at all.
    """
    if content == ContactContent():
        raise InvalidContent({"display_name": "A contact needs at least a name."})
    parts = " ".join(part for part in (getattr(content.name, field) for field in _NAME_ORDER) if part)
    whole = " ".join(part for part in (content.name.prefix, content.name.suffix) if part)
    ways = [*(email.address for email in content.emails), *(phone.number for phone in content.phones)]
    ways += [link.url for link in content.links]
    found = (parts, whole, content.nickname, content.organisation, *ways[:1], NO_NAME)
    return _shortened(next(text for text in found if text))


def _shortened(text: str) -> str:
    longest = limits_of(ContactContent)["display_name"]
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


class _Check:
    """Collects what is wrong, field by field, while the clean values are made."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def text(self, owner: msgspec.Struct, field: str, path: str = "") -> str:
        value = getattr(owner, field)
        return self.string(value, path or field, limits_of(type(owner))[field], multi_line=field in _MULTI_LINE)

    def string(self, value: object, path: str, longest: int, *, multi_line: bool = False) -> str:
        if value == "":
            return ""
        if not isinstance(value, str):
            self.errors[path] = "must be text"
            return ""
        try:
            clean = clean_text(value) if multi_line else clean_line(value)
        except UnstorableText as error:
            self.errors[path] = str(error)
            return ""
        if len(clean) > longest:
            self.errors[path] = f"is longer than {longest:,} characters"
            return ""
        return clean

    def texts(self, value: Any, path: str) -> Any:
        """A struct whose fields are all text, each of them checked."""
        fields = {field: self.text(value, field, f"{path}.{field}") for field in value.__struct_fields__}
        if "label" in fields:
            fields["label"] = normal_label(fields["label"])
        return type(value)(**fields)

    def pattern(self, value: str, path: str, pattern: re.Pattern[str], message: str) -> str:
        if value and not pattern.fullmatch(value):
            self.errors.setdefault(path, message)
        return value

    def entries(self, values: object, path: str, struct: type[msgspec.Struct], check_one: Any) -> list[Any]:
        """The entries that hold anything, in their order, each once."""
        if not isinstance(values, list) or len(values) > MOST_ENTRIES:
            self.errors[path] = f"may have {MOST_ENTRIES} entries at most"
            return []
        if not all(isinstance(value, struct) for value in values):
            self.errors[path] = "has an entry of the wrong kind"
            return []
        checked = (check_one(value, f"{path}[{position}]") for position, value in enumerate(values))
        return list({entry: None for entry in checked if entry is not None})

    def email(self, value: EmailAddress, path: str) -> EmailAddress | None:
        entry: EmailAddress = self.texts(value, path)
        if not entry.address:
            return None
        address = normal_email(entry.address)
        if address is None:
            self.errors[f"{path}.address"] = "is no e-mail address"
            return None
        return msgspec.structs.replace(entry, address=address)

    def phone(self, value: PhoneNumber, path: str) -> PhoneNumber | None:
        entry: PhoneNumber = self.texts(value, path)
        return entry if entry.number else None

    def link(self, value: Link, path: str) -> Link | None:
        entry: Link = self.texts(value, path)
        if not entry.url:
            return None
        url = normal_link(entry.url)
        if url is None:
            self.errors[f"{path}.url"] = "is no http or https address"
            return None
        return msgspec.structs.replace(entry, url=url)

    def address(self, value: PostalAddress, path: str) -> PostalAddress | None:
        entry: PostalAddress = self.texts(value, path)
        entry = msgspec.structs.replace(entry, country=entry.country.upper())
        self.pattern(entry.country, f"{path}.country", _COUNTRY, "is no two-letter country code")
        return None if msgspec.structs.replace(entry, label="") == PostalAddress() else entry

    def birthday(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            # A year that had 29 February stands in where the year is not known.
            datetime.date(2000 if value.year is None else value.year, value.month, value.day)
        except (TypeError, ValueError, OverflowError):
            self.errors["birthday"] = "is no day of the calendar"
            return None
        if value.year is not None and not 1800 <= value.year <= 2200:
            self.errors["birthday.year"] = "must lie between 1800 and 2200"
        return value

    def tags(self, values: object) -> list[str]:
        if not isinstance(values, list) or len(values) > MOST_TAGS:
            self.errors["tags"] = f"may have {MOST_TAGS} entries at most"
            return []
        checked = {self.string(value, f"tags[{position}]", 200) for position, value in enumerate(values)}
        return sorted(checked - {""})

    def custom(self, values: object) -> dict[str, Any]:
        if not isinstance(values, dict) or len(values) > MOST_CUSTOM_FIELDS:
            self.errors["custom"] = f"may have {MOST_CUSTOM_FIELDS} entries at most"
            return {}
        for key in values:
            if not isinstance(key, str) or not _CUSTOM_KEY.fullmatch(key):
                self.errors["custom"] = "has a key that is not letters, digits, '_', '.' and '-', at most 64"
                return {}
        return {key: self.custom_value(values[key], f"custom.{key}") for key in sorted(values)}

    def custom_value(self, value: object, path: str) -> Any:
        if isinstance(value, str):
            return self.string(value, path, LONGEST_CUSTOM_TEXT, multi_line=True)
        if isinstance(value, list) and len(value) <= MOST_TAGS:
            return [self.string(item, f"{path}[{position}]", 500) for position, item in enumerate(value)]
        # Both engines hold 64-bit integers, and JSON has no infinity.
        if isinstance(value, bool | int) and -(2**63) <= value < 2**63:
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
        self.errors[path] = "has a value that cannot be stored"
        return None
