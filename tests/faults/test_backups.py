"""Backups and restores that are cut short at any step: done, or undone, or finished by whoever comes next; never half."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from confida_core.backup.age_files import new_identity
from confida_core.backup.archive import back_up
from confida_core.backup.places import kept_in
from confida_core.backup.replacing import NOTE, finish_restore
from confida_core.backup.restore import restore
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.contacts.trash import purge_contact
from confida_core.installation import open_installation
from confida_core.storage.database import DatabaseError, StorageFull
from tests.conftest import own_registry
from tests.faults import keeper
from tests.faults.keeper import ACCESS, NEW, OLD, add_later, names
from tests.faults.test_full_disk import fill, small_disk

ROOT = Path(__file__).resolve().parents[2]
FEW, EVERY = 23, 1
__all__ = ["small_disk"]


async def prepared(settings: Any) -> Path:
    """A backup with Mats and with Zoe, who is erased since; and somebody later. Returns the backup."""
    async with open_installation(settings, own_registry()) as crm:
        for name in ("Mats", "Zoe"):
            zoe = await create_contact(crm, ACCESS, ContactKind.PERSON, ContactContent(display_name=name))
        (settings.home / "files" / "ab").mkdir()
        (settings.home / "files" / "ab" / "kept").write_bytes(b"sealed bytes")
        backup = (await back_up(crm)).folder
        await purge_contact(crm, zoe)
    await add_later(settings)
    return backup


def write_config(settings: Any, *lines: str) -> None:
    if settings.database_url:
        lines += (f'database_url = "{settings.database_url}"', f'keyring_url = "{settings.keyring_url}"')
    (settings.home / "config.toml").write_text("\n".join(lines))


def rounds(settings: Any, *arguments: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.keeper", str(settings.home), *arguments],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    return int(done.stdout)


def killed_backups(settings: Any, stride: int) -> None:
    asyncio.run(prepared(settings))
    write_config(settings, f'backup_recipients = ["{new_identity().to_public()}"]' if stride == FEW else "")
    assert rounds(settings, "backup", str(stride)) * stride > 10
    assert list((settings.home / "backups").rglob("*.part")) == []
    assert len(kept_in(settings.home / "backups" / "keyring", "keyring")) == 1


def killed_restores(settings: Any, stride: int) -> None:
    backup = asyncio.run(prepared(settings))
    write_config(settings)
    assert rounds(settings, "restore", str(stride), str(backup)) * stride > 10
    assert asyncio.run(names(settings)) == OLD
    assert not (settings.home / NOTE).exists()
    assert list(settings.home.glob(".restoring-*")) == []


def test_killed_backup_leaves_nothing_half(settings: Any) -> None:
    killed_backups(settings, FEW)


def test_killed_restore_leaves_nothing_half(settings: Any) -> None:
    killed_restores(settings, FEW)


@pytest.mark.slow
def test_backup_killed_at_every_step_leaves_nothing_half(settings: Any) -> None:
    killed_backups(settings, EVERY)


@pytest.mark.slow
def test_restore_killed_at_every_step_leaves_nothing_half(settings: Any) -> None:
    killed_restores(settings, EVERY)


@pytest.mark.anyio
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_present_data_lie_aside_after_a_restore_that_was_finished_by_the_next_start(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = await prepared(settings)
    old = (settings.home / "confida.db").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr("confida_core.backup.replacing.finish_restore", lambda home: False)
        await restore(settings, own_registry(), backup)
    assert (settings.home / NOTE).exists()
    assert await names(settings) == OLD
    aside = next(settings.home.glob("before-restore-*"))
    assert (aside / "confida.db").read_bytes() == old
    assert finish_restore(settings.home) is False


@pytest.mark.anyio
@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
@pytest.mark.parametrize("action", ["backup", "restore"])
async def test_database_restarted_at_every_step(settings: Any, action: str, postgres_server: Any) -> None:
    """The server ends every connection, as it does when it is restarted."""
    backup = await prepared(settings)
    databases = [urlsplit(url).path.removeprefix("/") for url in (settings.database_url, settings.keyring_url)]

    def restart() -> None:
        for name in databases:
            postgres_server.psql(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
            )

    failed = 0
    for step in range(1, 30):
        said: list[str] = []
        if not await cut_short(settings, action, backup, at(step, said, restart)):
            failed += 1
            assert await names(settings) == NEW, f"changed, although it failed at: {said[-1]}"
        elif action == "restore":
            assert await names(settings) == OLD
            await add_later(settings)
        if len(said) < step:
            break
    assert (len(said) < step, failed > (4 if action == "restore" else 0)) == (True, True)
    assert list(settings.home.rglob("*.part")) == list(settings.home.glob(".restoring-*")) == []


def at(step: int, said: list[str], happens: Callable[[], None]) -> Callable[[str], None]:
    def say(what: str) -> None:
        said.append(what)
        if len(said) == step:
            happens()

    return say


async def cut_short(settings: Any, action: str, backup: Path, say: Callable[[str], None]) -> bool:
    """Whether it succeeded."""
    # The driver leaves a failed future of its own behind when a connection is lost while rows are copied in; it is only logged.
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    try:
        if action == "restore":
            await restore(settings, own_registry(), backup, say=say)
        else:
            async with open_installation(settings, own_registry()) as crm:
                await back_up(crm, say=say)
    except DatabaseError:
        return False
    return True


@pytest.mark.anyio
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("action", ["backup", "restore"])
async def test_full_disk_at_any_moment_leaves_the_old_data_and_no_half_copy(
    settings: Any, small_disk: Path, action: str
) -> None:
    """Room is given back piece by piece until it suffices, so that it runs out at another place each time."""
    shutil.copytree(settings.home, small_disk / "home", symlinks=True)
    small = settings.model_copy(update={"home": small_disk / "home"})
    backup = await prepared(small)
    before = kept_in(small.home / "backups", "data")
    filler, failed = fill(small_disk), 0
    while not await fits(small, action, backup):
        failed += 1
        assert kept_in(small.home / "backups", "data") == before
        assert list(small.home.glob("backups/*.part")) == list(small.home.glob(".restoring-*")) == []
        os.truncate(filler, filler.stat().st_size - 400_000)
        assert await names(small) == NEW
    assert failed > 2, "the disk never was full"
    assert await names(small) == (OLD if action == "restore" else NEW)


async def fits(settings: Any, action: str, backup: Path) -> bool:
    try:
        await (keeper.put_back(settings, backup) if action == "restore" else keeper.make_backup(settings, None))
    except (StorageFull, OSError):
        return False
    return True
