"""Where copies are kept, and what their names say: kind, moment, and whether they are encrypted to the operator's key.

A name without `.part` at its end is of a copy that is complete; whatever else lies there was left by a crash.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from confida_core.clock import now
from confida_core.presence import InUse
from confida_core.settings import Settings
from confida_core.storage.files import sync_folder

Kind = Literal["data", "keyring"]
NAME = re.compile(r"(data|keyring)-(\d{8}T\d{6}Z)-[0-9a-f]{4}(\.tar\.age)?\Z")
ENCRYPTED = ".tar.age"
PART = ".part"
# A copy of the keyring takes seconds; whoever has waited that long waits for something that hangs.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """One complete copy: a folder, or an age file."""

    made_at: datetime
    path: Path


def data_place(settings: Settings) -> Path:
    """The folder of the data backups."""
    return settings.backup_to or settings.home / "backups"


def keyring_place(settings: Settings) -> Path:
    """The folder of the keyring's one copy."""
    return settings.backup_keyring_to or settings.home / "backups" / "keyring"


def keyring_places(settings: Settings) -> list[Path]:
    """Every folder in which we know to look for copies: the chosen one first, then the one it was before it was chosen."""
    return list(dict.fromkeys((keyring_place(settings), settings.home / "backups" / "keyring")))


def kept_in(folder: Path, kind: Kind) -> list[Kept]:
    """The complete copies of this kind, the oldest first; none if the folder is not there."""
    found = []
    for path in folder.glob(f"{kind}-*"):
        match = NAME.match(path.name)
        if match is not None:
            found.append(Kept(datetime.strptime(match[2], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), path))
    return sorted(found)


def is_encrypted(path: Path) -> bool:
    """Whether it is an age file, by its name; a folder is not."""
    return path.name.removesuffix(PART).endswith(ENCRYPTED)


def facts_of(path: Path) -> Path:
    """Where an encrypted copy says in the clear how much the keys had seen; nobody here may be able to open the copy."""
    return path.with_name(path.name.removesuffix(ENCRYPTED) + ".json")


def new_part(parent: Path, kind: str) -> Path:
    """A new folder to work in. Raises OSError."""
    work = parent / f"{kind}-{now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}{PART}"
    work.mkdir(mode=0o700)
    return work


def finished(part: Path) -> Path:
    """Give a copy that is durable the name which says that it is complete."""
    done = part.with_name(part.name.removesuffix(PART))
    os.replace(part, done)
    sync_folder(done.parent)
    return done


def discard(path: Path) -> None:
    """Remove a copy; what a crash leaves of it does not look complete. Raises OSError."""
    if not path.name.endswith(PART):
        part = path.with_name(path.name + PART)
        os.replace(path, part)
        path = part
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


@asynccontextmanager
async def at_work(folder: Path, kind: Kind, *, wait: bool = False) -> AsyncIterator[None]:
    """Be the only one on this machine who makes such copies there; what a crash has left is removed first.

    wait: up to a minute for somebody else to be through. Raises InUse, OSError.
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    handle = os.open(folder / f".making-{kind}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    patience = time.monotonic() + (PATIENCE_SECONDS if wait else 0)
    try:
        while not locked(handle):
            if time.monotonic() >= patience:
                raise InUse(f"another program is making a copy in {folder}")
            await asyncio.sleep(0.1)
        await asyncio.to_thread(sweep, folder, kind)
        yield
    finally:
        os.close(handle)


def locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sweep(folder: Path, kind: Kind) -> None:
    for path in folder.glob(f"{kind}-*{PART}"):
        discard(path)
    for facts in folder.glob(f"{kind}-*.json"):
        if not facts.with_name(facts.stem + ENCRYPTED).exists():
            facts.unlink()
