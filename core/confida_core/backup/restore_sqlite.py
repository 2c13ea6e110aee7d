"""Restoring on SQLite: made ready in a folder of its own, then put in place by renaming."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from pathlib import Path

from confida_core.backup.completing import (
    check_keyring,
    copy_is_newer,
    count_restore,
    current_and_complete,
    say_what_nobody_knows,
)
from confida_core.backup.keyless import Keyless
from confida_core.backup.plan import Plan, Restored, RestoreRefused
from confida_core.backup.replacing import put_in_place
from confida_core.backup.trial import check_sqlite
from confida_core.storage.database import WrongKey
from confida_core.storage.engine import DATA
from confida_core.storage.sqlite import SQLiteDatabase
from confida_core.vault.keyring import Keyring
from confida_core.vault.sealing import SealBroken


async def restore_sqlite(plan: Plan) -> Restored:
    home, work = plan.settings.home, plan.work / "home"
    work.mkdir(mode=0o700)
    plan.say("copying the backup")
    take = os.replace if plan.ours else copied
    for entry in ("confida.db", "files"):
        if (plan.folder / entry).exists():
            await asyncio.to_thread(take, plan.folder / entry, work / entry)
    keyring, use_copy = await newest_keyring(plan, work)
    try:
        found = await restored_data(plan, work, keyring)
        plan.say("counting the restore")
        # Before the data go in: a restore that is killed here counts as one too many, never as none.
        await count_restore(keyring)
        await keyring.database.checkpoint()
    finally:
        await keyring.database.close()
    if not use_copy:
        (work / "keyring.db").unlink(missing_ok=True)
    if plan.keyring_folder is not None and not (home / "keys" / "root.json").exists():
        copied(plan.keyring_folder / "root.json", work / "root.json")
        (work / "root.json").chmod(0o600)
    plan.say("putting the restored data in place")
    # Not in the folder that ends with this function: from here on it belongs to whoever finishes the restore.
    decided = home / f".restoring-{secrets.token_hex(4)}"
    os.replace(work, decided)
    aside = await asyncio.to_thread(put_in_place, home, decided)
    return Restored(rows=found.total - found.count, purged=found.count, set_aside=aside)


def copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copyfile(source, target)


async def newest_keyring(plan: Plan, work: Path) -> tuple[Keyring, bool]:
    """The keyring in place, or its copy if that is newer; and whether it is the copy."""
    found: list[tuple[Keyring, bool]] = []
    live = plan.settings.home / "keyring.db"
    if live.exists():
        found.append((await opened_keyring(plan, live), False))
    if plan.keyring_folder is not None:
        await asyncio.to_thread(copied, plan.keyring_folder / "keyring.db", work / "keyring.db")
        found.append((await opened_keyring(plan, work / "keyring.db"), True))
    if not found:
        raise RestoreRefused(
            f"there is no keyring: neither {live} nor a copy of it; without keys nothing can be opened"
        )
    use_copy = False
    try:
        use_copy = len(found) == 1 and found[0][1]
        if len(found) == 2:
            use_copy = copy_is_newer(found[0][0].counters, found[1][0].counters)
        chosen = found[-1] if use_copy else found[0]
        check_keyring(plan, chosen[0])
        if len(found) == 1 and use_copy:
            say_what_nobody_knows(plan)
    except RestoreRefused:
        for keyring, _ in found:
            await keyring.database.close()
        raise
    for keyring, _ in found:
        if keyring is not chosen[0]:
            await keyring.database.close()
    return chosen


async def opened_keyring(plan: Plan, path: Path) -> Keyring:
    try:
        store = SQLiteDatabase(path, plan.key("keyring"))
    except WrongKey:
        raise RestoreRefused(f"{path.name} is the keyring of another installation, or damaged") from None
    try:
        keyring = Keyring(store, plan.root)
        await keyring.prepare()
    except SealBroken:
        await store.close()
        raise RestoreRefused(f"{path.name} is the keyring of another installation, or damaged") from None
    return keyring


async def restored_data(plan: Plan, work: Path, keyring: Keyring) -> Keyless:
    """Check the copied data and take out of it whatever has no key any more."""
    try:
        data = SQLiteDatabase(work / "confida.db", plan.key("confida"))
    except WrongKey:
        raise RestoreRefused("this backup belongs to another installation, or is damaged") from None
    try:
        await check_sqlite(data)
        DATA.bind(data)
        found = await current_and_complete(plan, data, keyring)
        # Whatever the write-ahead log holds is moved into the file, because only the file is put in place.
        await data.checkpoint()
        return found
    finally:
        DATA.bind(None)
        await data.close()
