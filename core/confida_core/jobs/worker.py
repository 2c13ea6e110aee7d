"""Runs what is queued: a few loops in the server's own process, or in a process of their own."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from confida_core.events.following import follow_events
from confida_core.installation import Installation
from confida_core.jobs.queue import QueuedJob, complete, declared, fail, give_back, lease
from confida_core.jobs.schedule import ensure_periodic
from confida_core.storage.database import DatabaseError, finish

POLL_SECONDS = 1.0
LOOPS = 2
# How long a running job may take to end by itself when the program stops.
STOP_SECONDS = 5.0


async def run_worker(crm: Installation, stop: asyncio.Event, *, loops: int = LOOPS) -> None:
    """Work until `stop` is set; a job that is not through a few seconds later is given back.

    Never raises for a failing job or a busy database: both are tried again.
    """
    tasks = [asyncio.create_task(work(crm, stop)) for _ in range(loops)]
    tasks.append(asyncio.create_task(follow_events(crm, stop)))
    try:
        await stop.wait()
        await asyncio.wait(tasks, timeout=STOP_SECONDS)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def work(crm: Installation, stop: asyncio.Event) -> None:
    """One loop: everything that is due, then wait for a bell, for `stop`, or for a second."""
    bell = crm.work.listen()
    scheduled = False
    try:
        while not stop.is_set():
            bell.clear()
            try:
                if not scheduled:
                    await ensure_periodic(crm)
                    scheduled = True
                busy = await run_next(crm)
            except Exception as error:
                # Whatever it is: a loop that ended would leave jobs lying without anybody noticing.
                structlog.get_logger().warning("worker_waits", error=type(error).__name__)
                busy = False
            if not busy:
                await rest(bell, stop)
    finally:
        crm.work.ignore(bell)


async def rest(bell: asyncio.Event, stop: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in (bell, stop)]
    try:
        await asyncio.wait(waiting, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


async def run_next(crm: Installation) -> bool:
    """Lease one job and run it; false if nothing was due."""
    job = await lease(crm)
    if job is None:
        return False
    await run(crm, job)
    return True


async def run(crm: Installation, job: QueuedJob) -> None:
    """Run a leased job within its time and record how it ended; only the type of an error is kept."""
    declaration = declared(crm, job.key)
    log = structlog.get_logger().bind(job=str(job.id), key=job.key, attempt=job.attempts)
    try:
        async with asyncio.timeout(declaration.seconds):
            await declaration.run(crm, job.arguments)
    except (Exception, asyncio.CancelledError) as error:
        if is_stopping():
            with contextlib.suppress(DatabaseError):
                await finish(give_back(crm, job))
            raise
        log.warning("job_failed", error=type(error).__name__)
        await fail(crm, job, error)
    else:
        await complete(crm, job)


def is_stopping() -> bool:
    """Whether this loop itself is cancelled; something that a job waited for may have been, which is a failure of the job."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
