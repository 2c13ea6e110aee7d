"""What administrators see of the queue, and what they may do about dead letters."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.jobs.queue import JobState, QueuedJob, job_of
from confida_core.vault.access import Access, NotFound

STATES: tuple[JobState, ...] = ("waiting", "running", "done", "dead")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """counts: jobs by state, every state present. oldest_waiting_seconds: how long the oldest due job has waited."""

    counts: dict[JobState, int]
    oldest_waiting_seconds: int | None


async def list_jobs(
    crm: Installation, access: Access, state: JobState, *, limit: int = 50, before: UUID | None = None
) -> list[QueuedJob]:
    """Jobs of one state, the newest first, below the id `before`. Raises Forbidden."""
    access.actor.require("system.manage")
    rows = await crm.data.fetch(
        "SELECT * FROM job WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?",
        state,
        before or UUID(int=2**128 - 1),
        limit,
    )
    return [job_of(row) for row in rows]


async def queue_state(crm: Installation, access: Access) -> QueueState:
    """How much waits, and for how long. Raises Forbidden."""
    access.actor.require("system.manage")
    counts: dict[JobState, int] = dict.fromkeys(STATES, 0)
    for row in await crm.data.fetch("SELECT state, count(*) AS jobs FROM job GROUP BY state"):
        counts[row["state"]] = row["jobs"]
    moment = now()
    waiting = await crm.data.fetch(
        "SELECT due_at FROM job WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT 1", moment
    )
    seconds = int((moment - waiting[0]["due_at"]).total_seconds()) if waiting else None
    return QueueState(counts=counts, oldest_waiting_seconds=seconds)


async def retry_job(crm: Installation, access: Access, job_id: UUID) -> None:
    """Give a dead letter all its attempts again. Raises Forbidden, and NotFound unless the job is dead."""
    access.actor.require("system.manage")
    async with crm.data.transaction() as transaction:
        done = await crm.data.fetch(
            "UPDATE job SET state = 'waiting', attempts = 0, due_at = ?, finished_at = NULL WHERE id = ? AND state = 'dead' RETURNING id",
            now(), job_id,
        )  # fmt: skip
        if not done:
            raise NotFound
        transaction.after_commit.append(crm.work.ring)


async def discard_job(crm: Installation, access: Access, job_id: UUID) -> None:
    """Remove a dead letter. Raises Forbidden, and NotFound unless the job is dead."""
    access.actor.require("system.manage")
    if not await crm.data.fetch("DELETE FROM job WHERE id = ? AND state = 'dead' RETURNING id", job_id):
        raise NotFound
