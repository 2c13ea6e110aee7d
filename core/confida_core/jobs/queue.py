"""The queue: a row per job, written in the caller's transaction, so that work is queued exactly if its cause happened."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.arguments import checked_idempotency_key, decoded, encoded
from confida_core.jobs.declarations import JobDeclaration
from confida_core.storage.database import Row

JobState = Literal["waiting", "running", "done", "dead"]
# A worker that overruns its lease is cancelled first; the rest of the lease covers the time that takes.
LEASE_GRACE = timedelta(seconds=15)
FIRST_DELAY_SECONDS = 5.0
LONGEST_DELAY_SECONDS = 3600.0


class UnknownJob(LookupError):
    """No plugin declares a job of this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedJob:
    """One row of the queue. error: the type of the last failure, "" if there was none; it never holds values."""

    id: UUID
    key: str
    arguments: Mapping[str, Any]
    state: JobState
    periodic: bool
    queued_at: datetime
    due_at: datetime
    attempts: int
    max_attempts: int
    error: str
    lease_id: UUID | None = None


async def enqueue(
    crm: Installation,
    key: str,
    arguments: Mapping[str, Any],
    *,
    run_at: datetime | None = None,
    idempotency_key: str | None = None,
) -> UUID | None:
    """Queue a job in the running transaction, or in one of its own; it runs at least once, after the commit.

    arguments: ids, whole numbers, yes/no and registered keys. idempotency_key: a second job with the same key is not
    queued, and None is returned. Raises UnknownJob and ArgumentRefused.
    """
    declaration = declared(crm, key)
    job_id, moment = new_id(), now()
    async with crm.data.transaction() as transaction:
        queued = await crm.data.fetch(
            "INSERT INTO job (id, key, arguments, state, periodic, queued_at, due_at, attempts, max_attempts, error, idempotency_key) "
            "VALUES (?, ?, ?, 'waiting', ?, ?, ?, 0, ?, '', ?) ON CONFLICT (idempotency_key) DO NOTHING RETURNING id",
            job_id, key, encoded(crm.registry, arguments), False, moment, run_at or moment, declaration.attempts,
            checked_idempotency_key(idempotency_key),
        )  # fmt: skip
        transaction.after_commit.append(crm.work.ring)
    return job_id if queued else None


async def enqueue_many(
    crm: Installation, key: str, many: Sequence[Mapping[str, Any]], *, run_at: datetime | None = None
) -> None:
    """Queue one job for each set of arguments, as `enqueue` does, in one statement. Raises UnknownJob and ArgumentRefused."""
    if not many:
        return
    declaration, moment = declared(crm, key), now()
    rows = [
        (new_id(), key, encoded(crm.registry, arguments), False, moment, run_at or moment, declaration.attempts)
        for arguments in many
    ]
    async with crm.data.transaction() as transaction:
        await crm.data.execute_many(
            "INSERT INTO job (id, key, arguments, state, periodic, queued_at, due_at, attempts, max_attempts, error) "
            "VALUES (?, ?, ?, 'waiting', ?, ?, ?, 0, ?, '')",
            rows,
        )
        transaction.after_commit.append(crm.work.ring)


def declared(crm: Installation, key: str) -> JobDeclaration:
    declaration: JobDeclaration | None = crm.registry.jobs.get(key)
    if declaration is None:
        raise UnknownJob(key)
    return declaration


async def lease(crm: Installation, *, background: bool = True) -> QueuedJob | None:
    """Take the job that has been due longest, or None. Also takes jobs whose worker vanished, and buries hopeless ones.

    background: also one for which nobody waits, if there is no other.
    """
    jobs = crm.registry.jobs.values()
    job = await lease_of(crm, [each.key for each in jobs if not each.background])
    if job is None and background:
        job = await lease_of(crm, [each.key for each in jobs if each.background])
    return job


