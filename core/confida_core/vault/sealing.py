"""Authenticated encryption of one row or one key, bound to the place where it belongs.

Layout of everything sealed (privacy.md EN-4):

    b"CF" | version (1 byte) | algorithm (1 byte) | key id (16 bytes) | nonce (12 bytes) | ciphertext and tag

The key is found by the id in the header, never by trial: none of these ciphers commits to its key.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"CF"
VERSION = 1
NONCE = 12
HEADER = 4 + 16 + NONCE
FORMAT = b"confida/sealed/1"


class Algorithm(IntEnum):
    """GCM only under a person's own key; GCM-SIV for wraps and every key that many messages share (EN-2)."""

    AES_256_GCM = 1
    AES_256_GCM_SIV = 2


class SealBroken(Exception):
    """The bytes were not sealed here, under this key, for this place; nothing of them is shown."""


class Cipher(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Key:
    """One 256-bit key and the algorithm it is used with; a key is never used with two."""

    id: bytes
    secret: bytes = field(repr=False)
    algorithm: Algorithm

    @property
    def cipher(self) -> Cipher:
        """Made anew each time, which takes a microsecond: kept, each would hold 2.5 kB, and a process keeps every key."""
        return AESGCM(self.secret) if self.algorithm is Algorithm.AES_256_GCM else AESGCMSIV(self.secret)

    @classmethod
    def own(cls, key_id: UUID | bytes, secret: bytes) -> Key:
        """The key of one person and retention class: AES-256-GCM."""
        return cls(as_bytes(key_id), secret, Algorithm.AES_256_GCM)

    @classmethod
    def shared(cls, key_id: UUID | bytes, secret: bytes) -> Key:
        """A key under which many messages stand, or that wraps keys: AES-256-GCM-SIV."""
        return cls(as_bytes(key_id), secret, Algorithm.AES_256_GCM_SIV)


def as_bytes(key_id: UUID | bytes) -> bytes:
    return key_id.bytes if isinstance(key_id, UUID) else key_id


def bound_to(*parts: bytes) -> bytes:
    """Associated data: a format constant, the count, then length and bytes of each part; no two lists encode alike."""
    encoded = [FORMAT, len(parts).to_bytes(2, "big")]
    for part in parts:
        encoded += (len(part).to_bytes(4, "big"), part)
    return b"".join(encoded)


@lru_cache(maxsize=1024)
def _place(table: str, retention_class: str) -> bytes:
    """The part of the associated data that all rows of a table share, encoded once."""
    return bound_to(table.encode(), retention_class.encode())


def place_of(table: str, row: UUID, subject: UUID | None, retention_class: str, key_id: bytes) -> bytes:
    """Associated data of a row: moved to another table, row, subject, class or key, it no longer opens (EN-3)."""
    who = subject.bytes if subject is not None else bytes(16)
    return b"".join((_place(table, retention_class), row.bytes, who, key_id))


def seal(key: Key, plain: bytes, place: bytes) -> bytes:
    """Header, ciphertext and tag; a fresh random nonce each time."""
    nonce = os.urandom(NONCE)
    head = b"".join((MAGIC, bytes((VERSION, key.algorithm)), key.id, nonce))
    return head + key.cipher.encrypt(nonce, plain, place)


def key_id_of(sealed: bytes) -> bytes:
    """The id of the key that opens this. Raises SealBroken for bytes that were not sealed here."""
    if len(sealed) < HEADER + 16 or sealed[:2] != MAGIC or sealed[2] != VERSION:
        raise SealBroken("not a sealed value of a known version")
    return bytes(sealed[4:20])


def open_sealed(key: Key, sealed: bytes, place: bytes) -> bytes:
    """The plain bytes. Raises SealBroken if key, place or a single bit differ."""
    if key_id_of(sealed) != key.id or sealed[3] != key.algorithm:
        raise SealBroken("sealed under another key or algorithm")
    try:
        return key.cipher.decrypt(bytes(sealed[20:HEADER]), bytes(sealed[HEADER:]), place)
    except InvalidTag:
        raise SealBroken("the seal does not fit this place or was damaged") from None


def derived(secret: bytes, label: str) -> bytes:
    """32 bytes for one use, by HKDF-SHA256 with its own label (EN-1); never two uses of one label."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"confida/1/" + label.encode()).derive(secret)
