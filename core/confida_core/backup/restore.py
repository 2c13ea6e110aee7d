"""Restoring: any data backup, and always the newest keyring.

Nothing is replaced before everything was checked: hashes, the right installation, keys as new as the data.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from confida_core.backup.drill import check_sqlite
from confida_core.backup.keyless import Keyless, find_keyless, purge, purge_traces
from confida_core.backup.manifest import BackupDamaged, Manifest, check_files, read_manifest
from confida_core.backup.replacing import put_in_place
from confida_core.contacts.records import CONTACT
from confida_core.registry import Registry
from confida_core.settings import Settings
from confida_core.storage.database import Database, WrongKey
from confida_core.storage.migrations import known
from confida_core.storage.sqlite import SQLiteDatabase
from confida_core.vault.keyring import Keyring
from confida_core.vault.keyring_tables import Counters
from confida_core.vault.sealing import SealBroken, derived
from confida_core.vault.unlock import unlock

Say = Callable[[str], None]
# Name of the fact that says how many times a backup was put in place.
RESTORES = "restores"


class RestoreRefused(Exception):
    """This backup and these keys do not go together; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """rows: sealed rows restored. purged: rows that were left out because their key is gone. set_aside: the old data."""

    rows: int
    purged: int
    set_aside: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is restored from where, after everything that can be checked without opening a store."""

    settings: Settings
    registry: Registry
    folder: Path
    manifest: Manifest
    keyring_folder: Path | None
    root: bytes
    accept_loss: bool
    say: Say

    def key(self, name: str) -> bytes | None:
        return derived(self.root, f"file {name}") if self.settings.cipher else None


async def restore(
    settings: Settings,
    registry: Registry,
    folder: Path,
    *,
    keyring_folder: Path | None = None,
    ask: Callable[[], str] | None = None,
    accept_loss: bool = False,
    say: Say = lambda _: None,
) -> Restored:
    """Put a data backup in the place of the present data; people erased since stay erased.

    keyring_folder: a copy of the keyring; it is used only if it is newer than the keyring in place (default: the newest
    one in backups/keyring). accept_loss: go on even if most rows have no key. No other process may use the home.
    Raises RestoreRefused, BackupDamaged, Locked.
    """
    say("checking the backup")
    keyring_folder = keyring_folder or newest_copy(settings)
    manifest, root = await asyncio.to_thread(checked, settings, registry, folder, keyring_folder, ask)
    plan = Plan(
        settings=settings, registry=registry, folder=folder, manifest=manifest, keyring_folder=keyring_folder,
        root=root, accept_loss=accept_loss, say=say,
    )  # fmt: skip
    if plan.manifest.engine == "postgres":
        from confida_core.backup.restore_postgres import restore_postgres

        return await restore_postgres(plan)
    return await restore_sqlite(plan)


def newest_copy(settings: Settings) -> Path | None:
    copies = sorted((settings.home / "backups" / "keyring").glob("keyring-*Z-????"))
    return copies[-1] if copies else None


def checked(
    settings: Settings,
    registry: Registry,
    folder: Path,
    keyring_folder: Path | None,
    ask: Callable[[], str] | None,
) -> tuple[Manifest, bytes]:
    """The manifest and the root key, after everything that can be checked without opening a store."""
    manifest = read_manifest(folder)
    if manifest.kind != "data":
        raise RestoreRefused(f"{folder} is a copy of the keyring; name a backup of the data")
    engine = "postgres" if settings.database_url else "sqlite"
    if manifest.engine != engine:
        raise RestoreRefused(f"this backup was made on {manifest.engine}, the settings name {engine}")
    check_files(folder, manifest)
    check_migrations(registry, manifest)
    if keyring_folder is not None:
        check_files(keyring_folder, read_manifest(keyring_folder))
    return manifest, unlock_with(settings, keyring_folder, ask)


def check_migrations(registry: Registry, manifest: Manifest) -> None:
    """A newer schema cannot be read; on PostgreSQL an older one cannot either, because rows are loaded into ours."""
    ours = {(step.app_name, step.name) for app in registry.apps for step in known(app)}
    apps = {name for name, _ in ours}
    theirs = {(app, name) for app, name in manifest.migrations if app in apps}
    if theirs - ours:
        raise RestoreRefused(f"this backup was made by a newer program ({manifest.program}); restore it with that one")
    if manifest.engine == "postgres" and ours - theirs:
        raise RestoreRefused(
            f"this backup was made by program {manifest.program}; restore it with that one, then update"
        )


def unlock_with(settings: Settings, keyring_folder: Path | None, ask: Callable[[], str] | None) -> bytes:
    """The root key by the slots in the home, or by those of the keyring's copy where the home has none."""
    places = settings.key_places
    if not places.root_file.exists() and keyring_folder is not None:
        places = replace(places, root_file=keyring_folder / "root.json")
    return unlock(places, ask)


