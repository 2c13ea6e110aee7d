"""Two processes, or two requests of one, at the keyring at once: whatever comes between must not be missed.

Each test lets something happen right after one reading of the store, where another request may run on either engine.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from confida_core.ids import new_id
from confida_core.vault.keks import bucket_of
from confida_core.vault.keyring import KeyDestroyed, Keyring
from confida_core.vault.keyring_tables import TABLES
from confida_core.vault.orders import StandingOrders

pytestmark = pytest.mark.anyio


@pytest.fixture
async def other_process(crm: Any) -> AsyncIterator[Keyring]:
    """A second keyring on a connection of its own."""
    from confida_core.installation import open_store

    store = await open_store(crm.settings, "keyring", crm.settings.keyring_url, crm.keyring._root)
    keyring = Keyring(store, crm.keyring._root)
    await keyring.prepare()
    yield keyring
    await store.close()


@asynccontextmanager
async def meanwhile(store: Any, beginning: str, happens: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """The next statement that begins so is answered, but its answer arrives after something else has happened."""
    fetch, waiting = store.fetch, [happens]

    async def slow(sql: str, *args: Any) -> Any:
        rows = await fetch(sql, *args)
        if sql.startswith(beginning) and waiting:
            await waiting.pop()()
        return rows

    store.fetch = slow
    try:
        yield
    finally:
        store.fetch = fetch
    assert waiting == []


async def test_key_opens_after_another_process_gave_its_bucket_a_new_epoch(crm: Any, other_process: Keyring) -> None:
    ada = new_id()
    neighbour = next(one for one in iter(new_id, None) if bucket_of(one) == bucket_of(ada))
    key_id = (await other_process.current(ada, "relationship")).row.id
    await other_process.current(neighbour, "relationship")
    await other_process.destroy(neighbour, ["relationship"])
    await crm.keyring.load([key_id])
    assert crm.keyring.cached(key_id) is not None


async def test_key_destroyed_while_it_was_read_is_not_kept(crm: Any, other_process: Keyring) -> None:
    ada = new_id()
    key_id = (await other_process.current(ada, "relationship")).row.id

    async def destroy() -> None:
        await other_process.destroy(ada, ["relationship"])
        await crm.keyring.refresh()

    async with meanwhile(crm.keyring.database, "SELECT * FROM dek", destroy):
        await crm.keyring.load([key_id])
    assert crm.keyring.cached(key_id) is None


async def test_key_is_read_while_another_request_reads_the_new_epochs(crm: Any, other_process: Keyring) -> None:
    ada = new_id()
    key_id = (await other_process.current(ada, "relationship")).row.id
    await other_process.destroy(ada, ["evidence"])
    async with meanwhile(crm.keyring.database, "SELECT bucket, epoch", lambda: crm.keyring.load([key_id])):
        await crm.keyring.refresh()
    assert crm.keyring.cached(key_id) is not None


async def test_nothing_is_sealed_for_somebody_whom_another_process_erased(crm: Any, other_process: Keyring) -> None:
    ada, ben = new_id(), new_id()
    await crm.keyring.current(ada, "relationship")
    await other_process.destroy(ada, ["relationship"])
    with pytest.raises(KeyDestroyed) as refused:
        await crm.keyring.ensure([ada, ben], "relationship")
    assert refused.value.subjects == {ada}
    assert (await crm.keyring.current(ben, "relationship")).subject_id == ben
    assert (await crm.keyring.current(ada, "evidence")).subject_id == ada
    assert await crm.keyring.destroyed([ada, ben], "relationship") == {ada}


async def test_erased_while_a_first_key_is_being_made(crm: Any, other_process: Keyring) -> None:
    """Ada has no key yet; she is erased after this process has looked, and before it makes one."""
    ada = new_id()

    async def erase() -> None:
        await other_process.destroy(ada, ["relationship"])

    async with meanwhile(crm.keyring.database, "SELECT * FROM dek", erase):
        with pytest.raises(KeyDestroyed):
            await crm.keyring.ensure([ada], "relationship")
    assert await crm.keyring.database.fetch("SELECT id FROM dek WHERE subject_id = ?", ada) == []


async def test_what_is_kept_of_an_erased_person_does_not_tell_who_it_was(crm: Any) -> None:
    ada = new_id()
    await crm.keyring.current(ada, "relationship")
    await crm.keyring.destroy(ada, ["relationship"])
    for table in TABLES:
        stored = repr(await crm.keyring.database.fetch(f"SELECT * FROM {table}"))
        assert (table, str(ada) in stored, ada.hex in stored, repr(ada.bytes) in stored) == (table, False, False, False)


async def test_restriction_given_while_orders_were_read_is_obeyed(crm: Any, other_process: Keyring) -> None:
    ada = new_id()
    await crm.orders.give("hold", new_id())

    async def restrict() -> None:
        await StandingOrders(other_process).give("restriction", ada)
        await crm.keyring.refresh()

    await StandingOrders(other_process).give("hold", new_id())
    async with meanwhile(crm.keyring.database, "SELECT * FROM standing_order", restrict):
        await crm.orders.refresh()
    await crm.orders.refresh()
    assert crm.orders.restricted(ada) is True


async def test_slower_of_two_readings_does_not_bring_old_orders_back(crm: Any, other_process: Keyring) -> None:
    ada = new_id()

    async def restrict() -> None:
        await StandingOrders(other_process).give("restriction", ada)
        await crm.orders.refresh()

    await StandingOrders(other_process).give("hold", new_id())
    async with meanwhile(crm.keyring.database, "SELECT * FROM standing_order", restrict):
        await crm.orders.refresh()
    assert crm.orders.restricted(ada) is True


async def test_two_processes_make_the_first_keys_of_a_new_installation_once(crm: Any, other_process: Keyring) -> None:
    for table in TABLES:
        await crm.keyring.database.fetch(f"DROP TABLE {table}")
    await asyncio.gather(crm.keyring.prepare(), other_process.prepare())
    assert crm.keyring.installation_id == other_process.installation_id


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_destroyed_key_does_not_linger_in_the_write_ahead_log(crm: Any) -> None:
    ada = new_id()
    await crm.keyring.current(ada, "relationship")
    log = crm.settings.home / "keyring.db-wal"
    assert log.stat().st_size > 0
    await crm.keyring.destroy(ada, ["relationship"])
    assert log.stat().st_size == 0
