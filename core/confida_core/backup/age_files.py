"""Backups as age files: one tar stream, encrypted to the operator's public keys, made and read without a second copy.

`age -d -i key.txt data-….tar.age | tar x` opens one without Confida. Only files of our own are read.
"""

from __future__ import annotations

import os
import tarfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from confida_core.backup.manifest import NAME as MANIFEST
from confida_core.backup.manifest import BackupDamaged, Steady, files_in

if TYPE_CHECKING:
    from pyrage.x25519 import Identity, Recipient

CHUNK = 256 * 1024
NO_MATCH = "No matching keys"


class InvalidKey(Exception):
    """This is no public or no secret key of age; the key itself is not repeated."""


class KeyMissing(Exception):
    """None of the secret keys at hand opens this backup."""


def new_identity() -> Identity:
    """A new secret key; `str` of it is to be kept, `to_public` is the recipient."""
    from pyrage import x25519

    return x25519.Identity.generate()


def recipients_of(texts: Sequence[str]) -> list[Recipient]:
    """Public keys as written in the settings. Raises InvalidKey, saying which one."""
    from pyrage import RecipientError, x25519

    found = []
    for number, text in enumerate(texts, 1):
        try:
            found.append(x25519.Recipient.from_str(text.strip()))
        except RecipientError:
            raise InvalidKey(f"backup_recipients: key {number} is not a public key of age (age1…)") from None
    return found


def read_identities(path: Path) -> list[Identity]:
    """The secret keys in a file such as `age-keygen` and `confida backup-key new` write. Raises InvalidKey, OSError."""
    from pyrage import IdentityError, x25519

    found = []
    for line in path.read_text("utf-8", "replace").splitlines():
        text = line.strip()
        if text and not text.startswith("#"):
            try:
                found.append(x25519.Identity.from_str(text))
            except IdentityError:
                raise InvalidKey(f"{path} holds something that is no secret key of age") from None
    if not found:
        raise InvalidKey(f"{path} holds no secret key of age")
    return found


class TarStream:
    """The files of a folder as one tar archive, read piece by piece; the manifest is the first of them."""

    def __init__(self, folder: Path) -> None:
        self._pieces = tar_pieces(folder)
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            # An empty piece, such as the padding of a file that needs none, would be taken for the end.
            self._rest = next((piece for piece in self._pieces if piece), b"")
        piece, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return piece


def tar_pieces(folder: Path) -> Iterator[bytes]:
    for name in (MANIFEST, *files_in(folder)):
        path = folder / name
        info = tarfile.TarInfo(name)
        info.size, info.mode = path.stat().st_size, 0o600
        yield info.tobuf(tarfile.PAX_FORMAT)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
        yield b"\0" * (-info.size % tarfile.BLOCKSIZE)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def pack(folder: Path, archive: Path, recipients: Sequence[Recipient]) -> None:
    """Write a folder into a new file, durably. A few hundred kilobytes are in memory. Raises OSError."""
    import pyrage

    handle = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb", buffering=CHUNK) as file:
        # Objects of Python on both sides: the driver holds the interpreter between two calls to them, never for longer.
        pyrage.encrypt_io(TarStream(folder), Steady(file), recipients)
        file.flush()
        os.fsync(file.fileno())


def unpack(archive: Path, folder: Path, identities: Sequence[Identity]) -> None:
    """Write the files of an archive into a new folder. Raises KeyMissing, BackupDamaged, OSError."""
    folder.mkdir(mode=0o700)
    reading, writing = os.pipe()
    failure: list[BaseException] = []
    with os.fdopen(reading, "rb") as stream:
        thread = threading.Thread(target=decrypt, args=(archive, writing, identities, failure), daemon=True)
        thread.start()
        try:
            extract(stream, folder)
            while stream.read(CHUNK):
                pass
        except tarfile.TarError as error:
            failure.append(error)
        finally:
            stream.close()
            thread.join()
    if failure:
        raise_for(failure[0], archive)


def decrypt(archive: Path, writing: int, identities: Sequence[Identity], failure: list[BaseException]) -> None:
    """Into the pipe; the last piece is authentic only if this ends without a failure."""
    import pyrage

    try:
        # The pipe first: whoever reads it waits for its end, also if there is no archive.
        with os.fdopen(writing, "wb", buffering=CHUNK) as target, archive.open("rb", buffering=CHUNK) as source:
            pyrage.decrypt_io(source, target, identities)
    except BrokenPipeError:
        pass
    except BaseException as error:
        failure.insert(0, error)


def extract(stream: IO[bytes], folder: Path) -> None:
    """Regular files below the folder only."""
    # As the entries are compared: the way to the folder may be relative, or lead over a link.
    folder = folder.resolve()
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for info in tar:
            place = folder / info.name
            if not info.isreg() or folder not in place.resolve().parents:
                raise tarfile.ReadError("an entry that we did not write")
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            source = tar.extractfile(info)
            if source is None:
                raise tarfile.ReadError("an entry without content")
            with place.open("xb") as file:
                steady = Steady(file)
                while chunk := source.read(CHUNK):
                    steady.write(chunk)


def raise_for(error: BaseException, archive: Path) -> None:
    if NO_MATCH in str(error):
        raise KeyMissing(f"none of the secret keys given opens {archive}") from None
    if isinstance(error, OSError) and error.errno is not None:
        raise error
    raise BackupDamaged(f"{archive} is damaged or not a backup") from None
