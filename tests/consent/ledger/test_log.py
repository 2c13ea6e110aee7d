"""The stored log on both engines: positions, tiles, checkpoints and proofs."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from confida_consent.ledger.audit import verify_stored
from confida_consent.ledger.checkpoints import open_checkpoint, parse_verifier_key
from confida_consent.ledger.commitments import LeafEntry
from confida_consent.ledger.heads import HEAD, RESTORES
from confida_consent.ledger.log import (
    LedgerBroken,
    NoSuchLeaf,
    append,
    checkpoint,
    inclusion,
    record_erasure,
    verifier_key,
    verifier_keys,
)
from confida_consent.ledger.tree import check_inclusion, leaf_hash, root_of
from confida_core.installation import open_installation
from confida_core.storage.engine import DATA
from tests.conftest import own_registry

pytestmark = pytest.mark.anyio

# Computed once with another implementation of the tree, from the leaves as they are described below.
GOLDEN_ROOT = "8237fd05b5b9aa734c28812c2ffef36eb15bba3bc87633b34fbcfd86811086a0"
START = datetime(2026, 11, 22, 3, tzinfo=UTC)


def leaf(number: int, kind: str = "note") -> LeafEntry:
    """A leaf that only its number determines."""
    return LeafEntry(kind, START + timedelta(microseconds=number), hashlib.sha256(b"%d" % number).digest())


def leaves(first: int, last: int) -> list[LeafEntry]:
    return [leaf(number) for number in range(first, last)]


async def appended(crm: Any, first: int, last: int) -> int:
    async with crm.data.transaction():
        return await append(crm, leaves(first, last))


async def signed(crm: Any) -> tuple[int, bytes]:
    opened = open_checkpoint(await checkpoint(crm), [parse_verifier_key(await verifier_key(crm))])
    return opened.size, opened.root


def expected_root(size: int) -> bytes:
    return root_of([leaf_hash(each.encoded()) for each in leaves(0, size)])


async def faults(crm: Any) -> list[str]:
    return [str(fault) for fault in (await verify_stored(crm)).faults]


def test_leaf_is_hashed_as_canonical_json_of_four_members() -> None:
    commitment = "X+zrZv/IbzjZUnhsbWlsecLbwjndTpG0ZynXOif7V+k="
    assert leaf(0).encoded().decode() == (
        f'{{"commitment":"{commitment}","time":"2026-11-22T03:00:00.000000Z","type":"note","v":1}}'
    )


async def test_root_of_a_thousand_leaves_is_the_known_one_whatever_the_batches(crm: Any) -> None:
    firsts = []
    for first, last in ((0, 1), (1, 255), (255, 256), (256, 257), (257, 513), (513, 1000)):
        firsts.append(await appended(crm, first, last))
    assert (firsts, await signed(crm)) == ([0, 1, 255, 256, 257, 513], (1000, expected_root(1000)))
    assert expected_root(1000).hex() == GOLDEN_ROOT


async def test_checkpoint_is_not_signed_twice_for_the_same_leaves(crm: Any) -> None:
    await appended(crm, 0, 3)
    first, second = await checkpoint(crm), await checkpoint(crm)
    rows = await crm.data.fetch("SELECT number, size FROM ledger_checkpoint")
    assert (first, rows) == (second, [{"number": 1, "size": 3}])


async def test_checkpoint_is_remembered_beside_the_keys(crm: Any) -> None:
    await appended(crm, 0, 3)
    await checkpoint(crm)
    number, text = await crm.keyring.remembered(HEAD)
    root = base64.b64encode(expected_root(3)).decode()
    assert (number, text) == (3, f'{{"generation":0,"root":"{root}","size":3}}')


async def test_every_leaf_is_proven_under_one_checkpoint(crm: Any) -> None:
    await appended(crm, 0, 700)
    key = parse_verifier_key(await verifier_key(crm))
    for position in (0, 1, 254, 255, 256, 511, 512, 698, 699):
        shown = await inclusion(crm, position)
        root = open_checkpoint(shown.checkpoint, [key]).root
        check_inclusion(position, 700, leaf_hash(leaf(position).encoded()), shown.hashes, root)


async def test_leaf_that_came_after_the_checkpoint_is_signed_when_its_proof_is_asked_for(crm: Any) -> None:
    await appended(crm, 0, 3)
    await checkpoint(crm)
    await appended(crm, 3, 5)
    assert ((await inclusion(crm, 2)).size, (await inclusion(crm, 4)).size) == (3, 5)


@pytest.mark.parametrize("position", [-1, 3, 2**40])
async def test_proof_of_a_leaf_that_does_not_exist_is_refused(crm: Any, position: int) -> None:
    await appended(crm, 0, 3)
    with pytest.raises(NoSuchLeaf):
        await inclusion(crm, position)


async def test_leaf_outside_a_transaction_is_refused(crm: Any) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        await append(crm, [leaf(0)])


@pytest.mark.parametrize("kind", ["", "Note", 'no"te', "x" * 21])
async def test_malformed_leaf_leaves_nothing_behind(crm: Any, kind: str) -> None:
    with pytest.raises(ValueError, match="a leaf is"):
        async with crm.data.transaction():
            await append(crm, [leaf(0), leaf(1, kind)])
    assert await signed(crm) == (0, expected_root(0))


async def test_transaction_that_fails_leaves_no_gap(crm: Any) -> None:
    await appended(crm, 0, 2)

    async def failing() -> None:
        async with crm.data.transaction():
            await append(crm, leaves(2, 300))
            raise KeyError

    with pytest.raises(KeyError):
        await failing()
    assert (await appended(crm, 2, 4), await signed(crm)) == (2, (4, expected_root(4)))


async def test_ten_thousand_leaves_are_appended_in_less_than_five_seconds(crm: Any) -> None:
    began = time.process_time()
    await appended(crm, 0, 10_000)
    took = time.process_time() - began
    assert (await signed(crm), took < 5) == ((10_000, expected_root(10_000)), True)


async def test_sixteen_who_append_at_once_get_positions_without_gaps(crm: Any) -> None:
    taken: dict[int, LeafEntry] = {}

    async def one(number: int) -> None:
        for turn in range(6):
            mine = [leaf(1000 * number + 10 * turn + each) for each in range(1 + (number + turn) % 4)]
            async with crm.data.transaction():
                first = await append(crm, mine)
            taken.update({first + at: each for at, each in enumerate(mine)})
            await checkpoint(crm)

    await asyncio.gather(*(one(number) for number in range(16)))
    size = len(taken)
    root = root_of([leaf_hash(taken[position].encoded()) for position in range(size)])
    assert (sorted(taken), await signed(crm)) == (list(range(size)), (size, root))
    assert await faults(crm) == []


async def test_two_processes_that_append_at_once_get_positions_without_gaps(crm: Any, settings: Any) -> None:
    """Two installations over the same stores share no lock but those of the database."""
    taken: list[tuple[int, bytes]] = []

    async def one(mine: Any, number: int) -> None:
        entry = leaf(number)
        async with mine.data.transaction():
            first = await append(mine, [entry])
        taken.append((first, leaf_hash(entry.encoded())))
        await checkpoint(mine)

    async with open_installation(settings, own_registry()) as other:
        await asyncio.gather(
            *(one(mine, number * 2 + at) for number in range(20) for at, mine in enumerate((crm, other)))
        )
        DATA.bind(crm.data)
        root = root_of([digest for _, digest in sorted(taken)])
        assert ([at for at, _ in sorted(taken)], await signed(crm)) == (list(range(40)), (40, root))
        assert await faults(crm) == []


async def test_audit_of_an_untouched_ledger_finds_nothing(crm: Any) -> None:
    for first, last in ((0, 1), (1, 300), (300, 5000)):
        await appended(crm, first, last)
        await checkpoint(crm)
    await appended(crm, 5000, 5100)
    steps: list[tuple[int, int]] = []
    report = await verify_stored(crm, lambda done, of: steps.append((done, of)))
    assert (report.faults, report.size, report.signed, report.checkpoints) == ([], 5100, 5000, 3)
    assert (steps, report.unopened) == ([(4096, 5100), (5100, 5100)], {"note": 5100})


async def test_audit_of_an_empty_ledger_finds_nothing(crm: Any) -> None:
    assert await faults(crm) == []
    await checkpoint(crm)
    assert await faults(crm) == []


async def test_checkpoint_after_a_leaf_was_changed_is_not_signed(crm: Any) -> None:
    await appended(crm, 0, 300)
    await checkpoint(crm)
    tile = (await crm.data.fetch("SELECT hashes FROM ledger_tile WHERE level = 0 AND number = 1"))[0]["hashes"]
    await crm.data.fetch("UPDATE ledger_tile SET hashes = ? WHERE level = 0 AND number = 1", bytes(32) + tile[32:])
    await appended(crm, 300, 301)
    with pytest.raises(LedgerBroken):
        await checkpoint(crm)
    assert len(await crm.data.fetch("SELECT number FROM ledger_checkpoint")) == 1


async def test_checkpoint_over_fewer_leaves_than_the_keyring_remembers_is_not_signed(crm: Any) -> None:
    await appended(crm, 0, 3)
    await checkpoint(crm)
    for statement in ("DELETE FROM ledger_checkpoint", "DELETE FROM ledger_tile", "DELETE FROM ledger_leaf"):
        await crm.data.fetch(statement)
    await crm.data.fetch("UPDATE ledger_state SET size = 0")
    await appended(crm, 0, 2)
    with pytest.raises(LedgerBroken, match="3 entries were signed, and only 2 are left"):
        await checkpoint(crm)
    assert await faults(crm) == ["head: it was cut off: the keyring remembers 3 entries, 2 are stored"]


async def cut_back(crm: Any, size: int) -> None:
    """What a backup made at this size, below 256 leaves, would bring back."""
    await crm.data.fetch("DELETE FROM ledger_leaf WHERE position >= ?", size)
    await crm.data.fetch("DELETE FROM ledger_checkpoint WHERE size > ?", size)
    tile = (await crm.data.fetch("SELECT hashes FROM ledger_tile WHERE level = 0"))[0]["hashes"]
    await crm.data.fetch("UPDATE ledger_tile SET hashes = ?", tile[: 32 * size])
    await crm.data.fetch("UPDATE ledger_state SET size = ?", size)


async def test_restore_of_an_older_backup_begins_a_new_log_that_names_the_lost_one(crm: Any) -> None:
    await appended(crm, 0, 2)
    await checkpoint(crm)
    await appended(crm, 2, 5)
    await checkpoint(crm)
    old_key = await verifier_key(crm)
    await cut_back(crm, 2)
    await crm.keyring.remember(RESTORES, 1, "")
    assert await faults(crm) == []
    assert (await appended(crm, 2, 3), (await signed(crm))[0]) == (3, 4)
    assert (await crm.data.fetch("SELECT kind FROM ledger_leaf WHERE position = 2"))[0]["kind"] == "restore"
    report = await verify_stored(crm)
    assert (report.faults, report.generation, report.signed) == ([], 1, 4)
    new_key = await verifier_key(crm)
    assert new_key.split("+")[0] == old_key.split("+")[0][:-1] + "1"
    assert await verifier_keys(crm) == [new_key, old_key]


async def test_older_data_without_a_restore_are_named(crm: Any) -> None:
    await appended(crm, 0, 2)
    await checkpoint(crm)
    await appended(crm, 2, 5)
    await checkpoint(crm)
    await cut_back(crm, 2)
    assert await faults(crm) == ["head: it was cut off: the keyring remembers 5 entries, 2 are stored"]


async def test_erasure_accounts_for_each_leaf_once(crm: Any) -> None:
    await appended(crm, 0, 5)
    counts = [await record_erasure(crm, [1, 3]), await record_erasure(crm, [3, 4]), await record_erasure(crm, [1])]
    await checkpoint(crm)
    report = await verify_stored(crm)
    assert (counts, report.faults, report.erased, report.kinds) == ([2, 1, 0], [], 3, {"note": 5, "erasure": 2})


async def test_mark_that_no_erasure_accounts_for_is_named(crm: Any) -> None:
    await appended(crm, 0, 5)
    await record_erasure(crm, [1])
    await crm.data.fetch("UPDATE ledger_leaf SET erased = ? WHERE position = 2", True)
    assert await faults(crm) == ["erasure: 2 leaves are marked as erased, erasures account for 1"]
