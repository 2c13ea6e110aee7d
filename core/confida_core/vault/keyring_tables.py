"""The keyring's own tables, the same on both engines; they are few and change rarely, so they need no migrations."""

from __future__ import annotations

from confida_core.storage.database import Database

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS keyring_state (id INTEGER PRIMARY KEY, installation {uuid} NOT NULL, generation BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS kek (bucket INTEGER NOT NULL, epoch INTEGER NOT NULL, wrapped {bytes} NOT NULL, PRIMARY KEY (bucket, epoch))",
    """CREATE TABLE IF NOT EXISTS dek (id {uuid} PRIMARY KEY, subject_id {uuid} NOT NULL, retention_class VARCHAR(40) NOT NULL,
        version INTEGER NOT NULL, bucket INTEGER NOT NULL, epoch INTEGER NOT NULL, wrapped {bytes} NOT NULL,
        UNIQUE (subject_id, retention_class, version)){by_key}""",
    "CREATE INDEX IF NOT EXISTS dek_bucket ON dek (bucket)",
    "CREATE TABLE IF NOT EXISTS named_key (name VARCHAR(40) PRIMARY KEY, wrapped {bytes} NOT NULL)",
    """CREATE TABLE IF NOT EXISTS standing_order (id {uuid} PRIMARY KEY, kind VARCHAR(20) NOT NULL, subject_id {uuid},
        purpose VARCHAR(80) NOT NULL, channel VARCHAR(20) NOT NULL, mark {bytes}, given_at VARCHAR(40) NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS standing_order_subject ON standing_order (subject_id)",
    "CREATE TABLE IF NOT EXISTS kept_fact (name VARCHAR(40) PRIMARY KEY, number BIGINT NOT NULL, content TEXT NOT NULL)",
)


async def create_tables(database: Database) -> None:
    """Create whatever is missing, in the running transaction."""
    # Keys are read by their ids, from all over the table: without row numbers that is one page for each key, not two.
    types = {"uuid": "UUID", "bytes": "BLOB", "by_key": " WITHOUT ROWID"}
    if database.engine == "postgres":
        types |= {"bytes": "BYTEA", "by_key": ""}
    for statement in SCHEMA:
        await database.fetch(statement.format(**types))
