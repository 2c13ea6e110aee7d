"""What a backup says about itself: made when, from which installation, and the hash of every file in it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Literal
from uuid import UUID

import msgspec

from confida_core.storage.files import sync_folder, write_durably
from confida_core.vault.keyring_tables import Counters

FORMAT = 1
NAME = "manifest.json"
CHUNK = 1024 * 1024
Advance = Callable[[int], None]


class BackupDamaged(Exception):
    """The backup is not what its manifest says; names the file."""


class StoredFile(msgspec.Struct, frozen=True):
    """sha256: lower-case hexadecimal."""

    sha256: str
    size: int


class StoredTable(msgspec.Struct, frozen=True):
    """How a PostgreSQL table lies in its file. serial: columns whose sequence goes on after the largest value."""

    columns: list[str]
    rows: int
    serial: list[str] = []


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """kind: data or keyring. generation, orders: of the keyring, just after the data were copied (or of the copied keyring)."""

    format: int
    kind: Literal["data", "keyring"]
    engine: Literal["sqlite", "postgres"]
    made_at: datetime
    program: str
    installation: UUID
    generation: int
    orders: int = 0
    migrations: list[tuple[str, str]] = []
    tables: dict[str, StoredTable] = {}
    files: dict[str, StoredFile] = {}

    @property
    def counters(self) -> Counters:
        return Counters(self.generation, self.orders)


def hashed(path: Path, advance: Advance | None = None) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if advance is not None:
                advance(len(chunk))
    return StoredFile(sha256=digest.hexdigest(), size=size)


def files_in(folder: Path) -> list[str]:
    """Every file below, as relative POSIX paths, sorted; the manifest itself is left out."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if name != NAME)


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Add the hash of each file in the folder and write the manifest; everything is durable afterwards."""
    described = msgspec.structs.replace(manifest, files={name: hashed(folder / name) for name in files_in(folder)})
    for name in described.files:
        sync_file(folder / name)
    for path in [*(path for path in folder.rglob("*") if path.is_dir()), folder]:
        sync_folder(path)
    write_durably(folder / NAME, msgspec.json.format(msgspec.json.encode(described), indent=1))
    return described


def read_manifest(folder: Path) -> Manifest:
    """Raises BackupDamaged if the folder is no backup of a format we know."""
    try:
        manifest = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        raise BackupDamaged(f"{folder} holds no readable {NAME}") from None
    if manifest.format != FORMAT:
        raise BackupDamaged(f"{folder} has format {manifest.format}; this program reads format {FORMAT}")
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """Every file is there, unchanged, and none is there that should not be. Raises BackupDamaged."""
    for name, expected in manifest.files.items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise BackupDamaged(f"{NAME} names a file outside of the backup")
        path = folder / name
        if not path.is_file():
            raise BackupDamaged(f"{path} is missing")
        if hashed(path) != expected:
            raise BackupDamaged(f"{path} was changed or is damaged")
    strange = set(files_in(folder)) - set(manifest.files)
    if strange:
        raise BackupDamaged(f"{folder} holds files that are not in {NAME}: {', '.join(sorted(strange)[:3])}")


class Steady:
    """Writes on in a file and sees to it that little of it waits for the disk.

    Hundreds of megabytes that are flushed at once hold up every commit of the running program for seconds.
    """

    EVERY = 8 * CHUNK

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._waiting = file, 0

    def write(self, data: bytes) -> int:
        self._waiting += len(data)
        self._file.write(data)
        if self._waiting >= self.EVERY:
            self.flush()
        return len(data)

    def flush(self) -> None:
        self._file.flush()
        os.fdatasync(self._file.fileno())
        self._waiting = 0


def copy_steadily(source: Path, target: Path) -> Path:
    """Like `shutil.copyfile`. Raises OSError."""
    with source.open("rb") as reading, target.open("wb") as file:
        writing = Steady(file)
        while chunk := reading.read(CHUNK):
            writing.write(chunk)
    return target


def sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
