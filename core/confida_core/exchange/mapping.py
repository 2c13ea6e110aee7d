"""Which column becomes which field: suggested from the header, changed by the person who imports, checked here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from confida_core.exchange.dates import DateOrder
from confida_core.exchange.headers import IGNORE, KEEP, suggest_target

_TEXTS = ("display_name", "nickname", "organisation", "job_title", "department")
_NAME_PARTS = ("name.prefix", "name.given", "name.additional", "name.family", "name.suffix")
_SINGLE = (
    "birthday",
    "birthday.year",
    "birthday.month",
    "birthday.day",
    "language",
    "tags",
    "note",
    "kind",
    "uid",
    "more",
)
_ADDRESS_PARTS = (
    "street",
    "street_number",
    "post_office_box",
    "locality",
    "region",
    "postal_code",
    "country",
    "formatted",
    "label",
)
_LIST = re.compile(r"(emails|phones|links|addresses)(?:\[([^\]]{0,100})\])?(?:\.([a-z_]+))?")
_CUSTOM = re.compile(r"(custom|custom_json)\.(.{1,100})", re.DOTALL)
_SLASHED = re.compile(r"\s*(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}\b")

FIELD_PATHS = (*_TEXTS, *_NAME_PARTS, *_SINGLE, KEEP, IGNORE)
"""Every path without a label of its own; the others are emails, phones, links and addresses, and custom.<key>."""


class InvalidMapping(ValueError):
    """A column is mapped to a field that does not exist; the message names the path."""


class ColumnMapping(msgspec.Struct, frozen=True, kw_only=True):
    """One field path for each column of the header; kept as JSON to be used again for the next file.

    Paths: a text field ("display_name", "name.given", "organisation" ...); "emails[work]", "phones[mobile]",
    "links"; "addresses[home].street" (also "street_number", and "formatted", used where no other part is filled);
    "emails[#1]" with "emails[#1].label" where another column
    holds the label; "birthday" or its ".year", ".month", ".day"; "language", "tags", "note", "kind", "uid",
    "custom.<key>"; "keep" (a labelled line in the note) and "ignore". Two columns may have the same path.
    date_order: how dates with slashes are meant, "" if that is not known.
    charset, delimiter: where a person corrected what would be guessed; else "".
    """

    header: tuple[str, ...]
    targets: tuple[str, ...]
    date_order: DateOrder = ""
    charset: str = ""
    delimiter: str = ""

    def __post_init__(self) -> None:
        if len(self.header) != len(self.targets):
            raise InvalidMapping("There must be one field for each column.")
        for path in self.targets:
            parse_target(path)


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed path. field: "emails", "name.given", "custom" ... slot: label or "#n". part: of an address, or "label"."""

    field: str
    slot: str = ""
    part: str = ""


@lru_cache(maxsize=4_096)
def parse_target(path: str) -> Target:
    """The parts of a field path; raises InvalidMapping for a path that does not exist."""
    if path in FIELD_PATHS:
        return Target(path)
    custom = _CUSTOM.fullmatch(path)
    if custom:
        return Target(custom[1], slot=custom[2])
    found = _LIST.fullmatch(path)
    if found is None:
        raise InvalidMapping(f"There is no field {path[:100]!r}.")
    field, slot, part = found[1], found[2] or "", found[3] or ""
    allowed = _ADDRESS_PARTS if field == "addresses" else ("", "label")
    if part not in allowed or (part == "label" and not slot.startswith("#")):
        raise InvalidMapping(f"There is no field {path[:100]!r}.")
    return Target(field, slot, part)


def suggest_mapping(header: Sequence[str], sample_rows: Sequence[Sequence[str]] = ()) -> ColumnMapping:
    """A mapping for a header; what is not recognised is kept in the note.

    sample_rows: cells of some rows; they tell the order of day and month in dates with slashes.
    """
    targets = tuple(_valid(suggest_target(name, header)) for name in header)
    dates = [place for place, target in enumerate(targets) if target == "birthday"]
    cells = [row[place] for row in sample_rows for place in dates if place < len(row)]
    return ColumnMapping(header=tuple(header), targets=targets, date_order=_date_order(cells))


def _valid(path: str) -> str:
    try:
        parse_target(path)
    except InvalidMapping:
        return KEEP
    return path


def _date_order(cells: Sequence[str]) -> DateOrder:
    """Decided by the values that leave no choice; contradicting or missing evidence decides nothing."""
    pairs = [(int(found[1]), int(found[2])) for found in map(_SLASHED.match, cells) if found]
    day_first = any(first > 12 for first, _ in pairs)
    month_first = any(second > 12 for _, second in pairs)
    if day_first == month_first:
        return ""
    return "dmy" if day_first else "mdy"
