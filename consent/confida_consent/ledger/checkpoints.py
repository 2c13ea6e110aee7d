"""Signing what `verify` checks: C2SP signed notes and checkpoints."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from confida_consent.ledger.verify import (
    ED25519,
    Checkpoint,
    Refused,
    VerifierKey,
    is_key_name,
    key_id,
    open_checkpoint,
    open_note,
    parse_verifier_key,
)


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key under a name without spaces and plus signs."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def from_secret(cls, name: str, secret: bytes) -> Signer:
        """secret: 32 bytes. Raises ValueError."""
        if not is_key_name(name):
            raise ValueError("a key's name holds neither spaces nor plus signs")
        return cls(name, Ed25519PrivateKey.from_private_bytes(secret))

    @property
    def key(self) -> VerifierKey:
        public = self.private.public_key().public_bytes_raw()
        return VerifierKey(self.name, key_id(self.name, public), public)

    @property
    def verifier_key(self) -> str:
        """In the form that others are given: `name+hex id+base64`."""
        name, identifier, public = self.key
        return f"{name}+{identifier.hex()}+{base64.b64encode(ED25519 + public).decode()}"

    def signature_line(self, text: str) -> str:
        signature = base64.b64encode(self.key.id + self.private.sign(text.encode())).decode()
        return f"\u2014 {self.name} {signature}\n"


def sign_note(text: str, *signers: Signer) -> bytes:
    """A signed note. Raises ValueError for a text that no verifier would accept."""
    if not text.endswith("\n") or any(letter < " " and letter != "\n" for letter in text):
        raise ValueError("a note ends with a newline and holds no other control characters")
    return (text + "\n" + "".join(signer.signature_line(text) for signer in signers)).encode()


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Three lines, and none besides: what auditors cannot check is not signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"


def sign_checkpoint(signer: Signer, size: int, root: bytes) -> bytes:
    """The note of the log whose key this is."""
    return sign_note(checkpoint_text(Checkpoint(signer.name, size, root)), signer)


__all__ = [
    "Checkpoint",
    "Refused",
    "Signer",
    "VerifierKey",
    "checkpoint_text",
    "open_checkpoint",
    "open_note",
    "parse_verifier_key",
    "sign_checkpoint",
    "sign_note",
]