def check_keyring(plan: Plan, keyring: Keyring) -> None:
    """Raises RestoreRefused for the keys of another installation, or keys older than the data."""
    if keyring.installation_id != plan.manifest.installation:
        raise RestoreRefused("the keyring belongs to another installation than this backup")
    if keyring.generation < plan.manifest.generation:
        raise RestoreRefused("the keyring is older than this backup: rows written since would be lost; use the newest")
    if keyring.order_number < plan.manifest.orders:
        raise RestoreRefused(
            "the keyring is older than this backup: objections and restrictions since would be forgotten; use the newest"
        )


def check_loss(plan: Plan, found: Keyless) -> None:
    if found.suspicious and not plan.accept_loss:
        raise RestoreRefused(
            f"{found.count} of {found.total} rows have no key in this keyring: it may be the wrong one. "
            "If that many people were erased, say --accept-loss"
        )


# SQLite


async def restore_sqlite(plan: Plan) -> Restored:
    home = plan.settings.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restoring-") as name:
        work = Path(name)
        plan.say("copying the backup")
        for entry in ("confida.db", "files"):
            await asyncio.to_thread(copied, plan.folder / entry, work / entry)
        keyring, use_copy = await newest_keyring(plan, work)
        try:
            found = await restored_data(plan, work, keyring)
            # Before the data go in: a restore that is killed here counts as one too many, never as none.
            await count_restore(keyring)
            await keyring.database.checkpoint()
        finally:
            await keyring.database.close()
        plan.say("putting the restored data in place")
        aside = await asyncio.to_thread(put_in_place, home, work, plan.keyring_folder if use_copy else None)
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
    except RestoreRefused:
        for keyring, _ in found:
            await keyring.database.close()
        raise
    for keyring, _ in found:
        if keyring is not chosen[0]:
            await keyring.database.close()
    return chosen


def copy_is_newer(present: Counters, copy: Counters) -> bool:
    """Whether the copy has seen something that the keyring in place has not; of two equal ones the one in place stays.

    Raises RestoreRefused if each has seen what the other has not: either choice would forget an erasure or a "no".
    """
    if present.covers(copy):
        return False
    if copy.covers(present):
        return True
    raise RestoreRefused(
        "the keyring in place and its copy have parted: one knows of later erasures, the other of later objections"
    )


async def count_restore(keyring: Keyring) -> None:
    """Note beside the keys that a backup was put in place; whoever keeps proofs must know that the data went back."""
    async with keyring.database.transaction():
        # Counted like an order, so that copies made before it are renewed.
        await keyring.bump_orders()
        number, _ = await keyring.remembered(RESTORES) or (0, "")
        await keyring.remember(RESTORES, number + 1)


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
        return await without_keyless(plan, data, keyring)
    finally:
        await data.close()


async def without_keyless(plan: Plan, data: Database, keyring: Keyring) -> Keyless:
    plan.say("leaving out whoever was erased")
    found = await find_keyless(data, keyring, plan.registry.records.values())
    check_loss(plan, found)
    async with data.transaction():
        await purge(data, found)
        await purge_traces(data, plan.registry.all("tables"), found.rows.get(CONTACT.name, ()))
    if isinstance(data, SQLiteDatabase):
        await data.checkpoint()
    return found


__all__ = ["BackupDamaged", "RestoreRefused", "Restored", "restore"]
