"""The index as the rest of the program sees it: ask it, let it follow the change feed, build it anew."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from datetime import date
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Final, Protocol, Self, TypeVar
from uuid import UUID

from confida_core import clock
from confida_core.declarations import IndexField
from confida_core.index.conditions import Fields, by_key
from confida_core.index.cursors import CursorBox
from confida_core.index.entries import IndexEntry
from confida_core.index.opening import IndexUnavailable, current_generation, open_generation, translated
from confida_core.index.plan import Scope
from confida_core.index.projection import apply, read_position
from confida_core.index.query import Ask, Counts, Facet, IndexPage, IndexQuery
from confida_core.index.rebuild import Rebuild, RebuildLock, create_empty

T = TypeVar("T")
_BATCH: Final = 500
_READERS: Final = 2


class Change(Protocol):
    """One entry of the change feed; only those of the table `contact` concern the index, the others move it on."""

    @property
    def position(self) -> int: ...
    @property
    def table(self) -> str: ...
    @property
    def record_id(self) -> UUID: ...


class Source(Protocol):
    """Where the index learns what there is."""

    async def changes_after(self, position: int, limit: int) -> Sequence[Change]:
        """The next changes, ascending, without gaps: none may appear later with a lower position."""

    async def entries(self, ids: Sequence[UUID]) -> Sequence[IndexEntry]:
        """The contacts as they are now; those that are missing in the answer do not exist any more."""

    async def position(self) -> int:
        """Of the last change that `changes_after` could return now; 0 if there is none."""

    async def oldest(self) -> int:
        """The first position that is still kept; 1 if nothing was ever removed."""

    def all_entries(self) -> AsyncIterator[Sequence[IndexEntry]]:
        """Every contact once, in batches of some hundreds."""


class Index:
    """One per process. Methods may be called from several threads; asynchronous ones from one event loop.

    After damage, under a wrong key or with a file of another version it opens empty, with `needs_rebuild` set. Questions
    raise IndexUnavailable if the file turns out to be damaged while it is in use.
    """

    def __init__(self, path: Path, key: bytes, fields: Iterable[IndexField]) -> None:
        self._path = path
        self._key = key
        self._box = CursorBox(key)
        self._counts: Counts = {}
        self._fields = by_key(tuple(fields))
        self._local = threading.local()
        self._opened: list[Connection] = []
        self._damaged: str | None = None
        self._readers = ThreadPoolExecutor(_READERS, "index-reader")
        self._writer = ThreadPoolExecutor(1, "index-writer")
        self._following = asyncio.Lock()
        self._waiting: asyncio.Task[None] | None = None

    @classmethod
    def open(cls, path: Path, key: bytes, fields: Iterable[IndexField]) -> Self:
        """Opens the file or, if it cannot be used, puts an empty one in its place. key: 32 bytes.

        Waits while another process puts an unusable file right.
        """
        index = cls(path, key, fields)
        if not index._usable():
            lock = RebuildLock(path)
            try:
                lock.wait()
                if not index._usable():
                    create_empty(path, key)
            finally:
                lock.release()
        return index

    def close(self) -> None:
        """Waits for running questions; afterwards nothing may be asked."""
        self._readers.shutdown()
        self._writer.shutdown()
        for connection in self._opened:
            connection.close()

    def declare(self, fields: Iterable[IndexField]) -> None:
        """Replaces the declared fields, after an administrator changed the custom ones; values come with a rebuild."""
        self._fields = by_key(tuple(fields))

    @property
    def needs_rebuild(self) -> bool:
        """Whether the index is empty or damaged, and has to be rebuilt before its answers mean anything."""
        if self._damaged is not None and self._damaged == current_generation(self._path):
            return True
        try:
            with self._watching():
                return not self.connection().execute("SELECT complete FROM state").fetchone()[0]
        except IndexUnavailable:
            return True

    def position(self) -> int:
        """Up to which change the index is current. Takes some 20 microseconds."""
        with self._watching():
            return read_position(self.connection())

    def connection(self) -> Connection:
        """This thread's connection to the current generation; reopened when a rebuild has replaced it."""
        generation = current_generation(self._path)
        if generation is None or getattr(self._local, "generation", None) != generation:
            self._reopen()
        found: Connection = self._local.connection
        return found

    # Asking. `inline` runs in the calling thread: for command-line programs, and where a thread's hop costs more than
    # the answer; the asynchronous methods leave the event loop free.

    def inline(self, work: Callable[[Ask], T], *, today: date | None = None, fields: Fields | None = None) -> T:
        """Asks in this thread: `index.inline(lambda ask: ask.page(query))`. today: for relative dates, else UTC's."""
        with self._watching():
            connection = self.connection()
            return work(Ask(connection, fields or self._fields, today or clock.now().date(), self._box, self._counts))

    async def run(self, work: Callable[[Ask], T], *, today: date | None = None) -> T:
        """Asks in a reader thread, of the fields declared by now; several questions at once share one hop."""
        asked = partial(self.inline, work, today=today, fields=self._fields)
        return await asyncio.get_running_loop().run_in_executor(self._readers, asked)

    async def page(self, query: IndexQuery, *, today: date | None = None) -> IndexPage:
        return await self.run(lambda ask: ask.page(query), today=today)

    async def count(self, scope: Scope, cap: int = 10_000, *, today: date | None = None) -> tuple[int, bool]:
        return await self.run(lambda ask: ask.count(scope, cap), today=today)

    async def neighbours(
        self, query: IndexQuery, contact_id: UUID, *, today: date | None = None
    ) -> tuple[UUID | None, UUID | None]:
        return await self.run(lambda ask: ask.neighbours(query, contact_id), today=today)

    async def facets(
        self, scope: Scope, field: str, *, limit: int = 50, today: date | None = None
    ) -> tuple[list[Facet], bool]:
        return await self.run(lambda ask: ask.facets(scope, field, limit=limit), today=today)

    async def candidates(self, entry: IndexEntry, limit: int = 50) -> list[UUID]:
        return await self.run(lambda ask: ask.candidates(entry, limit))

    async def likely(self, text: str, limit: int = 8) -> list[UUID]:
        return await self.run(lambda ask: ask.likely(text, limit))

    # Following.

    def apply(
        self, upserts: Sequence[IndexEntry], deletes: Sequence[UUID], position: int, *, after: int | None = None
    ) -> bool:
        """See `projection.apply`; in the calling thread."""
        with self._watching():
            return apply(self.connection(), upserts, deletes, position, after=after)

    async def catch_up(self, source: Source) -> None:
        """Applies every change that was committed before the call. Concurrent calls share the work.

        Inside a transaction the caller's own changes are not among them.
        """
        if self._waiting is None:
            # It reads what is committed, for everybody who waits, and so not in the transaction of whoever came first.
            self._waiting = asyncio.create_task(self._next_run(source), context=Context())
        # A run that is under way may have read the feed before the caller's change, so all wait for the next one.
        await asyncio.shield(self._waiting)

    async def _next_run(self, source: Source) -> None:
        async with self._following:
            self._waiting = None
            while changes := await source.changes_after(after := self.position(), _BATCH):
                ids = list(dict.fromkeys(change.record_id for change in changes if change.table == "contact"))
                entries = await source.entries(ids) if ids else []
                gone = set(ids) - {entry.id for entry in entries}
                last = changes[-1].position
                await self._write(partial(self.apply, entries, sorted(gone), last, after=after))
                if len(changes) < _BATCH and self.position() >= last:
                    return

    async def empty_log(self) -> bool:
        """Leave nothing that was removed in the file's write-ahead log; False if somebody who is still reading kept it."""
        return await self._write(self._empty_log)

    def _empty_log(self) -> bool:
        with self._watching():
            return not self.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    async def ensure(self, source: Source) -> None:
        """Once at start: rebuilds if that is needed, if the data are older than the index (after a restore), or if changes
        that it has not seen were removed from the feed meanwhile (a machine that was away for long)."""
        lost = self.position() + 1 < await source.oldest()
        if self.needs_rebuild or lost or self.position() > await source.position():
            await self.rebuild(source, only_if_needed=self.needs_rebuild)
        await self.catch_up(source)

    async def rebuild(
        self, source: Source, *, only_if_needed: bool = False, progress: Callable[[int], None] | None = None
    ) -> None:
        """Builds a new generation beside the old one, which answers meanwhile, and changes over.

        only_if_needed: does nothing if another process has done it while this one waited. progress: called with the
        number of contacts so far.
        """
        lock = RebuildLock(self._path)
        try:
            # Another process holds the lock, which wakes nobody up when it is released.
            while not lock.try_lock():  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            if not (only_if_needed and not self.needs_rebuild):
                await self._rebuild(source, progress or (lambda _done: None))
        finally:
            lock.release()

    async def _rebuild(self, source: Source, progress: Callable[[int], None]) -> None:
        position, done, loop = await source.position(), 0, asyncio.get_running_loop()
        rebuild = await self._write(partial(Rebuild, self._path, self._key))
        writing: asyncio.Future[None] = loop.create_future()
        writing.set_result(None)
        try:
            # The next batch is opened while the writer thread stores the one before.
            async for entries in source.all_entries():
                await writing
                writing = loop.run_in_executor(self._writer, rebuild.add, entries)
                done += len(entries)
                progress(done)
            await writing
            await self._write(partial(rebuild.finish, position))
        finally:
            # In the one thread that writes it, and so after its last batch, also when this task is cancelled.
            await self._write(rebuild.close)

    async def _write(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    # Connections.

    def _usable(self) -> bool:
        try:
            self.connection()
        except IndexUnavailable:
            return False
        return True

    def _reopen(self) -> None:
        old: Connection | None = getattr(self._local, "connection", None)
        if old is not None:
            self._local.generation = None
            self._opened.remove(old)
            old.close()
            del self._local.connection
        for _ in range(3):
            generation = current_generation(self._path)
            if generation is None:
                break
            try:
                self._local.connection = open_generation(self._path, generation, self._key)
            except IndexUnavailable:
                if generation == current_generation(self._path):
                    raise
                continue  # Replaced between reading the link and opening the file.
            self._opened.append(self._local.connection)
            self._local.generation = generation
            self._counts = {}
            return
        raise IndexUnavailable(damaged=True)

    @contextmanager
    def _watching(self) -> Iterator[None]:
        try:
            with translated():
                yield
        except IndexUnavailable as error:
            if error.damaged:
                self._damaged = current_generation(self._path)
            raise
