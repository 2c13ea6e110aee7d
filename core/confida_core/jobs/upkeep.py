"""The program's own housekeeping, as periodic jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from confida_core.clock import now
from confida_core.events.following import oldest_needed
from confida_core.installation import Installation
from confida_core.storage.ballast import lay_ballast
from confida_core.storage.database import Database

CHANGES_KEPT = 100_000
MOST_CHANGES_KEPT = 5_000_000
FINISHED_KEPT = timedelta(days=7)


async def distribute_reads(crm: Installation, _: Mapping[str, Any]) -> None:
    """Say per person which entries of the read log concern them."""
    while await crm.door.read_log.distribute():
        pass


async def empty_write_ahead_logs(crm: Installation, _: Mapping[str, Any]) -> None:
    """Move the write-ahead logs into their files, so that nothing erased lingers there; PostgreSQL does so by itself."""
    for database in (crm.data, crm.keyring.database):
        await checkpoint(database)


async def checkpoint(database: Database) -> None:
    from confida_core.storage.sqlite import SQLiteDatabase

    if isinstance(database, SQLiteDatabase):
        await database.checkpoint()


async def prune_changes(crm: Installation, _: Mapping[str, Any]) -> None:
    """Keep the newest entries of the change feed, and what this machine's index or a handler of events has not seen yet.

    A handler that stands still for very long loses the oldest: the feed must not grow without end because of it.
    """
    head = await crm.feed.head()
    needed = await oldest_needed(crm)
    kept = head - CHANGES_KEPT if needed is None else max(min(head - CHANGES_KEPT, needed), head - MOST_CHANGES_KEPT)
    last = min(kept, crm.index.position())
    await crm.data.fetch("DELETE FROM change WHERE position <= ?", last)


async def keep_ballast(crm: Installation, _: Mapping[str, Any]) -> None:
    """Reserve room again once the disk has some."""
    await asyncio.to_thread(lay_ballast, crm.settings.home)


async def prune_finished_jobs(crm: Installation, _: Mapping[str, Any]) -> None:
    """Forget what was done a week ago, and with it the idempotency keys; dead letters stay until somebody decides."""
    await crm.data.fetch("DELETE FROM job WHERE state = 'done' AND finished_at < ?", now() - FINISHED_KEPT)
