"""How far a computation over all purchases is, for whoever waits, and when it was last through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from confida_core.api import Access, Installation, enqueue, new_id, now

JOBS = {"rules": "sales.rules", "value": "sales.value"}
"""Key of a computation -> the job that does it."""
GIVEN_UP_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """finished_at: None while it runs for the first time. percent: of a run that is under way, else None."""

    finished_at: datetime | None
    percent: int | None
    people: int
    left_out: int
    found: int


async def progress_of(crm: Installation, key: str) -> Progress | None:
    """None for one that never began."""
    rows = await crm.data.fetch("SELECT * FROM sales_computation WHERE key = ?", key)
    if not rows:
        return None
    row = rows[0]
    runs = row["total"] > 0 and now() - row["started_at"] < GIVEN_UP_AFTER
    percent = min(100 * row["done"] // row["total"], 100) if runs else None
    return Progress(
        finished_at=row["finished_at"],
        percent=percent,
        people=row["people"],
        left_out=row["left_out"],
        found=row["found"],
    )


async def begin(crm: Installation, key: str, total: int) -> None:
    """total: how many rows it will read."""
    await crm.data.fetch(
        "INSERT INTO sales_computation (id, key, started_at, done, total, people, left_out, found) "
        "VALUES (?, ?, ?, 0, ?, 0, 0, 0) "
        "ON CONFLICT (key) DO UPDATE SET started_at = excluded.started_at, done = 0, total = excluded.total",
        new_id(), key, now(), max(total, 1),
    )  # fmt: skip


async def note_progress(crm: Installation, key: str, done: int) -> None:
    await crm.data.fetch("UPDATE sales_computation SET done = ? WHERE key = ?", done, key)


async def finish(crm: Installation, key: str, people: int, left_out: int, found: int) -> None:
    await crm.data.fetch(
        "UPDATE sales_computation SET finished_at = ?, done = 0, total = 0, people = ?, left_out = ?, found = ? WHERE key = ?",
        now(), people, left_out, found, key,
    )  # fmt: skip


async def compute_now(crm: Installation, access: Access, key: str) -> bool:
    """Queue it, unless it runs; whether it was queued. Raises Forbidden."""
    access.actor.require("sales.write")
    known = await progress_of(crm, key)
    if known is not None and known.percent is not None:
        return False
    async with crm.data.transaction():
        await begin(crm, key, 1)
        await enqueue(crm, JOBS[key], {})
    return True
