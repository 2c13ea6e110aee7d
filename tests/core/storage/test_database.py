"""The engine: transactions that are all or nothing, savepoints that are real, and the same errors on both engines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from confida_core.ids import new_id
from confida_core.storage.database import (
    Busy,
    Database,
    DatabaseError,
    ReferenceViolation,
    UniqueViolation,
    ValueRefused,
    WrongKey,
)
from confida_core.storage.sqlite import OLDEST_SAFE, SQLiteDatabase, library_version

pytestmark = pytest.mark.anyio
sqlite_only = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
async def store(crm: Any) -> Database:
    """The data store with two small tables."""
    data: Database = crm.data
    await data.fetch("CREATE TABLE tally (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL)")
    await data.fetch("CREATE TABLE mark (id INTEGER PRIMARY KEY, tally_id INTEGER NOT NULL REFERENCES tally (id))")
    await data.fetch("INSERT INTO tally (id, amount) VALUES (1, 0)")
    return data


async def amounts(store: Database) -> list[tuple[int, int]]:
    return [(row["id"], row["amount"]) for row in await store.fetch("SELECT id, amount FROM tally ORDER BY id")]


async def test_failed_transaction_leaves_nothing(store: Database) -> None:
    async def fail() -> None:
        async with store.transaction():
            await store.fetch("UPDATE tally SET amount = 7")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await amounts(store) == [(1, 0)]


async def test_failed_inner_block_undoes_only_itself(store: Database) -> None:
    async def fail() -> None:
        async with store.transaction():
            await store.fetch("INSERT INTO tally (id, amount) VALUES (3, 3)")
            raise LookupError

    async with store.transaction():
        await store.fetch("INSERT INTO tally (id, amount) VALUES (2, 2)")
        with pytest.raises(LookupError):
            await fail()
        with pytest.raises(UniqueViolation):
            async with store.transaction():
                await store.fetch("INSERT INTO tally (id, amount) VALUES (2, 9)")
        async with store.transaction():
            await store.fetch("INSERT INTO tally (id, amount) VALUES (4, 4)")
    assert await amounts(store) == [(1, 0), (2, 2), (4, 4)]


async def test_inner_block_that_succeeds_falls_with_the_outer_one(store: Database) -> None:
    async def fail() -> None:
        async with store.transaction():
            async with store.transaction():
                await store.fetch("INSERT INTO tally (id, amount) VALUES (2, 2)")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await amounts(store) == [(1, 0)]


async def test_transaction_sees_its_own_writes_and_others_do_not(store: Database) -> None:
    async def outside() -> list[tuple[int, int]]:
        return await amounts(store)

    loop = asyncio.get_running_loop()
    seen: asyncio.Future[list[tuple[int, int]]] = loop.create_future()
    go = asyncio.Event()

    async def reader() -> None:
        await go.wait()
        seen.set_result(await outside())

    task = asyncio.create_task(reader())
    async with store.transaction():
        await store.fetch("UPDATE tally SET amount = 5")
        assert await amounts(store) == [(1, 5)]
        go.set()
        assert await seen == [(1, 0)]
    await task
    assert await amounts(store) == [(1, 5)]


async def test_task_started_inside_a_transaction_may_not_use_it(store: Database) -> None:
    async with store.transaction():
        task = asyncio.create_task(store.fetch("SELECT 1 AS one"))
        with pytest.raises(RuntimeError, match="queue a job"):
            await task


async def test_64_concurrent_increments_lose_nothing(store: Database) -> None:
    async def add() -> None:
        async with store.transaction():
            await store.fetch("UPDATE tally SET amount = amount + 1 WHERE id = 1")

    await asyncio.gather(*(add() for _ in range(64)))
    assert await amounts(store) == [(1, 64)]


async def test_errors_mean_the_same_on_both_engines(store: Database) -> None:
    with pytest.raises(UniqueViolation):
        await store.fetch("INSERT INTO tally (id, amount) VALUES (1, 1)")
    with pytest.raises(ReferenceViolation):
        await store.fetch("INSERT INTO mark (id, tally_id) VALUES (1, 99)")
    with pytest.raises(ValueRefused):
        await store.fetch("INSERT INTO tally (id, amount) VALUES (2, NULL)")
    with pytest.raises(DatabaseError):
        await store.fetch("SELECT * FROM missing")
    assert await amounts(store) == [(1, 0)]


async def test_error_texts_hold_no_values(crm: Any) -> None:
    await crm.data.fetch("CREATE TABLE word (word VARCHAR(40) PRIMARY KEY)")
    await crm.data.fetch("INSERT INTO word (word) VALUES (?)", "Ada Lovelace")
    with pytest.raises(UniqueViolation) as error:
        await crm.data.fetch("INSERT INTO word (word) VALUES (?)", "Ada Lovelace")
    assert "Ada" not in str(error.value)
    assert error.value.__cause__ is None


async def test_after_commit_runs_only_after_a_commit(store: Database) -> None:
    heard: list[str] = []

    async def fail() -> None:
        async with store.transaction() as transaction:
            transaction.after_commit.append(lambda: heard.append("failed"))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with store.transaction() as transaction:
        transaction.after_commit.append(lambda: heard.append("committed"))
        assert heard == []
    assert heard == ["committed"]


async def test_many_rows_are_all_or_nothing(store: Database) -> None:
    with pytest.raises(UniqueViolation):
        await store.execute_many("INSERT INTO tally (id, amount) VALUES (?, ?)", [(2, 2), (3, 3), (1, 1)])
    assert await amounts(store) == [(1, 0)]


async def test_ids_and_times_come_back_typed(crm: Any) -> None:
    from confida_core.clock import now

    job_id, moment = new_id(), now()
    await crm.data.fetch(
        "INSERT INTO job (id, key, arguments, state, periodic, queued_at, due_at, attempts, max_attempts, error) "
        "VALUES (?, 'a.b', '{}', 'done', ?, ?, ?, 0, 1, '')",
        job_id, True, moment, moment,
    )  # fmt: skip
    row = (await crm.data.fetch("SELECT id, periodic, due_at, lease_until FROM job WHERE id = ?", job_id))[0]
    assert (row["id"], bool(row["periodic"]), row["due_at"], row["lease_until"]) == (job_id, True, moment, None)


@sqlite_only
async def test_write_that_waits_too_long_is_refused_and_the_queue_goes_on(
    store: Database, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confida_core.storage.sqlite.WRITE_QUEUE_SECONDS", 0.05)
    release = asyncio.Event()

    async def hold() -> None:
        async with store.transaction():
            await release.wait()

    holder = asyncio.create_task(hold())
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await store.fetch("UPDATE tally SET amount = 1")
    release.set()
    await holder
    await store.fetch("UPDATE tally SET amount = 2")
    assert await amounts(store) == [(1, 2)]


@sqlite_only
async def test_file_is_encrypted_and_opens_with_its_key_only(crm: Any, engine: str) -> None:
    path = crm.settings.home / "confida.db"
    assert path.read_bytes()[:16] != b"SQLite format 3\x00"
    with pytest.raises(WrongKey):
        SQLiteDatabase(path, b"\x00" * 32)
    with pytest.raises(WrongKey):
        SQLiteDatabase(path, None)


@sqlite_only
async def test_settings_of_every_connection_are_in_force(crm: Any, engine: str) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}
    for setting, value in expected.items():
        assert crm.data.inspect(f"PRAGMA {setting}") == [(value,)]
    assert library_version() >= OLDEST_SAFE


@sqlite_only
async def test_reader_cannot_write(crm: Any, engine: str) -> None:
    with pytest.raises(DatabaseError):
        crm.data.inspect("DELETE FROM job")


@sqlite_only
async def test_checkpoint_empties_the_write_ahead_log(crm: Any, engine: str) -> None:
    await crm.data.fetch("DELETE FROM job")
    await crm.data.checkpoint()
    assert (crm.settings.home / "confida.db-wal").stat().st_size == 0
