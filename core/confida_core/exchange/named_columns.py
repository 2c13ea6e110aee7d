"""Tables whose columns are known by their names, such as what a plugin lets people bring in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from confida_core.exchange.csv_reader import read_rows
from confida_core.exchange.draft import RowError, UnreadableFile


@dataclass(frozen=True, slots=True)
class NamedRow:
    """number: as a spreadsheet numbers rows, header included. values: by our names of the columns, "" where a cell is missing."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NamedTable:
    """columns: our names of those that are there. errors: rows that could not be told apart."""

    columns: frozenset[str]
    rows: tuple[NamedRow, ...]
    errors: tuple[RowError, ...]


def read_named_columns(content: bytes, names: Mapping[str, Sequence[str]], most: int) -> NamedTable:
    """A table below a row with the names of its columns; rows without anything in them are passed over.

    names: our name of a column -> what its head may say, in lower case. Raises UnreadableFile, with a sentence, for what is no
    table of text, has no row below its names, or more than `most`.
    """
    found = list(islice(read_rows(content), most + 2))
    head, below = (found[0], found[1:]) if found else (None, [])
    if head is None or isinstance(head, RowError) or not 1 <= len(below) <= most:
        raise UnreadableFile(f"Between one and {most} rows, please, below a row with their names.")
    said = [cell.strip().lower() for cell in head.cells]
    places = {ours: said.index(name) for ours, known in names.items() for name in known if name in said}
    rows = [
        NamedRow(
            row.number,
            {ours: row.cells[at].strip() if at < len(row.cells) else "" for ours, at in places.items()},
        )
        for row in below
        if not isinstance(row, RowError) and any(cell.strip() for cell in row.cells)
    ]
    errors = tuple(row for row in below if isinstance(row, RowError))
    return NamedTable(frozenset(places), tuple(rows), errors)