async def lease_of(crm: Installation, keys: Sequence[str]) -> QueuedJob | None:
    """The same among the jobs of these keys."""
    if not keys:
        return None
    moment = now()
    due = "((state = 'waiting' AND due_at <= ?) OR (state = 'running' AND lease_until < ?))"
    marks = ", ".join("?" * len(keys))
    # Looking first costs no write: an idle worker must not take the write lock once a second.
    if not await crm.data.fetch(f"SELECT id FROM job WHERE {due} AND key IN ({marks}) LIMIT 1", moment, moment, *keys):
        return None
    locked = " FOR UPDATE SKIP LOCKED" if crm.data.engine == "postgres" else ""
    query = f"SELECT id, key FROM job WHERE {due} AND key IN ({marks}) ORDER BY due_at LIMIT 1{locked}"
    async with crm.data.transaction():
        await bury_abandoned(crm, moment)
        found = await crm.data.fetch(query, moment, moment, *keys)
        if not found:
            return None
        until = now() + timedelta(seconds=declared(crm, found[0]["key"]).seconds) + LEASE_GRACE
        taken = await crm.data.fetch(
            "UPDATE job SET state = 'running', attempts = attempts + 1, lease_id = ?, lease_until = ? WHERE id = ? RETURNING *",
            new_id(), until, found[0]["id"],
        )  # fmt: skip
    return job_of(taken[0])


async def bury_abandoned(crm: Installation, moment: datetime) -> None:
    """A job that took its worker down with it on every attempt becomes a dead letter instead of taking the next."""
    await crm.data.fetch(
        "UPDATE job SET state = 'dead', error = 'WorkerLost', lease_id = NULL, finished_at = ? "
        "WHERE state = 'running' AND lease_until < ? AND attempts >= max_attempts AND periodic = ?",
        moment, moment, False,
    )  # fmt: skip


async def complete(crm: Installation, job: QueuedJob) -> None:
    """Mark it done; a periodic one waits for its next turn. Without effect if the lease was lost meanwhile."""
    if job.periodic:
        await wait_again(crm, job, now() + timedelta(seconds=interval(crm, job.key)), "", attempts=0)
        return
    await crm.data.fetch(
        "UPDATE job SET state = 'done', error = '', lease_id = NULL, finished_at = ? WHERE id = ? AND lease_id = ?",
        now(), job.id, job.lease_id,
    )  # fmt: skip


async def fail(crm: Installation, job: QueuedJob, error: BaseException) -> None:
    """Note the kind of error and try again later; after the last attempt it is a dead letter."""
    kind = type(error).__name__[:120]
    if job.attempts < job.max_attempts:
        await wait_again(crm, job, now() + timedelta(seconds=delay(job.attempts)), kind, attempts=job.attempts)
    elif job.periodic:
        await wait_again(crm, job, now() + timedelta(seconds=interval(crm, job.key)), kind, attempts=0)
    else:
        await crm.data.fetch(
            "UPDATE job SET state = 'dead', error = ?, lease_id = NULL, finished_at = ? WHERE id = ? AND lease_id = ?",
            kind, now(), job.id, job.lease_id,
        )  # fmt: skip


async def keep_lease(crm: Installation, job: QueuedJob) -> None:
    """It still runs although its time is over: nobody else may take it. Without effect if the lease was lost."""
    await crm.data.fetch(
        "UPDATE job SET error = ?, lease_until = ? WHERE id = ? AND lease_id = ?",
        TimeoutError.__name__, now() + 2 * LEASE_GRACE, job.id, job.lease_id,
    )  # fmt: skip


async def give_back(crm: Installation, job: QueuedJob) -> None:
    """The worker stops before the job is through: anybody may take it at once, and the attempt does not count."""
    await wait_again(crm, job, now(), job.error, attempts=job.attempts - 1)


async def wait_again(crm: Installation, job: QueuedJob, due_at: datetime, error: str, *, attempts: int) -> None:
    await crm.data.fetch(
        "UPDATE job SET state = 'waiting', due_at = ?, error = ?, attempts = ?, lease_id = NULL WHERE id = ? AND lease_id = ?",
        due_at, error, attempts, job.id, job.lease_id,
    )  # fmt: skip


def interval(crm: Installation, key: str) -> int:
    return declared(crm, key).every or 0


def delay(attempts: int) -> float:
    """Seconds until the next attempt: doubling, with a random half so that what failed together does not return together."""
    longest = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** (attempts - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 -- Spreads load; nothing secret depends on it.


def job_of(row: Row) -> QueuedJob:
    return QueuedJob(
        id=row["id"],
        key=row["key"],
        arguments=decoded(row["arguments"]),
        state=row["state"],
        periodic=bool(row["periodic"]),
        queued_at=row["queued_at"],
        due_at=row["due_at"],
        attempts=row["attempts"],
        max_attempts=row["max_attempts"],
        error=row["error"],
        lease_id=row["lease_id"],
    )
