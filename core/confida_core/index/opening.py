"""Opening the index file: always SQLCipher, always disposable.

`index.db` is a symbolic link to a generation, `index.db.<id>`. A rebuild writes a new generation and moves the link.
(Renaming the database file itself would leave the old write-ahead log beside the new file, and SQLite would replay it.)
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection
from typing import Final, cast

from sqlcipher3 import dbapi2 as sqlcipher

from confida_core.index.schema import INDEXES, SCHEMA_VERSION, TABLES

_CACHE_KIB: Final = 8_192
_WAL_LIMIT: Final = 16 * 1024 * 1024
_BUSY_SECONDS: Final = 10.0


class IndexUnavailable(RuntimeError):
    """The index cannot answer. damaged: it will not either until it has been rebuilt; else it is merely busy."""

    def __init__(self, *, damaged: bool) -> None:
        super().__init__("the index must be rebuilt" if damaged else "the index is busy")
        self.damaged = damaged


@contextmanager
def translated() -> Iterator[None]:
    """Turns the driver's errors into IndexUnavailable; their texts could quote what is stored, so they are dropped."""
    try:
        yield
    except sqlcipher.OperationalError as error:
        text = str(error)
        passing = any(word in text for word in ("locked", "busy", "full", "interrupted"))
        raise IndexUnavailable(damaged=not passing) from None
    except sqlcipher.DatabaseError:
        raise IndexUnavailable(damaged=True) from None


def current_generation(path: Path) -> str | None:
    """The name of the generation that the link names; None if there is no link."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def open_generation(path: Path, generation: str, key: bytes) -> Connection:
    """A connection for one thread. Raises IndexUnavailable if the file is missing, damaged, sealed under another key
    or of another schema version."""
    with translated():
        connection = connect(path.with_name(generation), key, create=False)
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
                raise IndexUnavailable(damaged=True)
        except BaseException:
            connection.close()
            raise
        return connection


def connect(file: Path, key: bytes, *, create: bool) -> Connection:
    """A keyed connection without a look at the schema; errors of the driver pass through."""
    if len(key) != 32:
        raise ValueError("the key of the index has 32 bytes")
    mode = "rwc" if create else "rw"
    # The driver has no types of its own and the methods of the standard library's.
    connection = cast(
        "Connection",
        sqlcipher.connect(
            f"{file.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=_BUSY_SECONDS,
            cached_statements=256,
        ),
    )
    try:
        # Otherwise SQLCipher writes lines to standard error when the key does not fit.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute("PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for setting in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "secure_delete = ON",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "temp_store = MEMORY",
            "mmap_size = 0",
            f"cache_size = -{_CACHE_KIB}",
            f"journal_size_limit = {_WAL_LIMIT}",
        ):
            connection.execute(f"PRAGMA {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


def new_generation(path: Path) -> str:
    """A name for a generation that nobody uses yet."""
    return f"{path.name}.{secrets.token_hex(4)}"


def create_schema(connection: Connection, *, with_indexes: bool) -> None:
    """The tables, in one transaction; a rebuild adds the indexes at the end, which is faster than keeping them."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in TABLES:
        connection.execute(statement)
    if with_indexes:
        create_indexes(connection)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def create_indexes(connection: Connection) -> None:
    """The secondary indexes; inside the caller's transaction."""
    for statement in INDEXES:
        connection.execute(statement)


def point_to(path: Path, generation: str) -> None:
    """Makes `generation` the current one, atomically."""
    link = path.with_name(f"{path.name}.link-{secrets.token_hex(4)}")
    link.symlink_to(generation)
    link.replace(path)


def remove_generations(path: Path, keep: set[str]) -> None:
    """Deletes all other generations, with their logs. Processes that still have one open keep what they opened."""
    for file in path.parent.glob(f"{path.name}.*"):
        generation = file.name.removesuffix("-wal").removesuffix("-shm")
        if generation not in keep and not file.name.endswith(".lock"):
            file.unlink(missing_ok=True)
