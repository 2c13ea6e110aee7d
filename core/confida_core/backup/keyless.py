"""Rows whose key is gone: the person was erased after the backup was made, and so stays erased after restoring it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from confida_core.backup.stores import fetch_long, table_names
from confida_core.declarations import RecordDeclaration, TableDeclaration
from confida_core.storage.batches import batches
from confida_core.storage.database import Database
from confida_core.vault.keyring import Keyring

# Below this many rows a share says nothing: two of three contacts may well have asked to be erased.
FEW_ROWS = 50
KNOWN = "confida_known_key"


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
    """What can no longer be opened, and is nobody else's to remove. Changes nothing.

    The databases compare by themselves, off the loop, so that a server goes on answering while it restores on trial.
    """
    async with data.transaction(), known_keys(data, keyring):
        found, present = Keyless(), await table_names(data)
        # A row that is only redacted stays without its key, after an erasure as after a restore.
        left = [record for record in records if not record.accounted and record.erasure != "redact"]
        declared = [record for record in left if record.name in present]
        for record in declared:
            if record.subject is not None:
                gone = f"SELECT r.id FROM {record.name} r WHERE NOT {has_key('r.sealed')} ORDER BY r.id"
                found.rows[record.name] = await ids_of(data, gone)
                found.total += await count(data, record.name)
        if "shared_key" in present:
            gone = f"SELECT k.id FROM shared_key k WHERE NOT {has_key('k.wrapped')} ORDER BY k.id"
            found.wraps = await ids_of(data, gone)
            for record in declared:
                if record.subject is None:
                    # A shared record is gone when no wrap of its key can be opened any more.
                    held = f"SELECT 1 FROM shared_key k WHERE k.record_id = r.id AND {has_key('k.wrapped')}"
                    gone = f"SELECT r.id FROM {record.name} r WHERE NOT EXISTS ({held}) ORDER BY r.id"
                    found.rows[record.name] = await ids_of(data, gone)
                    found.total += await count(data, record.name)
    return found


def has_key(sealed: str) -> str:
    """Whether the key named in the header of a sealed value is known."""
    return f"EXISTS (SELECT 1 FROM {KNOWN} n WHERE n.id = substr({sealed}, 5, 16))"


@asynccontextmanager
async def known_keys(data: Database, keyring: Keyring) -> AsyncIterator[None]:
    """Inside: a temporary table with the id of every key that there is."""
    kind = "BYTEA" if data.engine == "postgres" else "BLOB"
    await data.fetch(f"CREATE TEMPORARY TABLE {KNOWN} (id {kind} PRIMARY KEY)")
    last = UUID(int=0)
    while rows := await keyring.database.fetch("SELECT id FROM dek WHERE id > ? ORDER BY id LIMIT 500", last):
        ids = [UUID(str(row["id"])) for row in rows]
        await data.execute_many(f"INSERT INTO {KNOWN} (id) VALUES (?)", [(each.bytes,) for each in ids])
        last = ids[-1]
        # On SQLite nothing above waits for anything: without this nobody else in this process would be served.
        await asyncio.sleep(0.001)
    yield
    await data.fetch(f"DROP TABLE {KNOWN}")


async def ids_of(data: Database, query: str) -> list[UUID]:
    return [row["id"] for row in await fetch_long(data, query)]


async def count(data: Database, table: str) -> int:
    return int((await fetch_long(data, f"SELECT count(*) AS rows FROM {table}"))[0]["rows"])


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
