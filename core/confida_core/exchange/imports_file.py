"""From a sealed upload to drafts: what kind of file it is, and its contacts batch by batch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal
from uuid import UUID

from confida_core.exchange.csv_reader import CSVRow, CSVTable, open_table
from confida_core.exchange.draft import ContactDraft, RowError, UnreadableFile
from confida_core.exchange.imports_groups import GroupTags, group_tags
from confida_core.exchange.imports_records import BATCH, LARGEST_IMPORT, RunContent
from confida_core.exchange.mapped_rows import apply_mapping
from confida_core.exchange.mapping import ColumnMapping, suggest_mapping
from confida_core.exchange.reading import file_format
from confida_core.exchange.vcard.reader import read_vcards
from confida_core.installation import Installation
from confida_core.storage.file_content import FileContent
from confida_core.storage.file_seal import read_sealed
from confida_core.storage.sealed_files import collected, path_of

FileFormat = Literal["vcard", "csv"]
Found = ContactDraft | RowError

# Columns that our own report of problems adds: when the mended report comes back, they are not about the contact.
REPORT_COLUMNS = ("Confida row", "Confida outcome", "Confida reason", "Confida rest of the note")


@dataclass(frozen=True, slots=True)
class FileShape:
    """What a file turned out to be. table: None for vCard."""

    format: FileFormat
    table: CSVTable | None = None


async def stored_bytes(crm: Installation, file_id: UUID, content: FileContent) -> bytes:
    """The whole upload, plain, in memory: at most 200 MB. Raises FileNotFoundError, SealBroken."""
    return await collected(read_sealed(path_of(crm, file_id), file_id, content.secret), LARGEST_IMPORT)


def shape_of(name: str, data: bytes, chosen: str = "") -> FileShape:
    """Look at the file as a whole; chosen: "vcard", "csv" or "" to find out. Raises UnreadableFile."""
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise UnreadableFile("The file is empty.")
    kind = chosen if chosen in ("vcard", "csv") else file_format(name, data)
    if kind == "csv":
        return FileShape("csv", open_table(data))
    if b"BEGIN" not in data[:1_000_000].upper().replace(b"\x00", b""):
        raise UnreadableFile("The file is no vCard: it has no BEGIN:VCARD.")
    return FileShape("vcard")


def suggested(table: CSVTable) -> ColumnMapping:
    """A mapping for a table that was never seen before."""
    found = suggest_mapping(table.header, [row.cells for row in table.sample])
    targets = tuple(
        "ignore" if name in REPORT_COLUMNS else target for name, target in zip(found.header, found.targets, strict=True)
    )
    return ColumnMapping(header=found.header, targets=targets, date_order=found.date_order)


def read_found(shape: FileShape, data: bytes, mapping: ColumnMapping | None, region: str) -> Iterator[Found]:
    """Every contact and every error of the file, in its order; each card or row yields exactly one."""
    if shape.table is None:
        yield from read_vcards(data, region)
        return
    used = mapping or suggested(shape.table)
    for row in shape.table.rows():
        yield apply_mapping(used, row, region) if isinstance(row, CSVRow) else row


class DraftStream:
    """The rows of one file from a position on. Parsing runs in a thread, so that pages are served meanwhile."""

    def __init__(self, shape: FileShape, data: bytes, content: RunContent, *, position: int = 0) -> None:
        self.groups: GroupTags = group_tags(data, content.region) if shape.format == "vcard" else GroupTags()
        self._found = read_found(shape, data, content.mapping, content.region)
        self._skip = position

    @classmethod
    async def open(cls, name: str, data: bytes, kind: str, content: RunContent, *, position: int = 0) -> DraftStream:
        """Raises UnreadableFile."""

        def opened() -> DraftStream:
            return cls(shape_of(name, data, kind), data, content, position=position)

        return await asyncio.to_thread(opened)

    async def batch(self, size: int = BATCH) -> Sequence[Found]:
        """The next rows; empty at the end of the file."""
        return await asyncio.to_thread(self._take, size)

    def _take(self, size: int) -> list[Found]:
        if self._skip:
            next(islice(self._found, self._skip - 1, self._skip), None)
            self._skip = 0
        return list(islice(self._found, size))
