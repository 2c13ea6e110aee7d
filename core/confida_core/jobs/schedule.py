"""Periodic jobs: one row each, which waits for its next turn instead of being queued anew."""

from __future__ import annotations

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation

PREFIX = "every:"


async def ensure_periodic(crm: Installation) -> None:
    """Exactly one row per job that is declared to repeat, however many processes start at once; others are removed."""
    moment = now()
    repeating = {key: job for key, job in crm.registry.jobs.items() if job.every is not None}
    rows = [
        (new_id(), key, "{}", "waiting", True, moment, moment, 0, job.attempts, "", f"{PREFIX}{key}")
        for key, job in repeating.items()
    ]
    present = {row["key"] for row in await crm.data.fetch("SELECT key FROM job WHERE periodic = ?", True)}
    if present == set(repeating):
        return
    async with crm.data.transaction():
        await crm.data.execute_many(
            "INSERT INTO job (id, key, arguments, state, periodic, queued_at, due_at, attempts, max_attempts, error, idempotency_key) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (idempotency_key) DO NOTHING",
            rows,
        )
        for key in present - set(repeating):
            await crm.data.fetch("DELETE FROM job WHERE periodic = ? AND key = ?", True, key)
