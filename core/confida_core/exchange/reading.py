"""One interface for every file a person may bring: contacts and errors, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from confida_core.exchange.charsets import to_utf8
from confida_core.exchange.csv_reader import CSVRow, open_table, read_whole
from confida_core.exchange.declarations import Importer
from confida_core.exchange.draft import ContactDraft, RowError, UnreadableFile
from confida_core.exchange.mapped_rows import apply_mapping
from confida_core.exchange.mapping import ColumnMapping, suggest_mapping
from confida_core.exchange.vcard.format import VCARD

TABLE = "csv"
Importers = Mapping[str, Importer]


def importer_of(importers: Importers, filename: str, data: bytes) -> Importer | None:
    """By what the content says; the name of the file decides only where the content does not. None for a table."""
    head = to_utf8(data[:65_536])
    found = next((one for one in importers.values() if one.recognises(head)), None)
    suffix = filename.lower().rpartition(".")[2]
    return found or next((one for one in importers.values() if suffix in one.suffixes), None)


def read_drafts(
    filename: str, data: bytes | BinaryIO, mapping: ColumnMapping | None = None, region: str = ""
) -> Iterator[ContactDraft | RowError]:
    """The contacts of a vCard file or a table, one by one; every card or row yields exactly one draft or error.

    mapping: for tables; None uses the suggested one. region: ISO 3166-1 alpha-2 for phone numbers without country
    code, or "". Raises UnreadableFile, at the first step, if the file as a whole cannot be read; after that nothing.
    """
    content = read_whole(data)
    if not content.strip():
        raise UnreadableFile("The file is empty.")
    importer = importer_of({VCARD.key: VCARD}, filename, content)
    if importer is not None:
        yield from importer.drafts(content, region)
        return
    table = open_table(
        content, charset=mapping.charset if mapping else "", delimiter=mapping.delimiter if mapping else ""
    )
    chosen = mapping or suggest_mapping(table.header, [row.cells for row in table.sample])
    for row in table.rows():
        yield apply_mapping(chosen, row, region) if isinstance(row, CSVRow) else row


def count_items(importer: Importer | None, data: bytes) -> int:
    """About how many cards or rows there are, for a progress bar; exact unless records span lines or nest."""
    if importer is not None:
        return importer.count(data)
    return max(data.count(b"\n") or data.count(b"\r"), 1)
