"""Restoring on PostgreSQL: everything in one transaction, so that a refusal leaves the present data as they are."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from contextlib import AsyncExitStack
from pathlib import Path

from confida_core.backup.completing import (
    check_keyring,
    copy_is_newer,
    count_restore,
    current_and_complete,
    say_what_nobody_knows,
)
from confida_core.backup.keyless import Keyless
from confida_core.backup.manifest import hashed, read_manifest, sync_file
from confida_core.backup.older import fit_schema
from confida_core.backup.plan import Plan, Restored, RestoreRefused
from confida_core.backup.replacing import move, new_aside, remove_index
from confida_core.backup.stores import connection_of, load_tables, set_sequences, table_names
from confida_core.storage.database import Database
from confida_core.storage.engine import DATA
from confida_core.storage.files import sync_folder
from confida_core.storage.postgres import PostgresDatabase
from confida_core.vault.keyring import Keyring
from confida_core.vault.keyring_tables import create_tables, read_counters
from confida_core.vault.sealing import SealBroken


async def restore_postgres(plan: Plan) -> Restored:
    """Files are added before and taken away after, so that every row that is there has its file at each moment between."""
    home = plan.settings.home
    async with AsyncExitStack() as stack:
        keyring_store = await PostgresDatabase.open(plan.settings.keyring_url)
        stack.push_async_callback(keyring_store.close)
        data = await PostgresDatabase.open(plan.settings.database_url)
        stack.push_async_callback(data.close)
        DATA.bind(data)
        stack.callback(DATA.bind, None)
        # The keys are committed first: newer keys with the old data lose nothing, old keys with the new data would.
        async with data.transaction(), keyring_store.transaction():
            keyring = await keyring_in_place(plan, keyring_store)
            check_keyring(plan, keyring)
            await count_restore(keyring)
            found = await replaced_data(plan, data, keyring)
            plan.say("putting the files in place")
            await asyncio.to_thread(add_files, plan)
            remove_index(home)
            plan.say("committing")
    aside = await asyncio.to_thread(set_others_aside, plan)
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
        if present is None:
            say_what_nobody_knows(plan)
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
    async with data.transaction() as transaction:
        await fit_schema(plan, data, transaction)
        plan.say("loading the backup")
        await load_tables(connection_of(transaction), plan.folder, plan.manifest)
        await set_sequences(connection_of(transaction), plan.manifest)
        return await current_and_complete(plan, data, keyring)


def add_files(plan: Plan) -> None:
    """The sealed files of the backup that are not there, and the slots of the root key where the home has none."""
    home, kept = plan.settings.home, "files/"
    (home / "files").mkdir(mode=0o700, exist_ok=True)
    for name, stored in plan.manifest.files.items():
        if name.startswith(kept) and not (home / name).exists():
            add_file(plan.folder / name, home / name)
        elif name.startswith(kept) and hashed(home / name) != stored:
            raise RestoreRefused(f"{name} of the home is another one than that of the backup")
    if plan.keyring_folder is not None and not (home / "keys" / "root.json").exists():
        add_file(plan.keyring_folder / "root.json", home / "keys" / "root.json")


def add_file(source: Path, target: Path) -> None:
    """Whole or not at all."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        shutil.copyfile(source, part)
        part.chmod(0o600)
        sync_file(part)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)


def set_others_aside(plan: Plan) -> Path | None:
    """Files that no restored row names; a crash leaves them where they are, and the daily sweep removes them."""
    home, aside = plan.settings.home, new_aside(plan.settings.home)
    for path in sorted((home / "files").rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.is_file() and name not in plan.manifest.files:
            target = aside / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            move(path, target)
    return aside if aside.exists() else None
