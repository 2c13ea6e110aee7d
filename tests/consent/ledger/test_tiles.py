"""Tiles hold the same tree as the definition, whatever the batches in which it grew."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from confida_consent.ledger.tiles import TileKey, Tiles, edge_of, grown
from confida_consent.ledger.tree import (
    check_consistency,
    check_inclusion,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    root_of,
)


def hash_of(number: int) -> bytes:
    return leaf_hash(number.to_bytes(4, "big"))


def grow(batches: list[int]) -> tuple[dict[TileKey, bytes], list[bytes]]:
    """The stored tiles and all hashes, after batches of these sizes."""
    stored: dict[TileKey, bytes] = {}
    leaves: list[bytes] = []
    for batch in batches:
        new = [hash_of(len(leaves) + number) for number in range(batch)]
        edge = {key: stored[key] for key in edge_of(len(leaves))}
        stored |= grown(len(leaves), edge, new)
        leaves += new
    return stored, leaves


BATCHES = st.lists(st.sampled_from([1, 2, 3, 7, 100, 255, 256, 257, 300, 513, 1000]), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(BATCHES, st.data())
def test_any_batches_give_the_root_and_the_proofs_of_the_definition(batches: list[int], data: st.DataObject) -> None:
    stored, leaves = grow(batches)
    size, tiles, root = len(leaves), Tiles(stored), root_of(leaves)
    position = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    assert tiles.root(size) == root
    check_inclusion(position, size, leaves[position], tiles.hashes(inclusion_spans(position, size)), root)
    check_consistency(old, size, root_of(leaves[:old]), root, tiles.hashes(consistency_spans(old, size)))
    assert tiles.root(old) == root_of(leaves[:old])


def test_seventy_thousand_leaves_lie_in_the_tiles_that_the_specification_counts() -> None:
    stored, _ = grow([70_000])
    widths = [(key, len(hashes) // 32) for key, hashes in sorted(stored.items()) if len(hashes) < 256 * 32]
    levels = [sum(level == wanted for level, _ in stored) for wanted in range(3)]
    assert (levels, widths) == ([274, 2, 1], [((0, 273), 112), ((1, 1), 17), ((2, 0), 1)])
    assert edge_of(70_000) == dict(widths)
