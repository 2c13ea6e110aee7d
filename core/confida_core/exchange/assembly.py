"""Puts one contact together from what a reader finds; what has no place goes to the note, and never gets lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from confida_core.contacts.channels import country_code, normal_email, normal_label, normal_link, normal_phone
from confida_core.contacts.content import (
    ContactContent,
    ContactKind,
    EmailAddress,
    Link,
    PhoneNumber,
    PostalAddress,
    StructuredName,
    changed,
)
from confida_core.contacts.text import clean_line, clean_text, limits_of, storable
from confida_core.contacts.validation import LONGEST_CUSTOM_TEXT, MOST_CUSTOM_FIELDS, MOST_ENTRIES, MOST_TAGS
from confida_core.exchange.assembly_end import finished
from confida_core.exchange.dates import DateOrder, calendar_day, read_birthday
from confida_core.exchange.draft import ContactDraft, RowError

_NAME_TITLES = {
    "display_name": "Name",
    "job_title": "Job title",
    "name.prefix": "Name prefix",
    "name.given": "Given name",
    "name.additional": "Additional name",
    "name.family": "Family name",
    "name.suffix": "Name suffix",
}
_LANGUAGE_TAG_LENGTH = 35


def title_of(path: str) -> str:
    """The words for a text field in warnings and notes: "job_title" -> "Job title"."""
    return _NAME_TITLES.get(path, path.capitalize())


@dataclass
class DraftAssembly:
    """Collects the parts of one contact. All methods take text as it stood in the file and never raise.

    region: country of phone numbers without country code, or "". empty_reason: said if there is nothing in the row.
    """

    row: int
    source_text: str
    region: str = ""
    empty_reason: str = "empty row"
    kind: ContactKind | None = None
    uid: str = ""
    picture: bytes | None = None
    picture_type: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    emails: dict[EmailAddress, None] = field(default_factory=dict)
    phones: dict[PhoneNumber, None] = field(default_factory=dict)
    links: dict[Link, None] = field(default_factory=dict)
    addresses: dict[PostalAddress, None] = field(default_factory=dict)
    tags: dict[str, None] = field(default_factory=dict)
    custom: dict[str, object] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    unmapped: dict[tuple[str, str], None] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    memberships: list[str] = field(default_factory=list)
    content: ContactContent = field(default_factory=ContactContent)

    def warn(self, sentence: str) -> None:
        """Say once what was changed, left out or moved."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def keep(self, label: str, value: str) -> None:
        """Keep what has no field as a labelled line of the note."""
        line = (clean_line(storable(label))[:200] or "Other", clean_text(storable(value)))
        if line[1]:
            self.unmapped.setdefault(line)

    def add_note(self, text: str) -> None:
        """Text that is a note anyway."""
        note = clean_text(storable(text))
        if note:
            self.notes.setdefault(note)

    def set_text(self, path: str, value: str, title: str = "") -> None:
        """A field of one text ("nickname", "name.given"); a second, different value goes to the note.

        A text that is too long stands shortened in the field and in full in the note.
        """
        line, title = self.line(value), title or title_of(path)
        if not line or self.texts.get(path) == line:
            return
        if path in self.texts:
            self.keep(title, line)
            self.warn(f"{title} has more than one value; the others are in the note.")
            return
        name_part = path.startswith("name.")
        limit = limits_of(StructuredName if name_part else ContactContent)[path.removeprefix("name.")]
        self.texts[path] = self.fitted(line, limit, title)

    def add_email(self, address: str, label: str = "") -> None:
        """A mail address, also in the form "Ada Example <ada@example.org>"; what is none goes to the note."""
        line = self.line(address)
        name, bracket, rest = line.partition("<")
        if bracket and rest.endswith(">"):
            self.keep("Name with e-mail", name.strip(' "'))
            line = rest[:-1]
        found = normal_email(line)
        if found is None or len(self.emails) >= MOST_ENTRIES:
            self.left_in_note("E-mail", line, "is no e-mail address" if found is None else "")
        else:
            self.emails.setdefault(EmailAddress(address=found, label=self.label(label)))

    def add_phone(self, number: str, label: str = "") -> None:
        """A phone number, rewritten as E.164 where it is understood."""
        line = self.line(number)
        if len(line) > 64 or len(self.phones) >= MOST_ENTRIES:
            self.left_in_note("Phone", line, "is too long for a phone number" if len(line) > 64 else "")
            return
        # "tel:" alone is no number; normal_phone takes the scheme off.
        found = normal_phone(line, self.region)
        if found:
            self.phones.setdefault(PhoneNumber(number=found, label=self.label(label)))

    def add_link(self, url: str, label: str = "") -> None:
        """A page on the web; other addresses go to the note."""
        line = self.line(url)
        found = normal_link(line)
        if found is None or len(self.links) >= MOST_ENTRIES:
            self.left_in_note(
                f"Link ({label})" if label else "Link", line, "is no web address" if found is None else ""
            )
        else:
            self.links.setdefault(Link(url=found, label=self.label(label)))

    def add_address(self, parts: dict[str, str], label: str = "") -> None:
        """A postal address by the fields of `PostalAddress`; `country` may be a name, else it goes to the note."""
        limits, fitted = limits_of(PostalAddress), {}
        for name in ("street", "post_office_box", "locality", "region", "postal_code"):
            value = self.block(parts.get(name, "")) if name == "street" else self.line(parts.get(name, ""))
            fitted[name] = self.fitted(value, limits[name], name.replace("_", " ").capitalize())
        written = self.line(parts.get("country", ""))
        country = (country_code(written) or "") if written else ""
        if written and not country:
            self.left_in_note("Country", written, "is no country we know")
        address = PostalAddress(label=self.label(label), country=country, **fitted)
        if address == PostalAddress(label=address.label):
            return
        if len(self.addresses) >= MOST_ENTRIES:
            self.left_in_note("Address", ", ".join([*fitted.values(), country]), "")
        else:
            self.addresses.setdefault(address)

    def add_tags(self, values: list[str]) -> None:
        for value in values:
            tag = self.line(value)
            if len(tag) > 200 or len(self.tags) >= MOST_TAGS:
                self.left_in_note("Tag", tag, "is too long" if len(tag) > 200 else "")
            elif tag:
                self.tags.setdefault(tag)

    def add_custom(self, key: str, value: object) -> None:
        """A custom field; value is text, or what our own export wrote (number, boolean, list of texts)."""
        clean = self.block(value) if isinstance(value, str) else value
        if clean in ("", None):
            return
        too_long = isinstance(clean, str) and len(clean) > LONGEST_CUSTOM_TEXT
        if too_long or key in self.custom or len(self.custom) >= MOST_CUSTOM_FIELDS:
            self.left_in_note(key, str(clean), "is too long" if too_long else "")
        else:
            self.custom[key] = clean

    def set_birthday(self, text: str, order: DateOrder = "") -> None:
        """A date in any form; ambiguous and unknown ones go to the note."""
        reading = read_birthday(text, order)
        if isinstance(reading, str):
            if reading != "empty":
                self.left_in_note(
                    "Birthday", text, "can be read in two ways" if reading == "ambiguous" else "is no date"
                )
        elif self.content.birthday not in (None, reading):
            self.left_in_note("Birthday", text, "")
        else:
            self.content = changed(self.content, birthday=reading)

    def set_birthday_parts(self, year: str, month: str, day: str) -> None:
        """A birthday from three columns; without month and day there is none, and the parts go to the note."""
        parts = [text.strip() for text in (year, month, day)]
        if not any(part.strip("0") for part in parts):
            return
        numbers = [int(part) if part.isdecimal() and len(part) <= 4 else 0 for part in parts]
        understood = all(part.isdecimal() or not part for part in parts)
        found = calendar_day(numbers[0] or None, numbers[1], numbers[2]) if understood else None
        if found is None:
            self.left_in_note("Birthday", "-".join(part or "?" for part in parts), "is no date")
        else:
            self.content = changed(self.content, birthday=found)

    def set_language(self, tag: str) -> None:
        line = self.line(tag)
        plain = line.replace("_", "-")
        if len(plain) <= _LANGUAGE_TAG_LENGTH and _is_language(plain) and "language" not in self.texts:
            self.texts["language"] = plain
        elif line and self.texts.get("language") != plain:
            self.left_in_note("Language", line, "")

    def build(self) -> ContactDraft | RowError:
        """The draft, checked; a RowError if there is nothing in it. The assembly is used up afterwards."""
        return finished(self)

    def line(self, value: str) -> str:
        return clean_line(self._storable(value))

    def block(self, value: str) -> str:
        return clean_text(self._storable(value))

    def label(self, value: str) -> str:
        return normal_label(self.fitted(self.line(value), 200, "Label"))

    def fitted(self, value: str, limit: int, title: str) -> str:
        """The value within its limit; a longer one is kept in full in the note."""
        if len(value) <= limit:
            return value
        self.keep(title, value)
        self.warn(f"{title} is longer than {limit} characters; the full text is in the note.")
        return value[: limit - 1].rstrip() + "…"

    def left_in_note(self, title: str, value: str, reason: str) -> None:
        if value.strip():
            self.keep(title, value)
            self.warn(f"{title} {reason or 'has more values than a contact can hold'}; it is in the note.")

    def _storable(self, value: str) -> str:
        clean = storable(value)
        if clean != value:
            self.warn("Characters that cannot be stored were removed or replaced.")
        return clean


def _is_language(tag: str) -> bool:
    head, *rest = tag.split("-")
    plain = all(part.isascii() and part.isalnum() and len(part) <= 8 for part in rest)
    return head.isascii() and head.isalpha() and 2 <= len(head) <= 8 and plain
