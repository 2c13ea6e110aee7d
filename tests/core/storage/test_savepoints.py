"""What a part of a transaction asked for, and then took back, must not happen after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.ids import new_id
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.storage.database import DatabaseError
from confida_core.storage.sealed_files import delete_files, keep_files, path_of, receive_file
from confida_core.vault.access import Access, Actor

pytestmark = pytest.mark.anyio


async def one_piece() -> AsyncIterator[bytes]:
    yield b"minutes"


async def stored_file(crm: Any) -> Any:
    file = await receive_file(crm, "minutes.txt", one_piece())
    await keep_files(crm, [file], owner_id=new_id(), people=[], permission="interactions.read")
    return file


async def take_back(crm: Any, file_id: Any) -> None:
    async with crm.data.transaction():
        await delete_files(crm, [file_id])
        raise LookupError


async def test_bytes_stay_when_their_removal_was_taken_back(crm: Any) -> None:
    file = await stored_file(crm)
    async with crm.data.transaction():
        with pytest.raises(LookupError):
            await take_back(crm, file.id)
    rows = await crm.data.fetch("SELECT id FROM sealed_file WHERE id = ?", file.id)
    assert (len(rows), path_of(crm, file.id).exists()) == (1, True)


async def test_feed_holds_nothing_of_what_was_taken_back(crm: Any) -> None:
    kept, taken_back = new_id(), new_id()

    async def fail() -> None:
        async with crm.data.transaction():
            crm.feed.append("contact", taken_back, taken_back, "deleted")
            raise LookupError

    before = await crm.feed.head()
    async with crm.data.transaction():
        with pytest.raises(LookupError):
            await fail()
        crm.feed.append("contact", kept, kept)
    assert [change.record_id for change in await crm.feed.after(before)] == [kept]


async def test_what_follows_a_commit_happens_though_the_caller_was_cancelled(crm: Any) -> None:
    file = await stored_file(crm)
    commit, entered, go_on = crm.data._commit, asyncio.Event(), asyncio.Event()

    async def slow(transaction: Any) -> None:
        entered.set()
        await go_on.wait()
        await commit(transaction)

    crm.data._commit = slow
    task = asyncio.create_task(delete_files(crm, [file.id]))
    await entered.wait()
    task.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    del crm.data._commit
    assert path_of(crm, file.id).exists() is False


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_statement_after_the_engine_gave_up_the_transaction_is_refused(crm: Any) -> None:
    """On a full disk SQLite may roll back by itself; whoever catches that must not go on in single commits."""

    async def go_on() -> None:
        async with crm.data.transaction():
            await crm.data.fetch("ROLLBACK")
            await crm.data.fetch("DELETE FROM contact")

    with pytest.raises(DatabaseError, match="rolled back"):
        await go_on()


async def test_stored_file_keeps_its_bytes_though_its_writer_was_cancelled_during_the_commit(crm: Any) -> None:
    olga = Actor(id=new_id(), permissions=frozenset(crm.registry.permissions))
    access = Access(actor=olga, purpose="relationship", where="test", deferred=True)
    ada = await create_contact(crm, access, ContactKind.PERSON, ContactContent(display_name="Ada"))
    file = await receive_file(crm, "minutes.txt", one_piece())
    commit, entered, go_on = crm.data._commit, asyncio.Event(), asyncio.Event()

    async def slow(transaction: Any) -> None:
        entered.set()
        await go_on.wait()
        await commit(transaction)

    crm.data._commit = slow
    draft = InteractionDraft(kind="note", subject="Minutes", people=(ada,))
    task = asyncio.create_task(log_interaction(crm, access, draft, [file]))
    await entered.wait()
    task.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    del crm.data._commit
    rows = await crm.data.fetch("SELECT id FROM sealed_file WHERE id = ?", file.id)
    assert (len(rows), path_of(crm, file.id).exists()) == (1, True)
