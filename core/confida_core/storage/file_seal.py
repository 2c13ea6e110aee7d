"""A file sealed in pieces, so that neither writing nor reading it ever holds more than two pieces in memory.

Layout: b"CFS1" | nonce prefix (7 bytes) | pieces of 1 MiB, each with its tag; the last one may be shorter or empty.
Each file has a random key of its own (AES-256-GCM). Nonce: prefix, number of the piece (4 bytes), 1 for the last piece.
So a piece that is moved, repeated, left out, or taken from another file does not open, nor does a file that was cut short
(the construction is STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, 2015).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from confida_core.storage.database import StorageFull, finish
from confida_core.storage.files import sync_folder
from confida_core.vault.sealing import SealBroken, bound_to

MAGIC = b"CFS1"
PREFIX = 7
PIECE = 1 << 20
TAG = 16
SAMPLE = 4096
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class TooLarge(ValueError):
    """The file is larger than what may be stored (413). `limit`: in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__("the file is too large")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Written:
    """What was learnt while writing. sample: the first bytes, from which the type is told."""

    secret: bytes
    size: int
    sha256: str
    sample: bytes


class PieceCipher:
    """Seals and opens the pieces of one file."""

    def __init__(self, file_id: UUID, secret: bytes, prefix: bytes) -> None:
        self._cipher, self._prefix = AESGCM(secret), prefix
        self._place = bound_to(b"sealed file", file_id.bytes, MAGIC + prefix)

    def _nonce(self, number: int, last: bool) -> bytes:
        return self._prefix + number.to_bytes(4, "big") + bytes((last,))

    def _bound(self, number: int) -> bytes:
        return self._place + number.to_bytes(4, "big")

    def seal(self, number: int, plain: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(number, last), plain, self._bound(number))

    def open(self, number: int, sealed: bytes, *, last: bool) -> bytes:
        """Raises SealBroken."""
        try:
            return self._cipher.decrypt(self._nonce(number, last), sealed, self._bound(number))
        except (InvalidTag, ValueError):
            raise SealBroken("a piece of the file was moved, cut off or damaged") from None


class _Writer:
    """The file under its temporary name; every method runs in a thread."""

    def __init__(self, path: Path, file_id: UUID) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.name}.part")
        self.secret, prefix = os.urandom(32), os.urandom(PREFIX)
        self._cipher = PieceCipher(file_id, self.secret, prefix)
        self._number, self.size, self._digest = 0, 0, hashlib.sha256()
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(path.parent.parent)
        handle = os.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._file.write(MAGIC + prefix)

    def write(self, plain: bytes, last: bool) -> None:
        self._digest.update(plain)
        self.size += len(plain)
        self._file.write(self._cipher.seal(self._number, plain, last=last))
        self._number += 1

    def keep(self) -> str:
        """Make it durable under its own name; returns the SHA-256 of the plain bytes."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._temporary, self._path)
        sync_folder(self._path.parent)
        return self._digest.hexdigest()

    def abandon(self) -> None:
        # Flushing the rest may fail on a full disk; the file is removed anyway.
        with contextlib.suppress(OSError):
            self._file.close()
        self._temporary.unlink(missing_ok=True)


async def write_sealed(path: Path, file_id: UUID, pieces: AsyncIterator[bytes], limit: int) -> Written:
    """Seal a stream into `path`; it appears there whole and durable, or not at all.

    limit: bytes of plain text. Raises TooLarge, StorageFull, and whatever the stream raises; nothing is left behind.
    """
    try:
        writer = await finish(asyncio.to_thread(_Writer, path, file_id))
    except OSError as error:
        raise translated(error) from None
    try:
        sample = await _write_pieces(writer, pieces, limit)
        digest = await finish(asyncio.to_thread(writer.keep))
    except BaseException as error:
        await finish(asyncio.to_thread(writer.abandon))
        if isinstance(error, OSError):
            raise translated(error) from None
        raise
    return Written(writer.secret, writer.size, digest, sample)


async def _write_pieces(writer: _Writer, pieces: AsyncIterator[bytes], limit: int) -> bytes:
    waiting, sample, total = bytearray(), b"", 0
    async for piece in pieces:
        total += len(piece)
        if total > limit:
            raise TooLarge(limit)
        if len(sample) < SAMPLE:
            sample += bytes(piece[: SAMPLE - len(sample)])
        waiting += piece
        # Exactly one piece may wait: it is the last one if nothing follows.
        while len(waiting) > PIECE:
            full = bytes(waiting[:PIECE])
            del waiting[:PIECE]
            await finish(asyncio.to_thread(writer.write, full, False))
    await finish(asyncio.to_thread(writer.write, bytes(waiting), True))
    return sample


def translated(error: OSError) -> Exception:
    """StorageFull where the disk is full, so that the web answers 503; the error itself otherwise."""
    return StorageFull("no room left on the disk") if error.errno in NO_ROOM else error


class _Reader:
    """An open file; every method runs in a thread."""

    def __init__(self, path: Path, file_id: UUID, secret: bytes) -> None:
        self._file: BinaryIO = path.open("rb")
        head = self._file.read(len(MAGIC) + PREFIX)
        if len(head) < len(MAGIC) + PREFIX or not head.startswith(MAGIC):
            self._file.close()
            raise SealBroken("not a sealed file of a known version")
        self._cipher = PieceCipher(file_id, secret, head[len(MAGIC) :])
        self._number = 0
        self._ahead = self._file.read(PIECE + TAG)

    def next(self) -> tuple[bytes, bool]:
        """A piece, and whether it was the last."""
        sealed, self._ahead = self._ahead, self._file.read(PIECE + TAG)
        last = not self._ahead
        plain = self._cipher.open(self._number, sealed, last=last)
        self._number += 1
        return plain, last

    def close(self) -> None:
        self._file.close()


async def read_sealed(path: Path, file_id: UUID, secret: bytes) -> AsyncIterator[bytes]:
    """The plain bytes, piece by piece; the file is opened by the first step and closed by the last.

    Raises FileNotFoundError, and SealBroken at the first piece that does not fit; what came before is sound.
    """
    reader = await finish(asyncio.to_thread(_Reader, path, file_id, secret))
    try:
        last = False
        while not last:
            plain, last = await finish(asyncio.to_thread(reader.next))
            yield plain
    finally:
        reader.close()
