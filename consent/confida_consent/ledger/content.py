"""What is sealed for the ledger."""

from __future__ import annotations

from msgspec import Struct


class Opening(Struct, frozen=True):
    """Opens one commitment. salt: 32 random bytes. payload: canonical JSON (RFC 8785)."""

    salt: bytes
    payload: bytes
