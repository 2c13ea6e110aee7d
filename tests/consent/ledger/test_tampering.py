"""Whoever writes to the database file is found out: each change, deletion, reordering and truncation is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from confida_consent.ledger.audit import verify_stored
from confida_consent.ledger.commitments import commit_to
from confida_consent.ledger.log import append, checkpoint, record_erasure
from confida_consent.ledger.openers import LedgerOpener
from confida_core.registry import Declared
from tests.consent.ledger.test_log import appended, faults, leaf

pytestmark = pytest.mark.anyio

SMALL = 300


@pytest.fixture
async def ledger(crm: Any) -> Any:
    """300 leaves with three checkpoints: a full tile, a partial one, and one above them."""
    for first, last in ((0, 200), (200, 256), (256, SMALL)):
        await appended(crm, first, last)
        await checkpoint(crm)
    return crm


async def tile(crm: Any, level: int, number: int) -> bytes:
    rows = await crm.data.fetch("SELECT hashes FROM ledger_tile WHERE level = ? AND number = ?", level, number)
    return bytes(rows[0]["hashes"])


async def write_tile(crm: Any, level: int, number: int, hashes: bytes) -> None:
    await crm.data.fetch("UPDATE ledger_tile SET hashes = ? WHERE level = ? AND number = ?", hashes, level, number)


CHANGED_IN_FULL_TILE = ["leaf 7: it was changed"]


@pytest.mark.parametrize(
    ("column", "value"), [("commitment", bytes(32)), ("kind", "other"), ("recorded_at", leaf(8).time), ("kind", "")]
)
async def test_changed_leaf_under_a_full_tile_is_named(ledger: Any, column: str, value: object) -> None:
    await ledger.data.fetch(f"UPDATE ledger_leaf SET {column} = ? WHERE position = 7", value)
    assert await faults(ledger) == CHANGED_IN_FULL_TILE


async def test_changed_leaf_under_the_last_tile_is_named_with_the_checkpoint_it_breaks(ledger: Any) -> None:
    await ledger.data.fetch("UPDATE ledger_leaf SET commitment = ? WHERE position = 299", bytes(32))
    assert await faults(ledger) == [
        "leaf 299: it and its hash in tile 0/1 differ",
        "checkpoint 3: its 300 entries have another root now",
        "head: the checkpoint that the keyring remembers (300 entries) is missing",
    ]


@pytest.mark.parametrize("position", [0, 7, 255, 256, 299])
async def test_deleted_leaf_is_named(ledger: Any, position: int) -> None:
    await ledger.data.fetch("DELETE FROM ledger_leaf WHERE position = ?", position)
    assert await faults(ledger) == [f"leaf {position}: it is missing"]


async def test_leaves_that_changed_places_are_named(ledger: Any) -> None:
    for new, old in ((-1, 7), (7, 9), (9, -1)):
        await ledger.data.fetch("UPDATE ledger_leaf SET position = ? WHERE position = ?", new, old)
    assert await faults(ledger) == ["leaf 7: it was changed", "leaf 9: it was changed"]


async def test_leaf_that_was_added_behind_the_end_is_named(ledger: Any) -> None:
    await ledger.data.fetch("UPDATE ledger_leaf SET position = 5000 WHERE position = 299")
    assert await faults(ledger) == ["leaf 299: it is missing", "leaf 5000: it stands beyond the end of the ledger"]


async def test_leaves_that_were_cut_off_are_named_one_by_one(ledger: Any) -> None:
    await ledger.data.fetch("DELETE FROM ledger_leaf WHERE position >= 298")
    assert await faults(ledger) == ["leaf 298: it is missing", "leaf 299: it is missing"]


async def test_ledger_that_was_cut_off_in_every_table_is_named_by_the_keyring(ledger: Any) -> None:
    for statement in (
        "DELETE FROM ledger_leaf WHERE position >= 256",
        "DELETE FROM ledger_checkpoint WHERE size > 256",
        "DELETE FROM ledger_tile WHERE level = 0 AND number = 1",
        "UPDATE ledger_state SET size = 256",
    ):
        await ledger.data.fetch(statement)
    assert await faults(ledger) == ["head: it was cut off: the keyring remembers 300 entries, 256 are stored"]


async def test_changed_hash_in_a_full_tile_is_named(ledger: Any) -> None:
    hashes = await tile(ledger, 0, 0)
    await write_tile(ledger, 0, 0, hashes[:32] + bytes(32) + hashes[64:])
    assert await faults(ledger) == ["tile 0/0: its hashes are not those of the leaves, which the tree above confirms"]


async def test_changed_hash_in_the_last_tile_is_named(ledger: Any) -> None:
    hashes = await tile(ledger, 0, 1)
    await write_tile(ledger, 0, 1, hashes[:32] + bytes(32) + hashes[64:])
    assert await faults(ledger) == ["leaf 257: it and its hash in tile 0/1 differ"]


async def test_changed_hash_above_is_named(ledger: Any) -> None:
    await write_tile(ledger, 1, 0, bytes(32))
    assert await faults(ledger) == ["tile 1/0: its hashes are not those of the tiles below"]


@pytest.mark.parametrize(("level", "number"), [(0, 0), (0, 1), (1, 0)])
async def test_deleted_tile_is_named(ledger: Any, level: int, number: int) -> None:
    await ledger.data.fetch("DELETE FROM ledger_tile WHERE level = ? AND number = ?", level, number)
    assert await faults(ledger) == [f"tile {level}/{number}: it is missing"]


@pytest.mark.parametrize(("number", "width"), [(0, 255), (1, 43), (1, 0)])
async def test_tile_that_was_cut_off_is_named(ledger: Any, number: int, width: int) -> None:
    await write_tile(ledger, 0, number, (await tile(ledger, 0, number))[: 32 * width])
    assert await faults(ledger) == [f"tile 0/{number}: it is cut off"]


async def test_tiles_that_changed_places_are_named(ledger: Any) -> None:
    first, second = await tile(ledger, 0, 0), await tile(ledger, 0, 1)
    await write_tile(ledger, 0, 0, second)
    await write_tile(ledger, 0, 1, first)
    found = await faults(ledger)
    assert [each for each in found if each.startswith(("tile 0/0", "leaf 256"))] == [
        "tile 0/0: it is cut off",
        "tile 0/0: its hashes are not those of the leaves, which the tree above confirms",
        "leaf 256: it and its hash in tile 0/1 differ",
    ]


async def test_tile_that_is_too_long_is_named(ledger: Any) -> None:
    await write_tile(ledger, 0, 1, (await tile(ledger, 0, 1)) + bytes(32))
    assert await faults(ledger) == ["tile 0/1: it holds more hashes than there are leaves"]


async def test_tile_that_belongs_to_nothing_is_named(ledger: Any) -> None:
    await ledger.data.fetch("UPDATE ledger_tile SET level = 3, id = 12345 WHERE level = 1")
    found = await faults(ledger)
    assert found == ["tile 1/0: it is missing", "tile 3/0: it belongs to no leaf"]


async def test_changed_checkpoint_is_named(ledger: Any) -> None:
    note = (await ledger.data.fetch("SELECT note FROM ledger_checkpoint WHERE number = 2"))[0]["note"]
    await ledger.data.fetch(
        "UPDATE ledger_checkpoint SET note = ? WHERE number = 2", bytes(note).replace(b"\n256\n", b"\n255\n")
    )
    assert await faults(ledger) == ["checkpoint 2: the signature of a known key does not fit the text"]


@pytest.mark.parametrize(("column", "value"), [("size", 255), ("generation", 1)])
async def test_checkpoint_whose_row_was_changed_is_named(ledger: Any, column: str, value: int) -> None:
    await ledger.data.fetch(f"UPDATE ledger_checkpoint SET {column} = ? WHERE number = 2", value)
    assert [each.partition(":")[0] for each in await faults(ledger)] == ["checkpoint 2"]


@pytest.mark.parametrize("number", [1, 2])
async def test_deleted_checkpoint_is_named(ledger: Any, number: int) -> None:
    await ledger.data.fetch("DELETE FROM ledger_checkpoint WHERE number = ?", number)
    assert await faults(ledger) == [f"checkpoint {number}: it is missing"]


async def test_deleted_last_checkpoint_is_named_by_the_keyring(ledger: Any) -> None:
    await ledger.data.fetch("DELETE FROM ledger_checkpoint WHERE number = 3")
    assert await faults(ledger) == ["head: the checkpoint that the keyring remembers (300 entries) is missing"]


async def test_checkpoints_that_changed_places_are_named(ledger: Any) -> None:
    for new, old in ((99, 1), (1, 2), (2, 99)):
        await ledger.data.fetch("UPDATE ledger_checkpoint SET number = ? WHERE number = ?", new, old)
    assert await faults(ledger) == ["checkpoint 2: it is smaller than one before it"]


async def test_state_that_was_set_back_is_named(ledger: Any) -> None:
    await ledger.data.fetch("UPDATE ledger_state SET size = 299")
    found = await faults(ledger)
    assert "head: it was cut off: the keyring remembers 300 entries, 299 are stored" in found
    assert "leaf 299: it stands beyond the end of the ledger" in found


async def test_restore_that_never_was_is_named(ledger: Any) -> None:
    await ledger.data.fetch("UPDATE ledger_state SET generation = 1")
    assert await faults(ledger) == [
        "head: the ledger claims more restores than the keyring knows of",
        "head: a restore is not entered in the ledger",
    ]


class Keeper:
    """Openings as some area would keep them."""

    def __init__(self) -> None:
        self.kept: dict[int, bytes | str] = {}

    async def read(self, crm: Any, first: int, last: int) -> Mapping[int, bytes | str]:
        return {position: said for position, said in self.kept.items() if first <= position < last}


@pytest.fixture
async def keeper(crm: Any, monkeypatch: pytest.MonkeyPatch) -> Keeper:
    """Five leaves of type `note`, whose openings are kept."""
    kept = Keeper()
    opener = LedgerOpener(key="test.notes", label="Notes", kinds=frozenset({"note"}), read=kept.read)
    owner = crm.registry.plugins[0]
    monkeypatch.setattr(crm.registry, "_declared", {"ledger_openers": (Declared(owner, opener),)})
    for number in range(5):
        entry = leaf(number)
        async with crm.data.transaction():
            kept.kept[await append(crm, [entry])] = entry.commitment
    await checkpoint(crm)
    return kept


async def test_openings_that_fit_are_no_fault(crm: Any, keeper: Keeper) -> None:
    report = await verify_stored(crm)
    assert (report.faults, report.unopened) == ([], {})


async def test_changed_opening_is_named(crm: Any, keeper: Keeper) -> None:
    keeper.kept[3] = commit_to(b"{}").value
    keeper.kept[4] = "the purpose in its row is not the one that was logged"
    assert await faults(crm) == [
        "opening 3: it does not open its leaf: it was changed, or belongs to another",
        "opening 4: the purpose in its row is not the one that was logged",
    ]


async def test_deleted_opening_is_named(crm: Any, keeper: Keeper) -> None:
    del keeper.kept[3]
    assert await faults(crm) == ["opening 3: what opens it is missing, and no erasure accounts for that"]


async def test_opening_without_a_leaf_is_named(crm: Any, keeper: Keeper) -> None:
    keeper.kept[5] = keeper.kept[6000] = bytes(32)
    assert await faults(crm) == [
        "opening 5: it stands beyond the end of the ledger",
        "opening 6000: it stands beyond the end of the ledger",
    ]


async def test_opening_that_an_erasure_accounts_for_is_no_fault(crm: Any, keeper: Keeper) -> None:
    del keeper.kept[3]
    await record_erasure(crm, [3])
    assert await faults(crm) == []


async def test_opening_that_outlived_its_erasure_is_named(crm: Any, keeper: Keeper) -> None:
    await record_erasure(crm, [3])
    assert await faults(crm) == ["leaf 3: it is marked as erased, and what opens it is still there"]


async def test_erasure_whose_own_opening_was_deleted_is_named(crm: Any, keeper: Keeper) -> None:
    del keeper.kept[3]
    await record_erasure(crm, [3])
    await crm.data.fetch("DELETE FROM ledger_opening")
    assert await faults(crm) == [
        "opening 5: what opens it is missing, and no erasure accounts for that",
        "erasure: 1 leaves are marked as erased, erasures account for 0",
    ]


async def test_damaged_opening_of_an_erasure_is_named(crm: Any, keeper: Keeper) -> None:
    del keeper.kept[3]
    await record_erasure(crm, [3])
    sealed = (await crm.data.fetch("SELECT sealed FROM ledger_opening"))[0]["sealed"]
    await crm.data.fetch("UPDATE ledger_opening SET sealed = ?", bytes(sealed)[:-1] + bytes([sealed[-1] ^ 1]))
    assert await faults(crm) == [
        "opening 5: it was changed, moved or damaged",
        "erasure: 1 leaves are marked as erased, erasures account for 0",
    ]


async def test_state_that_claims_far_too_much_is_named_in_one_sentence(ledger: Any) -> None:
    await ledger.data.fetch("UPDATE ledger_state SET size = ?", 2**50)
    assert (await faults(ledger))[0] == (
        f"head: the state claims {2**50} entries, the last one stored is number {SMALL}"
    )


# PostgreSQL lets no value of another type into a column.
@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE ledger_leaf SET recorded_at = 'yesterday' WHERE position = 7", ["leaf 7: it was changed"]),
        ("UPDATE ledger_leaf SET commitment = 'words' WHERE position = 7", ["leaf 7: it was changed"]),
        ("UPDATE ledger_leaf SET kind = x'00' WHERE position = 7", ["leaf 7: it was changed"]),
        (
            "UPDATE ledger_tile SET hashes = 'words' WHERE level = 1",
            ["tile 1/0: its hashes are not those of the tiles below"],
        ),
        (
            "UPDATE ledger_checkpoint SET note = 'words' WHERE number = 2",
            ["checkpoint 2: the note has no signature lines of the right form"],
        ),
        ("UPDATE ledger_checkpoint SET size = 'many' WHERE number = 2", ["checkpoint 2: it cannot be read"]),
    ],
)
async def test_value_of_another_type_is_named(ledger: Any, statement: str, named: list[str]) -> None:
    await ledger.data.fetch(statement)
    assert await faults(ledger) == named
