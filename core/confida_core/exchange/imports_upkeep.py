"""What is left of an import goes by itself: the file when the run is through, at the latest after a day, its report after a month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.exchange.imports_records import FILE_KEPT, PROBLEM, REPORT_KEPT, RUN
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.storage.sealed_files import SEALED_FILE, delete_files

# A run that has not moved for so long lost its worker: a command that was stopped, or a job that is a dead letter.
STALE = timedelta(minutes=5)


async def tend_imports(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: take up what stands still, and remove files that are of no use any more, and reports after a month."""
    await take_up(crm)
    before = now() - FILE_KEPT
    unstarted = await crm.data.fetch(
        "SELECT id FROM import_run WHERE state IN ('uploaded', 'mapped', 'previewed') AND touched_at < ?", before
    )
    for row in unstarted:
        await forget_unstarted(crm, row["id"])
    finished = await crm.data.fetch(
        "SELECT id FROM import_run WHERE (state IN ('done', 'undone') OR (state = 'failed' AND finished_at < ?)) "
        "AND file_id IS NOT NULL",
        before,
    )
    for row in finished:
        await forget_file(crm, row["id"])
    old = await crm.data.fetch(
        "SELECT DISTINCT p.run_id FROM import_problem p JOIN import_run r ON r.id = p.run_id WHERE r.finished_at < ?",
        now() - REPORT_KEPT,
    )
    for row in old:
        await forget_report(crm, row["run_id"])


async def take_up(crm: Installation) -> None:
    before = now() - STALE
    rows = await crm.data.fetch(
        "SELECT id, state FROM import_run WHERE state IN ('running', 'undoing') AND touched_at < ?", before
    )
    for row in rows:
        key = "core.run_import" if row["state"] == "running" else "core.undo_import"
        # At most once in five minutes: the cursor makes a second worker harmless, but a crowd of them would be a waste.
        await crm.data.fetch("UPDATE import_run SET touched_at = ? WHERE id = ?", now(), row["id"])
        await enqueue(crm, key, {"run_id": row["id"]})


async def forget_unstarted(crm: Installation, run_id: UUID) -> None:
    """Forget an import that wrote nothing, with its file."""
    await forget_file(crm, run_id)
    await crm.records.delete(RUN, run_id, ())


async def forget_file(crm: Installation, run_id: UUID) -> None:
    """Destroy the key of the uploaded file, then the file; backups lose it too. Can be repeated."""
    files = [row["id"] for row in await crm.data.fetch("SELECT id FROM sealed_file WHERE owner_id = ?", run_id)]
    if files:
        await crm.keyring.destroy_many(files, [SEALED_FILE.retention_class])
    async with crm.data.transaction():
        await delete_files(crm, files)
        await crm.data.fetch("UPDATE import_run SET file_id = ? WHERE id = ?", None, run_id)


async def forget_report(crm: Installation, run_id: UUID) -> None:
    """Destroy the key of the rows that were kept for the report, then the rows. Can be repeated."""
    await crm.keyring.destroy(run_id, [PROBLEM.retention_class])
    await crm.data.fetch("DELETE FROM import_problem WHERE run_id = ?", run_id)
