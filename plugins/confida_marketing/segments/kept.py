"""Segments as they are kept, opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from confida_core.api import Access, Installation, NotFound, Opened, system_access
from confida_marketing.segments.content import SEGMENT, SegmentContent

INSIDE = system_access("marketing.segments")


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """One segment. condition: JSON, "" for everybody; a fixed list (living=False) has none. deleted_at: in the trash since."""

    id: UUID
    version: int
    living: bool
    purpose: str
    channel: str
    name: str
    note: str
    condition: str
    created_at: datetime
    created_by: UUID | None
    changed_at: datetime
    deleted_at: datetime | None


def segment_of(opened: Opened[SegmentContent]) -> Segment:
    row, content = opened.row, opened.content
    return Segment(
        id=row["id"], version=row["version"], living=row["living"], purpose=row["purpose"], channel=row["channel"],
        name=content.name, note=content.note, condition=content.condition, created_at=row["created_at"],
        created_by=row["created_by"], changed_at=row["changed_at"], deleted_at=row["deleted_at"],
    )  # fmt: skip


async def every_segment(crm: Installation) -> dict[UUID, Segment]:
    """All of them, by name, those in the trash last; for the program's own use. One query, one opening."""
    rows = await crm.data.fetch("SELECT * FROM marketing_segment")
    found = [segment_of(one) for one in await crm.door.open(INSIDE, SEGMENT, rows)]
    found.sort(key=lambda one: (one.deleted_at is not None, one.name.casefold(), one.id))
    return {one.id: one for one in found}


def in_use(all_of_them: dict[UUID, Segment]) -> dict[UUID, Segment]:
    """Without those in the trash."""
    return {one.id: one for one in all_of_them.values() if one.deleted_at is None}


async def visible_segment(crm: Installation, access: Access, segment_id: UUID, *, trashed: bool = False) -> Segment:
    """The gate to one segment. trashed: one in the trash will do, too. Raises Forbidden and NotFound."""
    access.actor.require("marketing.read")
    found = await every_segment(crm)
    segment = found.get(segment_id)
    if segment is None or (segment.deleted_at is not None and not trashed):
        raise NotFound
    return segment
