"""Sealed files as a store: what of them belongs into a copy of somebody's data, and what goes when that person is erased."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from uuid import UUID

from confida_core.declarations import StoredItem
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.storage.database import Row
from confida_core.storage.file_seal import read_sealed
from confida_core.storage.files import sync_folder
from confida_core.storage.sealed_files import SEALED_FILE, path_of
from confida_core.vault.access import Access

HELD = (
    "SELECT f.*, EXISTS (SELECT 1 FROM shared_key other WHERE other.record_id = f.id AND other.subject_id <> ?) AS shared "
    "FROM sealed_file f WHERE f.id IN (SELECT record_id FROM shared_key WHERE subject_id = ?) ORDER BY f.id"
)


async def collect_files(crm: Installation, access: Access, subject_id: UUID) -> Sequence[StoredItem]:
    """Every file whose key this person holds, opened through the door; what another shares in it is the reader's to check."""
    rows = await crm.data.fetch(HELD, subject_id, subject_id)
    return [
        StoredItem(
            name=item.content.name or f"{item.row['id'].hex}.bin",
            media_type=item.content.media_type,
            read=reader(crm, item.row["id"], item.content.secret),
            record=(SEALED_FILE.name, item.row["id"]),
        )
        for item in await crm.door.open(access, SEALED_FILE, rows)
    ]


def reader(crm: Installation, file_id: UUID, secret: bytes) -> Callable[[], AsyncIterator[bytes]]:
    return lambda: read_sealed(path_of(crm, file_id), file_id, secret)


async def erase_files(crm: Installation, subject_id: UUID) -> int:
    """Remove the files that are nobody else's, and this person's way to the others; how many files went.

    The bytes go before the row that names them, so that an interruption leaves nothing that a repetition would not find.
    """
    rows = await crm.data.fetch(HELD, subject_id, subject_id)
    own = [row["id"] for row in rows if not row["shared"]]
    paths = [path_of(crm, file_id) for file_id in own]
    for batch in batches(paths):
        await asyncio.to_thread(remove, batch)
    async with crm.data.transaction():
        for row in rows:
            await forget_row(crm, row, subject_id)
    return len(own)


async def forget_row(crm: Installation, row: Row, subject_id: UUID) -> None:
    if row["shared"]:
        await crm.data.fetch("DELETE FROM shared_key WHERE record_id = ? AND subject_id = ?", row["id"], subject_id)
        crm.feed.append(SEALED_FILE.name, row["id"], None)
    else:
        await crm.records.delete(SEALED_FILE, row["id"], ())


def remove(paths: Sequence[Path]) -> None:
    """Durable when it returns."""
    for path in paths:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in paths if path.parent.is_dir()}:
        sync_folder(folder)
