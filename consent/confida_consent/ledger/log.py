"""The stored log: appending leaves, signing how far it has come, and proving that a leaf is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from confida_consent.ledger.canonical import canonical
from confida_consent.ledger.checkpoints import Checkpoint, Refused, sign_checkpoint
from confida_consent.ledger.commitments import LeafEntry, commit_to, instant
from confida_consent.ledger.content import Opening
from confida_consent.ledger.heads import (
    HEAD,
    Head,
    State,
    StoredCheckpoint,
    lock_state,
    newest_checkpoint,
    remembered_head,
    restores_of,
    signer_of,
    state_of,
    verifier_key,
)
from confida_consent.ledger.proofs import Inclusion, tlog_proof
from confida_consent.ledger.records import LEDGER_OPENING
from confida_consent.ledger.tiles import LedgerBroken, extend_tiles, tiles_for
from confida_consent.ledger.tree import (
    check_consistency,
    check_inclusion,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
)
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.batches import batches

INSERT_LEAF = "INSERT INTO ledger_leaf (position, kind, recorded_at, commitment, erased) VALUES (?, ?, ?, ?, ?)"


class NoSuchLeaf(LookupError):
    """The ledger has no entry at this position."""


async def append(crm: Installation, entries: Sequence[LeafEntry]) -> int:
    """Append leaves within the caller's transaction; returns the position of the first, the others follow it.

    Until that transaction ends nobody else appends, so that positions have no gaps: call it late. Raises RuntimeError
    outside a transaction, ValueError for a malformed leaf, LedgerBroken.
    """
    if crm.data.current() is None:
        raise RuntimeError("a leaf belongs to the transaction of what it stands for")
    encoded = [entry.encoded() for entry in entries]
    state = await _follow_restores(crm, await lock_state(crm))
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
    state = await _follow_restores(crm, await lock_state(crm))
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


async def _follow_restores(crm: Installation, state: State) -> State:
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


# Signing


async def checkpoint(crm: Installation) -> bytes:
    """The signed checkpoint over every leaf, made if the newest does not cover them all; remembered beside the keys.

    Call it after the commit. Raises LedgerBroken instead of signing what contradicts an earlier checkpoint.
    """
    found = await _covering(crm)
    if found is None:
        async with crm.data.transaction():
            state = await _follow_restores(crm, await lock_state(crm))
            found = await _covering(crm) or await _sign(crm, state)
    note, head = found
    kept = await crm.keyring.remembered(HEAD)
    if kept is None or kept[0] < head.number:
        await crm.keyring.remember(HEAD, head.number, head.encoded())
    return note


async def _covering(crm: Installation) -> tuple[bytes, Head] | None:
    """The newest checkpoint and what it says, if no leaf came after it and nothing was restored."""
    state, newest = await state_of(crm), await newest_checkpoint(crm)
    if newest is None or (newest.size, newest.generation) != (state.size, state.generation):
        return None
    if await restores_of(crm) > state.generation:
        return None
    opened = await _opened(crm, newest)
    return newest.note, Head(state.generation, opened.size, opened.root)


async def _opened(crm: Installation, stored: StoredCheckpoint) -> Checkpoint:
    return stored.opened((await signer_of(crm, stored.generation)).key)


async def _sign(crm: Installation, state: State) -> tuple[bytes, Head]:
    root = (await tiles_for(crm.data, [(0, state.size)])).root(state.size)
    newest, head = await newest_checkpoint(crm), await remembered_head(crm)
    if newest is not None:
        before = await _opened(crm, newest)
        await _require_consistent(crm, before.size, before.root, state.size, root)
    if head is not None and head.generation > state.generation:
        raise LedgerBroken("the keyring remembers a later ledger than this one")
    if head is not None and head.generation == state.generation:
        await _require_consistent(crm, head.size, head.root, state.size, root)
    note = sign_checkpoint(await signer_of(crm, state.generation), state.size, root)
    await crm.data.fetch(
        "INSERT INTO ledger_checkpoint (number, generation, size, note) VALUES (?, ?, ?, ?)",
        newest.number + 1 if newest else 1, state.generation, state.size, note,
    )  # fmt: skip
    return note, Head(state.generation, state.size, root)


async def _require_consistent(crm: Installation, old: int, old_root: bytes, new: int, new_root: bytes) -> None:
    if old == 0:
        return
    if old > new:
        raise LedgerBroken(f"{old} entries were signed, and only {new} are left")
    spans = consistency_spans(old, new)
    try:
        check_consistency(old, new, old_root, new_root, (await tiles_for(crm.data, spans)).hashes(spans))
    except Refused as error:
        raise LedgerBroken(f"the ledger contradicts what was signed at {old} entries: {error}") from None


# Proving


async def inclusion(crm: Installation, position: int) -> Inclusion:
    """Proof that a leaf is under the newest checkpoint, checked before it is handed out. Raises NoSuchLeaf, LedgerBroken."""
    newest = await newest_checkpoint(crm)
    if newest is None or newest.size <= position or await restores_of(crm) > newest.generation:
        if not 0 <= position < (await state_of(crm)).size:
            raise NoSuchLeaf(position)
        await checkpoint(crm)
        newest = await newest_checkpoint(crm)
    leaf = await _leaf(crm, position)
    if newest is None or leaf is None or position < 0:
        raise NoSuchLeaf(position)
    spans = inclusion_spans(position, newest.size)
    hashes = (await tiles_for(crm.data, spans)).hashes(spans)
    signed = await _opened(crm, newest)
    try:
        check_inclusion(position, signed.size, leaf_hash(leaf.encoded()), hashes, signed.root)
    except Refused as error:
        raise LedgerBroken(f"entry {position}: {error}") from None
    return Inclusion(position, signed.size, tuple(hashes), newest.note)


async def _leaf(crm: Installation, position: int) -> LeafEntry | None:
    rows = await crm.data.fetch("SELECT kind, recorded_at, commitment FROM ledger_leaf WHERE position = ?", position)
    if not rows:
        return None
    return LeafEntry(rows[0]["kind"], rows[0]["recorded_at"], bytes(rows[0]["commitment"]))


__all__ = [
    "Inclusion",
    "LeafEntry",
    "LedgerBroken",
    "NoSuchLeaf",
    "append",
    "append_erasure",
    "append_own",
    "checkpoint",
    "inclusion",
    "mark_erased",
    "record_erasure",
    "tlog_proof",
    "verifier_key",
]
