"""A new generation of the index, written beside the current one and put in its place in one step."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from confida_core.index.entries import IndexEntry
from confida_core.index.opening import (
    connect,
    create_indexes,
    create_schema,
    current_generation,
    new_generation,
    point_to,
    remove_generations,
    translated,
)
from confida_core.index.projection import insert_new

# Words gathered in memory before FTS5 writes a segment: fewer segments to merge later, at the price of this much memory.
_GATHERED_BYTES: Final = 16 * 1024 * 1024


class RebuildLock:
    """At most one process on the machine rebuilds; a file lock, so that a killed one leaves nothing locked."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_lock(self) -> bool:
        """Whether the lock is ours now."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait(self) -> None:
        """Until the lock is ours; blocks the thread."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def release(self) -> None:
        os.close(self._file)


class Rebuild:
    """Use as a context manager, holding a RebuildLock: `add` entries, then `finish`; left without, nothing has changed.

    One thread at a time. Each contact may be added once only.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._name = new_generation(path)
        self._finished = False
        with translated():
            self._connection = connect(path.with_name(self._name), key, create=True)
            # A file that is not in use yet need survive no crash.
            self._connection.execute("PRAGMA journal_mode = OFF")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.execute("PRAGMA cache_size = -65536")
            create_schema(self._connection, with_indexes=False)
            self._connection.execute("INSERT INTO search (search, rank) VALUES ('hashsize', ?)", (_GATHERED_BYTES,))
            self._connection.execute("BEGIN IMMEDIATE")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Removes what was written, unless it has been finished. May be called again."""
        self._connection.close()
        if not self._finished:
            self._path.with_name(self._name).unlink(missing_ok=True)

    def add(self, entries: Sequence[IndexEntry]) -> None:
        with translated():
            insert_new(self._connection, entries)

    def finish(self, position: int) -> None:
        """Makes this the current generation. position: of the change feed before the first entry was read."""
        with translated():
            create_indexes(self._connection)
            self._connection.execute("UPDATE state SET position = ?, complete = 1", (position,))
            self._connection.execute("COMMIT")
            self._connection.execute("INSERT INTO search (search, rank) VALUES ('hashsize', 1048576)")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.close()
        _to_disk(self._path.with_name(self._name))
        point_to(self._path, self._name)
        self._finished = True
        remove_generations(self._path, {self._name})


def create_empty(path: Path, key: bytes) -> None:
    """An empty generation that says it is not complete, so that there is something to ask until the rebuild."""
    name = new_generation(path)
    with translated():
        connection = connect(path.with_name(name), key, create=True)
        create_schema(connection, with_indexes=True)
        connection.close()
    before = current_generation(path)
    point_to(path, name)
    if before is not None:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(before + suffix).unlink(missing_ok=True)


def _to_disk(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
