"""Backup and restore: everything comes back, except whoever was erased since; wrong keys change nothing."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from piccolo.columns import UUID, Bytea, Integer
from piccolo.table import Table

from confida_core.backup import archive, keyless, stores
from confida_core.backup.archive import back_up, copy_keyring
from confida_core.backup.freshness import renew_keyring_copy
from confida_core.backup.manifest import BackupDamaged, read_manifest
from confida_core.backup.restore import RestoreRefused, newest_copy, restore
from confida_core.contacts.relationships import add_relationship
from confida_core.contacts.trash import purge_contact
from confida_core.declarations import RecordDeclaration
from confida_core.ids import new_id
from confida_core.installation import open_installation
from confida_core.registry import Registry
from confida_core.setup import initialise, upgrade
from confida_core.storage.engine import DATA
from confida_core.vault.access import system_access
from confida_core.vault.keyring_tables import TABLES
from confida_core.vault.unlock import Locked
from tests.conftest import own_registry
from tests.core.interactions.cast import access_of, log, make

pytestmark = pytest.mark.anyio
ACCESS = system_access("test")


class Postcard(Table, tablename="postcard", db=DATA):
    id = UUID(primary_key=True)
    subject_id = UUID()
    version = Integer()
    sealed = Bytea()


class Picnic(Table, tablename="picnic", db=DATA):
    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()


class Words(msgspec.Struct, frozen=True):
    text: str


POSTCARD = RecordDeclaration(
    table=Postcard,
    content=Words,
    subject="subject_id",
    retention_class="relationship",
    purpose="relationship",
    label="Postcards",
)
PICNIC = RecordDeclaration(
    table=Picnic, content=Words, subject=None, retention_class="relationship", purpose="relationship", label="Picnics"
)


@pytest.fixture
def registry() -> Registry:
    known: Registry = own_registry()
    known.records = MappingProxyType({**known.records, "postcard": POSTCARD, "picnic": PICNIC})
    return known


@asynccontextmanager
async def opened(settings: Any, registry: Registry) -> AsyncIterator[Any]:
    initialise(settings)
    async with open_installation(settings, registry) as crm:
        await upgrade(crm)
        await Postcard.create_table(if_not_exists=True)
        await Picnic.create_table(if_not_exists=True)
        yield crm


async def write(crm: Any, text: str) -> Any:
    person = new_id()
    await crm.records.insert(POSTCARD, {"id": new_id(), "subject_id": person}, Words(text))
    return person


async def texts(crm: Any, declaration: RecordDeclaration = POSTCARD) -> list[str]:
    rows = await crm.data.fetch(f"SELECT * FROM {declaration.name}")
    return sorted(item.content.text for item in await crm.door.open(ACCESS, declaration, rows))


async def test_what_was_written_after_the_backup_is_gone_and_the_rest_is_back(settings: Any, registry: Any) -> None:
    async with opened(settings, registry) as crm:
        await write(crm, "before")
        (crm.settings.home / "files" / "ab").mkdir()
        (crm.settings.home / "files" / "ab" / "one").write_bytes(b"sealed bytes")
        backup = await back_up(crm)
        await write(crm, "after")
        (crm.settings.home / "files" / "ab" / "two").write_bytes(b"later bytes")
    assert backup.verified.rows == 1
    assert backup.verified.opened == 1
    result = await restore(settings, registry, backup.folder)
    assert (result.rows, result.purged) == (1, 0)
    assert sorted(path.name for path in (settings.home / "files" / "ab").iterdir()) == ["one"]
    assert result.set_aside is not None
    async with opened(settings, registry) as crm:
        assert await texts(crm) == ["before"]
        await write(crm, "goes on")
        assert await texts(crm) == ["before", "goes on"]
        assert await crm.feed.head() > 0


async def test_erased_person_stays_gone_after_restoring_an_old_backup(settings: Any, registry: Any) -> None:
    async with opened(settings, registry) as crm:
        ada, mats = await write(crm, "Ada"), await write(crm, "Mats")
        await crm.records.insert(PICNIC, {"id": new_id()}, Words("Ada alone"), people=[ada])
        await crm.records.insert(PICNIC, {"id": new_id()}, Words("both"), people=[ada, mats])
        await crm.records.insert(PICNIC, {"id": new_id()}, Words("nobody's"))
        old = await back_up(crm)
        await crm.keyring.destroy(ada, ["relationship"])
    result = await restore(settings, registry, old.folder)
    assert (result.rows, result.purged) == (3, 2)
    async with opened(settings, registry) as crm:
        assert await texts(crm) == ["Mats"]
        # Nobody noted which passages of what they shared were about her.
        assert await texts(crm, PICNIC) == ["[erased]", "nobody's"]
        assert len(await crm.data.fetch("SELECT id FROM postcard")) == 1
        assert await crm.data.fetch("SELECT id FROM shared_key WHERE subject_id = ?", ada) == []


async def test_nothing_points_at_an_erased_person_after_restoring_an_old_backup(settings: Any, registry: Any) -> None:
    """A relationship is a record of both: the other one's key alone must not open what was said about the erased."""
    async with opened(settings, registry) as crm:
        ada, mats, bob = await make(crm, "Ada"), await make(crm, "Mats"), await make(crm, "Bob")
        for other in (ada, bob):
            await add_relationship(crm, access_of(), "partner", mats, other, note="met at the sanatorium")
        await log(crm, ada, mats)
        old = await back_up(crm)
        await purge_contact(crm, ada)
    await restore(settings, registry, old.folder)
    async with opened(settings, registry) as crm:
        related = await crm.data.fetch("SELECT from_id, to_id FROM relationship")
        linked = await crm.data.fetch("SELECT contact_id FROM interaction_participant")
        wraps = await crm.data.fetch("SELECT id FROM shared_key WHERE subject_id = ?", mats)
    assert [(row["from_id"], row["to_id"]) for row in related] == [(mats, bob)]
    assert [row["contact_id"] for row in linked] == [mats]
    assert len(wraps) == 2


