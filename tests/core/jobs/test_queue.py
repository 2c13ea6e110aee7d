"""The queue: queued with its cause, leased once, retried, buried, and found again after a crash."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.jobs import worker
from confida_core.jobs.arguments import ArgumentRefused
from confida_core.jobs.declarations import JobDeclaration
from confida_core.jobs.overview import discard_job, list_jobs, queue_state, retry_job
from confida_core.jobs.queue import UnknownJob, delay, enqueue, lease
from confida_core.jobs.schedule import ensure_periodic
from confida_core.jobs.worker import run_next, run_worker
from confida_core.vault.access import Access, Actor, Forbidden, NotFound, system_access
from tests.cases import in_one_installation

pytestmark = pytest.mark.anyio
ACCESS = system_access("test")


def with_jobs(crm: Any, *jobs: JobDeclaration) -> Any:
    """The same installation, knowing these jobs only."""
    registry = crm.registry
    registry.jobs = MappingProxyType({job.key: job for job in jobs})
    return dataclasses.replace(crm, registry=registry)


def recorder(seen: list[Any], error: Exception | None = None) -> Callable[..., Any]:
    async def run(_: Any, arguments: Any) -> None:
        seen.append(dict(arguments))
        if error is not None:
            raise error

    return run


def job(run: Callable[..., Any], **fields: Any) -> JobDeclaration:
    return JobDeclaration(key="test.note", run=run, label="Note", **fields)


async def make_due(crm: Any) -> None:
    await crm.data.fetch("UPDATE job SET due_at = ?", now() - timedelta(seconds=1))


async def states(crm: Any) -> list[tuple[str, int, str]]:
    rows = await crm.data.fetch("SELECT state, attempts, error FROM job ORDER BY id")
    return [(row["state"], row["attempts"], row["error"]) for row in rows]


@asynccontextmanager
async def working(crm: Any) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(crm, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 -- What is waited for happens in the code under test.
            await asyncio.sleep(0.01)


async def test_job_runs_once_with_its_arguments(crm: Any) -> None:
    seen: list[Any] = []
    crm = with_jobs(crm, job(recorder(seen)))
    ada = new_id()
    await enqueue(crm, "test.note", {"contact_id": ada, "count": 3, "urgent": True, "next": "test.note", "ids": [ada]})
    assert [await run_next(crm), await run_next(crm)] == [True, False]
    assert seen == [{"contact_id": ada, "count": 3, "urgent": True, "next": "test.note", "ids": [ada]}]
    assert await states(crm) == [("done", 1, "")]


@in_one_installation("value", ["Ada", "ada@example.org", 2**63, 1.5, b"x", {"a": 1}, ["Ada"]])
async def test_argument_that_could_be_personal_is_refused(crm: Any, value: Any) -> None:
    crm = with_jobs(crm, job(recorder([])))
    with pytest.raises(ArgumentRefused) as refused:
        await enqueue(crm, "test.note", {"thing": value})
    assert "Ada" not in str(refused.value)
    assert await states(crm) == []


async def test_free_text_as_idempotency_key_is_refused(crm: Any) -> None:
    crm = with_jobs(crm, job(recorder([])))
    with pytest.raises(ArgumentRefused):
        await enqueue(crm, "test.note", {}, idempotency_key="ada@example.org")


async def test_undeclared_job_is_refused(crm: Any) -> None:
    with pytest.raises(UnknownJob):
        await enqueue(crm, "test.missing", {})


async def test_job_of_a_transaction_that_fails_is_not_queued(crm: Any) -> None:
    crm = with_jobs(crm, job(recorder([])))

    async def fail() -> None:
        async with crm.data.transaction():
            await enqueue(crm, "test.note", {})
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await states(crm) == []


async def test_same_idempotency_key_is_queued_once(crm: Any) -> None:
    crm = with_jobs(crm, job(recorder([])))
    ids = await asyncio.gather(*(enqueue(crm, "test.note", {}, idempotency_key="note.1") for _ in range(10)))
    assert [queued is None for queued in ids].count(True) == 9
    assert await states(crm) == [("waiting", 0, "")]


async def test_job_is_not_run_before_its_time(crm: Any) -> None:
    crm = with_jobs(crm, job(recorder([])))
    await enqueue(crm, "test.note", {}, run_at=now() + timedelta(hours=1))
    assert await run_next(crm) is False


async def test_each_job_is_leased_by_one_worker_only(crm: Any) -> None:
    seen: list[Any] = []
    crm = with_jobs(crm, job(recorder(seen)))
    for number in range(20):
        await enqueue(crm, "test.note", {"number": number})

    async def drain() -> None:
        while await run_next(crm):
            pass

    await asyncio.gather(*(drain() for _ in range(5)))
    assert sorted(item["number"] for item in seen) == list(range(20))


async def test_failing_job_is_retried_then_buried_with_the_kind_of_error_only(crm: Any) -> None:
    crm = with_jobs(crm, job(recorder([], ValueError("Ada lives here")), attempts=2))
    await enqueue(crm, "test.note", {})
    await run_next(crm)
    assert await states(crm) == [("waiting", 1, "ValueError")]
    assert await run_next(crm) is False
    await make_due(crm)
    await run_next(crm)
    assert await states(crm) == [("dead", 2, "ValueError")]


async def test_retries_are_further_apart_each_time_up_to_an_hour() -> None:
    for attempts, longest in ((1, 5), (2, 10), (5, 80), (30, 3600)):
        assert longest / 2 <= delay(attempts) <= longest


async def test_dead_job_can_be_retried_or_discarded_and_nothing_else_can(crm: Any) -> None:
    crm = with_jobs(crm, job(recorder([], ValueError()), attempts=1))
    first = await enqueue(crm, "test.note", {})
    assert first is not None
    with pytest.raises(NotFound):
        await discard_job(crm, ACCESS, first)
    await run_next(crm)
    assert (await queue_state(crm, ACCESS)).counts == {"waiting": 0, "running": 0, "done": 0, "dead": 1}
    await retry_job(crm, ACCESS, first)
    assert await states(crm) == [("waiting", 0, "ValueError")]
    await run_next(crm)
    await discard_job(crm, ACCESS, first)
    assert await states(crm) == []


async def test_queue_is_shown_to_administrators_only(crm: Any) -> None:
    zoe = Access(actor=Actor(id=new_id()), purpose="security", where="test")
    for call in (queue_state(crm, zoe), list_jobs(crm, zoe, "dead"), retry_job(crm, zoe, new_id())):
        with pytest.raises(Forbidden):
            await call


async def test_job_of_a_vanished_worker_is_taken_again(crm: Any) -> None:
    seen: list[Any] = []
    crm = with_jobs(crm, job(recorder(seen)))
    await enqueue(crm, "test.note", {})
    assert await lease(crm) is not None
    assert await lease(crm) is None
    await crm.data.fetch("UPDATE job SET lease_until = ?", now() - timedelta(seconds=1))
    assert await run_next(crm) is True
    assert (seen, await states(crm)) == ([{}], [("done", 2, "")])


async def test_job_that_kills_its_worker_each_time_is_buried(crm: Any) -> None:
    crm = with_jobs(crm, job(recorder([]), attempts=1))
    await enqueue(crm, "test.note", {})
    await lease(crm)
    await crm.data.fetch("UPDATE job SET lease_until = ?", now() - timedelta(seconds=1))
    assert await lease(crm) is None
    assert await states(crm) == [("dead", 1, "WorkerLost")]


async def test_slow_job_is_ended_by_its_lease(crm: Any) -> None:
    async def sleep(_: Any, __: Any) -> None:
        await asyncio.sleep(60)

    crm = with_jobs(crm, job(sleep, seconds=0))
    await enqueue(crm, "test.note", {})
    await run_next(crm)
    assert await states(crm) == [("waiting", 1, "TimeoutError")]


async def test_periodic_job_has_exactly_one_row_and_waits_for_its_next_turn(crm: Any) -> None:
    seen: list[Any] = []
    crm = with_jobs(crm, job(recorder(seen), every=60))
    await asyncio.gather(*(ensure_periodic(crm) for _ in range(5)))
    assert await run_next(crm) is True
    assert await run_next(crm) is False
    rows = await crm.data.fetch("SELECT state, due_at FROM job")
    assert [row["state"] for row in rows] == ["waiting"]
    assert timedelta(seconds=30) < rows[0]["due_at"] - now() <= timedelta(seconds=60)
    await ensure_periodic(with_jobs(crm))
    assert await states(crm) == []


async def test_periodic_job_that_keeps_failing_never_dies(crm: Any) -> None:
    crm = with_jobs(crm, job(recorder([], OSError()), every=60, attempts=1))
    await ensure_periodic(crm)
    await run_next(crm)
    assert await states(crm) == [("waiting", 0, "OSError")]


async def test_worker_starts_at_once_after_the_commit(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("confida_core.jobs.worker.POLL_SECONDS", 3600.0)
    seen: list[Any] = []
    crm = with_jobs(crm, job(recorder(seen)))
    async with working(crm):
        await asyncio.sleep(0.1)
        await enqueue(crm, "test.note", {})
        # Nobody looks for work of their own accord for an hour.
        await until(lambda: bool(seen))


async def test_stopping_worker_gives_its_job_back(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started = asyncio.Event()

    async def sleep(_: Any, __: Any) -> None:
        started.set()
        await asyncio.sleep(60)

    monkeypatch.setattr("confida_core.jobs.worker.STOP_SECONDS", 0.05)
    crm = with_jobs(crm, job(sleep))
    await enqueue(crm, "test.note", {})
    async with working(crm):
        await started.wait()
    assert await states(crm) == [("waiting", 0, "")]


async def test_job_whose_own_work_was_cancelled_fails_like_any_other(crm: Any) -> None:
    """A connection that is given up, say; the loops that run jobs must outlive it."""
    seen: list[Any] = []

    async def cancelled(_: Any, arguments: Any) -> None:
        seen.append(dict(arguments))
        if arguments["number"] < 4:
            raise asyncio.CancelledError

    known = with_jobs(crm, job(cancelled, attempts=1))
    for number in range(5):
        await enqueue(known, "test.note", {"number": number})
    async with working(known):
        await until(lambda: {"number": 4} in seen)
    assert [state for state, _, error in await states(known) if error == "CancelledError"] == ["dead"] * 4


async def test_worker_outlives_what_nobody_foresaw(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    known = with_jobs(crm, job(recorder(seen)))
    await enqueue(known, "test.note", {"number": 1})
    lost = iter(range(4))

    async def broken(crm: Any, **_: Any) -> bool:
        if next(lost, None) is not None:
            raise KeyError("a fault of ours")
        return await run_next(crm)

    monkeypatch.setattr(worker, "run_next", broken)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)
    async with working(known):
        await until(lambda: seen == [{"number": 1}])


def stubborn(ended: asyncio.Event, ran: list[int]) -> Any:
    """A job that ignores its cancellation until it may end."""

    async def run(_: Any, __: Any) -> None:
        ran.append(1)
        while not ended.is_set():
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                continue
        raise ValueError

    return run


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("confida_core.jobs.worker.CANCEL_SECONDS", 0.05)


async def test_job_that_hangs_is_cancelled_and_counts_as_a_failed_attempt(crm: Any) -> None:
    async def hang(_: Any, __: Any) -> None:
        await asyncio.sleep(3600)

    crm = with_jobs(crm, job(hang, seconds=0))
    await enqueue(crm, "test.note", {})
    await run_next(crm)
    assert await states(crm) == [("waiting", 1, "TimeoutError")]


async def test_job_that_ignores_its_cancellation_blocks_no_loop_and_is_run_by_nobody_else(
    crm: Any, impatient: None
) -> None:
    ended, ran, seen = asyncio.Event(), list[int](), list[Any]()
    other = dataclasses.replace(job(recorder(seen)), key="test.other")
    crm = with_jobs(crm, job(stubborn(ended, ran), seconds=0), other)
    await enqueue(crm, "test.note", {})
    await run_next(crm)
    # Its time is over, and so would its lease be; but it still runs here.
    await crm.data.fetch("UPDATE job SET lease_until = ?", now() - timedelta(seconds=1))
    for _ in range(200):
        if await lease_until(crm) > now():
            break
        await asyncio.sleep(0.05)
    await enqueue(crm, "test.other", {})
    assert [await run_next(crm), await run_next(crm)] == [True, False]
    assert (len(seen), ran) == (1, [1])
    assert (await states(crm))[0] == ("running", 1, "TimeoutError")
    ended.set()
    for _ in range(200):
        if (await states(crm))[0][0] != "running":
            break
        await asyncio.sleep(0.05)
    assert (await states(crm))[0] == ("waiting", 1, "ValueError")


async def lease_until(crm: Any) -> Any:
    return (await crm.data.fetch("SELECT lease_until FROM job ORDER BY id LIMIT 1"))[0]["lease_until"]


async def test_worker_stops_in_time_although_a_job_ignores_it(
    crm: Any, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, ran = asyncio.Event(), list[int]()
    monkeypatch.setattr("confida_core.jobs.worker.STOP_SECONDS", 0.05)
    crm = with_jobs(crm, job(stubborn(ended, ran)))
    await enqueue(crm, "test.note", {})
    async with asyncio.timeout(60), working(crm):
        await until(lambda: ran == [1])
    # Nobody takes it before its lease has run out: it may still be at work.
    assert ((await states(crm))[0][0], await run_next(crm)) == ("running", False)
    ended.set()
    await asyncio.sleep(0)


async def test_job_that_would_end_the_program_fails(crm: Any) -> None:
    async def leave(_: Any, __: Any) -> None:
        raise SystemExit(1)

    crm = with_jobs(crm, job(leave, attempts=1))
    await enqueue(crm, "test.note", {})
    await run_next(crm)
    assert await states(crm) == [("dead", 1, "JobExited")]


async def test_job_has_nothing_of_the_transaction_it_is_run_beside(crm: Any) -> None:
    seen = []

    async def look(crm: Any, _: Any) -> None:
        seen.append(crm.data.current())

    crm = with_jobs(crm, job(look))
    await enqueue(crm, "test.note", {})
    await run_next(crm)
    assert (seen, await states(crm)) == ([None], [("done", 1, "")])
