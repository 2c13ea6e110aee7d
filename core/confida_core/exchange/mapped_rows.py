"""Turns one row of a table into a contact, column by column."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.exchange.assembly import DraftAssembly
from confida_core.exchange.csv_reader import CSVRow
from confida_core.exchange.draft import ContactDraft, RowError
from confida_core.exchange.formula_guard import unguarded
from confida_core.exchange.headers import KEEP
from confida_core.exchange.mapping import ColumnMapping, Target, parse_target

# Google joins several values of one cell with this, and marks its own groups among the labels with a star.
_GOOGLE_JOIN = " ::: "
_GOOGLE_GROUPS = ("* myContacts", "* starred", "* friends", "* family", "* coworkers")
_WORD = re.compile(r"\w+")
_BIRTHDAY_PARTS = ("birthday.year", "birthday.month", "birthday.day")


def apply_mapping(mapping: ColumnMapping, row: CSVRow, default_region: str = "") -> ContactDraft | RowError:
    """The contact in a row. Cells that do not fit their field, or have none, stand labelled in the note.

    default_region: ISO 3166-1 alpha-2 for phone numbers without country code, or "". A row without any content is a
    RowError "empty row"; a row with only a company name (and ways to reach it) is an organisation.
    """
    reading = _RowReading(DraftAssembly(row=row.number, source_text=row.text, region=default_region), mapping)
    for place, cell in enumerate(row.cells):
        value = unguarded(cell.strip()).strip()
        if not value:
            continue
        if place < len(mapping.targets):
            reading.take(parse_target(mapping.targets[place]), value, mapping.header[place])
        else:
            reading.parts.keep(f"Column {place + 1}", value)
    reading.finish_groups()
    return reading.parts.build()


def split_list(cell: str) -> list[str]:
    """The tags in a cell, separated by semicolons or else commas; parts in double quotes stay whole."""
    if _GOOGLE_JOIN in cell:
        return cell.split(_GOOGLE_JOIN)
    if '"' not in cell:
        return cell.split(";" if ";" in cell else ",")
    for delimiter in (";", ","):
        try:
            parts = next(csv.reader([cell.replace("\n", " ")], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:
            return [cell]
        if len(parts) > 1 or delimiter == ",":
            return parts
    return [cell]


@dataclass
class _RowReading:
    """One row while it is read. groups: columns that belong together, by field and slot."""

    parts: DraftAssembly
    mapping: ColumnMapping
    groups: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=dict)
    birthday: dict[str, str] = field(default_factory=dict)
    more: tuple[str, str] = ("", "")

    def take(self, target: Target, value: str, column: str) -> None:
        """Puts one cell where its column is mapped to."""
        name, parts = target.field, self.parts
        if name in {"emails", "phones", "links", "addresses"}:
            group = self.groups.setdefault((name, target.slot), {})
            group.setdefault(target.part or "value", []).append(value)
        elif name in _BIRTHDAY_PARTS:
            self.birthday[name] = value
        elif name in _SIMPLE:
            _SIMPLE[name](self, value, column)
        elif name in {"custom", "custom_json"}:
            parts.add_custom(target.slot, _typed(value) if name == "custom_json" else value)
        elif name == KEEP:
            parts.keep(column, value)
        elif name != "ignore":
            parts.set_text(name, value)

    def finish_groups(self) -> None:
        """What needs several columns: labelled entries, addresses, birthdays in three columns."""
        for (name, slot), group in self.groups.items():
            if name == "addresses":
                self._address(group, slot)
            else:
                self._entries(name, group, slot)
        if self.birthday:
            self.parts.set_birthday_parts(*(self.birthday.get(part, "") for part in _BIRTHDAY_PARTS))
        if self.more[0]:
            self._finish_more(*self.more)

    def _entries(self, name: str, group: dict[str, list[str]], slot: str) -> None:
        add = {"emails": self.parts.add_email, "phones": self.parts.add_phone, "links": self.parts.add_link}[name]
        values = [value for cell in group.get("value", []) for value in cell.split(_GOOGLE_JOIN)]
        label = _label(group, slot)
        if not values:
            self.parts.keep(f"{name.capitalize()} label", label if "label" in group else "")
        for value in values:
            add(value, label)

    def _address(self, group: dict[str, list[str]], slot: str) -> None:
        written = {part: ", ".join(values) for part, values in group.items()}
        formatted = written.pop("formatted", "")
        if formatted and set(written) <= {"label"}:
            written["street"], formatted = formatted, ""
        lines = list(group.get("street", [written.get("street", "")]))
        if "street_number" in group:
            lines[:1] = [" ".join([*group["street_number"], *lines[:1]])]
        if set(written) == {"label"}:
            self.parts.keep("Address label", written["label"])
            return
        self.parts.add_address(written | {"street": "\n".join(lines)}, _label(group, slot))
        known = set(_WORD.findall(" ".join(written.values())))
        if not set(_WORD.findall(formatted)) <= known:
            self.parts.keep("Address as printed", formatted)

    def _birthday(self, value: str, _column: str) -> None:
        self.parts.set_birthday(value, self.mapping.date_order)

    def _kind(self, value: str, column: str) -> None:
        if value.lower() in set(ContactKind):
            self.parts.kind = ContactKind(value.lower())
        else:
            self.parts.keep(column, value)

    def _tags(self, value: str, column: str) -> None:
        tags = split_list(value)
        if column.strip().lower() == "labels":
            tags = [tag[2:] if tag in _GOOGLE_GROUPS else tag for tag in tags]
        self.parts.add_tags(tags)

    def _uid(self, value: str, _column: str) -> None:
        self.parts.uid = value[:500]

    def _more(self, value: str, column: str) -> None:
        self.more = (value, column)

    def _finish_more(self, value: str, column: str) -> None:
        """What our own export had no column for, as JSON; it comes after the entries that have columns."""
        try:
            rest = msgspec.json.decode(value, type=ContactContent)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            self.parts.keep(column, value)
            return
        for email in rest.emails:
            self.parts.add_email(email.address, email.label)
        for phone in rest.phones:
            self.parts.add_phone(phone.number, phone.label)
        for link in rest.links:
            self.parts.add_link(link.url, link.label)
        for address in rest.addresses:
            self.parts.add_address(msgspec.structs.asdict(address), address.label)
        for key, custom in rest.custom.items():
            self.parts.add_custom(key, custom)


_SIMPLE: dict[str, Callable[[_RowReading, str, str], None]] = {
    "birthday": _RowReading._birthday,
    "kind": _RowReading._kind,
    "tags": _RowReading._tags,
    "uid": _RowReading._uid,
    "more": _RowReading._more,
    "language": lambda reading, value, column: reading.parts.set_language(value),
    "note": lambda reading, value, column: reading.parts.add_note(value),
}


def _label(group: Mapping[str, Sequence[str]], slot: str) -> str:
    stated = " ".join(group.get("label", [])).removeprefix("* ")
    return stated if slot.startswith("#") else slot


def _typed(value: str) -> object:
    """Our own export writes numbers, booleans and lists of custom fields as JSON, and texts as they are."""
    try:
        found = msgspec.json.decode(value, type=str | int | float | bool | list[str])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return value
    return found
