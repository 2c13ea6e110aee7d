"""Segments for programs: which there are, and how large they are. Who is in them is read as contacts are."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import Access, Installation
from confida_marketing.segments.growth import Size, last_sizes
from confida_marketing.segments.kept import Segment, every_segment, in_use, visible_segment
from confida_web.api import ApiResource, Entity, Instant, ListPage, ListQuery, open_place, seal_place

PLACE = "marketing segments api"


class SegmentEntity(Entity, frozen=True, kw_only=True):
    """living: its condition is asked each time; else it is a list. condition: JSON of the condition language, "" for everybody.

    matching, allowed: as of the last count: whom it fits, and who of them may be reached; None before the first.
    """

    name: str
    note: str
    living: bool
    purpose: str
    channel: str
    condition: str
    matching: int | None
    allowed: int | None
    created_at: Instant
    changed_at: Instant


def shown(one: Segment, size: Size | None) -> SegmentEntity:
    return SegmentEntity(
        id=one.id, version=one.version, name=one.name, note=one.note, living=one.living, purpose=one.purpose,
        channel=one.channel, condition=one.condition, matching=size.matching if size else None,
        allowed=size.allowed if size else None, created_at=one.created_at, changed_at=one.changed_at,
    )  # fmt: skip


async def list_items(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """By name. Raises Forbidden, InvalidCursor."""
    access.actor.require("marketing.read")
    found, sizes = list(in_use(await every_segment(crm)).values()), await last_sizes(crm)
    start = open_place(crm, PLACE, query.cursor, tuple[int])[0] if query.cursor else 0
    end = start + query.limit
    items = [shown(one, sizes.get(one.id)) for one in found[start:end]]
    return ListPage(items=items, next=seal_place(crm, PLACE, [end]) if end < len(found) else "")


async def get_item(crm: Installation, access: Access, segment_id: UUID) -> SegmentEntity:
    return shown(await visible_segment(crm, access, segment_id), (await last_sizes(crm)).get(segment_id))


SEGMENTS = ApiResource(
    key="segments",
    label="Segments",
    summary="Groups of people, by conditions or by name, and how many of them may be reached for the segment's purpose.",
    read="marketing.read",
    shape=SegmentEntity,
    list_items=list_items,
    get_item=get_item,
)
