"""Appending to the stored log: leaves, the entries of the ledger about itself, erasures, and what follows a restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from confida_consent.ledger.canonical import canonical
from confida_consent.ledger.commitments import LeafEntry, commit_to, instant
from confida_consent.ledger.content import Opening
from confida_consent.ledger.heads import State, lock_state, remembered_head, restores_of
from confida_consent.ledger.records import LEDGER_OPENING
from confida_consent.ledger.tiles import extend_tiles
from confida_consent.ledger.tree import leaf_hash
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.batches import batches

INSERT_LEAF = "INSERT INTO ledger_leaf (position, kind, recorded_at, commitment, erased) VALUES (?, ?, ?, ?, ?)"


async def append(crm: Installation, entries: Sequence[LeafEntry]) -> int:
    """Append leaves within the caller's transaction; returns the position of the first, the others follow it.

    Until that transaction ends nobody else appends, so that positions have no gaps: call it late. Raises RuntimeError
    outside a transaction, ValueError for a malformed leaf, LedgerBroken.
    """
    if crm.data.current() is None:
        raise RuntimeError("a leaf belongs to the transaction of what it stands for")
    encoded = [entry.encoded() for entry in entries]
    state = await follow_restores(crm, await lock_state(crm))
    await _write(crm, state, entries, encoded)
    return state.size


async def _write(crm: Installation, state: State, entries: Sequence[LeafEntry], encoded: Sequence[bytes]) -> None:
    if not entries:
        return
    await crm.data.execute_many(
        INSERT_LEAF,
        [
            (state.size + number, entry.kind, entry.time, entry.commitment, False)
            for number, entry in enumerate(entries)
        ],
    )
    await extend_tiles(crm.data, state.size, [leaf_hash(each) for each in encoded])
    await crm.data.fetch("UPDATE ledger_state SET size = ? WHERE id = 1", state.size + len(entries))


async def append_own(crm: Installation, kind: str, facts: Mapping[str, Any]) -> int:
    """Append a leaf about the ledger itself and keep its opening, sealed under the installation's own key.

    facts: nothing personal; canonical JSON must be able to hold them. Returns the position.
    """
    state = await follow_restores(crm, await lock_state(crm))
    return await _write_own(crm, state, kind, facts)


async def _write_own(crm: Installation, state: State, kind: str, facts: Mapping[str, Any]) -> int:
    time = now()
    payload = canonical({**facts, "type": kind, "recorded_at": instant(time), "v": 1})
    commitment = commit_to(payload)
    entry = LeafEntry(kind, time, commitment.value)
    await _write(crm, state, [entry], [entry.encoded()])
    columns = {"id": new_id(), "position": state.size}
    await crm.records.insert(LEDGER_OPENING, columns, Opening(commitment.salt, payload))
    return state.size


async def follow_restores(crm: Installation, state: State) -> State:
    """After a restore a new log begins: it goes on from what the backup held, and commits to the head of the lost one."""
    restores = await restores_of(crm)
    if restores <= state.generation:
        return state
    await crm.data.fetch("UPDATE ledger_state SET generation = ? WHERE id = 1", restores)
    begun, lost = State(state.size, restores), await remembered_head(crm)
    if lost is None and state.size == 0:
        return begun
    facts = {"generation": restores, "kept": state.size, "lost": lost and lost.facts()}
    await _write_own(crm, begun, "restore", facts)
    return State(state.size + 1, restores)


# Erasing


async def mark_erased(crm: Installation, positions: Sequence[int]) -> int:
    """Note that nothing opens these leaves any more; returns for how many that is new."""
    found = 0
    for batch in batches(sorted(set(positions))):
        marks = ", ".join("?" * len(batch))
        found += len(
            await crm.data.fetch(
                f"UPDATE ledger_leaf SET erased = ? WHERE position IN ({marks}) AND erased = ? RETURNING position",
                True, *batch, False,
            )
        )  # fmt: skip
    return found


async def append_erasure(crm: Installation, count: int, facts: Mapping[str, Any] | None = None) -> int:
    """The entry that accounts for so many leaves marked as erased, in the same transaction; returns its position."""
    return await append_own(crm, "erasure", {**(facts or {}), "count": count})


async def record_erasure(crm: Installation, positions: Sequence[int], facts: Mapping[str, Any] | None = None) -> int:
    """Both in one: mark the leaves, and account for those that were not marked yet; returns how many these were."""
    async with crm.data.transaction():
        count = await mark_erased(crm, positions)
        if count:
            await append_erasure(crm, count, facts)
    return count
