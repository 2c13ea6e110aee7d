"""Proofs that leave the house."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from confida_consent.ledger.verify import PROOF_HEADER, SALT_BYTES


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where a leaf stands, in a tree of which size, the hashes up to its root, and the signed checkpoint over it."""

    index: int
    size: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes


def tlog_proof(inclusion: Inclusion, salt: bytes, payload: bytes) -> bytes:
    """A C2SP `.tlog-proof` whose `extra` opens the commitment: salt, then payload. It holds the payload in the clear."""
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has 32 bytes")
    lines = [PROOF_HEADER, f"extra {base64.b64encode(salt + payload).decode()}", f"index {inclusion.index}"]
    lines += [base64.b64encode(digest).decode() for digest in inclusion.hashes]
    return "\n".join(lines).encode() + b"\n\n" + inclusion.checkpoint