async def test_backup_restores_into_an_empty_home_with_the_copied_keyring(
    settings: Any, registry: Any, tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    async with opened(settings, registry) as crm:
        await write(crm, "moved house")
        backup = await back_up(crm, to=tmp_path / "disk", keyring_to=tmp_path / "safe")
    urls = request.getfixturevalue("fresh_urls")()
    new = settings.model_copy(update={"home": tmp_path / "new home", **urls})
    new.home.mkdir()
    with pytest.raises(Locked):
        await restore(new, registry, backup.folder, keyring_folder=backup.keyring_folder)
    (new.home / "keys").mkdir()
    shutil.copy(settings.home / "keys" / "unlock.key", new.home / "keys" / "unlock.key")
    if engine == "postgres":
        async with open_plain(new):
            await Postcard.create_table()
            await Picnic.create_table()
    await restore(new, registry, backup.folder, keyring_folder=backup.keyring_folder)
    async with opened(new, registry) as crm:
        assert await texts(crm) == ["moved house"]


@asynccontextmanager
async def open_plain(settings: Any) -> AsyncIterator[None]:
    from confida_core.storage.postgres import PostgresDatabase

    database = await PostgresDatabase.open(settings.database_url)
    DATA.bind(database)
    try:
        yield
    finally:
        DATA.bind(None)
        await database.close()


async def test_keyring_older_than_the_data_is_refused(settings: Any, registry: Any, tmp_path: Path) -> None:
    async with opened(settings, registry) as crm:
        await write(crm, "one")
        older = await copy_keyring(crm, tmp_path / "older")
        await write(crm, "two")
        backup = await back_up(crm)
    await lose_keyring(settings)
    with pytest.raises(RestoreRefused, match="older than this backup"):
        await restore(settings, registry, backup.folder, keyring_folder=older)


async def test_keyring_copy_from_before_an_erasure_is_refused_while_a_later_backup_tells(
    settings: Any, registry: Any, tmp_path: Path
) -> None:
    """The copy is newer than the backup, and the keyring in place is lost: only what was made later knows of the erasure."""
    async with opened(settings, registry) as crm:
        ada = await write(crm, "Ada")
        old = await back_up(crm, to=tmp_path / "disk")
        carried = await copy_keyring(crm, tmp_path / "carried")
        await crm.keyring.destroy(ada, ["relationship"])
        later = await back_up(crm, to=tmp_path / "disk")
    shutil.rmtree(settings.home / "backups")
    await lose_keyring(settings)
    with pytest.raises(RestoreRefused, match=f"older than {later.folder.name}"):
        await restore(settings, registry, old.folder, keyring_folder=carried)
    # Where nothing is left that could tell, it is said.
    shutil.rmtree(later.folder)
    said: list[str] = []
    await restore(settings, registry, old.folder, keyring_folder=carried, say=said.append)
    assert [one for one in said if "nothing here knows it" in one] != []


async def lose_keyring(settings: Any) -> None:
    from confida_core.storage.postgres import PostgresDatabase

    (settings.home / "keyring.db").unlink(missing_ok=True)
    if settings.keyring_url:
        store = await PostgresDatabase.open(settings.keyring_url)
        for table in TABLES:
            await store.fetch(f"DROP TABLE {table}")
        await store.close()


async def test_keyring_of_another_installation_is_refused_and_nothing_changes(
    settings: Any, registry: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with opened(settings, registry) as crm:
        await write(crm, "mine")
        backup = await back_up(crm)
    other = settings.model_copy(update={"home": tmp_path / "other", **request.getfixturevalue("fresh_urls")()})
    async with opened(other, registry) as crm:
        await write(crm, "theirs")
        await back_up(crm)
    with pytest.raises((RestoreRefused, Locked)):
        await restore(other, registry, backup.folder)
    async with opened(other, registry) as crm:
        assert await texts(crm) == ["theirs"]


async def test_keyring_that_would_empty_the_database_is_refused(
    settings: Any, registry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyless, "FEW_ROWS", 3)
    async with opened(settings, registry) as crm:
        people = [await write(crm, str(number)) for number in range(6)]
        backup = await back_up(crm)
        for person in people[:4]:
            await crm.keyring.destroy(person, ["relationship"])
    with pytest.raises(RestoreRefused, match="4 of 6 rows"):
        await restore(settings, registry, backup.folder)
    async with opened(settings, registry) as crm:
        assert len(await crm.data.fetch("SELECT id FROM postcard")) == 6
    assert (await restore(settings, registry, backup.folder, accept_loss=True)).purged == 4


@pytest.mark.parametrize("harm", ["changed", "missing", "added", "manifest"])
async def test_damaged_backup_is_refused(settings: Any, registry: Any, harm: str) -> None:
    async with opened(settings, registry) as crm:
        await write(crm, "mine")
        folder = (await back_up(crm)).folder
    stored = folder / next(iter(read_manifest(folder).files))
    if harm == "changed":
        content = bytearray(stored.read_bytes())
        content[len(content) // 2] ^= 1
        stored.write_bytes(content)
    elif harm == "missing":
        stored.unlink()
    elif harm == "added":
        (folder / "files" / "extra").write_bytes(b"x")
    else:
        (folder / "manifest.json").write_bytes(b"{}")
    with pytest.raises(BackupDamaged):
        await restore(settings, registry, folder)
    async with opened(settings, registry) as crm:
        assert await texts(crm) == ["mine"]


async def test_only_the_newest_keyring_copy_is_kept(settings: Any, registry: Any) -> None:
    async with opened(settings, registry) as crm:
        first = await back_up(crm)
        second = await back_up(crm)
    kept = [path.name for path in (settings.home / "backups" / "keyring").glob("keyring-*")]
    assert (kept, first.folder.exists()) == ([second.keyring_folder.name], True)


async def test_copy_of_the_keyring_is_renewed_after_an_erasure(settings: Any, registry: Any) -> None:
    async with opened(settings, registry) as crm:
        ada = await write(crm, "Ada")
        await renew_keyring_copy(crm, {})
        assert newest_copy(settings) is None, "nobody asked for a copy"
        first = (await back_up(crm)).keyring_folder
        await renew_keyring_copy(crm, {})
        assert newest_copy(settings) == first
        await crm.keyring.destroy(ada, ["relationship"])
        await renew_keyring_copy(crm, {})
    assert [path.name for path in (settings.home / "backups" / "keyring").glob("keyring-*")] != [first.name]
    assert not first.exists()


async def test_older_copy_that_a_crash_left_behind_is_removed(settings: Any, registry: Any) -> None:
    async with opened(settings, registry) as crm:
        first = (await back_up(crm)).keyring_folder
        left = first.with_name("keyring-20200101T000000Z-0000")
        shutil.copytree(first, left)
        await renew_keyring_copy(crm, {})
    assert [path.name.startswith("keyring-2020") for path in first.parent.glob("keyring-*")] == [False]


async def test_copy_during_which_somebody_was_erased_is_renewed(
    settings: Any, registry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(settings, registry) as crm:
        ada = await write(crm, "Ada")
        dump = stores.dump

        async def slow(*args: Any, **more: Any) -> Any:
            tables = await dump(*args, **more)
            await crm.keyring.destroy(ada, ["relationship"])
            return tables

        with monkeypatch.context() as patched:
            patched.setattr(archive, "dump", slow)
            stale = await copy_keyring(crm)
        await renew_keyring_copy(crm, {})
        assert newest_copy(settings) not in (None, stale)


async def test_backup_holds_no_plain_content_and_no_key(
    settings: Any, registry: Any, engine: str, tmp_path: Path
) -> None:
    home = tmp_path / "plain" if engine == "sqlite" else settings.home
    bare = settings.model_copy(update={"cipher": False, "home": home})
    async with opened(bare, registry) as crm:
        await write(crm, "MARKER-OF-ADA")
        backup = await back_up(crm)
    stored = b"".join(path.read_bytes() for path in backup.folder.rglob("*") if path.is_file())
    assert b"postcard" in stored
    assert b"MARKER-OF-ADA" not in stored
    key_file = (bare.home / "keys" / "unlock.key").read_bytes().strip()
    for path in [*backup.folder.rglob("*"), *backup.keyring_folder.rglob("*")]:
        if path.is_file():
            assert key_file not in path.read_bytes()
            assert bytes.fromhex(key_file.decode()) not in path.read_bytes()


async def test_backup_during_writes_is_consistent(settings: Any, registry: Any) -> None:
    import asyncio

    async with opened(settings, registry) as crm:
        stop = asyncio.Event()

        async def keep_writing() -> None:
            while not stop.is_set():
                await write(crm, "busy")
                await asyncio.sleep(0)

        writer = asyncio.create_task(keep_writing())
        await asyncio.sleep(0.1)
        backup = await back_up(crm)
        stop.set()
        await writer
    assert backup.verified.keyless == 0
    result = await restore(settings, registry, backup.folder)
    assert (result.rows, result.purged) == (backup.verified.rows, 0)


async def test_failed_backup_leaves_nothing_behind(settings: Any, registry: Any, monkeypatch: Any) -> None:
    async with opened(settings, registry) as crm:
        monkeypatch.setattr("confida_core.backup.archive.copy_files", fail)
        with pytest.raises(OSError, match="no room"):
            await back_up(crm)
    assert list((settings.home / "backups").glob("data-*")) == []


def fail(*_: Any) -> None:
    raise OSError("no room")


@pytest.fixture
def fresh_urls(engine: str, request: pytest.FixtureRequest) -> Any:
    """Makes two more databases on the server, for a second installation."""

    def make() -> dict[str, str]:
        if engine == "sqlite":
            return {}
        server, urls = request.getfixturevalue("postgres_server"), {}
        for setting in ("database", "keyring"):
            name = f"{setting}_{new_id().hex}"
            server.psql(f'CREATE DATABASE "{name}"')
            urls[f"{setting}_url"] = server.get_uri(database=name)
        return urls

    return make
