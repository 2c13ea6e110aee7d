"""The read log has a period of its own (RA-1): old enough entries go, with what says whom they are about."""

from __future__ import annotations

from datetime import datetime

from confida_core.installation import Installation
from confida_core.storage.batches import batches

PAGE = 2_000


async def count_reads(crm: Installation, before: datetime) -> int:
    rows = await crm.data.fetch("SELECT count(*) AS n FROM read_entry WHERE at < ? AND spread = ?", before, True)
    return int(rows[0]["n"])


async def end_reads(crm: Installation, before: datetime) -> int:
    """Remove entries older than that; how many. In small pieces, so that nobody who is being shown something waits."""
    await end_subjects(crm, before)
    ended = 0
    while rows := await crm.data.fetch(
        "SELECT id FROM read_entry WHERE at < ? AND spread = ? ORDER BY at LIMIT ?", before, True, PAGE
    ):
        for batch in batches([row["id"] for row in rows]):
            await crm.data.fetch(f"DELETE FROM read_entry WHERE id IN ({', '.join('?' * len(batch))})", *batch)
        ended += len(rows)
    return ended


async def end_subjects(crm: Installation, before: datetime) -> None:
    """They are numbered in about the order of the entries, so the walk ends at the first page with nothing old on it."""
    last = 0
    while rows := await crm.data.fetch(
        "SELECT s.id, e.at FROM read_subject s LEFT JOIN read_entry e ON e.id = s.read_id WHERE s.id > ? "
        "ORDER BY s.id LIMIT ?",
        last, PAGE,
    ):  # fmt: skip
        last = rows[-1]["id"]
        old = [row["id"] for row in rows if row["at"] is None or row["at"] < before]
        if not old:
            return
        for batch in batches(old):
            await crm.data.fetch(f"DELETE FROM read_subject WHERE id IN ({', '.join('?' * len(batch))})", *batch)
