"""The last step of a restore: old files aside, new files in. Once begun it is always finished, by whoever comes next.

A note on the disk says what is to be moved where; while a restored file waits in its folder, what bears its name in the home
is the old one. So a crash at any point leaves something that every further run brings to the same end.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from confida_core.backup.manifest import sync_file
from confida_core.clock import now
from confida_core.storage.files import sync_folder, write_durably

NOTE = "restore-in-progress.json"
BESIDE = ("", "-wal", "-shm")


def new_aside(home: Path) -> Path:
    """Where the present data go."""
    # The last part, because two restores may follow each other within a second.
    return home / f"before-restore-{now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def put_in_place(home: Path, work: Path) -> Path | None:
    """Move the present data aside and the restored data in; returns where the present data went, None if there were none.

    work: a folder in the home with confida.db, files and, only where they are to replace what is there, keyring.db and
    root.json; it is gone afterwards. The index goes too; it is built anew at the next start.
    """
    aside = new_aside(home)
    try:
        (work / "files").mkdir(mode=0o700, exist_ok=True)
        sync_tree(work)
        write_durably(home / NOTE, json.dumps({"work": work.name, "aside": aside.name}).encode())
    except BaseException:
        if not (home / NOTE).exists():
            shutil.rmtree(work, ignore_errors=True)
        raise
    finish_restore(home)
    return aside if aside.exists() else None


def finish_restore(home: Path) -> bool:
    """Bring a restore to its end that was decided upon and then interrupted; whether there was one."""
    if not (home / NOTE).exists():
        return False
    with alone(home):
        # Another program may have done it while this one waited.
        if (home / NOTE).exists():
            note = json.loads((home / NOTE).read_bytes())
            move_all(home, home / note["work"], home / note["aside"])
            (home / NOTE).unlink()
            sync_folder(home)
            shutil.rmtree(home / note["work"], ignore_errors=True)
            if (home / note["aside"]).exists() and not any((home / note["aside"]).iterdir()):
                (home / note["aside"]).rmdir()
    return True


@contextmanager
def alone(home: Path) -> Iterator[None]:
    handle = os.open(home / ".finishing-restore", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def move_all(home: Path, work: Path, aside: Path) -> None:
    remove_index(home)
    aside.mkdir(mode=0o700, exist_ok=True)
    if (work / "root.json").exists():
        (home / "keys").mkdir(mode=0o700, exist_ok=True)
        move(work / "root.json", home / "keys" / "root.json")
    if (work / "keyring.db").exists():
        # Not set aside: an old keyring may not be kept.
        for suffix in BESIDE[1:]:
            (home / f"keyring.db{suffix}").unlink(missing_ok=True)
        move(work / "keyring.db", home / "keyring.db")
    for name in ("confida.db", "files"):
        if (work / name).exists():
            for old in (home / f"{name}{suffix}" for suffix in BESIDE):
                if old.exists():
                    os.replace(old, aside / old.name)
            move(work / name, home / name)
    sync_folder(aside)
    sync_folder(home)


def move(source: Path, target: Path) -> None:
    """Durable where it goes to, before anything else is moved."""
    os.replace(source, target)
    sync_folder(target.parent)
    sync_folder(source.parent)


def sync_tree(folder: Path) -> None:
    """Everything below is on the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            sync_file(path)
        else:
            sync_folder(path)
    sync_folder(folder)


def remove_index(home: Path) -> None:
    for path in home.glob("index.db*"):
        path.unlink(missing_ok=True)


def sweep_work(home: Path) -> None:
    """Remove what an interrupted restore had prepared and not decided upon. Only for whoever is alone in the home."""
    for path in home.glob(".restoring-*"):
        shutil.rmtree(path, ignore_errors=True)
