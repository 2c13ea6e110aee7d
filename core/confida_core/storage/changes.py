"""The change feed: every transaction that writes a record says so in the same transaction.

Entries are written just before the commit and, on PostgreSQL, under one lock until it ends. So positions become visible in
the order in which they were given, and a reader that saw position n never misses a smaller one that commits later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from confida_core.storage.database import Database

ChangeKind = Literal["created", "written", "deleted"]
Place = tuple[str, UUID, UUID | None]
FEED_LOCK = 0x636F6E66


@dataclass(frozen=True, slots=True)
class Change:
    """record_table, record_id: what was written. subject_id: whose index entry it touches, None for nobody's.

    kind: what the whole transaction did; a row that was made and written again in the same one was created.
    """

    position: int
    record_table: str
    record_id: UUID
    subject_id: UUID | None
    kind: ChangeKind


class ChangeFeed:
    """Appends to and reads the feed of one data store."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def append(self, table: str, record_id: UUID, subject_id: UUID | None, kind: ChangeKind = "written") -> None:
        """Note a change in the running transaction. Raises RuntimeError outside of one."""
        transaction = self.database.current()
        if transaction is None:
            raise RuntimeError("a change belongs to a transaction")
        waiting = transaction.notes.get("changes")
        if waiting is None:
            waiting = transaction.notes["changes"] = []
            transaction.before_commit.append(self._write)
        waiting.append(((table, record_id, subject_id), kind))

    @staticmethod
    def _together(waiting: Iterable[tuple[Place, ChangeKind]]) -> dict[Place, ChangeKind]:
        """One entry for each row and person, where the transaction first named them."""
        found: dict[Place, ChangeKind] = {}
        for place, kind in waiting:
            found[place] = "created" if kind == "written" and found.get(place) == "created" else kind
        return found

    async def _write(self) -> None:
        transaction = self.database.current()
        if transaction is None:
            return
        waiting = self._together(transaction.notes["changes"])
        if not waiting:
            return
        if self.database.engine == "postgres":
            await transaction.fetch("SELECT pg_advisory_xact_lock(?)", (FEED_LOCK,))
        rows = [(table, record_id, subject_id, kind) for (table, record_id, subject_id), kind in waiting.items()]
        await transaction.execute_many(
            "INSERT INTO change (record_table, record_id, subject_id, kind) VALUES (?, ?, ?, ?)", rows
        )

    async def after(self, position: int, limit: int = 1000) -> list[Change]:
        """What was committed after this position, in order."""
        rows = await self.database.fetch(
            "SELECT position, record_table, record_id, subject_id, kind FROM change WHERE position > ? ORDER BY position LIMIT ?",
            position,
            limit,
        )
        return [
            Change(row["position"], row["record_table"], row["record_id"], row["subject_id"], row["kind"])
            for row in rows
        ]

    async def tail(self) -> int:
        """The oldest position that is kept; 1 for a feed from which nothing was ever removed."""
        return int((await self.database.fetch("SELECT coalesce(min(position), 1) AS tail FROM change"))[0]["tail"])

    async def head(self) -> int:
        """The newest position; 0 for an empty feed."""
        return int((await self.database.fetch("SELECT coalesce(max(position), 0) AS head FROM change"))[0]["head"])
