"""The part of the audit that goes from leaves over tiles to the root at each size that was signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from confida_consent.ledger.report import LedgerReport
from confida_consent.ledger.tiles import FULL, TileKey, hashes_in
from confida_consent.ledger.tree import Frontier, root_of
from confida_consent.ledger.verify import TILE_WIDTH

NOTHING = bytes(32)


class TreeAudit:
    """Fed with the computed hashes of leaves, a tile at a time; compares every stored tile on the way up."""

    def __init__(self, report: LedgerReport) -> None:
        self.report = report
        self.frontier = Frontier()
        self.roots: dict[int, bytes] = {}
        self.above: list[list[bytes]] = []

    def leaves(
        self, computed: Sequence[bytes | None], stored: bytes | None, parent: bytes | None, sizes: Sequence[int]
    ) -> None:
        """One tile of level 0. computed: None for a leaf without a row. sizes: at which the root is wanted."""
        number = self.frontier.size // TILE_WIDTH
        hashes = self._settled(number, computed, stored, parent)
        if len(hashes) == TILE_WIDTH and not [size for size in sizes if size < self.frontier.size + TILE_WIDTH]:
            root = root_of(hashes)
            self.frontier.push(root, 8)
        else:
            for digest in hashes:
                self.frontier.push(digest)
                if self.frontier.size in sizes:
                    self.roots[self.frontier.size] = self.frontier.root()
            root = root_of(hashes)
        if self.frontier.size in sizes:
            self.roots[self.frontier.size] = self.frontier.root()
        if len(hashes) == TILE_WIDTH:
            self._add(0, root)

    def _settled(
        self, number: int, computed: Sequence[bytes | None], stored: bytes | None, parent: bytes | None
    ) -> list[bytes]:
        """The hashes to go on with: those that the tree above agrees with, if leaves and tile differ."""
        kept = hashes_in(stored or b"")[: len(computed)]
        if computed == kept:
            return kept
        first, place = number * TILE_WIDTH, f"0/{number}"
        if len(kept) < len(computed):
            self.report.fault("tile", place, "it is missing" if stored is None else "it is cut off")
        kept += [digest or NOTHING for digest in computed[len(kept) :]]
        whole = [digest or kept[at] for at, digest in enumerate(computed)]
        if stored is None:
            return whole
        fits = parent is not None and root_of(kept) == parent
        if whole != kept and parent is not None and not fits and root_of(whole) == parent:
            self.report.fault("tile", place, "its hashes are not those of the leaves, which the tree above confirms")
            return whole
        for at, digest in enumerate(whole):
            if computed[at] is not None and digest != kept[at]:
                said = "it was changed" if fits else f"it and its hash in tile {place} differ"
                self.report.fault("leaf", first + at, said)
        return kept if fits else whole

    def _add(self, level: int, root: bytes) -> None:
        if len(self.above) == level:
            self.above.append([])
        self.above[level].append(root)

    def finished(self, level: int) -> tuple[TileKey, list[bytes]] | None:
        """A full tile of this level (1 and up) that is due for comparison; it is taken off."""
        if len(self.above) < level or len(self.above[level - 1]) < TILE_WIDTH:
            return None
        return self._take(level)

    def remaining(self, level: int) -> tuple[TileKey, list[bytes]] | None:
        """The partial tile of this level at the end of the ledger."""
        return self._take(level) if len(self.above) >= level and self.above[level - 1] else None

    def _take(self, level: int) -> tuple[TileKey, list[bytes]]:
        hashes, self.above[level - 1] = self.above[level - 1], []
        entries = self.frontier.size >> 8 * level
        return (level, (entries - 1) // TILE_WIDTH), hashes

    def compare(self, key: TileKey, computed: Sequence[bytes], stored: Mapping[TileKey, bytes]) -> None:
        """A tile of level 1 or up with what the levels below give."""
        place, tile = f"{key[0]}/{key[1]}", stored.get(key)
        if tile is None:
            self.report.fault("tile", place, "it is missing")
        elif tile[: len(computed) * 32] != b"".join(computed):
            self.report.fault("tile", place, "its hashes are not those of the tiles below")
        if len(computed) * 32 == FULL:
            self._add(key[0], root_of(computed))
