"""Runs what is queued: a few loops in the server's own process, or in a process of their own."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import itertools

import structlog

from confida_core.events.following import follow_events
from confida_core.installation import Installation
from confida_core.isolation.running import MOST_CANCELS
from confida_core.jobs.listening import listen
from confida_core.jobs.queue import QueuedJob, complete, declared, fail, give_back, keep_lease, lease
from confida_core.jobs.schedule import ensure_periodic
from confida_core.storage.database import DatabaseError, finish

POLL_SECONDS = 1.0
LOOPS = 2
# How long a running job may take to end by itself when the program stops.
STOP_SECONDS = 5.0
# How long a job that is over its time may take to end after it was cancelled; the loop then takes the next one.
CANCEL_SECONDS = 5.0
# The lease of a job that goes on all the same is renewed so often, in seconds.
KEEP_EVERY = 5
log = structlog.get_logger()


class JobExited(Exception):
    """A job asked the whole program to end."""


async def run_worker(crm: Installation, stop: asyncio.Event, *, loops: int = LOOPS) -> None:
    """Work until `stop` is set; a job that is not through a few seconds later is given back.

    Never raises for a failing job or a busy database: both are tried again.
    """
    tasks = [asyncio.create_task(work(crm, stop, background=not number)) for number in range(loops)]
    tasks.append(asyncio.create_task(follow_events(crm, stop)))
    tasks += [asyncio.create_task(listen(crm, listener, stop)) for listener in crm.registry.listeners.values()]
    try:
        await stop.wait()
        await asyncio.wait(tasks, timeout=STOP_SECONDS)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def work(crm: Installation, stop: asyncio.Event, *, background: bool = True) -> None:
    """One loop: everything that is due, then wait for a bell, for `stop`, or for a second.

    background: also what nobody waits for. One loop of a worker does, so that the others are free for what people wait for.
    """
    bell = crm.work.listen()
    scheduled = False
    try:
        while not stop.is_set():
            bell.clear()
            try:
                if not scheduled:
                    await ensure_periodic(crm)
                    scheduled = True
                busy = await run_next(crm, background=background)
            except Exception as error:
                # Whatever it is: a loop that ended would leave jobs lying without anybody noticing.
                log.warning("worker_waits", error=type(error).__name__)
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


async def run_next(crm: Installation, *, background: bool = True) -> bool:
    """Lease one job and run it; false if nothing was due."""
    job = await lease(crm, background=background)
    if job is None:
        return False
    await run(crm, job)
    return True


async def run(crm: Installation, job: QueuedJob) -> None:
    """Run a leased job within its time and record how it ended; only the type of an error is kept.

    In a task of its own: one that is over its time is cancelled, and if it ignores that, its lease is kept until it has
    ended, so that nobody else runs it meanwhile, and this loop goes on.
    """
    task = asyncio.create_task(contained(crm, job), name=f"job {job.key}", context=contextvars.Context())
    try:
        await asyncio.wait([task], timeout=declared(crm, job.key).seconds)
        late = not task.done()
        if late:
            await end(task)
    except asyncio.CancelledError:
        # This loop itself is told to stop.
        with contextlib.suppress(DatabaseError):
            await finish(hand_back(crm, job, task))
        raise
    if task.done():
        await record(crm, job, task, late=late)
    else:
        log.error("job_does_not_end", job=str(job.id), key=job.key)
        crm.isolation.leave(keep_until_it_ends(crm, job, task), f"job {job.key}")


async def contained(crm: Installation, job: QueuedJob) -> None:
    """What would end the program is a failure of the job."""
    try:
        await declared(crm, job.key).run(crm, job.arguments)
    except SystemExit:
        raise JobExited from None


async def end(task: asyncio.Task[None]) -> None:
    """Cancel it, and wait a little; whoever calls must look whether it has ended."""
    task.cancel()
    await asyncio.wait([task], timeout=CANCEL_SECONDS)


async def hand_back(crm: Installation, job: QueuedJob, task: asyncio.Task[None]) -> None:
    """The program stops. What ignores even that keeps its lease, which runs out after the program has ended."""
    await end(task)
    if task.done():
        if error_of(task) is None:
            await complete(crm, job)
        else:
            await give_back(crm, job)


async def record(crm: Installation, job: QueuedJob, task: asyncio.Task[None], *, late: bool) -> None:
    """How a job that has ended has done. late: it was cancelled, because its time was over."""
    error = error_of(task)
    if error is None:
        await complete(crm, job)
        return
    if late and isinstance(error, asyncio.CancelledError):
        error = TimeoutError()
    log.warning("job_failed", job=str(job.id), key=job.key, attempt=job.attempts, error=type(error).__name__)
    await fail(crm, job, error)


def error_of(task: asyncio.Task[None]) -> BaseException | None:
    """What ended it; something that a job waited for may have been cancelled, which is a failure like any other."""
    return asyncio.CancelledError() if task.cancelled() else task.exception()


async def keep_until_it_ends(crm: Installation, job: QueuedJob, task: asyncio.Task[None]) -> None:
    """Its lease is renewed for as long as it runs in this process, and then it counts as a failed attempt.

    It is cancelled again and again for a while: a loop over several tries comes to its end by that.
    """
    for number in itertools.count():
        if number < MOST_CANCELS:
            task.cancel()
        if number % KEEP_EVERY == 0:
            with contextlib.suppress(DatabaseError):
                await keep_lease(crm, job)
        await asyncio.wait([task], timeout=1)
        if task.done():
            break
    with contextlib.suppress(DatabaseError):
        await record(crm, job, task, late=True)
