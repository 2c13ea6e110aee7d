"""Rows of the ledger of who was addressed by marketing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.api import Installation, Row


async def insert_rows(crm: Installation, rows: Sequence[Row]) -> None:
    """All with the same columns, in the caller's transaction or one of their own."""
    if not rows:
        return
    names = list(rows[0])
    marks = ", ".join("?" * len(names))
    await crm.data.execute_many(
        f"INSERT INTO marketing_delivery ({', '.join(names)}) VALUES ({marks})",
        [tuple(row[name] for name in names) for row in rows],
    )


async def those_here(crm: Installation, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Those who were not erased, and are not until the caller's transaction ends: nobody else gets a row."""
    lock = " FOR SHARE" if crm.data.engine == "postgres" else ""
    marks = ", ".join("?" * len(contact_ids))
    return {
        row["id"] for row in await crm.data.fetch(f"SELECT id FROM contact WHERE id IN ({marks}){lock}", *contact_ids)
    }
