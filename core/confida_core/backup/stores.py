"""Copying one store into a folder, on either engine, while others write to it."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

from confida_core.backup.manifest import Manifest, StoredTable, sync_file
from confida_core.storage.database import Database, Row
from confida_core.storage.postgres import DRIVER_ERRORS, PostgresDatabase, PostgresTransaction, translated
from confida_core.storage.sqlite import SQLiteDatabase

TABLES_FOLDER = "tables"
# For one table: the driver would otherwise give up after the time that is good for a page.
COPY_SECONDS = 4 * 3600.0
T = TypeVar("T")


async def dump(database: Database, name: str, folder: Path, *, awaited: bool = False) -> dict[str, StoredTable]:
    """A copy of the store as of one moment; returns how PostgreSQL's tables lie in it (SQLite's need no description).

    name: of the file, for SQLite. awaited: it is small and somebody waits for it, as an erasure does for the keyring's; it
    does not give way to others. The copy stays encrypted with the store's own key.
    """
    if isinstance(database, SQLiteDatabase):
        if awaited:
            await asyncio.to_thread(database.copy_to, folder / f"{name}.db")
            return {}
        async with database.long_read(), kept_steady(folder / f"{name}.db") as path:
            with ThreadPoolExecutor(1, thread_name_prefix="backup", initializer=give_way) as thread:
                await asyncio.get_running_loop().run_in_executor(thread, database.copy_to, path)
        return {}
    async with database.transaction() as transaction:
        await transaction.fetch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", ())
        return await dump_tables(connection_of(transaction), folder / TABLES_FOLDER)


def give_way() -> None:
    """Whoever waits for a page goes first: this thread works without the interpreter, and takes what time is left."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


@asynccontextmanager
async def kept_steady(path: Path) -> AsyncIterator[Path]:
    """While somebody writes this file: bring it to the disk bit by bit, so that commits need not wait for all of it."""

    async def flush() -> None:
        while True:
            await asyncio.sleep(0.1)
            with suppress(FileNotFoundError):
                await asyncio.to_thread(sync_file, path)

    flushing = asyncio.create_task(flush())
    try:
        yield path
    finally:
        flushing.cancel()
        await asyncio.wait([flushing])


def connection_of(transaction: object) -> PostgresTransaction:
    assert isinstance(transaction, PostgresTransaction)  # noqa: S101 -- Tells the type checker which engine this is.
    return transaction


async def dump_tables(transaction: PostgresTransaction, folder: Path) -> dict[str, StoredTable]:
    await asyncio.to_thread(folder.mkdir, 0o700)
    tables = await table_columns(transaction)
    stored = {}
    for table, columns in sorted(tables.items()):
        names = [column["column_name"] for column in columns]
        quoted = ", ".join(f'"{name}"' for name in names)
        answer = await copied(
            transaction.connection.copy_from_query(
                f'SELECT {quoted} FROM "{table}"',
                output=folder / f"{table}.copy",
                format="binary",
                timeout=COPY_SECONDS,
            )
        )
        serial = [column["column_name"] for column in columns if str(column["column_default"]).startswith("nextval")]
        stored[table] = StoredTable(columns=names, rows=int(answer.split()[-1]), serial=serial)
    return stored


async def table_columns(transaction: PostgresTransaction) -> dict[str, list[Row]]:
    """Every table of the schema, also those of plugins that are not enabled now: a backup leaves nothing out."""
    rows = await transaction.fetch(
        "SELECT c.table_name, c.column_name, c.column_default FROM information_schema.columns c "
        "JOIN information_schema.tables t USING (table_schema, table_name) "
        "WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position",
        (),
    )
    tables: dict[str, list[Row]] = {}
    for row in rows:
        tables.setdefault(row["table_name"], []).append(row)
    return tables


async def load_tables(transaction: PostgresTransaction, folder: Path, manifest: Manifest, schema: str = "") -> None:
    """Fill the tables from their files; rows that are there stay there. Raises DatabaseError."""
    for table, stored in manifest.tables.items():
        await copied(
            transaction.connection.copy_to_table(
                table,
                source=folder / TABLES_FOLDER / f"{table}.copy",
                columns=stored.columns,
                schema_name=schema or None,
                format="binary",
                timeout=COPY_SECONDS,
            )
        )


async def copied(work: Awaitable[T]) -> T:
    """What the driver answers, its errors told as ours; a full disk on this side stays what it is."""
    try:
        return await work
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise translated(error) from None
    except DRIVER_ERRORS as error:
        raise translated(error) from None


async def set_sequences(transaction: PostgresTransaction, manifest: Manifest) -> None:
    for table, stored in manifest.tables.items():
        for column in stored.serial:
            await transaction.fetch(
                f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), coalesce(max(\"{column}\"), 1), "
                f'max("{column}") IS NOT NULL) FROM "{table}"',
                (),
            )


async def fetch_long(database: Database, sql: str) -> list[Row]:
    """A statement that may take minutes, inside the running transaction, while everybody else is served."""
    if isinstance(database, SQLiteDatabase):
        return await database.fetch_apart(sql)
    async with database.transaction() as transaction:
        return [
            dict(row) for row in await copied(connection_of(transaction).connection.fetch(sql, timeout=COPY_SECONDS))
        ]


async def table_names(database: Database) -> set[str]:
    if isinstance(database, PostgresDatabase):
        rows = await database.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()")
    else:
        rows = await database.fetch("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {row["name"] for row in rows}
