"""The ledger as files, for auditors: C2SP's layout of tiles and entries, the checkpoint, the key, and the verifier."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

from confida_consent.ledger import verify
from confida_consent.ledger.checkpoints import open_checkpoint, parse_verifier_key
from confida_consent.ledger.commitments import LeafEntry
from confida_consent.ledger.heads import verifier_key
from confida_consent.ledger.log import checkpoint
from confida_consent.ledger.tiles import HASH_BYTES, LedgerBroken, load_tiles
from confida_consent.ledger.verify import TILE_WIDTH, tile_path
from confida_core.installation import Installation


async def export_ledger(crm: Installation, folder: Path, progress: Callable[[int, int], object] | None = None) -> int:
    """Write everything below the newest checkpoint into the folder, which may hold an earlier export; returns the size.

    Nothing in it is personal. What is there already is only ever replaced by the same or by more. Raises LedgerBroken.
    """
    note, key = await checkpoint(crm), await verifier_key(crm)
    size = open_checkpoint(note, [parse_verifier_key(key)]).size
    async for number, entries in _bundles(crm, size):
        write_tile(folder, "entries", number, len(entries), b"".join(entries))
        if progress:
            progress(number * TILE_WIDTH + len(entries), size)
    level = 0
    while size >> 8 * level:
        await _write_level(crm, folder, level, size >> 8 * level)
        level += 1
    write_beside(folder, note, key)
    return size


def write_beside(folder: Path, note: bytes, key: str) -> None:
    """What an auditor needs besides entries and tiles; the checkpoint last, because it promises all the others."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "verifier.key").write_text(key + "\n")
    (folder / "verify.py").write_bytes(Path(verify.__file__).read_bytes())
    (folder / "checkpoint").write_bytes(note)


async def _bundles(crm: Installation, size: int) -> AsyncIterator[tuple[int, list[bytes]]]:
    """The entries in C2SP's bundles: each with its length before it, 256 at a time."""
    for first in range(0, size, TILE_WIDTH):
        rows = await crm.data.fetch(
            "SELECT position, kind, recorded_at, commitment FROM ledger_leaf WHERE position >= ? AND position < ? "
            "ORDER BY position",
            first, min(first + TILE_WIDTH, size),
        )  # fmt: skip
        entries = [LeafEntry(row["kind"], row["recorded_at"], bytes(row["commitment"])).encoded() for row in rows]
        if len(entries) != min(TILE_WIDTH, size - first):
            raise LedgerBroken(f"a leaf after {first} is missing")
        yield first // TILE_WIDTH, [len(entry).to_bytes(2, "big") + entry for entry in entries]


async def _write_level(crm: Installation, folder: Path, level: int, hashes: int) -> None:
    for number in range(-(-hashes // TILE_WIDTH)):
        width = min(TILE_WIDTH, hashes - number * TILE_WIDTH)
        found = (await load_tiles(crm.data, [(level, number)])).get((level, number), b"")
        if len(found) < width * HASH_BYTES:
            raise LedgerBroken(f"tile {level}/{number} is missing or too short")
        write_tile(folder, str(level), number, width, found[: width * HASH_BYTES])


def write_tile(folder: Path, kind: str, number: int, width: int, content: bytes) -> None:
    """A full tile under its number, a partial one under its width."""
    path = folder / "tile" / kind / tile_path(number)
    if width < TILE_WIDTH:
        path = path.with_name(path.name + ".p") / str(width)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
