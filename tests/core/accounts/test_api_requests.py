"""Idempotency keys: carried out once, whatever comes between."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.accounts.api_requests import (
    InvalidKey,
    KeyReused,
    Made,
    Repeated,
    StillRunning,
    hold,
    make_once,
    mark,
    remove_old_requests,
)
from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.ids import new_id
from confida_core.vault.access import SYSTEM, Access
from tests.cases import in_one_installation

pytestmark = pytest.mark.anyio

TOKEN, ADA = UUID(int=7), ContactContent(display_name="Ada Lovelace")
ASKED = Repeated(token_id=TOKEN, key="8e03978e-40d5-43dd-bc93-6894a57f9324", content=b'POST /api/v1/contacts {"a":1}')


class Work:
    """Makes one contact each time it is called."""

    def __init__(self, crm: Any) -> None:
        self.crm, self.made = crm, list[UUID]()

    async def __call__(self) -> UUID:
        access = Access(actor=SYSTEM, purpose="relationship", where="test")
        self.made.append(await create_contact(self.crm, access, ContactKind.PERSON, ADA))
        return self.made[-1]


async def count(crm: Any, table: str) -> int:
    return int((await crm.data.fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def test_same_key_makes_one_thing(crm: Any) -> None:
    work = Work(crm)
    first, second = await make_once(crm, ASKED, work), await make_once(crm, ASKED, work)
    assert (first, second) == (Made(work.made[0], repeated=False), Made(work.made[0], repeated=True))
    assert await count(crm, "contact") == 1


async def test_same_key_with_another_body_is_refused(crm: Any) -> None:
    work = Work(crm)
    await make_once(crm, ASKED, work)
    with pytest.raises(KeyReused):
        await make_once(crm, Repeated(token_id=TOKEN, key=ASKED.key, content=b"another"), work)
    assert await count(crm, "contact") == 1


async def test_each_token_has_its_own_keys(crm: Any) -> None:
    work = Work(crm)
    await make_once(crm, ASKED, work)
    other = await make_once(crm, Repeated(token_id=new_id(), key=ASKED.key, content=b"another"), work)
    assert other == Made(work.made[1], repeated=False)


async def test_of_ten_at_once_one_is_carried_out_and_the_others_are_told(crm: Any) -> None:
    work = Work(crm)
    answers = await asyncio.gather(*(make_once(crm, ASKED, work) for _ in range(10)), return_exceptions=True)
    assert [type(answer) for answer in answers].count(Made) == 1
    assert [type(answer) for answer in answers].count(StillRunning) == 9
    assert await count(crm, "contact") == 1
    assert (await make_once(crm, ASKED, work)).repeated is True


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_key_that_another_process_is_at_is_refused(crm: Any) -> None:
    """SQLite has one writer: there the second waits and is given the result of the first."""
    held, done = asyncio.Event(), asyncio.Event()

    async def other_process() -> None:
        async with crm.data.transaction():
            await hold(crm, mark(crm, TOKEN.bytes + ASKED.key.encode()))
            held.set()
            await done.wait()

    other = asyncio.create_task(other_process())
    await held.wait()
    with pytest.raises(StillRunning):
        await make_once(crm, ASKED, Work(crm))
    done.set()
    await other
    assert (await make_once(crm, ASKED, Work(crm))).repeated is False


async def test_work_that_fails_leaves_nothing_and_frees_its_key(crm: Any) -> None:
    work = Work(crm)

    async def broken() -> UUID:
        await work()
        raise ValueError("after the write")

    with pytest.raises(ValueError, match="after the write"):
        await make_once(crm, ASKED, broken)
    assert (await count(crm, "contact"), await count(crm, "api_request")) == (0, 0)
    assert (await make_once(crm, ASKED, work)).repeated is False


async def test_key_is_forgotten_after_a_day(crm: Any) -> None:
    work = Work(crm)
    await make_once(crm, ASKED, work)
    await crm.data.fetch("UPDATE api_request SET at = ?", now() - timedelta(hours=23))
    assert await remove_old_requests(crm) == 0
    await crm.data.fetch("UPDATE api_request SET at = ?", now() - timedelta(hours=25))
    assert (await make_once(crm, ASKED, work)).repeated is False
    await crm.data.fetch("UPDATE api_request SET at = ?", now() - timedelta(hours=25))
    assert await remove_old_requests(crm) == 1


@in_one_installation("key", ["", " ", "a ", " a", "a" * 256, "ümlaut", "a\nb", "\x00"])
async def test_unusable_key_is_refused(crm: Any, key: str) -> None:
    work = Work(crm)
    with pytest.raises(InvalidKey):
        await make_once(crm, Repeated(token_id=TOKEN, key=key, content=b""), work)
    assert work.made == []


async def test_nothing_of_the_request_is_stored(crm: Any) -> None:
    await make_once(crm, ASKED, Work(crm))
    row = (await crm.data.fetch("SELECT * FROM api_request"))[0]
    stored = b" ".join(bytes(value) if isinstance(value, bytes) else str(value).encode() for value in row.values())
    assert [part in stored for part in (ASKED.key.encode(), ASKED.content)] == [False, False]
