"""A program that makes backups and restores them, killed before each of its steps in turn.

Usage: python -m tests.faults.keeper HOME backup|restore STRIDE [BACKUP]
A step is a write that becomes durable, a rename, a removal, a new folder or file, or a commit. Each round is a fork of one
process, because loading the program takes a second: one child works until it is killed, another looks at what is left. It ends
when a child got through, and prints how many were killed. STRIDE: kill before every step (1), every third (3) ...
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from confida_core.backup.archive import back_up
from confida_core.backup.manifest import check_files, read_manifest
from confida_core.backup.places import kept_in
from confida_core.backup.restore import restore
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact, display_names
from confida_core.installation import open_installation
from confida_core.settings import read_settings
from confida_core.storage.postgres import PostgresDatabase
from confida_core.storage.sqlite import SQLiteDatabase
from confida_core.vault.access import system_access
from tests.conftest import own_registry

ACCESS = system_access("keeper")
OLD, NEW = {"Mats"}, {"Mats", "Later"}


class Killer:
    """Ends the process before its step of this number."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        for place, name in ((os, "replace"), (os, "fsync"), (os, "unlink"), (os, "mkdir"), (shutil, "copyfile")):
            setattr(place, name, self.before(getattr(place, name)))
        for engine in (SQLiteDatabase, PostgresDatabase):
            engine._commit = self.before_and_after(engine._commit)  # type: ignore[method-assign]

    def before(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.step()
            return work(*args, **kwargs)

        return watched

    def before_and_after(self, work: Callable[..., Awaitable[None]]) -> Any:
        async def watched(*args: Any) -> None:
            self.step()
            await work(*args)
            self.step()

        return watched


async def names(settings: Any) -> set[str]:
    """Of every contact; each is opened, and the store is sound."""
    async with open_installation(settings, own_registry()) as crm:
        rows = await crm.data.fetch("SELECT id FROM contact")
        found = await display_names(crm, ACCESS, [row["id"] for row in rows])
        assert len(found) == len(rows), "a row without its key"
        if isinstance(crm.data, SQLiteDatabase):
            assert crm.data.inspect("PRAGMA integrity_check") == [("ok",)]
        return set(found.values())


async def add_later(settings: Any) -> None:
    """What the present data have and the backup has not."""
    async with open_installation(settings, own_registry()) as crm:
        await create_contact(crm, ACCESS, ContactKind.PERSON, ContactContent(display_name="Later"))
    later = settings.home / "files" / "cd" / "c"
    later.parent.mkdir(exist_ok=True)
    later.write_bytes(b"later")


async def make_backup(settings: Any, _: Path | None) -> None:
    async with open_installation(settings, own_registry()) as crm:
        await back_up(crm)


async def put_back(settings: Any, backup: Path | None) -> None:
    assert backup is not None
    await restore(settings, own_registry(), backup)


async def backups_are_whole(settings: Any) -> None:
    """Whatever looks complete is; there is a copy of the keyring at each moment; the next backup clears up."""
    place = settings.home / "backups"
    for copy in [*kept_in(place, "data"), *kept_in(place / "keyring", "keyring")]:
        if copy.path.is_dir():
            check_files(copy.path, read_manifest(copy.path))
    assert kept_in(place / "keyring", "keyring"), "no copy of the keyring is left"
    assert await names(settings) == NEW


async def old_or_restored(settings: Any) -> None:
    """Nothing between: the data of before, or those of the backup with their files."""
    found = await names(settings)
    files = {path.name for path in (settings.home / "files").rglob("*") if path.is_file()}
    assert found in (OLD, NEW), found
    assert {"kept"} <= files, "a file of the restored rows is missing"
    if found == NEW:
        assert "c" in files, "a file of the old rows is missing"
        return
    await add_later(settings)


def in_child(work: Callable[[], Awaitable[None]], killer: Killer | None = None) -> int:
    child = os.fork()
    if child == 0:
        if killer is not None:
            killer.watch()
        try:
            asyncio.run(work())  # type: ignore[arg-type]  # Every one of ours is a coroutine.
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(home: Path, action: str, stride: int, backup: Path | None) -> int:
    settings = read_settings(home=home)
    work, check = (make_backup, backups_are_whole) if action == "backup" else (put_back, old_or_restored)
    # Here, and not in a child: what is loaded and prepared when it is first used is so for all of them.
    asyncio.run(check(settings))
    gc.freeze()
    killed, at = 0, 1
    while True:
        code = in_child(lambda: work(settings, backup), Killer(at))
        if code == 0:
            return killed
        if code != -signal.SIGKILL or in_child(lambda: check(settings)) != 0:
            raise SystemExit(f"killed before step {at} of the {action}, and what is left is not sound")
        killed, at = killed + 1, at + stride


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]) if len(sys.argv) > 4 else None))
