"""From a sealed upload to drafts: what kind of file it is, and its contacts batch by batch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from confida_core.exchange.csv_reader import CSVRow, CSVTable, open_table
from confida_core.exchange.declarations import Importer
from confida_core.exchange.draft import ContactDraft, RowError, UnreadableFile
from confida_core.exchange.imports_groups import GroupTags, group_tags
from confida_core.exchange.imports_records import BATCH, LARGEST_IMPORT, RunContent
from confida_core.exchange.mapped_rows import apply_mapping
from confida_core.exchange.mapping import ColumnMapping, suggest_mapping
from confida_core.exchange.reading import TABLE, Importers, importer_of
from confida_core.exchange.vcard.format import VCARD
from confida_core.installation import Installation
from confida_core.storage.file_content import FileContent
from confida_core.storage.file_seal import read_sealed
from confida_core.storage.sealed_files import collected, path_of

Found = ContactDraft | RowError

# Columns that our own report of problems adds: when the mended report comes back, they are not about the contact.
REPORT_COLUMNS = ("Confida row", "Confida outcome", "Confida reason", "Confida rest of the note")


@dataclass(frozen=True, slots=True)
class FileShape:
    """What a file turned out to be: a table, or what this importer reads."""

    importer: Importer | None = None
    table: CSVTable | None = None

    @property
    def format(self) -> str:
        return self.importer.key if self.importer else TABLE


async def stored_bytes(crm: Installation, file_id: UUID, content: FileContent) -> bytes:
    """The whole upload, plain, in memory: at most 200 MB. Raises FileNotFoundError, SealBroken."""
    return await collected(read_sealed(path_of(crm, file_id), file_id, content.secret), LARGEST_IMPORT)


def shape_of(importers: Importers, name: str, data: bytes, chosen: str = "") -> FileShape:
    """Look at the file as a whole; chosen: key of an importer, "csv", or "" to find out. Raises UnreadableFile."""
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise UnreadableFile("The file is empty.")
    importer = importers.get(chosen) or (None if chosen == TABLE else importer_of(importers, name, data))
    if importer is None:
        return FileShape(table=open_table(data))
    if fault := importer.fault(data):
        raise UnreadableFile(fault)
    return FileShape(importer)


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
        assert shape.importer is not None  # noqa: S101 -- A file is either.
        yield from shape.importer.drafts(data, region)
        return
    used = mapping or suggested(shape.table)
    for row in shape.table.rows():
        yield apply_mapping(used, row, region) if isinstance(row, CSVRow) else row


class DraftStream:
    """The rows of one file from a position on. Parsing runs in a thread, so that pages are served meanwhile."""

    def __init__(self, shape: FileShape, data: bytes, content: RunContent, *, position: int = 0) -> None:
        self.groups: GroupTags = group_tags(data, content.region) if shape.format == VCARD.key else GroupTags()
        self._found = read_found(shape, data, content.mapping, content.region)
        self._skip = position

    @classmethod
    async def open(
        cls, importers: Importers, data: bytes, kind: str, content: RunContent, *, position: int = 0
    ) -> DraftStream:
        """Raises UnreadableFile."""

        def opened() -> DraftStream:
            return cls(shape_of(importers, content.file_name, data, kind), data, content, position=position)

        return await asyncio.to_thread(opened)

    async def batch(self, size: int = BATCH) -> Sequence[Found]:
        """The next rows; empty at the end of the file."""
        return await asyncio.to_thread(self._take, size)

    def _take(self, size: int) -> list[Found]:
        if self._skip:
            next(islice(self._found, self._skip - 1, self._skip), None)
            self._skip = 0
        return list(islice(self._found, size))
