"""Cancelling tasks in the middle of transactions: nothing half applied, nothing leaked, and the store goes on."""

from __future__ import annotations

import asyncio
import os
import random
import threading
from typing import Any

import pytest

pytestmark = pytest.mark.anyio
TASKS = 300


async def pair(store: Any, number: int, pause: float) -> None:
    """Two rows that belong together, with moments in between at which a task can be cancelled."""
    async with store.transaction():
        await store.fetch("INSERT INTO half (number, side) VALUES (?, 1)", number)
        await asyncio.sleep(pause)
        async with store.transaction():
            await store.fetch("INSERT INTO half (number, side) VALUES (?, 2)", number)
        await asyncio.sleep(0)


async def cancel_at_random(store: Any, chance: random.Random) -> int:
    """Start the tasks, cancel each at a random moment; returns how many were really cut short."""
    tasks = []
    for number in range(TASKS):
        tasks.append(asyncio.create_task(pair(store, number, chance.uniform(0, 0.002))))
        if number % 20 == 0:
            await asyncio.sleep(0)
    for task in chance.sample(tasks, len(tasks) * 2 // 3):
        await asyncio.sleep(chance.uniform(0, 0.004))
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(result) for result in results} <= {type(None), asyncio.CancelledError}
    return sum(isinstance(result, asyncio.CancelledError) for result in results)


async def test_cancelled_tasks_leave_nothing_half_and_leak_nothing(crm: Any) -> None:
    store = crm.data
    await store.fetch("CREATE TABLE half (number INTEGER, side INTEGER)")
    await asyncio.gather(*(store.fetch("SELECT 1 AS one") for _ in range(20)))
    await cancel_at_random(store, random.Random(1))
    await store.fetch("DELETE FROM half")
    handles, threads = len(os.listdir("/proc/self/fd")), threading.active_count()

    cancelled = await cancel_at_random(store, random.Random(2))
    assert cancelled > 20, "too few to prove anything"

    rows = await store.fetch("SELECT number, count(*) AS sides FROM half GROUP BY number")
    assert {row["sides"] for row in rows} == {2}
    assert len(rows) >= TASKS - cancelled
    assert len(os.listdir("/proc/self/fd")) <= handles
    assert threading.active_count() <= threads
    await asyncio.wait_for(pair(store, TASKS, 0), timeout=60)


async def test_cancellation_during_the_commit_is_raised_after_it(crm: Any) -> None:
    store = crm.data
    await store.fetch("CREATE TABLE half (number INTEGER, side INTEGER)")
    committing = asyncio.Event()
    original = store._commit

    async def slow_commit(transaction: Any) -> None:
        committing.set()
        await asyncio.sleep(0.05)
        await original(transaction)

    store._commit = slow_commit
    task = asyncio.create_task(pair(store, 1, 0))
    await committing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    store._commit = original
    assert len(await store.fetch("SELECT number FROM half")) == 2
    await asyncio.wait_for(pair(store, 2, 0), timeout=60)
