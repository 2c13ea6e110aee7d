"""Whose key was destroyed stays known, as a keyed hash: nobody who is still writing may give that person a new one."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from uuid import UUID

from confida_core.storage.batches import batches
from confida_core.storage.database import Database

Pair = tuple[UUID, str]
# 128 bits: two people among billions never share one, and without the root key nobody can tell whose it is.
LENGTH = 16


class Tombstones:
    """Pairs of subject and retention class that may never have a key again."""

    def __init__(self, database: Database, hashing_key: bytes) -> None:
        self._database, self._hashing_key = database, hashing_key

    def _mark(self, pair: Pair) -> bytes:
        return hmac.digest(self._hashing_key, pair[0].bytes + pair[1].encode(), "sha256")[:LENGTH]

    async def add(self, pairs: Iterable[Pair]) -> None:
        """In the transaction that destroys the keys."""
        await self._database.execute_many(
            "INSERT INTO destroyed_key (mark) VALUES (?) ON CONFLICT (mark) DO NOTHING",
            [(self._mark(pair),) for pair in pairs],
        )

    async def among(self, pairs: Sequence[Pair]) -> set[Pair]:
        """Those of the pairs whose key was destroyed."""
        by_mark = {self._mark(pair): pair for pair in pairs}
        found: set[Pair] = set()
        for batch in batches(list(by_mark)):
            marks = ", ".join("?" * len(batch))
            rows = await self._database.fetch(f"SELECT mark FROM destroyed_key WHERE mark IN ({marks})", *batch)
            found.update(by_mark[bytes(row["mark"])] for row in rows)
        return found
