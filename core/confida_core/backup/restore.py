"""Restoring: any data backup, and always the newest keyring.

Nothing is replaced before everything was checked: hashes, the right installation, keys as new as the data.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from confida_core.backup.age_files import unpack
from confida_core.backup.archive import room_needed
from confida_core.backup.completing import RESTORES, copy_is_newer
from confida_core.backup.manifest import BackupDamaged, Manifest, check_files, read_manifest
from confida_core.backup.places import is_encrypted, kept_in, keyring_places
from confida_core.backup.plan import Plan, Restored, RestoreRefused, Say
from confida_core.backup.replacing import finish_restore, sweep_work
from confida_core.backup.witnesses import witnesses
from confida_core.plugins.parking import park_installed
from confida_core.registry import Registry
from confida_core.settings import Settings
from confida_core.storage.migrations import known
from confida_core.vault.unlock import unlock

if TYPE_CHECKING:
    from pyrage.x25519 import Identity


async def restore(
    settings: Settings,
    registry: Registry,
    folder: Path,
    *,
    keyring_folder: Path | None = None,
    identities: Sequence[Identity] = (),
    ask: Callable[[], str] | None = None,
    accept_loss: bool = False,
    say: Say = lambda _: None,
) -> Restored:
    """Put a data backup of this or an older version in the place of the present data; people erased since stay erased.

    folder: the backup, a folder or an age file. keyring_folder: a copy of the keyring, either; it is used only if it is
    newer than the keyring in place (default: the newest one that lies where the settings say). identities: secret keys
    for age files. accept_loss: go on even if most rows have no key. No other process may use the home. If it is
    interrupted, either nothing has changed or the next start finishes it.
    Raises RestoreRefused, BackupDamaged, Locked, StorageFull, OSError.
    """
    await asyncio.to_thread(finish_restore, settings.home)
    sweep_work(settings.home)
    with room_needed():
        async with work_folder(settings.home) as work:
            say("opening the backup")
            keyring_folder = keyring_folder or newest_copy(settings)
            seen = await asyncio.to_thread(witnesses, settings, (folder, keyring_folder))
            keyring_folder = keyring_folder and await readable(keyring_folder, work / "keyring", identities)
            source = await readable(folder, work / "data", identities)
            say("checking the backup")
            manifest, root = await asyncio.to_thread(checked, settings, registry, source, keyring_folder, ask)
            plan = Plan(
                settings=settings, registry=with_kept(registry, manifest), work=work, folder=source, ours=source != folder, manifest=manifest,
                keyring_folder=keyring_folder, root=root, accept_loss=accept_loss, say=say,
                witnesses=seen,
            )  # fmt: skip
            if plan.manifest.engine == "postgres":
                from confida_core.backup.restore_postgres import restore_postgres

                return await restore_postgres(plan)
            from confida_core.backup.restore_sqlite import restore_sqlite

            return await restore_sqlite(plan)


@asynccontextmanager
async def work_folder(home: Path) -> AsyncIterator[Path]:
    work = home / f".restoring-{secrets.token_hex(4)}"
    os.makedirs(work, mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


async def readable(copy: Path, place: Path, identities: Sequence[Identity]) -> Path:
    """The copy itself if it is a folder, else its files in a new folder. Raises RestoreRefused, KeyMissing, BackupDamaged."""
    if not is_encrypted(copy):
        return copy
    if not identities:
        raise RestoreRefused(f"{copy} is encrypted; name the file with your secret key by --identity")
    await asyncio.to_thread(unpack, copy, place, identities)
    return place


def newest_copy(settings: Settings) -> Path | None:
    """The copy of the keyring that would be used: the newest where the settings say, else in the home."""
    for place in keyring_places(settings):
        if copies := kept_in(place, "keyring"):
            return copies[-1].path
    return None


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
    check_migrations(with_kept(registry, manifest), manifest)
    if keyring_folder is not None:
        check_files(keyring_folder, read_manifest(keyring_folder))
    return manifest, unlock_with(settings, keyring_folder, ask)


def with_kept(registry: Registry, manifest: Manifest) -> Registry:
    """With the plugins parked whose tables the backup holds, so that their rows too are rid of whoever was erased since."""
    return park_installed(
        registry, sorted({app for app, _ in manifest.migrations} - {app.name for app in registry.apps})
    )


def check_migrations(registry: Registry, manifest: Manifest) -> None:
    """A newer schema cannot be read; an older one is brought up to date."""
    ours = {(step.app_name, step.name) for app in registry.apps for step in known(app)}
    apps = {name for name, _ in ours}
    if {(app, name) for app, name in manifest.migrations if app in apps} - ours:
        raise RestoreRefused(f"this backup was made by a newer program ({manifest.program}); restore it with that one")


def unlock_with(settings: Settings, keyring_folder: Path | None, ask: Callable[[], str] | None) -> bytes:
    """The root key by the slots in the home, or by those of the keyring's copy where the home has none."""
    places = settings.key_places
    if not places.root_file.exists() and keyring_folder is not None:
        places = replace(places, root_file=keyring_folder / "root.json")
    return unlock(places, ask)


__all__ = ["RESTORES", "BackupDamaged", "RestoreRefused", "Restored", "copy_is_newer", "newest_copy", "restore"]
