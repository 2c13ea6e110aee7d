"""Keys: made once, shared between processes, destroyed for good, also for whoever kept an old copy of the data."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from confida_core.ids import new_id
from confida_core.vault.keks import BUCKETS, bucket_of
from confida_core.vault.keyring import Keyring
from confida_core.vault.orders import StandingOrders

pytestmark = pytest.mark.anyio


@pytest.fixture
async def other_process(crm: Any) -> Keyring:
    """A second keyring object on the same store, with caches of its own."""
    keyring = Keyring(crm.keyring.database, crm.keyring._root)
    await keyring.prepare()
    return keyring


async def test_two_processes_get_the_same_key(crm: Any, other_process: Keyring) -> None:
    ada = new_id()
    mine, theirs = await asyncio.gather(
        crm.keyring.current(ada, "relationship"), other_process.current(ada, "relationship")
    )
    assert mine.row.id == theirs.row.id


async def test_classes_have_keys_of_their_own(crm: Any) -> None:
    ada = new_id()
    ids = {(await crm.keyring.current(ada, name)).row.id for name in ("relationship", "evidence", "bookkeeping")}
    assert len(ids) == 3


async def test_destroying_one_class_keeps_the_other(crm: Any) -> None:
    ada = new_id()
    gone = (await crm.keyring.current(ada, "relationship")).row.id
    kept = (await crm.keyring.current(ada, "bookkeeping")).row.id
    await crm.keyring.destroy(ada, ["relationship"])
    await crm.keyring.load([gone, kept])
    assert (crm.keyring.cached(gone), crm.keyring.cached(kept) is not None) == (None, True)


async def test_destroyed_key_is_forgotten_by_the_other_process(crm: Any, other_process: Keyring) -> None:
    ada = new_id()
    key_id = (await other_process.current(ada, "relationship")).row.id
    await crm.keyring.destroy(ada, ["relationship"])
    await other_process.refresh()
    assert other_process.cached(key_id) is None
    await other_process.load([key_id])
    assert other_process.cached(key_id) is None


async def test_en6_old_wrapped_key_is_worthless_after_the_epoch_rolled(crm: Any) -> None:
    ada = new_id()
    await crm.keyring.current(ada, "relationship")
    stolen = (await crm.keyring.database.fetch("SELECT * FROM dek WHERE subject_id = ?", ada))[0]
    await crm.keyring.destroy(ada, ["relationship"])
    assert (stolen["bucket"], stolen["epoch"]) not in crm.keyring._keks
    epochs = await crm.keyring.database.fetch("SELECT epoch FROM kek WHERE bucket = ?", bucket_of(ada))
    assert [row["epoch"] for row in epochs] == [2]


async def test_key_made_while_another_process_rolls_the_epoch_is_not_lost(crm: Any, other_process: Keyring) -> None:
    ada, ben = new_id(), new_id()
    ben = type(ben)(bytes=ben.bytes[:-1] + ada.bytes[-1:])
    await crm.keyring.current(ada, "relationship")
    await crm.keyring.destroy(ada, ["relationship"])
    made = await other_process.current(ben, "relationship")
    await crm.keyring.load([made.row.id])
    assert crm.keyring.cached(made.row.id) is not None


async def test_rotation_leaves_one_epoch_per_bucket(crm: Any) -> None:
    await crm.keyring.rotate()
    rows = await crm.keyring.database.fetch("SELECT bucket, epoch FROM kek ORDER BY bucket")
    assert [(row["bucket"], row["epoch"]) for row in rows] == [(bucket, 2) for bucket in range(BUCKETS)]


async def test_named_key_is_the_same_for_everyone_and_differs_by_name(crm: Any, other_process: Keyring) -> None:
    assert await crm.keyring.named("index") == await other_process.named("index")
    assert await crm.keyring.named("index") != await crm.keyring.named("ledger")


async def test_standing_order_reaches_the_other_process(crm: Any, other_process: Keyring) -> None:
    ada, theirs = new_id(), StandingOrders(other_process)
    await theirs.refresh()
    await crm.orders.give("withdrawal", ada, purpose="newsletter", channel="email")
    await theirs.refresh()
    assert [(order.kind, order.purpose, order.channel) for order in theirs.of(ada)] == [
        ("withdrawal", "newsletter", "email")
    ]
    assert not theirs.forbids(ada, "newsletter")


async def test_full_cache_hides_nobody(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [new_id() for _ in range(7)]
    keys = [(await crm.keyring.current(person, "relationship")).row.id for person in people]
    monkeypatch.setattr("confida_core.vault.keyring.CACHE_LIMIT", 3)
    assert set(await crm.keyring.load(keys)) == set(keys)
    await crm.keyring.ensure(people, "relationship")
    assert [(await crm.keyring.current(person, "relationship")).row.id for person in people] == keys


async def test_key_wrapped_anew_by_another_process_still_opens(crm: Any, other_process: Keyring) -> None:
    ada, ben = new_id(), new_id()
    ben = type(ben)(bytes=ben.bytes[:-1] + ada.bytes[-1:])
    made = (await other_process.current(ada, "relationship")).row.id
    await crm.keyring.current(ben, "relationship")
    await other_process.destroy(ben, ["relationship"])
    # This process has not looked since: the KEK under which Ada's key now stands is unknown to it.
    assert (await crm.keyring.current(ada, "relationship")).row.id == made
    assert set(await crm.keyring.load([made])) == {made}
