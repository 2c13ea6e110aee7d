"""The index follows the feed, survives damage, and changes over to a rebuilt file under running readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from confida_core.index.entries import IndexEntry
from confida_core.index.index import Index
from confida_core.index.opening import IndexUnavailable
from confida_core.index.query import IndexQuery
from tests.core.index.people import FIELDS, KEY, FeedChange, Records, ada, entry, person

pytestmark = pytest.mark.anyio


@pytest.fixture
def records() -> Records:
    made = Records()
    for number in range(250):
        made.write(entry(person(f"Vera {number:03}")))
    return made


def opened(folder: Path, key: bytes = KEY) -> Index:
    return Index.open(folder / "index.db", key, FIELDS)


def generations(folder: Path) -> int:
    return len([file for file in folder.glob("index.db.*") if not file.name.endswith((".lock", "-wal", "-shm"))])


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def everybody(index: Index) -> int:
    return (await index.count(IndexQuery()))[0]


async def test_fresh_index_is_rebuilt_once(tmp_path: Path, records: Records) -> None:
    index, seen = opened(tmp_path), list[int]()
    assert index.needs_rebuild
    assert await everybody(index) == 0
    await index.rebuild(records, progress=seen.append)
    assert seen == [100, 200, 250]
    assert not index.needs_rebuild
    assert (await everybody(index), index.position()) == (250, 250)
    index.close()
    again = opened(tmp_path)
    assert not again.needs_rebuild
    again.close()
    assert generations(tmp_path) == 1


async def test_catch_up_follows_writes_and_erasures(tmp_path: Path, records: Records) -> None:
    index = opened(tmp_path)
    await index.ensure(records)
    contact = ada()
    records.write(contact)
    records.feed.append(FeedChange(len(records.feed) + 1, contact.id, table="task"))
    await index.catch_up(records)
    assert (await index.page(IndexQuery(text="ada"))).ids == (contact.id,)
    assert await index.likely("ada") == [contact.id]
    records.erase(contact.id)
    await index.catch_up(records)
    assert (await index.page(IndexQuery(text="ada"))).ids == ()
    assert index.position() == len(records.feed)
    index.close()


async def test_catch_up_from_nothing_reads_in_batches(tmp_path: Path, records: Records) -> None:
    for number in range(1_000):
        records.write(entry(person(f"Olga {number}")))
    index = opened(tmp_path)
    await index.catch_up(records)
    assert (await everybody(index), index.position(), records.reads) == (1_250, 1_250, 3)
    index.close()


async def test_catch_up_sees_what_was_written_before_each_call(tmp_path: Path, records: Records) -> None:
    index = opened(tmp_path)
    await index.ensure(records)

    async def write_and_look(number: int) -> bool:
        contact = entry(person(f"Olga {number}"))
        records.write(contact)
        await index.catch_up(records)
        return (await index.page(IndexQuery(text=f"olga {number}"))).ids[:1] != ()

    before = records.reads
    assert await asyncio.gather(*(write_and_look(number) for number in range(50))) == [True] * 50
    assert records.reads - before < 10
    index.close()


async def test_catch_up_failure_reaches_the_caller_and_the_next_call_works(tmp_path: Path, records: Records) -> None:
    class Failing(Records):
        async def entries(self, ids: Sequence[object]) -> Sequence[IndexEntry]:
            raise ConnectionError

    index, failing = opened(tmp_path), Failing()
    failing.write(ada())
    with pytest.raises(ConnectionError):
        await index.catch_up(failing)
    await index.catch_up(records)
    assert await everybody(index) == 250
    index.close()


@pytest.mark.parametrize("harm", ["garbage", "empty", "missing", "other version", "truncated"])
async def test_unusable_file_is_replaced(tmp_path: Path, records: Records, harm: str) -> None:
    index = opened(tmp_path)
    await index.rebuild(records)
    file = (tmp_path / "index.db").resolve()
    if harm == "other version":
        index.connection().execute("PRAGMA user_version = 999")
    index.close()
    match harm:
        case "garbage":
            file.write_bytes(b"not a database" * 1_000)
        case "empty":
            file.write_bytes(b"")
        case "missing":
            file.unlink()
        case "truncated":
            file.write_bytes(file.read_bytes()[:100])
    again = opened(tmp_path)
    assert again.needs_rebuild
    assert await everybody(again) == 0
    await again.ensure(records)
    assert (again.needs_rebuild, await everybody(again)) == (False, 250)
    again.close()


async def test_wrong_key_asks_for_rebuild(tmp_path: Path, records: Records, capfd: pytest.CaptureFixture[str]) -> None:
    index = opened(tmp_path)
    await index.rebuild(records)
    index.close()
    again = opened(tmp_path, bytes(32))
    assert again.needs_rebuild
    await again.ensure(records)
    assert await everybody(again) == 250
    again.close()
    assert capfd.readouterr() == ("", "")


async def test_damage_while_in_use_is_told_and_mended(tmp_path: Path, records: Records) -> None:
    index = opened(tmp_path)
    await index.rebuild(records)
    index.close()
    file = (tmp_path / "index.db").resolve()
    content = bytearray(file.read_bytes())
    content[8_192:] = bytes(len(content) - 8_192)
    file.write_bytes(content)
    again = opened(tmp_path)
    with pytest.raises(IndexUnavailable) as told:
        await everybody(again)
    assert told.value.damaged
    assert again.needs_rebuild
    await again.ensure(records)
    assert (again.needs_rebuild, await everybody(again)) == (False, 250)
    again.close()


async def test_index_ahead_of_restored_data_is_rebuilt(tmp_path: Path, records: Records) -> None:
    index = opened(tmp_path)
    await index.ensure(records)
    restored = Records()
    restored.write(ada())
    await index.ensure(restored)
    assert (await everybody(index), index.position()) == (1, 1)
    index.close()


async def test_index_that_missed_removed_changes_is_rebuilt(tmp_path: Path, records: Records) -> None:
    index = opened(tmp_path)
    await index.ensure(records)
    away = opened(tmp_path)
    records.write(ada())
    records.pruned = len(records.feed)
    await away.ensure(records)
    assert (await everybody(away), away.position()) == (251, 251)
    index.close()
    away.close()


async def test_rebuild_under_readers_and_other_process(tmp_path: Path, records: Records) -> None:
    """Two handles stand for two processes: each has connections of its own."""
    first, second = opened(tmp_path), opened(tmp_path)
    await first.rebuild(records)
    assert await everybody(second) == 250
    counts = set()

    async def keep_asking() -> None:
        for _ in range(100):
            counts.add(await everybody(second))

    late = ada()

    class Slow(Records):
        async def all_entries(self) -> AsyncIterator[Sequence[IndexEntry]]:
            async for batch in Records.all_entries(self):
                yield batch
                if not any(each.id == late.id for each in self.contacts.values()):
                    self.write(late)
                    await first.catch_up(self)

    slow = Slow()
    slow.contacts, slow.feed = records.contacts, records.feed
    await asyncio.gather(first.rebuild(slow), keep_asking())
    await second.catch_up(slow)
    assert counts <= {250, 251}
    assert (await everybody(first), await everybody(second)) == (251, 251)
    assert (first.position(), second.position()) == (251, 251)
    first.close()
    second.close()


async def test_two_rebuilds_at_once_do_the_work_once(tmp_path: Path, records: Records) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    await asyncio.gather(first.rebuild(records, only_if_needed=True), second.rebuild(records, only_if_needed=True))
    generation = (tmp_path / "index.db").readlink()
    await second.rebuild(records, only_if_needed=True)
    assert (tmp_path / "index.db").readlink() == generation
    assert (await everybody(first), await everybody(second)) == (250, 250)
    first.close()
    second.close()


async def test_failed_rebuild_leaves_the_old_index(tmp_path: Path, records: Records) -> None:
    class Broken(Records):
        async def all_entries(self) -> AsyncIterator[Sequence[IndexEntry]]:
            yield [ada()]
            raise ConnectionError

    index = opened(tmp_path)
    await index.rebuild(records)
    before = files(tmp_path)
    with pytest.raises(ConnectionError):
        await index.rebuild(Broken())
    assert files(tmp_path) == before
    assert await everybody(index) == 250
    index.close()


async def test_cancelled_rebuild_leaves_the_old_index(tmp_path: Path, records: Records) -> None:
    class Endless(Records):
        async def all_entries(self) -> AsyncIterator[Sequence[IndexEntry]]:
            while True:
                yield [entry(person(f"Olga {number}")) for number in range(200)]

    index = opened(tmp_path)
    await index.rebuild(records)
    task = asyncio.create_task(index.rebuild(Endless()))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await everybody(index) == 250
    await index.rebuild(records)
    index.close()
