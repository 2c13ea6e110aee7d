"""Small facts that must be as fresh as the keys, such as the head of the ledger or how often a backup was restored."""

from __future__ import annotations

from confida_core.storage.database import Database


async def remember(database: Database, name: str, number: int, text: str) -> bool:
    """Keep the fact if its number is larger than that of the one kept; whether it was kept."""
    kept = await database.fetch(
        "INSERT INTO kept_fact (name, number, content) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE "
        "SET number = excluded.number, content = excluded.content WHERE excluded.number > kept_fact.number RETURNING name",
        name, number, text,
    )  # fmt: skip
    return bool(kept)


async def remembered(database: Database, name: str) -> tuple[int, str] | None:
    """(number, text) of the fact of this name."""
    rows = await database.fetch("SELECT number, content FROM kept_fact WHERE name = ?", name)
    return (rows[0]["number"], rows[0]["content"]) if rows else None
