"""What has to follow a restore: declared jobs that mend what the older data do not know, due at the first start."""

from __future__ import annotations

import json

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.registry import Registry
from confida_core.storage.database import Database


async def queue_following(data: Database, registry: Registry) -> int:
    """Make every job with `after_restore` due in the restored data, in the running transaction; returns how many."""
    declared = [job for job in registry.jobs.values() if job.after_restore]
    for job in declared:
        # A repeating one has its row already, waiting for its turn; without one it is due at the first start anyway.
        await data.fetch(
            "UPDATE job SET state = 'waiting', due_at = ?, attempts = 0, lease_id = NULL, lease_until = NULL "
            "WHERE key = ? AND periodic = ?",
            now(), job.key, True,
        )  # fmt: skip
        if job.every is None:
            await data.fetch(
                "INSERT INTO job (id, key, arguments, state, periodic, queued_at, due_at, attempts, max_attempts, error) "
                "VALUES (?, ?, ?, 'waiting', ?, ?, ?, 0, ?, '')",
                new_id(), job.key, json.dumps({}), False, now(), now(), job.attempts,
            )  # fmt: skip
    return len(declared)
