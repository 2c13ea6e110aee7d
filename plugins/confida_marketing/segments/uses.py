"""What asks for a segment: other segments, and whatever other parts of marketing say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, AllOf, Condition, Installation, InvalidCondition, listed, read_condition
from confida_marketing.segments.asking import segments_named
from confida_marketing.segments.fields import Fields, segment_fields
from confida_marketing.segments.kept import Segment, every_segment, in_use

SEGMENTS = "/x/marketing/segments"


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentUse:
    """One thing that asks for a segment. kind: what it is, such as "Campaign"."""

    kind: str
    name: str
    href: str


Uses = Callable[[Installation, Access, UUID], Awaitable[Sequence[SegmentUse]]]
"""What of a part asks for this segment now or may do so again; what is over for good is left out.

A part lists it in its `declared` as `SEGMENT_USES = (campaigns_of_segment,)`.
"""


async def uses_of(crm: Installation, access: Access, segment_id: UUID) -> tuple[SegmentUse, ...]:
    """Everything that asks for it."""
    # Only now: the plugin's module gathers what all parts declare, this one among them.
    from confida_marketing.plugin import PARTS

    sources: list[Uses] = listed(PARTS, "SEGMENT_USES")
    return tuple([use for source in sources for use in await source(crm, access, segment_id)])


async def segments_of_segment(crm: Installation, _access: Access, segment_id: UUID) -> Sequence[SegmentUse]:
    """Other segments that are combined from it."""
    there = in_use(await every_segment(crm))
    fields = await segment_fields(crm, {one.id: one.name for one in there.values()})
    return [
        SegmentUse(kind="Segment", name=one.name, href=f"{SEGMENTS}/{one.id}")
        for one in there.values()
        if segment_id in segments_named(condition_as_written(one, fields))
    ]


def condition_as_written(segment: Segment, fields: Fields) -> Condition:
    """Everybody, where it asks for something that is no longer there."""
    try:
        return read_condition(segment.condition, fields) if segment.condition else AllOf(())
    except InvalidCondition:
        return AllOf(())
