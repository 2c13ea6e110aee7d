"""Writes contacts as a table that spreadsheets open safely and our own reader reads back unchanged."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from confida_core.contacts.content import Birthday, ContactContent, ContactKind, CustomValue
from confida_core.exchange.formula_guard import guarded

# The first entries of each list have columns of their own; the rest stands as JSON in the last column, so that
# the columns are the same for every export and nothing is left out.
EMAILS, PHONES, ADDRESSES, LINKS = 3, 4, 2, 2
_TEXTS = (
    ("Display name", "display_name"),
    ("Name prefix", "name.prefix"),
    ("Given name", "name.given"),
    ("Additional names", "name.additional"),
    ("Family name", "name.family"),
    ("Name suffix", "name.suffix"),
    ("Nickname", "nickname"),
    ("Organisation", "organisation"),
    ("Job title", "job_title"),
    ("Department", "department"),
)
_ADDRESS_COLUMNS = (
    ("label", "label"),
    ("street", "street"),
    ("PO box", "post_office_box"),
    ("city", "locality"),
    ("region", "region"),
    ("postal code", "postal_code"),
    ("country", "country"),
)


def write_csv(
    contacts: Iterable[tuple[UUID, ContactKind, ContactContent]], custom_keys: Sequence[str] = ()
) -> Iterator[str]:
    """The export line by line, beginning with a byte order mark (Excel needs it), CRLF line ends, commas.

    custom_keys: the custom fields that get a column. Cells that a spreadsheet would run are guarded
    (`formula_guard`). Pictures are not part of a table.
    """
    yield "\ufeff" + _line(csv_header(custom_keys))
    for contact_id, kind, content in contacts:
        yield _line(csv_cells(contact_id, kind, content, custom_keys))


def csv_header(custom_keys: Sequence[str] = ()) -> list[str]:
    """The names of the columns; they depend on nothing but the custom fields."""
    columns = ["Confida id", "Kind", *(title for title, _ in _TEXTS)]
    for title, count in (("E-mail", EMAILS), ("Phone", PHONES), ("Link", LINKS)):
        columns += [f"{title} {number}{part}" for number in range(1, count + 1) for part in ("", " label")]
    columns += [f"Address {number} {part}" for number in range(1, ADDRESSES + 1) for part, _ in _ADDRESS_COLUMNS]
    return [
        *columns,
        "Birthday",
        "Language",
        "Tags",
        *(f"Custom: {key}" for key in custom_keys),
        "Note",
        "Confida more",
    ]


def csv_cells(
    contact_id: UUID, kind: ContactKind, content: ContactContent, custom_keys: Sequence[str] = ()
) -> list[str]:
    """One row, in the order of `csv_header`, not yet guarded."""
    cells = [str(contact_id), kind.value, *(_text(content, path) for _, path in _TEXTS)]
    for entries, count in ((content.emails, EMAILS), (content.phones, PHONES), (content.links, LINKS)):
        # The first field of each of these structs is the address, number or page, the second its label.
        cells += _padded([text for entry in entries[:count] for text in msgspec.structs.astuple(entry)], count * 2)
    parts = [getattr(address, field) for address in content.addresses[:ADDRESSES] for _, field in _ADDRESS_COLUMNS]
    cells += _padded(parts, ADDRESSES * len(_ADDRESS_COLUMNS))
    cells += [_birthday(content.birthday), content.language, ";".join(_quoted_tag(tag) for tag in content.tags)]
    cells += [_custom(content.custom[key]) if key in content.custom else "" for key in custom_keys]
    return [*cells, content.note, _more(content, custom_keys)]


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([guarded(cell) for cell in cells])
    return written.getvalue()


def _text(content: ContactContent, path: str) -> str:
    owner: Any = content.name if path.startswith("name.") else content
    return str(getattr(owner, path.removeprefix("name.")))


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def _birthday(day: Birthday | None) -> str:
    if day is None:
        return ""
    return f"--{day.month:02}-{day.day:02}" if day.year is None else f"{day.year:04}-{day.month:02}-{day.day:02}"


def _quoted_tag(tag: str) -> str:
    special = any(mark in tag for mark in (";", ",", '"', " ::: "))
    return '"' + tag.replace('"', '""') + '"' if special else tag


def _custom(value: CustomValue) -> str:
    """Texts as they are, unless they would read as a number or the like; everything else as JSON."""
    if not isinstance(value, str):
        return msgspec.json.encode(value).decode()
    try:
        msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value
    return msgspec.json.encode(value).decode()


def _more(content: ContactContent, custom_keys: Sequence[str]) -> str:
    rest = ContactContent(
        emails=content.emails[EMAILS:],
        phones=content.phones[PHONES:],
        addresses=content.addresses[ADDRESSES:],
        links=content.links[LINKS:],
        custom={key: value for key, value in content.custom.items() if key not in custom_keys},
    )
    return "" if rest == ContactContent() else msgspec.json.encode(rest, order="sorted").decode()
