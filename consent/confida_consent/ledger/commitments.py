"""What a leaf says: that something was fixed at this moment, and nothing about what it was (LG-2, LG-3)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime

from confida_consent.ledger.verify import INSTANT, KIND, SALT_BYTES, commitment_of, entry_bytes


@dataclass(frozen=True, slots=True)
class Commitment:
    """salt: keep it sealed beside the payload; without both nobody can tell what value stands for."""

    salt: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class LeafEntry:
    """One leaf to append. kind: its coarse type, lower-case letters. time: aware, kept to the microsecond."""

    kind: str
    time: datetime
    commitment: bytes

    def encoded(self) -> bytes:
        """The bytes that are hashed into the tree. Raises ValueError."""
        if len(self.commitment) != 32 or not KIND.fullmatch(self.kind):
            raise ValueError("a leaf is a word of lower-case letters, a time and 32 bytes")
        return entry_bytes(self.kind, instant(self.time), self.commitment)


def commit_to(payload: bytes) -> Commitment:
    """Bind oneself to a payload under a fresh salt, so that two entries about one person have nothing in common."""
    salt = os.urandom(SALT_BYTES)
    return Commitment(salt, commitment_of(salt, payload))


def instant(time: datetime) -> str:
    """A moment as leaves and payloads write it: RFC 3339, UTC, microseconds. Raises ValueError for a naive time."""
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    # A fifth of what `strftime` takes; an audit writes several million of them.
    return time.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def moment(text: str) -> datetime:
    """Back from `instant`. Raises ValueError."""
    if not INSTANT.fullmatch(text):
        raise ValueError("not a moment")
    return datetime.fromisoformat(text)


__all__ = ["Commitment", "LeafEntry", "commit_to", "commitment_of", "instant", "moment"]
