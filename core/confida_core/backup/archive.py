"""Making a backup: the data in one folder, the keys in another, because they have different lives.

Data backups may be kept for years. Of the keyring only the newest copy is kept: an older one would open what was erased.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from confida_core.backup.drill import Verified, verify
from confida_core.backup.manifest import FORMAT, Manifest, write_manifest
from confida_core.backup.stores import dump
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.registry import own_version
from confida_core.storage.files import sync_folder
from confida_core.storage.migrations import applied

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """folder, keyring_folder: where the two copies lie. verified: what a trial restore found in them."""

    folder: Path
    keyring_folder: Path
    verified: Verified


async def back_up(
    crm: Installation, *, to: Path | None = None, keyring_to: Path | None = None, say: Say = lambda _: None
) -> Backup:
    """Copy data and keys while the program runs, then restore both into a temporary place and check them.

    to, keyring_to: folders that will hold the new folders (default: backups/ and backups/keyring/ in the home). A folder
    without the name `.part` at its end is complete. say: told each step. Raises BackupDamaged, OSError.
    """
    to = to or crm.settings.home / "backups"
    say("copying the data")
    folder = await copy_data(crm, to)
    say("copying the keys")
    keyring_folder = await copy_keyring(crm, keyring_to)
    say("restoring the copy on trial")
    verified = await verify(crm, folder, keyring_folder)
    return Backup(folder, keyring_folder, verified)


async def copy_data(crm: Installation, to: Path) -> Path:
    """The data store, then the files: a file that a copied row names was written before the row."""
    work = new_folder(to, "data")
    try:
        tables = await dump(crm.data, "confida", work)
        await asyncio.to_thread(copy_files, crm.settings.home / "files", work / "files")
        migrations = sorted(await applied(crm.data))
        # Only now: a keyring of this generation was copied after the data, and so holds every key that they need.
        await crm.keyring.bump()
        await crm.keyring.refresh()
        manifest = describe(crm, "data", tables=tables, migrations=migrations)
        return await asyncio.to_thread(complete, work, manifest)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


async def copy_keyring(crm: Installation, to: Path | None = None) -> Path:
    """The keyring as it is now; older copies in the same folder are removed once the new one is durable.

    Also to be called after an erasure: the copies made before it still hold the keys that were destroyed.
    """
    to = to or crm.settings.home / "backups" / "keyring"
    work = new_folder(to, "keyring")
    try:
        # Of before the copying: if somebody is erased meanwhile, the copy counts as older than that, and is renewed.
        await crm.keyring.refresh()
        manifest = describe(crm, "keyring")
        tables = await dump(crm.keyring.database, "keyring", work)
        await asyncio.to_thread(shutil.copyfile, crm.settings.key_places.root_file, work / "root.json")
        folder = await asyncio.to_thread(complete, work, msgspec.structs.replace(manifest, tables=tables))
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    for older in to.glob("keyring-*"):
        if older != folder:
            shutil.rmtree(older)
    sync_folder(to)
    return folder


def describe(crm: Installation, kind: str, **fields: object) -> Manifest:
    return Manifest(
        format=FORMAT,
        kind=kind,  # type: ignore[arg-type]  # One of the two words that the callers above write.
        engine=crm.data.engine,
        made_at=now(),
        program=own_version(),
        installation=crm.keyring.installation_id,
        generation=crm.keyring.generation,
        orders=crm.keyring.order_number,
        **fields,  # type: ignore[arg-type]  # Named as in Manifest by the callers above.
    )


def new_folder(parent: Path, kind: str) -> Path:
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = parent / f"{kind}-{stamp(now())}-{secrets.token_hex(2)}.part"
    work.mkdir(mode=0o700)
    return work


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")


def complete(work: Path, manifest: Manifest) -> Path:
    """Everything on the disk, then the name that says so."""
    write_manifest(work, manifest)
    folder = work.with_suffix("")
    os.replace(work, folder)
    sync_folder(folder.parent)
    return folder


def copy_files(source: Path, target: Path) -> None:
    """Sealed files, as they are. One that is deleted meanwhile is not missed: nothing that is copied names it."""
    target.mkdir(mode=0o700)
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(mode=0o700, exist_ok=True)
            continue
        if path.name.startswith("."):
            continue
        try:
            shutil.copyfile(path, place)
        except FileNotFoundError:
            place.unlink(missing_ok=True)
