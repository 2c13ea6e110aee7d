"""Backups for somebody else's eyes only: age files to the operator's keys, with the same promises as folders."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from confida_core.backup.age_files import InvalidKey, KeyMissing, new_identity, pack, read_identities, unpack
from confida_core.backup.archive import back_up, copy_keyring
from confida_core.backup.freshness import facts, renew_keyring_copy
from confida_core.backup.manifest import NAME as MANIFEST
from confida_core.backup.manifest import BackupDamaged
from confida_core.backup.restore import RestoreRefused, newest_copy, restore
from confida_core.contacts.trash import purge_contact
from confida_core.installation import open_installation
from tests.conftest import own_registry
from tests.core.backup.test_restore import lose_keyring
from tests.core.interactions.cast import make

pytestmark = pytest.mark.anyio
OURS, OTHERS = new_identity(), new_identity()


@pytest.fixture
def sealed(settings: Any) -> Any:
    """The same installation, with a recipient."""
    return settings.model_copy(update={"backup_recipients": (str(OURS.to_public()),)})


@asynccontextmanager
async def opened(settings: Any) -> AsyncIterator[Any]:
    async with open_installation(settings, own_registry()) as crm:
        yield crm


async def contacts(crm: Any) -> set[Any]:
    return {row["id"] for row in await crm.data.fetch("SELECT id FROM contact")}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".making-"))


async def test_encrypted_backup_comes_back_without_whoever_was_erased_since(sealed: Any) -> None:
    async with opened(sealed) as crm:
        ada, mats = await make(crm, "Ada"), await make(crm, "Mats")
        (sealed.home / "files" / "ab").mkdir()
        (sealed.home / "files" / "ab" / ("a" * 32)).write_bytes(b"sealed bytes" * 100_000)
        backup = await back_up(crm)
        assert (backup.verified.keyless, backup.verified.opened > 0) == (0, True)
        await purge_contact(crm, ada)
    (sealed.home / "files" / "ab" / ("a" * 32)).unlink()
    plain = backup.folder.name.replace(".tar.age", ".json")
    assert names(sealed.home / "backups") == [plain, backup.folder.name, "keyring"]
    assert facts(backup.folder).installation == crm.keyring.installation_id
    assert backup.folder.read_bytes().startswith(b"age-encryption.org/v1\n")
    with pytest.raises(RestoreRefused, match="--identity"):
        await restore(sealed, own_registry(), backup.folder)
    with pytest.raises(KeyMissing):
        await restore(sealed, own_registry(), backup.folder, identities=[OTHERS])
    await restore(sealed, own_registry(), backup.folder, identities=[OTHERS, OURS])
    assert (sealed.home / "files" / "ab" / ("a" * 32)).stat().st_size == 1_200_000
    assert list(sealed.home.glob(".restoring-*")) == []
    async with opened(sealed) as crm:
        assert await contacts(crm) == {mats}


async def test_lost_keyring_comes_back_from_its_encrypted_copy(sealed: Any) -> None:
    async with opened(sealed) as crm:
        ada = await make(crm, "Ada")
        backup = await back_up(crm)
        await crm.orders.give("objection", ada)
        await renew_keyring_copy(crm, {})
    await lose_keyring(sealed)
    await restore(sealed, own_registry(), backup.folder, identities=[OURS])
    async with opened(sealed) as crm:
        await crm.orders.refresh()
        assert crm.orders.forbids(ada, "anything")


async def test_encrypted_copy_of_the_keyring_is_replaced_and_never_kept(sealed: Any, tmp_path: Path) -> None:
    elsewhere = sealed.model_copy(update={"backup_keyring_to": tmp_path / "stick"})
    async with opened(sealed) as crm:
        ada = await make(crm, "Ada")
        await copy_keyring(crm)
    async with opened(elsewhere) as crm:
        first = (await back_up(crm)).keyring_folder
        await renew_keyring_copy(crm, {})
        assert newest_copy(elsewhere) == first, "it was current"
        await purge_contact(crm, ada)
        await renew_keyring_copy(crm, {})
        second = newest_copy(elsewhere)
        assert second is not None
        assert names(tmp_path / "stick") == sorted([second.name, second.name.replace(".tar.age", ".json")])
        assert second != first
        # The one where copies went before the setting was changed is as dangerous as any.
        old_place = sealed.home / "backups" / "keyring"
        assert len(names(old_place)) == 2
        assert facts(next(old_place.glob("*.tar.age"))).counters == crm.keyring.counters


@pytest.mark.parametrize("harm", ["changed", "cut off", "lengthened"])
async def test_damaged_file_is_refused_and_nothing_changes(sealed: Any, harm: str) -> None:
    async with opened(sealed) as crm:
        backup = await back_up(crm)
        ada = await make(crm, "Ada")
    content = bytearray(backup.folder.read_bytes())
    if harm == "changed":
        content[len(content) // 2] ^= 1
    content = content[: len(content) // 2] if harm == "cut off" else content + b"x" * (harm == "lengthened")
    backup.folder.write_bytes(content)
    with pytest.raises(BackupDamaged):
        await restore(sealed, own_registry(), backup.folder, identities=[OURS])
    async with opened(sealed) as crm:
        assert await contacts(crm) == {ada}


async def test_what_was_written_is_read_back_before_it_counts(sealed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that loses bytes is found out by the trial, and the backup of the day before stays the newest."""
    async with opened(sealed) as crm:
        await make(crm, "Ada")
        good = await back_up(crm)

        def lossy(folder: Path, archive: Path, recipients: Any) -> None:
            pack(folder, archive, recipients)
            os.truncate(archive, archive.stat().st_size - 100)

        with monkeypatch.context() as patched:
            patched.setattr("confida_core.backup.archive.pack", lossy)
            with pytest.raises(BackupDamaged):
                await back_up(crm)
    plain = good.folder.name.replace(".tar.age", ".json")
    assert names(sealed.home / "backups") == [plain, good.folder.name, "keyring"]


