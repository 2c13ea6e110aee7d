"""Connections that wait for the next test: it finds nothing of the last one, and neither does it in the loop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from confida_core.storage.postgres import nothing_to_reset
from confida_web.testing.connections import MOST_CONNECTIONS, Keeper
from confida_web.testing.databases import Pairs

LEFT = (
    "SELECT current_setting('work_mem') AS memory, (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS locks"
)
GIVEN = {"min_size": 1, "max_size": 10, "reset": nothing_to_reset}


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    own = Keeper()
    own.loop_for_test()
    yield own
    own.end()


@pytest.fixture
def url(postgres_databases: Pairs) -> str:
    return postgres_databases.url(postgres_databases.new()["database"])


async def process_of(pool: Any) -> int:
    return int(await pool.fetchval("SELECT pg_backend_pid()"))


def run(keeper: Keeper, work: Any) -> Any:
    """As a test of its own."""
    with asyncio.Runner(loop_factory=keeper.loop_for_test) as runner:
        return runner.run(work)


def test_next_test_gets_the_connections_but_nothing_that_was_left_in_them(keeper: Keeper, url: str) -> None:
    async def first() -> tuple[int, list[int]]:
        pool = await keeper.pool(asyncpg.create_pool, url, GIVEN)
        process = await process_of(pool)
        await pool.execute("SET work_mem = '3MB'; SELECT pg_advisory_lock(7)")
        assert dict(await pool.fetchrow(LEFT)) == {"memory": "3MB", "locks": 1}
        many = [await pool.acquire() for _ in range(6)]
        for one in many:
            await one.execute("SET work_mem = '3MB'")
            await pool.release(one)
        await pool.close()
        with pytest.raises(asyncpg.InterfaceError):
            await pool.fetch("SELECT 1")
        return process, keeper.server_processes(url)

    async def second() -> tuple[int, dict[str, Any]]:
        pool = await keeper.pool(asyncpg.create_pool, url, GIVEN)
        beside = await keeper.pool(asyncpg.create_pool, url, GIVEN)
        assert await process_of(beside) != await process_of(pool)
        found = await process_of(pool), dict(await pool.fetchrow(LEFT))
        await pool.close()
        await beside.close()
        return found

    process, waiting = run(keeper, first())
    assert len(waiting) == MOST_CONNECTIONS
    assert process in waiting
    process, left = run(keeper, second())
    assert process in waiting
    assert left == {"memory": "4MB", "locks": 0}
    assert keeper.server_processes(url) == waiting


def test_connection_that_the_server_ended_is_not_kept(keeper: Keeper, url: str) -> None:
    async def end() -> None:
        pool = await keeper.pool(asyncpg.create_pool, url, GIVEN)
        with pytest.raises((asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError)):
            await pool.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
        await pool.close()

    run(keeper, end())
    assert keeper.server_processes(url) == []


def test_nothing_that_a_test_began_goes_on_in_the_next(keeper: Keeper) -> None:
    heard: list[str] = []

    async def begin() -> asyncio.Task[None]:
        loop = asyncio.get_running_loop()
        loop.call_later(3600, heard.append, "timer")
        loop.add_signal_handler(signal.SIGUSR1, heard.append, "signal")
        await asyncio.to_thread(heard.append, "thread")
        return asyncio.create_task(asyncio.sleep(3600))

    async def go_on() -> None:
        assert not asyncio.get_running_loop().remove_signal_handler(signal.SIGUSR1)
        await asyncio.to_thread(heard.append, "thread")

    assert run(keeper, begin()).cancelled()
    assert keeper.loop is not None
    assert not keeper.loop._scheduled
    run(keeper, go_on())
    assert heard == ["thread", "thread"]
