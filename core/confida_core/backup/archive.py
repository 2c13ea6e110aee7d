"""Making a backup: the data in one place, the keys in another, because they have different lives.

Data backups may be kept for years. Of the keyring only the newest copy is kept: an older one would open what was erased.
"""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from confida_core.backup.age_files import new_identity, pack, recipients_of, unpack
from confida_core.backup.manifest import FORMAT, Manifest, copy_steadily, write_manifest
from confida_core.backup.places import (
    ENCRYPTED,
    PART,
    at_work,
    data_place,
    discard,
    facts_of,
    finished,
    is_encrypted,
    kept_in,
    keyring_place,
    new_part,
)
from confida_core.backup.stores import dump
from confida_core.backup.trial import Verified, verify
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.registry import own_version
from confida_core.storage.database import StorageFull
from confida_core.storage.files import sync_folder, write_durably
from confida_core.storage.migrations import applied

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

Say = Callable[[str], None]
# Kept beside the keys: when the newest backup was through, in seconds since 1970.
LAST_BACKUP = "last backup"


@dataclass(frozen=True, slots=True)
class Backup:
    """folder, keyring_folder: the two copies, each a folder or an age file. verified: what a trial restore found in them."""

    folder: Path
    keyring_folder: Path
    verified: Verified


@dataclass(frozen=True, slots=True)
class Closed:
    """A copy on the disk. key: opens it once more, in this process only, so that it can be checked; None for a folder."""

    path: Path
    key: Identity | None
    manifest: Manifest


async def back_up(
    crm: Installation, *, to: Path | None = None, keyring_to: Path | None = None, say: Say = lambda _: None
) -> Backup:
    """Copy data and keys while the program runs, then restore both into a temporary place and check them.

    to, keyring_to: folders that will hold the new copies (default: those of the settings). A copy gets a name without
    `.part` only once it was restored on trial. say: told each step. Raises BackupDamaged, InUse, InvalidKey, StorageFull, OSError.
    """
    to = to or data_place(crm.settings)
    with room_needed():
        async with at_work(to, "data"):
            data = await copy_data(crm, to, say)
            try:
                say("copying the keys")
                keyring = await copied_keyring(crm, keyring_to or keyring_place(crm.settings))
                say("restoring the copy on trial")
                verified = await tried(crm, data, keyring)
                folder = await asyncio.to_thread(named_with_facts, data)
            except BaseException:
                discard(data.path)
                raise
    await crm.keyring.remember(LAST_BACKUP, int(now().timestamp()))
    return Backup(folder, keyring.path, verified)


async def copy_data(crm: Installation, to: Path, say: Say) -> Closed:
    """The data store, then the files: a file that a copied row names was written before the row."""
    say("copying the data")
    work = new_part(to, "data")
    try:
        tables = await dump(crm.data, "confida", work)
        say("copying the files")
        await asyncio.to_thread(copy_files, crm.settings.home / "files", work / "files")
        migrations = sorted(await applied(crm.data))
        # Only now: a keyring of this generation was copied after the data, and so holds every key that they need.
        await crm.keyring.bump()
        await crm.keyring.refresh()
        manifest = describe(crm, "data", tables=tables, migrations=migrations)
        say("closing the copy")
        return await asyncio.to_thread(closed, crm, work, manifest)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


async def copy_keyring(crm: Installation, to: Path | None = None) -> Path:
    """The keyring as it is now; older copies in the same folder are removed once the new one is durable.

    Also to be called after an erasure: the copies made before it still hold the keys that were destroyed.
    to: default, the folder of the settings. Raises InUse, InvalidKey, StorageFull, OSError.
    """
    with room_needed():
        return (await copied_keyring(crm, to or keyring_place(crm.settings))).path


async def copied_keyring(crm: Installation, to: Path) -> Closed:
    async with at_work(to, "keyring", wait=True):
        work = new_part(to, "keyring")
        try:
            # Of before the copying: if somebody is erased meanwhile, the copy counts as older than that, and is renewed.
            await crm.keyring.refresh()
            manifest = describe(crm, "keyring")
            tables = await dump(crm.keyring.database, "keyring", work, awaited=True)
            await asyncio.to_thread(shutil.copyfile, crm.settings.key_places.root_file, work / "root.json")
            manifest = msgspec.structs.replace(manifest, tables=tables)
            copy = await asyncio.to_thread(closed, crm, work, manifest)
            done = Closed(await asyncio.to_thread(replace_copies, copy), copy.key, manifest)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    return done


def replace_copies(copy: Closed) -> Path:
    """Nothing older of the keyring stays once the new copy has its name."""
    done = named_with_facts(copy)
    for older in kept_in(done.parent, "keyring"):
        if older.path != done:
            discard(older.path)
            facts_of(older.path).unlink(missing_ok=True)
    sync_folder(done.parent)
    return done


def named_with_facts(copy: Closed) -> Path:
    """The copy under its name; what is encrypted says beside it, in the clear, how much the keys had seen."""
    if is_encrypted(copy.path):
        facts = facts_of(copy.path.with_name(copy.path.name.removesuffix(PART)))
        known = msgspec.structs.replace(copy.manifest, files={}, tables={}, migrations=[])
        write_durably(facts, msgspec.json.encode(known))
    return finished(copy.path)


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


def closed(crm: Installation, work: Path, manifest: Manifest) -> Closed:
    """The copy, durable, and encrypted where there are recipients; it keeps `.part` at the end of its name."""
    write_manifest(work, manifest)
    recipients = recipients_of(crm.settings.backup_recipients)
    if not recipients:
        return Closed(work, None, manifest)
    # One more recipient, whose key nobody keeps: the operator's own need not be on this machine to check what was written.
    key = new_identity()
    archive = work.with_name(work.name.removesuffix(PART) + ENCRYPTED + PART)
    try:
        pack(work, archive, [*recipients, key.to_public()])
    except BaseException:
        archive.unlink(missing_ok=True)
        raise
    shutil.rmtree(work)
    return Closed(archive, key, manifest)


async def tried(crm: Installation, data: Closed, keyring: Closed) -> Verified:
    async with opened(data) as folder, opened(keyring) as keyring_folder:
        return await verify(crm, folder, keyring_folder, scratch=data.key is not None)


@asynccontextmanager
async def opened(copy: Closed) -> AsyncIterator[Path]:
    """The copy as a folder, read back from the disk."""
    if copy.key is None:
        yield copy.path
        return
    place = copy.path.with_name(f"{copy.path.name.partition('.')[0]}.trial{PART}")
    try:
        await asyncio.to_thread(unpack, copy.path, place, [copy.key])
        yield place
    finally:
        # Removing a large file takes long enough to be felt by whoever waits for a page.
        await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)


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
            copy_steadily(path, place)
        except FileNotFoundError:
            place.unlink(missing_ok=True)


@contextmanager
def room_needed() -> Iterator[None]:
    """A full disk is told as what it is, on either engine."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFull("no room left for the backup") from error
        raise