async def test_wrong_recipient_makes_no_backup(settings: Any) -> None:
    wrong = settings.model_copy(update={"backup_recipients": ("age1nonsense",)})
    async with opened(wrong) as crm:
        with pytest.raises(InvalidKey, match="key 1"):
            await back_up(crm)
    assert names(wrong.home / "backups") == []


async def test_every_recipient_opens_it(settings: Any, tmp_path: Path) -> None:
    both = tuple(str(each.to_public()) for each in (OURS, OTHERS))
    async with opened(settings.model_copy(update={"backup_recipients": both})) as crm:
        archive = (await back_up(crm)).folder
    for number, identity in enumerate((OURS, OTHERS)):
        unpack(archive, tmp_path / str(number), [identity])
        assert (tmp_path / str(number) / MANIFEST).exists()
    assert archive.read_bytes().split(b"---")[0].count(b"-> X25519") == 3


def test_identity_file_of_age_keygen(tmp_path: Path) -> None:
    path = tmp_path / "key.txt"
    path.write_text(f"# created: 2026-11-22T00:00:00Z\n# public key: {OURS.to_public()}\n{OURS}\n")
    assert [str(each) for each in read_identities(path)] == [str(OURS)]
    for wrong in ("", "# nothing", "AGE-SECRET-KEY-1NONSENSE"):
        path.write_text(wrong)
        with pytest.raises(InvalidKey):
            read_identities(path)


def test_packing_and_unpacking_take_little_memory(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / MANIFEST).write_text("{}")
    (folder / "large").write_bytes(os.urandom(64_000_000))
    tracemalloc.start()
    pack(folder, tmp_path / "a.tar.age", [OURS.to_public()])
    unpack(tmp_path / "a.tar.age", tmp_path / "back", [OURS])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "back" / "large").read_bytes() == (folder / "large").read_bytes()
    assert peak < 8_000_000


@pytest.mark.parametrize("way", ["over a link", "relative"])
def test_unpacks_into_a_folder_whose_name_is_not_its_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """A home that is a link, or `--to backups`, is as good as any other."""
    folder, real = tmp_path / "folder", tmp_path / "real"
    folder.mkdir()
    real.mkdir()
    (folder / MANIFEST).write_text("{}")
    (tmp_path / "link").symlink_to(real)
    monkeypatch.chdir(tmp_path)
    pack(folder, tmp_path / "a.tar.age", [OURS.to_public()])
    unpack(tmp_path / "a.tar.age", tmp_path / "link" / "back" if way == "over a link" else Path("real/back"), [OURS])
    assert (real / "back" / MANIFEST).read_text() == "{}"


def test_missing_archive_is_said_and_nothing_waits(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        unpack(tmp_path / "a.tar.age", tmp_path / "back", [OURS])
