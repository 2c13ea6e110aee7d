"""Scans that prove an event: kept as long as the proof is, so under keys of their own and not under the contact's."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.storage.sealed_files import SEALED_FILE, ReceivedFile, delete_files, keep_files

PERMISSION = "consents.read"


async def make_scan_keys(crm: Installation, scans: Sequence[ReceivedFile]) -> None:
    """Before the transaction that keeps them."""
    await crm.keyring.ensure([scan.id for scan in scans], SEALED_FILE.retention_class)


async def keep_scans(crm: Installation, scans: Sequence[ReceivedFile], event_id: UUID) -> None:
    """Give received files to an event, in the transaction that records it; whoever may read consents may open them."""
    for scan in scans:
        await keep_files(crm, [scan], owner_id=event_id, people=[scan.id], permission=PERMISSION)


async def move_scan(crm: Installation, file_id: UUID, event_id: UUID) -> None:
    """The proof is carried over to another event, and the file stays as long as that one; nothing if it is gone."""
    await crm.data.fetch(
        "UPDATE sealed_file SET owner_id = ? WHERE id = ? AND permission = ?", event_id, file_id, PERMISSION
    )


async def scans_of(crm: Installation, event_ids: Sequence[UUID]) -> list[UUID]:
    """Ids of the files that belong to these events."""
    found: list[UUID] = []
    for batch in batches(event_ids):
        marks = ", ".join("?" * len(batch))
        rows = await crm.data.fetch(
            f"SELECT id FROM sealed_file WHERE owner_id IN ({marks}) AND permission = ?", *batch, PERMISSION
        )
        found += [row["id"] for row in rows]
    return found


async def destroy_scans(crm: Installation, event_ids: Sequence[UUID]) -> None:
    """Keys first, so that no backup opens them; then rows and bytes. Repeatable."""
    files = await scans_of(crm, event_ids)
    if files:
        await crm.keyring.destroy_many(files, [SEALED_FILE.retention_class])
        await delete_files(crm, files)
