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
    remembered_head,
    restores_of,
    signer_of,
    standing,
    verifier_key,
    verifier_keys,
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
    state, newest = await standing(crm)
    if newest is not None and newest.covers(state) and await restores_of(crm) <= state.generation:
        opened = await _opened(crm, newest)
        await _remember(crm, Head(state.generation, opened.size, opened.root))
        return newest.note
    async with crm.data.transaction():
        state = await follow_restores(crm, await lock_state(crm))
        newest = (await standing(crm))[1]
        before = await _opened(crm, newest) if newest is not None else None
        if newest is not None and before is not None and newest.covers(state):
            note, head = newest.note, Head(state.generation, before.size, before.root)
        else:
            root = await _consistent_root(crm, state, before)
            note, head = await _sign(crm, state, root, newest.number + 1 if newest else 1)
    await _remember(crm, head)
    return note


async def _remember(crm: Installation, head: Head) -> None:
    kept = await crm.keyring.remembered(HEAD)
    if kept is None or kept[0] < head.number:
        await crm.keyring.remember(HEAD, head.number, head.encoded())


async def _opened(crm: Installation, stored: StoredCheckpoint) -> Checkpoint:
    return stored.opened((await signer_of(crm, stored.generation)).key)


async def _sign(crm: Installation, state: State, root: bytes, number: int) -> tuple[bytes, Head]:
    note = sign_checkpoint(await signer_of(crm, state.generation), state.size, root)
    await crm.data.fetch(
        "INSERT INTO ledger_checkpoint (number, generation, size, note) VALUES (?, ?, ?, ?)",
        number, state.generation, state.size, note,
    )  # fmt: skip
    return note, Head(state.generation, state.size, root)


async def _consistent_root(crm: Installation, state: State, before: Checkpoint | None) -> bytes:
    """The root over all leaves, if it contradicts neither the checkpoint before nor what the keyring remembers."""
    head = await remembered_head(crm)
    if head is not None and head.generation > state.generation:
        raise LedgerBroken("the keyring remembers a later ledger than this one")
    known = {(before.size, before.root)} if before else set()
    if head is not None and head.generation == state.generation:
        known.add((head.size, head.root))
    for size, _ in known:
        if size > state.size:
            raise LedgerBroken(f"{size} entries were signed, and only {state.size} are left")
    proofs = {known_head: consistency_spans(known_head[0], state.size) for known_head in known if known_head[0]}
    tiles = await tiles_for(crm.data, [(0, state.size), *(span for spans in proofs.values() for span in spans)])
    root = tiles.root(state.size)
    for (size, old_root), spans in proofs.items():
        try:
            check_consistency(size, state.size, old_root, root, tiles.hashes(spans))
        except Refused as error:
            raise LedgerBroken(f"the ledger contradicts what was signed at {size} entries: {error}") from None
    return root


# Proving


async def inclusion(crm: Installation, position: int) -> Inclusion:
    """Proof that a leaf is under the newest checkpoint, checked before it is handed out. Raises NoSuchLeaf, LedgerBroken."""
    state, newest = await standing(crm)
    leaf = await _leaf(crm, position)
    if leaf is None or not 0 <= position < state.size:
        raise NoSuchLeaf(position)
    if newest is None or newest.size <= position:
        await checkpoint(crm)
        newest = (await standing(crm))[1]
    if newest is None:
        raise LedgerBroken("no checkpoint is stored")
    signed = await _opened(crm, newest)
    spans = inclusion_spans(position, signed.size)
    hashes = (await tiles_for(crm.data, spans)).hashes(spans)
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
    "verifier_keys",
]
