"""A stream encrypted with age while it is made, so that nothing of it ever lies on a disk unencrypted."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyrage.x25519 import Recipient

WAITING = 8
POLL_SECONDS = 1.0


class Abandoned(Exception):
    """Nobody takes what comes out any more."""


class Pipe:
    """The ends that the encrypting thread reads from and writes to. None ends a stream."""

    def __init__(self) -> None:
        self.plain: queue.Queue[bytes | None] = queue.Queue(WAITING)
        self.sealed: queue.Queue[bytes | BaseException | None] = queue.Queue(WAITING)
        self.abandoned = threading.Event()
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            piece = self._take()
            if piece is None:
                return b""
            self._rest = piece
        cut = len(self._rest) if size < 0 else size
        piece, self._rest = self._rest[:cut], self._rest[cut:]
        return piece

    def _take(self) -> bytes | None:
        while not self.abandoned.is_set():
            try:
                return self.plain.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
        raise Abandoned

    def write(self, data: bytes) -> int:
        self.give(bytes(data))
        return len(data)

    def flush(self) -> None:
        """What was given has left already."""

    def give(self, piece: bytes | BaseException | None) -> None:
        while not self.abandoned.is_set():
            try:
                self.sealed.put(piece, timeout=POLL_SECONDS)
                return
            except queue.Full:
                continue
        raise Abandoned


async def encrypted(pieces: AsyncIterator[bytes], recipients: Sequence[Recipient]) -> AsyncIterator[bytes]:
    """The same bytes, for these recipients alone. What goes wrong with the source is raised here."""
    pipe = Pipe()
    threading.Thread(target=encrypt, args=(pipe, recipients), daemon=True).start()
    feeding = asyncio.create_task(feed(pipe, pieces))
    try:
        while (piece := await asyncio.to_thread(taken, pipe, feeding)) is not None:
            yield piece
        await feeding
    finally:
        pipe.abandoned.set()
        feeding.cancel()
        await asyncio.wait([feeding])


async def feed(pipe: Pipe, pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        await asyncio.to_thread(put, pipe, piece)
    await asyncio.to_thread(put, pipe, None)


def put(pipe: Pipe, piece: bytes | None) -> None:
    while not pipe.abandoned.is_set():
        try:
            pipe.plain.put(piece, timeout=POLL_SECONDS)
            return
        except queue.Full:
            continue


def taken(pipe: Pipe, feeding: asyncio.Task[None]) -> bytes | None:
    """The next encrypted piece; None at the end, also if the source has failed, which `feeding` then raises."""
    while True:
        try:
            piece = pipe.sealed.get(timeout=POLL_SECONDS)
        except queue.Empty:
            if feeding.done() and (feeding.cancelled() or feeding.exception() is not None):
                return None
            continue
        if isinstance(piece, BaseException):
            raise piece
        return piece


def encrypt(pipe: Pipe, recipients: Sequence[Recipient]) -> None:
    import pyrage

    try:
        pyrage.encrypt_io(pipe, pipe, recipients)
        pipe.give(None)
    except BaseException as error:
        if not pipe.abandoned.is_set():
            pipe.give(error)
