"""Segments as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request

from confida_consent.api import CHANNEL_LABELS, Purpose, all_purposes
from confida_core.api import AllOf, Condition, Installation, InvalidCondition, read_condition
from confida_marketing.segments.fields import Fields, asks_behaviour, segment_fields, sensitive_fields
from confida_marketing.segments.growth import Size, last_sizes
from confida_marketing.segments.kept import Segment, every_segment, in_use
from confida_marketing.segments.members import Glance, glance, sentence_of
from confida_marketing.segments.pages import Found, Refusal, SegmentRow
from confida_marketing.segments.words import means
from confida_web.api import Chart, ChartSeries, Formatter, Option, PersonRef, access_for

PURPOSE = "relationship"
SEGMENTS = "/x/marketing/segments"
PROFILES = "It sorts people by what they did, which is profiling: whoever objected to that is left out."
SENSITIVE = (
    "“{}” looks like data that the law protects most (GDPR Art. 9 and 10): who is chosen by it for advertising must have "
    "agreed to that explicitly. Leave it out unless you know that they did."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What every page of segments needs: all segments, the fields they may ask, and the purposes they serve."""

    segments: Mapping[UUID, Segment]
    fields: Fields
    purposes: Mapping[str, Purpose]

    def serves(self, segment: Segment) -> str:
        """Its purpose and channel, in words."""
        purpose = self.purposes.get(segment.purpose)
        title = purpose.declared.wording("en")[1].title if purpose else "a purpose that is gone"
        return f"{title}, {CHANNEL_LABELS.get(segment.channel, segment.channel)}"


async def surroundings(crm: Installation) -> Surroundings:
    segments = await every_segment(crm)
    names = {one.id: one.name for one in in_use(segments).values()}
    return Surroundings(segments=segments, fields=await segment_fields(crm, names), purposes=await all_purposes(crm))


async def rows_shown(crm: Installation, around: Surroundings, *, trash: bool) -> tuple[SegmentRow, ...]:
    sizes = await last_sizes(crm)
    return tuple(
        row_of(one, around, sizes.get(one.id))
        for one in around.segments.values()
        if (one.deleted_at is not None) == trash
    )


def row_of(one: Segment, around: Surroundings, size: Size | None) -> SegmentRow:
    words, sound = means(one, around.fields)
    return SegmentRow(
        id=one.id, name=one.name, means=words, sound=sound, serves=around.serves(one), living=one.living,
        allowed=size.allowed if size else None, matching=size.matching if size else None, deleted_at=one.deleted_at,
    )  # fmt: skip


async def found_of(
    request: Request[Any, Any, Any], segment: Segment, around: Surroundings, *, whole: bool = False
) -> Found:
    """What it comes to, for this reader. Raises Forbidden."""
    crm = request.state.crm
    seen = await glance(crm, access_for(request, PURPOSE), segment, whole=whole)
    return found_in(seen, segment, around)


def found_in(seen: Glance, segment: Segment, around: Surroundings) -> Found:
    refused = seen.count.refused if seen.count else {}
    return Found(
        matching=seen.matching,
        allowed=seen.count.allowed if seen.count else None,
        refused=tuple(Refusal(sentence=sentence_of(reason), number=number) for reason, number in refused.items()),
        sample=tuple(PersonRef(name=name, href=f"/contacts/{one}") for one, name in seen.sample),
        means=means(segment, around.fields)[0],
        warnings=warnings_of(segment, around.fields),
    )


def warnings_of(segment: Segment, fields: Fields) -> tuple[str, ...]:
    condition = condition_shown(segment, fields)
    sensitive = sensitive_fields(segment.condition, condition, fields)
    found = [SENSITIVE.format(", ".join(sensitive))] if sensitive else []
    return (*found, PROFILES) if asks_behaviour(condition) else tuple(found)


def condition_shown(segment: Segment, fields: Fields) -> Condition:
    try:
        return read_condition(segment.condition, fields) if segment.condition else AllOf(())
    except InvalidCondition:
        return AllOf(())


def growth_chart(sizes: list[Size], f: Formatter) -> Chart | None:
    """None before the second day: one point is no growth."""
    if len(sizes) < 2:
        return None
    first, last = sizes[0], sizes[-1]
    return Chart(
        key="growth",
        title="Growth",
        finding=f"{f.number(first.allowed)} could be reached on {f.on(first.on_day)}, {f.number(last.allowed)} on {f.on(last.on_day)}.",
        kind="lines",
        labels=tuple(f.on(one.on_day) for one in sizes),
        series=(
            ChartSeries(label="May be reached", values=tuple(one.allowed for one in sizes)),
            ChartSeries(label="Fit the conditions", values=tuple(one.matching for one in sizes)),
        ),
        show=lambda value: f.number(int(value)),
        label_head="Day",
        table="folded",
    )


def segment_choices(around: Surroundings, *, but: UUID | None = None) -> tuple[Option, ...]:
    return tuple(
        Option(value=str(one.id), label=one.name) for one in around.segments.values()
        if one.deleted_at is None and one.id != but
    )  # fmt: skip
