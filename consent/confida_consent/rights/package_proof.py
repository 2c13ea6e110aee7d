"""What shows that an answer is ours and was entered in the ledger: the signed manifest and the proof."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from confida_consent.ledger.canonical import canonical
from confida_consent.ledger.checkpoints import sign_note
from confida_consent.ledger.commitments import instant
from confida_consent.ledger.heads import signer_of, state_of
from confida_consent.ledger.leaves import append_own
from confida_consent.ledger.log import checkpoint, inclusion, tlog_proof
from confida_consent.ledger.openers import own_openings
from confida_consent.ledger.tiles import LedgerBroken
from confida_consent.ledger.verify import ANSWER_NOTE
from confida_consent.rights.package_archive import Entry
from confida_core.installation import Installation

KIND_OF_LEAF = "request"


@dataclass(frozen=True, slots=True)
class Proven:
    """manifest, note, proof: the files as they are. sha256: of the manifest, hex. position: of the leaf."""

    manifest: bytes
    note: bytes
    proof: bytes
    sha256: str
    position: int


def manifest_of(reference: str, made_at: datetime, entries: Sequence[Entry]) -> bytes:
    """Canonical JSON that names every file with its hash."""
    files = [{"path": one.path, "sha256": one.sha256, "size": one.size} for one in entries]
    return canonical(
        {"format": "confida-answer/1", "reference": reference, "made_at": instant(made_at), "files": files}
    )


async def prove(crm: Installation, reference: str, manifest: bytes) -> Proven:
    """Sign the manifest, enter its hash in the ledger, and prove that. The leaf names no person and no file."""
    digest = hashlib.sha256(manifest).hexdigest()
    async with crm.data.transaction():
        position = await append_own(crm, KIND_OF_LEAF, {"manifest_sha256": digest, "reference": reference})
    await checkpoint(crm)
    opening = (await own_openings(crm, position, position + 1)).get(position)
    if opening is None:
        raise LedgerBroken(f"what opens entry {position} is missing")
    proof = tlog_proof(await inclusion(crm, position), opening.salt, opening.payload)
    signer = await signer_of(crm, (await state_of(crm)).generation)
    note = sign_note(f"{ANSWER_NOTE}\n{reference}\n{digest}\n", signer)
    return Proven(manifest, note, proof, digest, position)
