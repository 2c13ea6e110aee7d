"""The trial restore: a backup that was never restored is a hope, so each is restored once as soon as it is made."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from confida_core.backup.keyless import find_keyless
from confida_core.backup.manifest import BackupDamaged, Manifest, check_files, copy_steadily, read_manifest
from confida_core.backup.stores import connection_of, load_tables, table_names
from confida_core.installation import Installation
from confida_core.storage.database import Database, DatabaseError, StorageFull
from confida_core.storage.sqlite import SQLiteDatabase
from confida_core.vault.access import system_access
from confida_core.vault.door import Door
from confida_core.vault.keyring import Keyring
from confida_core.vault.orders import StandingOrders
from confida_core.vault.read_log import ReadLog

SAMPLE = 20
TRIAL_SCHEMA = "confida_trial_restore"


@dataclass(frozen=True, slots=True)
class Verified:
    """rows: sealed rows in the copy. opened: how many of the newest were opened. keyless: rows of erased people."""

    rows: int
    opened: int
    keyless: int


class _Undo(Exception):
    """Ends a trial on PostgreSQL, so that nothing of it stays."""


async def verify(crm: Installation, folder: Path, keyring_folder: Path, *, scratch: bool = False) -> Verified:
    """Restore both copies into a temporary place, check every hash and the store itself, and open the newest rows.

    scratch: the folder of the data is itself such a place and may be written to. Raises BackupDamaged. Nothing of the
    running installation is changed.
    """
    manifest, keys = read_manifest(folder), read_manifest(keyring_folder)
    await asyncio.to_thread(check_files, folder, manifest)
    await asyncio.to_thread(check_files, keyring_folder, keys)
    if keys.installation != manifest.installation or not keys.counters.covers(manifest.counters):
        raise BackupDamaged(f"{keyring_folder} does not belong to {folder}")
    try:
        return await trial(crm, (folder, manifest), (keyring_folder, keys), scratch)
    except StorageFull:
        raise
    except DatabaseError as error:
        raise BackupDamaged(f"{folder} cannot be restored: {type(error).__name__}") from error


async def trial(
    crm: Installation, data_copy: tuple[Path, Manifest], keyring_copy: tuple[Path, Manifest], scratch: bool
) -> Verified:
    async with (
        opened_copy(crm.keyring.database, *keyring_copy, "keyring") as keyring_store,
        opened_copy(crm.data, *data_copy, "confida", scratch=scratch) as data,
    ):
        keyring = crm.keyring.over(keyring_store)
        await keyring.prepare()
        found = await find_keyless(data, keyring, crm.registry.records.values())
        opened = await open_newest(crm, data, keyring)
    return Verified(rows=found.total, opened=opened, keyless=found.count)


@asynccontextmanager
async def opened_copy(
    store: Database, folder: Path, manifest: Manifest, name: str, *, scratch: bool = False
) -> AsyncIterator[Database]:
    """The copy as a store of its own for a while."""
    opener = (
        sqlite_copy(store, folder / f"{name}.db", scratch)
        if isinstance(store, SQLiteDatabase)
        else trial_schema(store, folder, manifest)
    )
    async with opener as copy:
        yield copy


@asynccontextmanager
async def sqlite_copy(store: SQLiteDatabase, path: Path, scratch: bool) -> AsyncIterator[Database]:
    async with AsyncExitStack() as stack:
        if not scratch:
            # Opening it would write beside it; and the folder may be of a disk that is only written to once.
            place = Path(tempfile.mkdtemp(dir=store.path.parent, prefix=".trial-"))
            stack.push_async_callback(asyncio.to_thread, shutil.rmtree, place, ignore_errors=True)
            path = await asyncio.to_thread(copy_steadily, path, place / path.name)
        copy = store.sibling(path)
        stack.push_async_callback(copy.close)
        await check_sqlite(copy)
        yield copy


async def check_sqlite(store: SQLiteDatabase) -> None:
    """Raises BackupDamaged unless SQLite, its references and the cipher's page checks are content."""
    for check, expected in (("integrity_check", [("ok",)]), ("foreign_key_check", []), ("cipher_integrity_check", [])):
        found = await asyncio.to_thread(store.inspect, f"PRAGMA {check}")
        if found != expected:
            raise BackupDamaged(f"{store.path.name} fails {check}")


@asynccontextmanager
async def trial_schema(store: Database, folder: Path, manifest: Manifest) -> AsyncIterator[Database]:
    """Tables of the same shape in a schema that exists only inside a transaction that is undone at the end."""
    try:
        async with store.transaction() as transaction:
            await transaction.fetch(f"CREATE SCHEMA {TRIAL_SCHEMA}", ())
            for table in manifest.tables:
                await transaction.fetch(f'CREATE TABLE {TRIAL_SCHEMA}."{table}" (LIKE "{table}")', ())
            await transaction.fetch(f"SET LOCAL search_path = {TRIAL_SCHEMA}", ())
            await load_tables(connection_of(transaction), folder, manifest, TRIAL_SCHEMA)
            for table, stored in manifest.tables.items():
                rows = await transaction.fetch(f'SELECT count(*) AS rows FROM "{table}"', ())
                if rows[0]["rows"] != stored.rows:
                    raise BackupDamaged(f"table {table} has lost rows in the copy")
            yield store
            raise _Undo
    except _Undo:
        pass


async def open_newest(crm: Installation, data: Database, keyring: Keyring) -> int:
    """Open the newest rows of every sealed table through a door over the copies; returns how many opened."""
    door = Door(data, keyring, StandingOrders(keyring), ReadLog(data), crm.registry.purposes)
    opened, present = 0, await table_names(data)
    for record in crm.registry.records.values():
        if record.name in present:
            rows = await data.fetch(f"SELECT * FROM {record.name} ORDER BY id DESC LIMIT {SAMPLE}")
            opened += len(await door.open(system_access("backup.verify"), record, rows))
            # The server goes on answering while its own job restores on trial.
            await asyncio.sleep(0)
    return opened
