"""SQLite that is safe to depend on: SQLCipher files, one fair writer, durable commits.

Statements run where they are asked for, because a point read costs less than handing it to a thread; only what may wait
(opening, BEGIN for the lock, COMMIT for the disk) goes to the writer's own thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from sqlcipher3 import dbapi2

from confida_core.storage.database import (
    WRITE_QUEUE_SECONDS,
    Busy,
    Database,
    DatabaseError,
    ReferenceViolation,
    Row,
    StorageFull,
    Transaction,
    UniqueViolation,
    ValueRefused,
    WrongKey,
)
from confida_core.storage.sqlite_types import register_types
from confida_core.storage.write_ahead_log import moved_in_pieces

T = TypeVar("T")

# Reasons for each line: design/DESIGN.md section 4 and the measurements behind it.
SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=0",
    "PRAGMA journal_size_limit=67108864",
)
MOVED_AFTER = "1000"
OLDEST_SAFE = (3, 51, 3)  # Up to 3.51.2 a WAL reset can corrupt the file when two connections write.


def connect(path: Path, key: bytes | None, *, read_only: bool = False) -> Any:
    """A connection with every setting applied, usable from any thread (the caller orders its use).

    key: 32 bytes for a SQLCipher file, None for a plain one. Raises WrongKey if the file does not open with it.
    """
    register_types()
    connection = dbapi2.connect(
        str(path),
        isolation_level=None,
        check_same_thread=False,
        detect_types=dbapi2.PARSE_DECLTYPES,
        cached_statements=512,
    )
    try:
        if key is not None:
            # Otherwise the library writes lines of its own to standard error when the key does not fit.
            connection.execute("PRAGMA cipher_log_level = NONE")
            # Processors compute it several times faster than SHA-512, and each page that is read is checked by it.
            connection.execute("PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256")
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for setting in SETTINGS:
            connection.execute(setting)
        # In KiB. Pages of fifty contacts come from all over the file; what is written lies close together.
        connection.execute(f"PRAGMA cache_size=-{32_000 if read_only else 8_000}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")
    except dbapi2.DatabaseError as error:
        connection.close()
        raise translated(error) from None
    return connection


def translated(error: Exception) -> DatabaseError:
    """Our own error for one of the driver's; the driver's text may quote values, so it is dropped."""
    text = str(error)
    if isinstance(error, dbapi2.IntegrityError):
        if "UNIQUE" in text:
            return UniqueViolation("a row with this key exists")
        if "FOREIGN KEY" in text:
            return ReferenceViolation("a row points to one that does not exist")
        return ValueRefused("a value was refused")
    if "not a database" in text or "file is encrypted" in text:
        return WrongKey("the database file does not open with this key")
    if "full" in text or "disk I/O" in text:
        return StorageFull("no room left on the disk")
    if "locked" in text or "busy" in text:
        return Busy("the database is busy")
    if isinstance(error, (OverflowError, UnicodeEncodeError)) or "bind" in text:
        return ValueRefused("a value was refused")
    return DatabaseError(text if "syntax" in text or "no such" in text else "the database refused a statement")


DRIVER_ERRORS = (dbapi2.Error, OverflowError, UnicodeEncodeError)


def rows_of(connection: Any, sql: str, args: Sequence[Any]) -> list[Row]:
    """One statement's rows as dictionaries, errors translated."""
    try:
        cursor = connection.execute(sql, args)
        found = cursor.fetchall()
    except DRIVER_ERRORS as error:
        raise translated(error) from None
    if not found:
        return []
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in found]


class SQLiteTransaction(Transaction):
    def __init__(self, connection: Any) -> None:
        super().__init__()
        self._connection = connection

    async def fetch(self, sql: str, args: Sequence[Any]) -> list[Row]:
        self._require_open()
        return rows_of(self._connection, sql, args)

    def _require_open(self) -> None:
        # SQLite may roll back by itself, on a full disk for one; what followed would commit statement by statement.
        if not self._connection.in_transaction:
            raise DatabaseError("the transaction was rolled back by the database")

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        self._require_open()
        try:
            self._connection.executemany(sql, rows)
        except DRIVER_ERRORS as error:
            raise translated(error) from None


