"""The read log: who looked at whom, when, and why (a person may ask for it: CJEU C-579/21).

One row per page view, in groups: views that come while others are being written share one sync of the disk, and none is
shown before its entry is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.storage.database import Database, DatabaseError, StorageFull, finish
from confida_core.storage.grouping import Grouping
from confida_core.vault.access import Access
from confida_core.vault.read_journal import Entry, JournalFile, ReadJournal

# How long an entry may stay in the journal: each time they are moved, every reader's page cache is emptied.
MOVED_AFTER_SECONDS = 10.0
# A batch of this size keeps other requests waiting for some two milliseconds.
MOVED_AT_ONCE = 200
# The same for who was seen: a program's list names up to two hundred people in one entry. Half a second for 500 such lists.
SPREAD_AT_ONCE = 2_000
INSERT = (
    "INSERT INTO read_entry (id, at, actor_id, purpose, place, subjects) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Read:
    """One look at one subject."""

    at: datetime
    actor_id: UUID
    purpose: str
    place: str


class ReadLog:
    """Appends in groups; answers who has seen a subject. journal: where entries are made durable, else the database."""

    def __init__(self, database: Database, journal: ReadJournal | None = None) -> None:
        self._database, self._journal = database, journal
        self._group = Grouping(self._make_durable)
        self._unmoved: list[JournalFile] = []
        self._mover: asyncio.Task[None] | None = None
        self._moving = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read-log") if journal else None

    async def settle(self, access: Access) -> None:
        """Make durable what this access has seen since it was last settled. Raises what the database raises."""
        if not access.seen:
            return
        subjects = b"".join([subject.bytes for subject in access.seen])
        access.seen.clear()
        entry = (new_id(), now(), access.actor.id, access.purpose, access.where, subjects)
        if self._database.current() is not None:
            # Inside a transaction the entry belongs to it: waiting for the group would wait for our own lock.
            await self._insert([entry])
            return
        await self._group.done(entry)

    async def _make_durable(self, entries: list[Entry]) -> None:
        if self._journal is None:
            await self._insert(entries)
            return
        try:
            await self._in_thread(self._journal.append, entries)
        except StorageFull:
            if self._database.when_full is not None:
                self._database.when_full()
            raise
        if self._mover is None or self._mover.done():
            self._mover = asyncio.get_running_loop().create_task(self._move_later())

    async def _in_thread(self, work: Any, *args: Any) -> Any:
        """One thing at a time, in order."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    async def _insert(self, entries: Sequence[Entry]) -> None:
        await self._database.execute_many(INSERT, entries)

    async def _move_later(self) -> None:
        await asyncio.sleep(MOVED_AFTER_SECONDS)
        # Once begun it is not interrupted: `close` cancels the waiting only.
        await finish(self._try_to_move())

    async def _try_to_move(self) -> None:
        try:
            await self.move()
        except DatabaseError as error:
            structlog.get_logger().error("read_log_not_moved", reason=str(error))

    async def move(self) -> None:
        """From this process's journal into the database; what cannot be moved now stays in the journal for later."""
        if self._journal is None:
            return
        async with self._moving:
            file = await self._in_thread(self._journal.rotate)
            self._unmoved += [file] if file else []
            while self._unmoved:
                await self._insert_in_pieces(self._unmoved[0].entries)
                await self._in_thread(self._journal.forget, self._unmoved.pop(0))

    async def _move_all(self) -> None:
        """The same for every process of this machine, those that were killed included."""
        if self._journal is None:
            return
        await self.move()
        for found in await self._in_thread(self._journal.of_others):
            await self._insert_in_pieces(found.entries)
            await self._in_thread(found.release)

    async def _insert_in_pieces(self, entries: Sequence[Entry]) -> None:
        for start in range(0, len(entries), MOVED_AT_ONCE):
            await self._insert(entries[start : start + MOVED_AT_ONCE])

    async def close(self) -> None:
        """Moves what is left, if the database takes it; the next process finds it in the journal otherwise."""
        if self._thread is None:
            return
        if self._mover is not None:
            self._mover.cancel()
            await asyncio.wait([self._mover])
        await self._try_to_move()
        self._thread.shutdown()

    async def distribute(self, limit: int = 500) -> int:
        """Say per subject which entries concern it, for entries not yet treated; returns how many were. A job calls it."""
        lock = " FOR UPDATE" if self._database.engine == "postgres" else ""
        query = "SELECT id, subjects FROM read_entry WHERE spread = ? ORDER BY id LIMIT ?"
        if not await self._database.fetch(query, False, 1):
            # Only now: what is treated already need not wait for the journals.
            await self._move_all()
            if not await self._database.fetch(query, False, 1):
                return 0
        async with self._database.transaction():
            # Read again under the lock: another process may have treated these entries meanwhile.
            rows = first_of(await self._database.fetch(query + lock, False, limit), SPREAD_AT_ONCE)
            pairs = [
                (UUID(bytes=row["subjects"][at : at + 16]), row["id"])
                for row in rows
                for at in range(0, len(row["subjects"]), 16)
            ]
            await self._database.execute_many("INSERT INTO read_subject (subject_id, read_id) VALUES (?, ?)", pairs)
            await self._database.execute_many(
                "UPDATE read_entry SET spread = ? WHERE id = ?", [(True, row["id"]) for row in rows]
            )
        return len(rows)

    async def of(self, subject_id: UUID, *, limit: int = 100, before: datetime | None = None) -> list[Read]:
        """Who has seen this subject, newest first; complete up to this moment."""
        while await self.distribute():
            pass
        until = before or now()
        rows = await self._database.fetch(
            "SELECT e.at, e.actor_id, e.purpose, e.place FROM read_subject s JOIN read_entry e ON e.id = s.read_id "
            "WHERE s.subject_id = ? AND e.at < ? ORDER BY e.at DESC LIMIT ?",
            subject_id, until, limit,
        )  # fmt: skip
        return [read_of(row) for row in rows]


def first_of(rows: Sequence[Mapping[str, Any]], subjects: int) -> list[Mapping[str, Any]]:
    """The first entries, at least one, which together name no more than so many subjects."""
    found, named = list[Mapping[str, Any]](), 0
    for row in rows:
        named += len(row["subjects"]) // 16
        if found and named > subjects:
            break
        found.append(row)
    return found


def read_of(row: Mapping[str, Any]) -> Read:
    return Read(at=row["at"], actor_id=row["actor_id"], purpose=row["purpose"], place=row["place"])
