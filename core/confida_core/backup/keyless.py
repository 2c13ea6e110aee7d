"""Rows whose key is gone: the person was erased after the backup was made, and so stays erased after restoring it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from confida_core.backup.stores import table_names
from confida_core.declarations import RecordDeclaration, TableDeclaration
from confida_core.storage.batches import batches
from confida_core.storage.database import Database
from confida_core.vault.keyring import Keyring

# Below this many rows a share says nothing: two of three contacts may well have asked to be erased.
FEW_ROWS = 50


@dataclass(slots=True)
class Keyless:
    """rows: by table, the ids whose key is gone. wraps: of shared records. total: how many sealed rows there are."""

    rows: dict[str, list[UUID]] = field(default_factory=dict)
    wraps: list[UUID] = field(default_factory=list)
    total: int = 0

    @property
    def count(self) -> int:
        return sum(len(ids) for ids in self.rows.values())

    @property
    def suspicious(self) -> bool:
        """More than half of the rows would go: more likely the wrong keyring than that many erasures."""
        return self.total > FEW_ROWS and self.count * 2 > self.total


async def find_keyless(data: Database, keyring: Keyring, records: Iterable[RecordDeclaration]) -> Keyless:
    """What can no longer be opened, and is nobody else's to remove. Changes nothing."""
    found, present = Keyless(), await table_names(data)
    declared = [record for record in records if record.name in present and not record.accounted]
    for record in declared:
        if record.subject is not None:
            found.rows[record.name], seen = await own_keyless(data, keyring, record.name, "sealed")
            found.total += seen
    if "shared_key" in present:
        found.wraps, _ = await own_keyless(data, keyring, "shared_key", "wrapped")
        for record in declared:
            if record.subject is None:
                await add_shared(data, found, record.name)
    return found


async def own_keyless(data: Database, keyring: Keyring, table: str, column: str) -> tuple[list[UUID], int]:
    """Ids of rows sealed under a key that is gone, and how many rows there are. Reads the header only."""
    keyless: list[UUID] = []
    seen, last = 0, UUID(int=0)
    while True:
        rows = await data.fetch(
            f"SELECT id, substr({column}, 5, 16) AS key_id FROM {table} WHERE id > ? ORDER BY id LIMIT 500", last
        )
        if not rows:
            return keyless, seen
        known = await existing(keyring, {bytes(row["key_id"]) for row in rows})
        keyless += [row["id"] for row in rows if bytes(row["key_id"]) not in known]
        seen, last = seen + len(rows), rows[-1]["id"]
        # On SQLite nothing above waits for anything; without this nobody else in this process would be served.
        await asyncio.sleep(0)


async def existing(keyring: Keyring, key_ids: set[bytes]) -> set[bytes]:
    ids = [UUID(bytes=key_id) for key_id in key_ids]
    marks = ", ".join("?" * len(ids))
    rows = await keyring.database.fetch(f"SELECT id FROM dek WHERE id IN ({marks})", *ids)
    return {UUID(str(row["id"])).bytes for row in rows}


async def add_shared(data: Database, found: Keyless, table: str) -> None:
    """A shared record is gone when no wrap of its key can be opened any more."""
    gone, keyless, last = set(found.wraps), found.rows.setdefault(table, []), UUID(int=0)
    while page := await data.fetch(f"SELECT id FROM {table} WHERE id > ? ORDER BY id LIMIT 500", last):
        ids = [row["id"] for row in page]
        marks = ", ".join("?" * len(ids))
        wraps = await data.fetch(f"SELECT id, record_id FROM shared_key WHERE record_id IN ({marks})", *ids)
        held = {wrap["record_id"] for wrap in wraps if wrap["id"] not in gone}
        keyless += [record for record in ids if record not in held]
        found.total += len(ids)
        last = ids[-1]
        await asyncio.sleep(0)


async def purge(data: Database, keyless: Keyless) -> None:
    """Remove them, in one transaction (or in the one that is running)."""
    async with data.transaction():
        for table, ids in keyless.rows.items():
            await delete(data, table, ids)
        await delete(data, "shared_key", keyless.wraps)


async def purge_traces(data: Database, tables: Iterable[TableDeclaration], erased: Sequence[UUID]) -> None:
    """Remove what pointed at these contacts as their erasure did: relationships, and rows that name them."""
    async with data.transaction():
        for batch in batches(erased):
            await remove_relationships(data, batch)
            marks = ", ".join("?" * len(batch))
            for table in tables:
                if table.subject:
                    name = table.table._meta.tablename
                    await data.fetch(f"DELETE FROM {name} WHERE {table.subject} IN ({marks})", *batch)


async def remove_relationships(data: Database, contact_ids: Sequence[UUID]) -> None:
    """The record belongs to both, so that the other one's key still opens it."""
    marks = ", ".join("?" * len(contact_ids))
    gone = await data.fetch(
        f"DELETE FROM relationship WHERE from_id IN ({marks}) OR to_id IN ({marks}) RETURNING id",
        *contact_ids, *contact_ids,
    )  # fmt: skip
    for batch in batches([row["id"] for row in gone]):
        marks = ", ".join("?" * len(batch))
        await data.fetch(f"DELETE FROM shared_key WHERE record_id IN ({marks})", *batch)


async def delete(data: Database, table: str, ids: Sequence[UUID]) -> None:
    for batch in batches(ids):
        marks = ", ".join("?" * len(batch))
        await data.fetch(f"DELETE FROM {table} WHERE id IN ({marks})", *batch)
