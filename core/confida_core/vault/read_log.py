"""The read log: who looked at whom, when, and why (a person may ask for it: CJEU C-579/21).

One row per page view, in groups: views of the same few milliseconds share one commit, and none is shown before its entry
is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.storage.database import Database
from confida_core.vault.access import Access

Entry = tuple[UUID, datetime, UUID, str, str, bytes]
# How long a lone entry waits for company; a page is not slower than a person notices, and a busy server commits less often.
GROUP_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Read:
    """One look at one subject."""

    at: datetime
    actor_id: UUID
    purpose: str
    place: str


class ReadLog:
    """Appends in groups; answers who has seen a subject."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def settle(self, access: Access) -> None:
        """Make durable what this access has seen since it was last settled. Raises what the database raises."""
        if not access.seen:
            return
        subjects = b"".join(subject.bytes for subject in access.seen)
        access.seen.clear()
        entry = (new_id(), now(), access.actor.id, access.purpose, access.where, subjects)
        if self._database.current() is not None:
            # Inside a transaction the entry belongs to it: waiting for the group would wait for our own lock.
            await self._insert([entry])
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            await asyncio.sleep(GROUP_SECONDS)
            group, self._waiting = self._waiting, []
            try:
                await self._insert([entry for entry, _ in group])
            except Exception as error:
                for _, done in group:
                    if not done.done():
                        done.set_exception(error)
            else:
                for _, done in group:
                    if not done.done():
                        done.set_result(None)

    async def _insert(self, entries: list[Entry]) -> None:
        await self._database.execute_many(
            "INSERT INTO read_entry (id, at, actor_id, purpose, place, subjects) VALUES (?, ?, ?, ?, ?, ?)", entries
        )

    async def distribute(self, limit: int = 500) -> int:
        """Say per subject which entries concern it, for entries not yet treated; returns how many were. A job calls it."""
        lock = " FOR UPDATE" if self._database.engine == "postgres" else ""
        query = "SELECT id, subjects FROM read_entry WHERE spread = ? ORDER BY id LIMIT ?"
        if not await self._database.fetch(query, False, 1):
            return 0
        async with self._database.transaction():
            # Read again under the lock: another process may have treated these entries meanwhile.
            rows = await self._database.fetch(query + lock, False, limit)
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


def read_of(row: Mapping[str, Any]) -> Read:
    return Read(at=row["at"], actor_id=row["actor_id"], purpose=row["purpose"], place=row["place"])
