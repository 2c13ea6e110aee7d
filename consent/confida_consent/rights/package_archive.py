"""A ZIP file that is written while it is read: nothing of it lies on a disk in the clear, and little of it in memory."""

from __future__ import annotations

import asyncio
import hashlib
import re
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

PACKED = ("image/", "video/", "audio/", "application/zip", "application/gzip", "application/vnd.")
UNSAFE = re.compile(r"[^\w. ()+@-]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive. sha256: hex, of its bytes as they are unpacked."""

    path: str
    sha256: str
    size: int


class Sink:
    """What the ZIP writer takes for a file that can only be written; hands out what has come so far."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, data: bytes, /) -> int:
        self._waiting += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """It belongs to whoever reads it."""

    def drained(self) -> bytes:
        taken, self._waiting = bytes(self._waiting), bytearray()
        return taken


class Archive:
    """Adds files one after the other; after each, `drained` gives the bytes to pass on. made_at: time of every entry."""

    def __init__(self, made_at: datetime) -> None:
        self._sink, self._moment = Sink(), made_at.timetuple()[:6]
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        self.entries: list[Entry] = []

    def drained(self) -> bytes:
        return self._sink.drained()

    def add(self, path: str, content: bytes, *, listed: bool = True) -> None:
        """listed: whether the manifest names it."""
        self._zip.writestr(self._info(path, ""), content)
        if listed:
            self.entries.append(Entry(path, hashlib.sha256(content).hexdigest(), len(content)))

    async def add_stream(self, path: str, media_type: str, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Add a file as it is read; yields what of the archive is ready meanwhile."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(path, media_type), "w", force_zip64=True) as member:
            async for piece in pieces:
                digest.update(piece)
                size += len(piece)
                await asyncio.to_thread(member.write, piece)
                yield self.drained()
        self.entries.append(Entry(path, digest.hexdigest(), size))
        yield self.drained()

    def finished(self) -> bytes:
        """The end of the archive."""
        self._zip.close()
        return self.drained()

    def _info(self, path: str, media_type: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self._moment)
        info.compress_type = zipfile.ZIP_STORED if media_type.startswith(PACKED) else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info


def safe_name(name: str) -> str:
    """A file name that every system can unpack and none takes for a folder."""
    return UNSAFE.sub("_", name).strip(" .")[-120:] or "file"
