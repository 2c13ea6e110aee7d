"""The audit of the stored ledger: every leaf, tile, checkpoint and opening, and the head that the keyring remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from confida_consent.ledger.commitments import LeafEntry, commitment_of
from confida_consent.ledger.heads import (
    Head,
    State,
    lock_state,
    remembered_head,
    restores_of,
    state_of,
)
from confida_consent.ledger.openers import OWN_KINDS, LedgerOpener, own_openings
from confida_consent.ledger.report import Fault, LedgerReport
from confida_consent.ledger.signed_sizes import SignedSizes
from confida_consent.ledger.stored_tree import TreeAudit
from confida_consent.ledger.tiles import TileKey, edge_of, load_tiles, stored_bytes
from confida_consent.ledger.tree import leaf_hash
from confida_consent.ledger.verify import TILE_WIDTH
from confida_core.installation import Installation
from confida_core.storage.database import DatabaseError, Row

LEAVES = "SELECT position, kind, recorded_at, commitment, erased FROM ledger_leaf WHERE position >= ? AND position < ?"
UNREADABLE: Row = {"kind": "", "recorded_at": None, "commitment": b"", "erased": False}
STEP = 16 * TILE_WIDTH
BEYOND = 2**62
Progress = Callable[[int, int], object]


async def verify_stored(crm: Installation, progress: Progress | None = None) -> LedgerReport:
    """Recompute everything that is stored and name every fault; the program may go on writing meanwhile.

    progress: called with the leaves done and all leaves. Personal content is opened by the keepers of the openings, as the
    program itself. Memory does not grow with the ledger.
    """
    audit = Audit(crm)
    await audit.run(progress or (lambda done, of: None))
    return audit.report


class Audit:
    """One walk over the ledger."""

    def __init__(self, crm: Installation) -> None:
        self.crm = crm
        self.report = LedgerReport()
        self.tree = TreeAudit(self.report)
        self.openers: list[LedgerOpener] = crm.registry.all("ledger_openers")
        self.accounted = 0
        self.restores: list[int] = []

    async def run(self, progress: Progress) -> None:
        head = await remembered_head(self.crm)
        state = await self._plausible(await state_of(self.crm))
        signed = SignedSizes(self.crm, self.report)
        while self.report.size < state.size:
            last = min(self.report.size + STEP, state.size)
            await self._step(self.report.size, last, signed)
            self.report.size = last
            progress(last, state.size)
        await self._upper_tiles(state.size)
        await signed.finish(state.size)
        await self._head(head, state, signed)
        await self._rest(state)

    async def _plausible(self, state: State) -> State:
        """As it says, unless it claims far more than is there: what is missing at the end is named in one sentence."""
        rows = await self.crm.data.fetch("SELECT coalesce(max(position), -1) + 1 AS leaves FROM ledger_leaf")
        if state.size <= rows[0]["leaves"] + STEP:
            return state
        sentence = f"the state claims {state.size} entries, the last one stored is number {rows[0]['leaves']}"
        self.report.fault("head", "", sentence)
        return State(rows[0]["leaves"], state.generation)

    async def _step(self, first: int, last: int, signed: SignedSizes) -> None:
        """These leaves, their tiles, and their openings."""
        rows = await self._rows(first, last)
        numbers = range(first // TILE_WIDTH, -(-last // TILE_WIDTH))
        tiles = await load_tiles(
            self.crm.data, [(0, each) for each in numbers] + [(1, each // TILE_WIDTH) for each in numbers]
        )
        for number in numbers:
            begin, end = number * TILE_WIDTH, min((number + 1) * TILE_WIDTH, last)
            computed = [self._hash(at, rows.get(at)) for at in range(begin, end)]
            sizes = await signed.within(begin, end)
            self.tree.leaves(computed, tiles.get((0, number)), parent_of(tiles, number), sizes)
            signed.compare(self.tree.roots)
            await self._full_tiles()
        await self._openings(first, last, rows)

    async def _rows(self, first: int, last: int) -> dict[int, Row]:
        """One by one if they cannot be read together, so that the damaged one is named."""
        try:
            return {row["position"]: row for row in await self.crm.data.fetch(LEAVES, first, last)}
        except (DatabaseError, ValueError):
            if last - first == 1:
                return {first: UNREADABLE}
        middle = (first + last) // 2
        return {**await self._rows(first, middle), **await self._rows(middle, last)}

    def _hash(self, position: int, row: Row | None) -> bytes | None:
        if row is None:
            self.report.fault("leaf", position, "it is missing")
            return None
        try:
            return leaf_hash(LeafEntry(row["kind"], row["recorded_at"], stored_bytes(row["commitment"])).encoded())
        except (ValueError, TypeError, AttributeError):
            return leaf_hash(b"")

    async def _full_tiles(self) -> None:
        level = 1
        while (full := self.tree.finished(level)) is not None:
            self.tree.compare(*full, await load_tiles(self.crm.data, [full[0]]))
            level += 1

    async def _upper_tiles(self, size: int) -> None:
        """The partial tiles at the right edge, and tiles that should not be there."""
        for level in range(1, len(self.tree.above) + 1):
            if (partial := self.tree.remaining(level)) is not None:
                self.tree.compare(*partial, await load_tiles(self.crm.data, [partial[0]]))
        stored = await self.crm.data.fetch(
            "SELECT level, max(number) AS number, count(*) AS tiles FROM ledger_tile GROUP BY level ORDER BY level"
        )
        if (await state_of(self.crm)).size != size:
            return
        for row in stored:
            tiles = -(-(size >> 8 * row["level"]) // TILE_WIDTH)
            if row["tiles"] > tiles or row["number"] >= tiles:
                self.report.fault("tile", f"{row['level']}/{row['number']}", "it belongs to no leaf")
        edge = edge_of(size)
        for (level, number), hashes in (await load_tiles(self.crm.data, edge)).items():
            if len(hashes) > 32 * edge[level, number]:
                self.report.fault("tile", f"{level}/{number}", "it holds more hashes than there are leaves")

    async def _openings(self, first: int, last: int, rows: Mapping[int, Row]) -> None:
        given: dict[int, bytes | str] = {}
        for opener in self.openers:
            given.update(await opener.read(self.crm, first, last))
        given.update(await self._own(first, last))
        kinds = OWN_KINDS.union(*(opener.kinds for opener in self.openers))
        absent = []
        for position, row in rows.items():
            self.report.kinds[row["kind"]] += 1
            said = given.pop(position, None)
            if said is not None:
                self._compare(position, row, said)
            elif row["kind"] not in kinds:
                self.report.unopened[row["kind"]] += 1
            elif not row["erased"]:
                absent.append(position)
        await self._absent(absent)
        for position in given:
            self.report.fault("opening", position, "it belongs to no leaf")

    def _compare(self, position: int, row: Row, said: bytes | str) -> None:
        if isinstance(said, str):
            self.report.fault("opening", position, said)
        elif said != stored_bytes(row["commitment"]):
            self.report.fault("opening", position, "it does not open its leaf: it was changed, or belongs to another")
        elif row["erased"]:
            self.report.fault("leaf", position, "it is marked as erased, and what opens it is still there")

    async def _own(self, first: int, last: int) -> dict[int, bytes | str]:
        found: dict[int, bytes | str] = {}
        for position, opening in (await own_openings(self.crm, first, last)).items():
            if opening is None:
                found[position] = "it was changed, moved or damaged"
                continue
            found[position] = commitment_of(opening.salt, opening.payload)
            self._account(msgspec.json.decode(opening.payload))
        return found

    def _account(self, facts: dict[str, Any]) -> None:
        if facts["type"] == "erasure":
            self.accounted += facts["count"]
        elif facts["type"] == "restore":
            self.restores.append(facts["generation"])

    async def _absent(self, positions: Sequence[int]) -> None:
        """No opening and no mark, unless somebody was erased since the rows were read."""
        for position in positions:
            rows = await self.crm.data.fetch("SELECT erased FROM ledger_leaf WHERE position = ?", position)
            if not rows or not rows[0]["erased"]:
                self.report.fault("opening", position, "what opens it is missing, and no erasure accounts for that")

    async def _head(self, head: Head | None, state: State, signed: SignedSizes) -> None:
        restores = await restores_of(self.crm)
        self.report.generation, self.report.checkpoints, self.report.signed = (
            state.generation,
            signed.count,
            signed.good,
        )
        if state.generation > restores:
            self.report.fault("head", "", "the ledger claims more restores than the keyring knows of")
        if head is None:
            if signed.count and not restores:
                self.report.fault("head", "", "checkpoints are stored, and the keyring remembers none")
            return
        if head.generation < state.generation and state.generation not in self.restores:
            self.report.fault("head", "", "a restore is not entered in the ledger")
        if head.generation != state.generation or restores > state.generation:
            # After a restore what was lost is entered with the next leaf.
            return
        if head.size > state.size:
            sentence = f"it was cut off: the keyring remembers {head.size} entries, {state.size} are stored"
            self.report.fault("head", "", sentence)
        elif (head.generation, head.size, head.root) not in signed.recent:
            self.report.fault("head", "", f"the checkpoint that the keyring remembers ({head.size} entries) is missing")

    async def _rest(self, state: State) -> None:
        """What came meanwhile, briefly under the lock; and what must not be there at all."""
        async with self.crm.data.transaction():
            now = await lock_state(self.crm)
            await self._own(state.size, now.size)
            marked = await self.crm.data.fetch("SELECT count(*) AS leaves FROM ledger_leaf WHERE erased = ?", True)
            beyond = await self.crm.data.fetch(
                "SELECT position FROM ledger_leaf WHERE position >= ? OR position < 0 ORDER BY position LIMIT 100",
                now.size,
            )
        self.report.erased = marked[0]["leaves"]
        if self.report.erased != self.accounted:
            sentence = f"{self.report.erased} leaves are marked as erased, erasures account for {self.accounted}"
            self.report.fault("erasure", "", sentence)
        for row in beyond:
            self.report.fault("leaf", row["position"], "it stands beyond the end of the ledger")
        for opener in self.openers:
            for position in await opener.read(self.crm, (await state_of(self.crm)).size, BEYOND):
                self.report.fault("opening", position, "it stands beyond the end of the ledger")


def parent_of(tiles: Mapping[TileKey, bytes], number: int) -> bytes | None:
    """The root of a tile of level 0, as the level above holds it; None if that does not reach so far."""
    at = number % TILE_WIDTH * 32
    return tiles.get((1, number // TILE_WIDTH), b"")[at : at + 32] or None


__all__ = ["Fault", "LedgerReport", "verify_stored"]
