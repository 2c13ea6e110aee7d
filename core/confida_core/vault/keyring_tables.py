"""The keyring's own tables, the same on both engines; they are few and change rarely, so they need no migrations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from confida_core.storage.database import Database

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS keyring_state (id INTEGER PRIMARY KEY, installation {uuid} NOT NULL,
        generation BIGINT NOT NULL, orders BIGINT NOT NULL DEFAULT 0)""",
    "CREATE TABLE IF NOT EXISTS kek (bucket INTEGER NOT NULL, epoch INTEGER NOT NULL, wrapped {bytes} NOT NULL, PRIMARY KEY (bucket, epoch))",
    """CREATE TABLE IF NOT EXISTS dek (id {uuid} PRIMARY KEY, subject_id {uuid} NOT NULL, retention_class VARCHAR(40) NOT NULL,
        version INTEGER NOT NULL, bucket INTEGER NOT NULL, epoch INTEGER NOT NULL, wrapped {bytes} NOT NULL,
        UNIQUE (subject_id, retention_class, version)){by_key}""",
    "CREATE INDEX IF NOT EXISTS dek_bucket ON dek (bucket)",
    "CREATE TABLE IF NOT EXISTS destroyed_key (mark {bytes} PRIMARY KEY){by_key}",
    "CREATE TABLE IF NOT EXISTS named_key (name VARCHAR(40) PRIMARY KEY, wrapped {bytes} NOT NULL)",
    """CREATE TABLE IF NOT EXISTS standing_order (id {uuid} PRIMARY KEY, kind VARCHAR(20) NOT NULL, subject_id {uuid},
        purpose TEXT NOT NULL, channel VARCHAR(20) NOT NULL, mark {bytes}, given_at VARCHAR(40) NOT NULL,
        event_id {uuid}, number BIGINT NOT NULL DEFAULT 0)""",
    "CREATE TABLE IF NOT EXISTS lifted_order (id {uuid} PRIMARY KEY, subject_id {uuid}, number BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS kept_fact (name VARCHAR(40) PRIMARY KEY, number BIGINT NOT NULL, content TEXT NOT NULL)",
)
# Columns that the first version of a table did not have; a store that was made by it gets them here.
LATER_COLUMNS = {
    "keyring_state": {"orders": "BIGINT NOT NULL DEFAULT 0"},
    "standing_order": {"event_id": "{uuid}", "number": "BIGINT NOT NULL DEFAULT 0"},
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS standing_order_subject ON standing_order (subject_id)",
    "CREATE INDEX IF NOT EXISTS standing_order_mark ON standing_order (mark) WHERE mark IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS standing_order_number ON standing_order (number)",
    "CREATE INDEX IF NOT EXISTS lifted_order_number ON lifted_order (number)",
)
TABLES = ("keyring_state", "kek", "dek", "destroyed_key", "named_key", "standing_order", "lifted_order", "kept_fact")
NAMES = {*TABLES, *re.findall(r"INDEX IF NOT EXISTS (\w+)", " ".join((*SCHEMA, *INDEXES)))}


async def create_tables(database: Database) -> None:
    """Create whatever is missing, in the running transaction."""
    # Every start comes by here, and asking a server for each table and index in turn is half of what opening a keyring costs.
    lacking = NAMES - await _names(database)
    await _create(database, SCHEMA if lacking else ())
    for table, columns in LATER_COLUMNS.items():
        missing = columns.keys() - await _columns(database, table)
        await _create(database, [f"ALTER TABLE {table} ADD COLUMN {name} {columns[name]}" for name in sorted(missing)])
    await _create(database, INDEXES if lacking else ())


async def _create(database: Database, statements: Iterable[str]) -> None:
    # Keys are read by their ids, from all over the table: without row numbers that is one page for each key, not two.
    types = {"uuid": "UUID", "bytes": "BLOB", "by_key": " WITHOUT ROWID"}
    if database.engine == "postgres":
        types |= {"bytes": "BYTEA", "by_key": ""}
    for statement in statements:
        await database.fetch(statement.format(**types))


async def _names(database: Database) -> set[str]:
    """Of every table and index."""
    sql = "SELECT name FROM sqlite_master"
    if database.engine == "postgres":
        sql = "SELECT relname::text AS name FROM pg_class WHERE relnamespace = to_regnamespace(current_schema())"
    return {row["name"] for row in await database.fetch(sql)}


async def _columns(database: Database, table: str) -> set[str]:
    sql = "SELECT name FROM pragma_table_info(?)"
    if database.engine == "postgres":
        sql = "SELECT attname::text AS name FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped"
    return {row["name"] for row in await database.fetch(sql, table)}


@dataclass(frozen=True, slots=True)
class Counters:
    """How much a keyring has seen. generation: grows when keys are destroyed; orders: when a "no" is given or lifted."""

    generation: int
    orders: int

    def covers(self, other: Counters) -> bool:
        """Whether a keyring with these counters has seen everything that one with the others has."""
        return self.generation >= other.generation and self.orders >= other.orders


async def read_counters(database: Database) -> Counters:
    """One cheap question."""
    row = (await database.fetch("SELECT generation, orders FROM keyring_state"))[0]
    return Counters(row["generation"], row["orders"])
