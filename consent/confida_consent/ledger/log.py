"""The stored log: what is appended is signed, and proven. Appending itself is in `leaves`."""

from __future__ import annotations

from confida_consent.ledger.checkpoints import Checkpoint, Refused, sign_checkpoint
from confida_consent.ledger.commitments import LeafEntry
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
from confida_consent.ledger.leaves import (
    append,
    append_erasure,
    append_own,
    follow_restores,
    mark_erased,
    record_erasure,
)
from confida_consent.ledger.proofs import Inclusion, tlog_proof
from confida_consent.ledger.tiles import LedgerBroken, tiles_for
from confida_consent.ledger.tree import (
    check_consistency,
    check_inclusion,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
)
from confida_core.installation import Installation


class NoSuchLeaf(LookupError):
    """The ledger has no entry at this position."""


async def checkpoint(crm: Installation) -> bytes:
    """The signed checkpoint over every leaf, made if the newest does not cover them all; remembered beside the keys.

    Call it after the commit. Raises LedgerBroken instead of signing what contradicts an earlier checkpoint.
    """
    found = await _covering(crm)
    if found is None:
        async with crm.data.transaction():
            state = await follow_restores(crm, await lock_state(crm))
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
