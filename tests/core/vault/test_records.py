"""A sealed row: written, read through the door, logged, versioned, moved, and lost with its key."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from piccolo.columns import UUID, Bytea, Integer
from piccolo.table import Table

from confida_core.declarations import RecordDeclaration
from confida_core.ids import new_id
from confida_core.storage.database import VersionConflict
from confida_core.storage.engine import DATA
from confida_core.vault.access import Access, Actor, system_access
from confida_core.vault.sealing import SealBroken

pytestmark = pytest.mark.anyio


class Letter(Table, tablename="letter", db=DATA):
    id = UUID(primary_key=True)
    subject_id = UUID()
    version = Integer()
    sealed = Bytea()


class Meeting(Table, tablename="meeting", db=DATA):
    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()


class Words(msgspec.Struct, frozen=True):
    text: str


LETTER = RecordDeclaration(
    table=Letter,
    content=Words,
    subject="subject_id",
    retention_class="relationship",
    purpose="relationship",
    label="Letters",
)
MEETING = RecordDeclaration(
    table=Meeting, content=Words, subject=None, retention_class="relationship", purpose="relationship", label="Meetings"
)


@pytest.fixture
async def store(crm: Any) -> Any:
    await Letter.create_table()
    await Meeting.create_table()
    return crm


def access_of(actor_id: Any = None, purpose: str = "relationship") -> Access:
    return Access(actor=Actor(id=actor_id or new_id()), purpose=purpose, where="test")


async def write_letter(crm: Any, text: str, subject: Any = None) -> tuple[Any, Any]:
    letter, person = new_id(), subject or new_id()
    await crm.records.insert(LETTER, {"id": letter, "subject_id": person}, Words(text))
    return letter, person


async def test_row_opens_as_written_and_is_not_plain_at_rest(store: Any) -> None:
    letter, _ = await write_letter(store, "Dear Ada")
    rows = await store.records.rows(LETTER, [letter])
    assert b"Ada" not in bytes(rows[0]["sealed"])
    opened = await store.door.open(access_of(), LETTER, rows)
    assert [item.content for item in opened] == [Words("Dear Ada")]


async def test_opening_writes_one_log_entry_for_all_subjects(store: Any) -> None:
    pairs = [await write_letter(store, f"letter {number}") for number in range(3)]
    olga = new_id()
    await store.door.open(access_of(olga), LETTER, await store.records.rows(LETTER, [letter for letter, _ in pairs]))
    await store.door.read_log.move()
    assert len(await store.data.fetch("SELECT id FROM read_entry")) == 1
    for _, person in pairs:
        reads = await store.door.read_log.of(person)
        assert [(read.actor_id, read.purpose, read.place) for read in reads] == [(olga, "relationship", "test")]


async def test_concurrent_openings_are_all_logged(store: Any) -> None:
    letter, person = await write_letter(store, "one")
    rows = await store.records.rows(LETTER, [letter])
    await asyncio.gather(*(store.door.open(access_of(), LETTER, rows) for _ in range(20)))
    assert len(await store.door.read_log.of(person)) == 20


async def test_update_with_old_version_is_refused(store: Any) -> None:
    letter, person = await write_letter(store, "one")
    columns = {"id": letter, "subject_id": person}
    assert await store.records.update(LETTER, columns, Words("two"), seen=1) == 2
    with pytest.raises(VersionConflict) as conflict:
        await store.records.update(LETTER, columns, Words("three"), seen=1)
    assert conflict.value.current == 2
    opened = await store.door.open(access_of(), LETTER, await store.records.rows(LETTER, [letter]))
    assert opened[0].content == Words("two")


async def test_en3_ciphertext_moved_to_another_row_or_subject_does_not_open(store: Any) -> None:
    (one, ada), (two, _) = await write_letter(store, "one"), await write_letter(store, "two")
    rows = await store.records.rows(LETTER, [one, two])
    for moved in (
        {**rows[1], "sealed": rows[0]["sealed"]},
        {**rows[0], "subject_id": new_id()},
        {**rows[0], "id": new_id()},
    ):
        with pytest.raises(SealBroken):
            await store.door.open(access_of(), LETTER, [moved])
    assert rows[0]["subject_id"] == ada


async def test_destroyed_key_hides_row_and_spares_others(store: Any) -> None:
    letter, ada = await write_letter(store, "gone")
    other, _ = await write_letter(store, "stays")
    epoch = await store.keyring.destroy(ada, ["relationship"])
    assert epoch == 2
    opened = await store.door.open(access_of(), LETTER, await store.records.rows(LETTER, [letter, other]))
    assert [item.content for item in opened] == [Words("stays")]


async def test_rotation_keeps_every_row_readable(store: Any) -> None:
    letters = [(await write_letter(store, str(number)))[0] for number in range(5)]
    assert await store.keyring.rotate() == 5
    opened = await store.door.open(access_of(), LETTER, await store.records.rows(LETTER, letters))
    assert [item.content.text for item in opened] == ["0", "1", "2", "3", "4"]


async def test_shared_record_survives_the_erasure_of_one_person(store: Any) -> None:
    ada, mats, meeting = new_id(), new_id(), new_id()
    await store.records.insert(MEETING, {"id": meeting}, Words("budget"), people=[ada, mats])
    rows = await store.records.rows(MEETING, [meeting])
    assert set((await store.door.open(access_of(), MEETING, rows))[0].people) == {ada, mats}
    await store.keyring.destroy(ada, ["relationship"])
    opened = await store.door.open(access_of(), MEETING, rows)
    assert [(item.content, item.people) for item in opened] == [(Words("budget"), (mats,))]
    await store.keyring.destroy(mats, ["relationship"])
    assert await store.door.open(access_of(), MEETING, rows) == []


async def test_restricted_subject_is_hidden_except_for_rights(store: Any) -> None:
    letter, ada = await write_letter(store, "secret")
    rows = await store.records.rows(LETTER, [letter])
    await store.orders.give("restriction", ada)
    assert await store.door.open(access_of(), LETTER, rows) == []
    assert len(await store.door.open(access_of(purpose="data_subject_rights"), LETTER, rows)) == 1
    await store.orders.lift("restriction", ada)
    assert len(await store.door.open(access_of(), LETTER, rows)) == 1


async def test_objection_closes_one_purpose_only(store: Any) -> None:
    letter, ada = await write_letter(store, "secret")
    rows = await store.records.rows(LETTER, [letter])
    await store.orders.give("objection", ada, purpose="relationship")
    assert await store.door.open(access_of(), LETTER, rows) == []
    assert len(await store.door.open(access_of(purpose="import_export"), LETTER, rows)) == 1


async def test_the_programs_own_opening_is_not_a_read(store: Any) -> None:
    letter, ada = await write_letter(store, "index me")
    await store.door.open(system_access("index"), LETTER, await store.records.rows(LETTER, [letter]))
    assert await store.door.read_log.of(ada) == []


async def test_each_write_appears_in_the_feed_in_order(store: Any) -> None:
    letter, ada = await write_letter(store, "one")
    await store.records.update(LETTER, {"id": letter, "subject_id": ada}, Words("two"), seen=1)
    await store.records.delete(LETTER, letter, [ada])
    changes = [
        (change.record_table, change.record_id, change.subject_id, change.kind) for change in await store.feed.after(0)
    ]
    assert changes == [
        ("letter", letter, ada, "created"),
        ("letter", letter, ada, "written"),
        ("letter", letter, ada, "deleted"),
    ]


async def test_row_that_is_made_and_written_in_one_transaction_was_created(store: Any) -> None:
    async with store.data.transaction():
        letter, ada = await write_letter(store, "one")
        await store.records.update(LETTER, {"id": letter, "subject_id": ada}, Words("two"), seen=1)
    assert [change.kind for change in await store.feed.after(0)] == ["created"]


async def test_failed_transaction_leaves_no_row_and_no_change(store: Any) -> None:
    async def fail() -> None:
        async with store.data.transaction():
            await write_letter(store, "half")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await store.data.fetch("SELECT id FROM letter") == []
    assert await store.feed.head() == 0


async def test_64_writers_on_one_record_lose_nothing(store: Any) -> None:
    letter, ada = await write_letter(store, "0")

    async def add_one() -> None:
        while True:
            opened = await store.door.open(system_access("test"), LETTER, await store.records.rows(LETTER, [letter]))
            row, content = opened[0].row, opened[0].content
            try:
                await store.records.update(
                    LETTER, {"id": letter, "subject_id": ada}, Words(str(int(content.text) + 1)), seen=row["version"]
                )
            except VersionConflict:
                continue
            return

    await asyncio.gather(*(add_one() for _ in range(64)))
    opened = await store.door.open(system_access("test"), LETTER, await store.records.rows(LETTER, [letter]))
    assert (opened[0].content, opened[0].row["version"]) == (Words("64"), 65)
