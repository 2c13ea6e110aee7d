"""Restoring on PostgreSQL: everything in one transaction, so that a refusal leaves the present data as they are."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path

from confida_core.backup.keyless import Keyless
from confida_core.backup.manifest import read_manifest
from confida_core.backup.replacing import install_root, put_in_place
from confida_core.backup.restore import (
    Plan,
    Restored,
    RestoreRefused,
    check_keyring,
    copy_is_newer,
    count_restore,
    without_keyless,
)
from confida_core.backup.stores import connection_of, load_tables, set_sequences, table_names
from confida_core.storage.database import Database
from confida_core.storage.engine import DATA
from confida_core.storage.migrations import migrate
from confida_core.storage.postgres import PostgresDatabase
from confida_core.vault.keyring import Keyring
from confida_core.vault.keyring_tables import create_tables, read_counters
from confida_core.vault.sealing import SealBroken


async def restore_postgres(plan: Plan) -> Restored:
    async with AsyncExitStack() as stack:
        keyring_store = await PostgresDatabase.open(plan.settings.keyring_url)
        stack.push_async_callback(keyring_store.close)
        data = await PostgresDatabase.open(plan.settings.database_url)
        stack.push_async_callback(data.close)
        DATA.bind(data)
        stack.callback(DATA.bind, None)
        # The keys stay as they are unless the data go in: both transactions end together or are undone together.
        async with keyring_store.transaction():
            keyring = await keyring_in_place(plan, keyring_store)
            check_keyring(plan, keyring)
            await migrate(plan.registry.apps, data)
            await count_restore(keyring)
            found = await replaced_data(plan, data, keyring)
    aside = await asyncio.to_thread(put_files, plan)
    return Restored(rows=found.total - found.count, purged=found.count, set_aside=aside)


async def keyring_in_place(plan: Plan, store: Database) -> Keyring:
    """The keyring of the server, or, where the server has none or an older one, the copy."""
    keyring = Keyring(store, plan.root)
    present = None
    if "keyring_state" in await table_names(store):
        await create_tables(store)
        present = await read_counters(store)
    copy = read_manifest(plan.keyring_folder).counters if plan.keyring_folder is not None else None
    if plan.keyring_folder is not None and copy is not None and (present is None or copy_is_newer(present, copy)):
        await load_keyring(plan.keyring_folder, store)
    elif present is None:
        raise RestoreRefused("there is no keyring: neither on the server nor a copy of it")
    try:
        await keyring.prepare()
    except SealBroken:
        raise RestoreRefused("the keyring belongs to another installation") from None
    return keyring


async def load_keyring(folder: Path, store: Database) -> None:
    manifest = read_manifest(folder)
    async with store.transaction() as transaction:
        await create_tables(store)
        await transaction.fetch("TRUNCATE " + ", ".join(f'"{table}"' for table in manifest.tables), ())
        await load_tables(connection_of(transaction), folder, manifest)


async def replaced_data(plan: Plan, data: Database, keyring: Keyring) -> Keyless:
    missing = set(plan.manifest.tables) - await table_names(data)
    if missing:
        raise RestoreRefused(f"enable the plugins that own these tables first: {', '.join(sorted(missing))}")
    async with data.transaction() as transaction:
        plan.say("loading the backup")
        everything = ", ".join(f'"{table}"' for table in sorted(await table_names(data)))
        await transaction.fetch(f"TRUNCATE {everything}", ())
        await load_tables(connection_of(transaction), plan.folder, plan.manifest)
        await set_sequences(connection_of(transaction), plan.manifest)
        return await without_keyless(plan, data, keyring)


def put_files(plan: Plan) -> Path | None:
    """The sealed files and the slots of the root key; the stores are on the server."""
    home = plan.settings.home
    work = home / ".restoring-files"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)
    try:
        if (plan.folder / "files").exists():
            shutil.copytree(plan.folder / "files", work / "files")
        aside = put_in_place(home, work, None)
        if plan.keyring_folder is not None:
            install_root(home, plan.keyring_folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return aside
