"""PostgreSQL behind the same few verbs as SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

import asyncpg

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
)


@lru_cache(maxsize=4096)
def numbered(sql: str) -> str:
    """`?` becomes `$1`, `$2` ...; our own statements hold no other question marks."""
    parts = sql.split("?")
    return "".join(f"{part}${number}" for number, part in enumerate(parts[:-1], 1)) + parts[-1]


def translated(error: Exception) -> DatabaseError:
    """Our own error for one of the driver's; the server's text may quote values, so it is dropped."""
    if isinstance(error, asyncpg.UniqueViolationError):
        return UniqueViolation("a row with this key exists")
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        return ReferenceViolation("a row points to one that does not exist")
    if isinstance(error, asyncpg.DiskFullError):
        return StorageFull("no room left on the database server")
    if isinstance(error, asyncpg.DataError | asyncpg.IntegrityConstraintViolationError):
        return ValueRefused("a value was refused")
    if isinstance(error, PASSING):
        return Busy("the database server cannot be reached")
    if isinstance(error, asyncpg.TransactionRollbackError):
        return Busy("the database server gave way to another transaction")
    if isinstance(error, asyncpg.SyntaxOrAccessError):
        return DatabaseError(str(error))
    return DatabaseError("the database refused a statement")


PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InternalClientError,  # What a driver says whose connection was lost between two messages.
    TimeoutError,
    OSError,
)
DRIVER_ERRORS = (
    asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError,
)  # fmt: skip


async def rows_of(connection: Any, sql: str, args: Sequence[Any]) -> list[Row]:
    """One statement's rows as dictionaries, errors translated."""
    try:
        found = await connection.fetch(numbered(sql), *args)
    except DRIVER_ERRORS as error:
        raise translated(error) from None
    return [dict(row) for row in found]


async def nothing_to_reset(_: Any) -> None:
    """What the driver does before the next one gets a connection: ask the server to forget locks, cursors and settings.

    None of ours outlives its transaction, and the question would double what every single statement costs. The driver still
    ends a transaction that was left open.
    """


class PostgresTransaction(Transaction):
    def __init__(self, connection: Any, block: Any) -> None:
        super().__init__()
        self.connection, self.block = connection, block

    async def fetch(self, sql: str, args: Sequence[Any]) -> list[Row]:
        return await rows_of(self.connection, sql, args)

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        try:
            await self.connection.executemany(numbered(sql), rows)
        except DRIVER_ERRORS as error:
            raise translated(error) from None


class PostgresDatabase(Database):
    """One database on a server, through a pool of this process."""

    engine = "postgres"

    def __init__(self, pool: Any, url: str) -> None:
        super().__init__()
        self._pool, self.url = pool, url

    @classmethod
    async def open(cls, url: str, *, connections: int = 10) -> PostgresDatabase:
        """url: postgresql://user:password@host/database. Raises Busy if the server cannot be reached."""
        try:
            pool = await asyncpg.create_pool(
                url, min_size=1, max_size=connections, command_timeout=60, reset=nothing_to_reset
            )
        except DRIVER_ERRORS as error:
            raise translated(error) from None
        return cls(pool, url)

    async def _fetch_alone(self, sql: str, args: Sequence[Any]) -> list[Row]:
        return await rows_of(self._pool, sql, args)

    async def _begin(self) -> Transaction:
        try:
            connection = await self._pool.acquire(timeout=WRITE_QUEUE_SECONDS)
        except DRIVER_ERRORS as error:
            raise translated(error) from None
        block = connection.transaction()
        try:
            await block.start()
        except BaseException as error:
            await self._pool.release(connection)
            if isinstance(error, DRIVER_ERRORS):
                raise translated(error) from None
            raise
        return PostgresTransaction(connection, block)

    async def _commit(self, transaction: Transaction) -> None:
        assert isinstance(transaction, PostgresTransaction)  # noqa: S101 -- Tells the type checker what _begin made.
        try:
            await transaction.block.commit()
        except DRIVER_ERRORS as error:
            raise translated(error) from None
        finally:
            await self._pool.release(transaction.connection)

    async def _roll_back(self, transaction: Transaction) -> None:
        assert isinstance(transaction, PostgresTransaction)  # noqa: S101 -- Tells the type checker what _begin made.
        try:
            await transaction.block.rollback()
        except DRIVER_ERRORS:
            # A connection that the server ended has left the pool by itself.
            with suppress(asyncpg.InterfaceError):
                transaction.connection.terminate()
        finally:
            await self._pool.release(transaction.connection)

    async def data_version(self) -> int:
        """There is no such number on a server: the caller must look at its own generation row instead."""
        return -1

    async def checkpoint(self) -> bool:
        """Nothing to do: the log is the server's, and its administrator decides how long it is kept."""
        return True

    async def close(self) -> None:
        await self._pool.close()
