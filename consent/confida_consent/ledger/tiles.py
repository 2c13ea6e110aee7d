"""The nodes of the tree as they are stored: tiles of 256 hashes (C2SP tlog-tiles).

A tile of level L holds the roots of complete subtrees of 256**L leaves; whatever lies between is hashed when it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from confida_consent.ledger.tree import Node, Span, nodes_of, root_of, span_hash
from confida_consent.ledger.verify import TILE_WIDTH
from confida_core.storage.batches import batches
from confida_core.storage.database import Database

HASH_BYTES = 32
FULL = TILE_WIDTH * HASH_BYTES
TileKey = tuple[int, int]
STORE = (
    "INSERT INTO ledger_tile (id, level, number, hashes) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET hashes = excluded.hashes"
)


class LedgerBroken(Exception):
    """What is stored contradicts itself or what was signed; `confida ledger verify` says where."""


def tile_id(level: int, number: int) -> int:
    return level << 40 | number


def tile_of(level: int, index: int) -> TileKey:
    """The tile that a complete subtree is read from."""
    return level // 8, index << level % 8 >> 8


def stored_bytes(value: object) -> bytes:
    """What a column of bytes holds; SQLite lets whoever writes past us put any other type there."""
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else str(value).encode()


def hashes_in(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


class Tiles:
    """Some tiles, at hand."""

    def __init__(self, found: Mapping[TileKey, bytes]) -> None:
        self._found = found

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree. Raises LedgerBroken if its tile is not there or too short."""
        key, height = tile_of(level, index), level % 8
        first = (index << height) % TILE_WIDTH * HASH_BYTES
        wanted = self._found.get(key, b"")[first : first + (HASH_BYTES << height)]
        if len(wanted) != HASH_BYTES << height:
            raise LedgerBroken(f"tile {key[0]}/{key[1]} is missing or too short")
        return root_of(hashes_in(wanted))

    def hashes(self, spans: Sequence[Span]) -> list[bytes]:
        """One hash for each span."""
        return [span_hash(begin, end, self.node) for begin, end in spans]

    def root(self, size: int) -> bytes:
        return span_hash(0, size, self.node)


async def load_tiles(database: Database, keys: Iterable[TileKey]) -> dict[TileKey, bytes]:
    """These tiles; those that are not stored are absent."""
    found = {}
    for batch in batches(sorted({tile_id(*key) for key in keys})):
        marks = ", ".join("?" * len(batch))
        for row in await database.fetch(f"SELECT level, number, hashes FROM ledger_tile WHERE id IN ({marks})", *batch):
            found[row["level"], row["number"]] = stored_bytes(row["hashes"])
    return found


async def tiles_for(database: Database, spans: Iterable[Span]) -> Tiles:
    """Every tile that these spans need, with one query."""
    return Tiles(await load_tiles(database, {tile_of(*node) for node in nodes_of(spans)}))


def edge_of(size: int) -> dict[TileKey, int]:
    """The partial tiles of a tree of this size, and how many hashes each holds."""
    found, level = {}, 0
    while entries := size >> 8 * level:
        if entries % TILE_WIDTH:
            found[level, entries // TILE_WIDTH] = entries % TILE_WIDTH
        level += 1
    return found


def grown(size: int, edge: Mapping[TileKey, bytes], digests: Sequence[bytes]) -> dict[TileKey, bytes]:
    """Every tile that changes when these leaves follow a tree of this size, whose partial tiles are given."""
    changed: dict[TileKey, bytes] = {}
    level, new = 0, list(digests)
    while new:
        number = size >> 8 * (level + 1)
        hashes, new = edge.get((level, number), b"") + b"".join(new), []
        for at in range(0, len(hashes), FULL):
            tile = changed[level, number] = hashes[at : at + FULL]
            number += 1
            if len(tile) == FULL:
                new.append(root_of(hashes_in(tile)))
        level += 1
    return changed


async def extend_tiles(database: Database, size: int, digests: Sequence[bytes]) -> None:
    """Append hashes of leaves to the tiles of a tree of this size; its state must be locked. Raises LedgerBroken."""
    wanted = edge_of(size)
    edge = await load_tiles(database, wanted)
    for key, width in wanted.items():
        if len(edge.get(key, b"")) != width * HASH_BYTES:
            raise LedgerBroken(f"tile {key[0]}/{key[1]} does not hold {width} hashes")
    changed = grown(size, edge, digests)
    await database.execute_many(STORE, [(tile_id(*key), *key, hashes) for key, hashes in changed.items()])


__all__ = ["LedgerBroken", "Node", "Tiles", "edge_of", "extend_tiles", "grown", "load_tiles", "tiles_for"]
