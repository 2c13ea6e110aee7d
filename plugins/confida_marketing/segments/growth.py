"""How a segment grew: one pair of numbers a day, and nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Installation, catch_up_index, new_id, now
from confida_marketing.segments.kept import every_segment, in_use
from confida_marketing.segments.members import SegmentCount, judged

DAYS_KEPT = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How large a segment was on a day."""

    on_day: date
    matching: int
    allowed: int


async def note_sizes(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: today's size of each segment in use; figures older than thirteen months go. Can be repeated."""
    await catch_up_index(crm)
    for segment in in_use(await every_segment(crm)).values():
        await note_size(crm, segment.id, (await judged(crm, segment)).count)
    await crm.data.fetch(
        "DELETE FROM marketing_segment_size WHERE on_day < ?", now().date() - timedelta(days=DAYS_KEPT)
    )


async def note_size(crm: Installation, segment_id: UUID, count: SegmentCount) -> None:
    """Today's size; a later one of the same day takes its place."""
    await crm.data.fetch(
        "INSERT INTO marketing_segment_size (id, segment_id, on_day, matching, allowed) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (segment_id, on_day) DO UPDATE SET matching = excluded.matching, allowed = excluded.allowed",
        new_id(), segment_id, now().date(), count.matching, count.allowed,
    )  # fmt: skip


async def sizes_of(crm: Installation, segment_id: UUID, *, days: int = 90) -> list[Size]:
    """The oldest first."""
    rows = await crm.data.fetch(
        "SELECT on_day, matching, allowed FROM marketing_segment_size WHERE segment_id = ? AND on_day > ? ORDER BY on_day",
        segment_id, now().date() - timedelta(days=days),
    )  # fmt: skip
    return [Size(on_day=day_of(row["on_day"]), matching=row["matching"], allowed=row["allowed"]) for row in rows]


async def last_sizes(crm: Installation) -> dict[UUID, Size]:
    """The latest figure of each segment; one query."""
    rows = await crm.data.fetch(
        "SELECT s.segment_id, s.on_day, s.matching, s.allowed FROM marketing_segment_size AS s JOIN (SELECT segment_id, "
        "max(on_day) AS newest FROM marketing_segment_size GROUP BY segment_id) AS n "
        "ON n.segment_id = s.segment_id AND n.newest = s.on_day"
    )
    return {
        row["segment_id"]: Size(on_day=day_of(row["on_day"]), matching=row["matching"], allowed=row["allowed"])
        for row in rows
    }


def day_of(value: date | str) -> date:
    """One engine gives days as text."""
    return value if isinstance(value, date) else date.fromisoformat(value)
