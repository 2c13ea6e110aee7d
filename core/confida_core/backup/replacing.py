"""The last step of a restore: old files aside, new files in, in an order that a crash leaves repairable."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from confida_core.clock import now
from confida_core.storage.files import sync_folder


def put_in_place(home: Path, work: Path, keyring_copy: Path | None) -> Path | None:
    """Move the present data aside and the restored data in; returns where the present data went, None if there were none.

    keyring_copy: replaces the keyring in place, which is then removed and not set aside: an old keyring may not be kept.
    The index goes too; it is built anew at the next start.
    """
    # The last part, because two restores may follow each other within a second.
    aside = home / f"before-restore-{now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    old = [
        path for name in ("confida.db", "confida.db-wal", "confida.db-shm", "files") if (path := home / name).exists()
    ]
    if old:
        aside.mkdir(mode=0o700)
    for path in old:
        os.replace(path, aside / path.name)
    for name in ("confida.db", "files"):
        if (work / name).exists():
            os.replace(work / name, home / name)
    (home / "files").mkdir(mode=0o700, exist_ok=True)
    if keyring_copy is not None:
        install_keyring(home, work, keyring_copy)
    remove_index(home)
    sync_folder(home)
    return aside if old else None


def install_keyring(home: Path, work: Path, keyring_copy: Path) -> None:
    for suffix in ("-wal", "-shm"):
        (home / f"keyring.db{suffix}").unlink(missing_ok=True)
    if (work / "keyring.db").exists():
        os.replace(work / "keyring.db", home / "keyring.db")
    install_root(home, keyring_copy)


def install_root(home: Path, keyring_copy: Path) -> None:
    """The slots of the root key, where the home has none."""
    root = home / "keys" / "root.json"
    if not root.exists():
        root.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(keyring_copy / "root.json", root)
        root.chmod(0o600)
        sync_folder(root.parent)


def remove_index(home: Path) -> None:
    for path in home.glob("index.db*"):
        path.unlink(missing_ok=True)