class SQLiteDatabase(Database):
    """One file. Exactly one connection of this process writes to it; other processes are ordered by the file lock."""

    engine = "sqlite"

    def __init__(self, path: Path, key: bytes | None) -> None:
        super().__init__()
        self.path, self._key = path, key
        self._writer = connect(path, key)
        self._reader = connect(path, key, read_only=True)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"writer-{path.stem}")
        self._turn = asyncio.Lock()

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Run in the writer's thread; only for the holder of the turn."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    async def _fetch_alone(self, sql: str, args: Sequence[Any]) -> list[Row]:
        if is_read(sql):
            return rows_of(self._reader, sql, args)
        async with self.transaction() as transaction:
            return await transaction.fetch(sql, args)

    async def _begin(self) -> Transaction:
        try:
            async with asyncio.timeout(WRITE_QUEUE_SECONDS):
                await self._turn.acquire()
        except TimeoutError:
            raise Busy("the write queue is full") from None
        begun = asyncio.ensure_future(self.in_thread(rows_of, self._writer, "BEGIN IMMEDIATE", ()))
        try:
            await asyncio.shield(begun)
        except BaseException:
            await self._abandon(begun)
            raise
        return SQLiteTransaction(self._writer)

    async def _abandon(self, begun: asyncio.Future[list[Row]]) -> None:
        """A BEGIN that was cancelled may still succeed in its thread: wait for it, undo it, pass the turn on."""
        try:
            await asyncio.wait([begun])
            if self._writer.in_transaction:
                self._writer.rollback()
        finally:
            self._turn.release()

    async def _commit(self, transaction: Transaction) -> None:
        try:
            await self.in_thread(rows_of, self._writer, "COMMIT", ())
        except DatabaseError:
            if self._writer.in_transaction:
                self._writer.rollback()
            raise
        finally:
            self._turn.release()

    async def _roll_back(self, transaction: Transaction) -> None:
        try:
            if self._writer.in_transaction:
                self._writer.rollback()
        finally:
            self._turn.release()

    async def fetch_apart(self, sql: str) -> list[Row]:
        """A statement that takes seconds, in the writer's thread and in the transaction of this task; the loop goes on."""
        if self.current() is None:
            raise RuntimeError("there is no transaction to run this in")
        return await self.in_thread(rows_of, self._writer, sql, ())

    async def data_version(self) -> int:
        return int(self._reader.execute("PRAGMA data_version").fetchone()[0])

    async def checkpoint(self) -> bool:
        """Empty the write-ahead log into the file, so that nothing erased lingers in it. Waits five seconds for readers."""
        async with self._turn:
            answer = await self.in_thread(rows_of, self._writer, "PRAGMA wal_checkpoint(TRUNCATE)", ())
        return not answer[0]["busy"]

    @asynccontextmanager
    async def long_read(self) -> AsyncIterator[None]:
        """Around whatever reads for seconds: no commit has to move at once what gathers in the write-ahead log meanwhile."""
        await self._set_moving("0")
        try:
            async with moved_in_pieces(
                partial(connect, self.path, self._key, read_only=True), partial(connect, self.path, self._key)
            ):
                yield
        finally:
            await self._set_moving(MOVED_AFTER)

    async def _set_moving(self, pages: str) -> None:
        """After how many pages in the log a commit moves them into the file; 0: none does."""
        async with self._turn:
            await self.in_thread(rows_of, self._writer, f"PRAGMA wal_autocheckpoint={pages}", ())

    def copy_to(self, path: Path) -> None:
        """A consistent copy, encrypted with the same key, through a connection of its own; to be called in a thread, and
        within `long_read` if it takes seconds.
        """
        connection = connect(self.path, self._key)
        try:
            connection.execute("VACUUM INTO ?", (str(path),))
        except DRIVER_ERRORS as error:
            raise translated(error) from None
        finally:
            connection.close()

    def inspect(self, pragma: str) -> list[tuple[Any, ...]]:
        """The answer of one checking pragma, through a connection of its own; to be called in a thread."""
        connection = connect(self.path, self._key, read_only=True)
        try:
            return list(connection.execute(pragma).fetchall())
        except DRIVER_ERRORS as error:
            raise translated(error) from None
        finally:
            connection.close()

    def sibling(self, path: Path) -> SQLiteDatabase:
        """Another file under the same key, such as a copy of this one."""
        return SQLiteDatabase(path, self._key)

    async def close(self) -> None:
        async with self._turn:
            self._reader.close()
            await self.in_thread(self._writer.close)
        self._thread.shutdown()


@lru_cache(maxsize=4096)
def is_read(sql: str) -> bool:
    """Whether a statement only reads; a WITH is taken as a write unless it plainly is not."""
    word = sql.lstrip().split(None, 1)[0].upper()
    return word in {"SELECT", "EXPLAIN", "VALUES"} or (word == "WITH" and "INSERT" not in sql and "UPDATE" not in sql)


def library_version() -> tuple[int, ...]:
    """The SQLite that is really linked, as numbers (3.100 is later than 3.51)."""
    return tuple(int(part) for part in dbapi2.sqlite_version.split("."))
