"""Entries of the read log on their way into a SQLite database: sealed, appended to a file, and synced to the disk.

A commit in the database itself would empty the page cache of every reader in every process, so that each page view would
decrypt all its pages anew; and processes would wait for each other. So each process appends to files of its own, and moves
what they hold into the database some seconds later. What a killed process left behind, any other one moves.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from confida_core.storage.database import Busy, StorageFull
from confida_core.storage.files import sync_folder
from confida_core.vault.sealing import Key, SealBroken, bound_to, open_sealed, seal

Entry = tuple[UUID, datetime, UUID, str, str, bytes]
SUFFIX = ".reads"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Entry]).decode


class JournalFile:
    """One file, locked as long as its process lives."""

    def __init__(self, folder: Path, key: Key) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.path, self._key, self._size, self._count = folder / f"{secrets.token_hex(8)}{SUFFIX}", key, 0, 0
        self.entries: list[Entry] = []
        self._torn = False
        self._handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        # Whoever comes upon the empty file before it is locked may take it for one that was left behind.
        if not locked(self._handle) or not self.path.exists():
            os.close(self._handle)
            raise Busy("the read log's file was taken away")
        sync_folder(folder)

    def append(self, entries: Sequence[Entry]) -> None:
        """Durable when it returns. Raises StorageFull; then nothing of it stays."""
        sealed = seal(self._key, _encode(entries), place_of(self.path, self._count))
        frame = len(sealed).to_bytes(4, "big") + sealed
        try:
            if self._torn:
                self._cut_off()
            self._torn = True
            if os.write(self._handle, frame) < len(frame):
                raise OSError("the disk took a part only")
            os.fdatasync(self._handle)
        except OSError:
            # Where even this fails it is tried again first: behind a torn frame nothing would be found after a crash.
            with contextlib.suppress(OSError):
                self._cut_off()
            raise StorageFull("no room left on the disk") from None
        self._torn = False
        self._size += len(frame)
        self._count += 1
        self.entries += entries

    def _cut_off(self) -> None:
        os.ftruncate(self._handle, self._size)
        self._torn = False

    def remove(self) -> None:
        """After everything in it is in the database."""
        self.path.unlink(missing_ok=True)
        os.close(self._handle)


def locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def place_of(path: Path, number: int) -> bytes:
    """Associated data: a frame belongs to its place in its file."""
    return bound_to(b"read journal", path.name.encode(), number.to_bytes(8, "big"))


def entries_in(path: Path, key: Key) -> tuple[list[Entry], bool]:
    """Everything that was durable, and whether all of it could be read; [] if the file is gone.

    Ends at the first frame that does not open: the last one, if a crash left it incomplete, else one that was damaged.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], True
    found: list[Entry] = []
    end = 0
    for number, frame in enumerate(frames(content)):
        end += 4 + len(frame)
        try:
            found += _decode(open_sealed(key, frame, place_of(path, number)))
        except SealBroken:
            return found, end >= len(content) and len(frame) < int.from_bytes(
                content[end - 4 - len(frame) :][:4], "big"
            )
    return found, True


def frames(content: bytes) -> Iterator[bytes]:
    place = 0
    while place + 4 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        yield content[place + 4 : place + 4 + length]
        place += 4 + length


class ReadJournal:
    """The files of one installation on this machine. Not for several threads at once."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._folder, self._key = folder, Key.shared(b"confida-readings", secret)
        self._current: JournalFile | None = None
        self._own: set[Path] = set()

    def append(self, entries: Sequence[Entry]) -> None:
        """Durable when it returns. Raises StorageFull, Busy."""
        if self._current is None:
            try:
                self._current = JournalFile(self._folder, self._key)
            except OSError:
                raise StorageFull("no room left on the disk") from None
            self._own.add(self._current.path)
        self._current.append(entries)

    def rotate(self) -> JournalFile | None:
        """The file until now; what comes next goes into a new one. To be forgotten once its entries are elsewhere."""
        done, self._current = self._current, None
        return done

    def forget(self, file: JournalFile) -> None:
        file.remove()
        self._own.discard(file.path)

    def of_others(self) -> list[Foreign]:
        """What other processes have in their files, and what killed ones left behind."""
        paths = [path for path in sorted(self._folder.glob(f"*{SUFFIX}")) if path not in self._own]
        return [found for path in paths if (found := foreign(path, self._key)) is not None]


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file of another process. handle: holds the lock of one that was left behind, None while its process lives."""

    path: Path
    entries: list[Entry]
    whole: bool
    handle: int | None

    def release(self) -> None:
        """Its entries are elsewhere: takes it away if it was left behind. What could not be read is put aside instead."""
        if self.handle is None:
            return
        if self.whole:
            self.path.unlink(missing_ok=True)
        else:
            self.path.replace(self.path.with_suffix(".damaged"))
            structlog.get_logger().error("read_journal_damaged", file=self.path.name)
        os.close(self.handle)


def foreign(path: Path, key: Key) -> Foreign | None:
    """None if it is gone. Locked before it is read, so that nothing is added to it in between."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    if locked(handle):
        return Foreign(path, *entries_in(path, key), handle)
    os.close(handle)
    return Foreign(path, *entries_in(path, key), None)
