"""Who is in a segment: whoever its condition fits or its list names, less everybody whom the gate refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from confida_consent.api import Answer, Reason, may_many
from confida_core.api import (
    Access,
    AllOf,
    Condition,
    FieldTest,
    IndexField,
    Installation,
    InvalidCondition,
    Scope,
    count_matching,
    custom_fields,
    display_names,
    matches,
    matching_ids,
    now,
    select_ids,
    values_of_contact,
)
from confida_marketing.segments.asking import NOBODY, condition_of
from confida_marketing.segments.fields import SEGMENT, Fields, asks_behaviour, index_fields
from confida_marketing.segments.kept import INSIDE, Segment, every_segment, in_use, visible_segment

FEW: Final = 20
# So many are asked for at once while somebody writes a condition; the page of a segment asks for all.
AT_ONCE: Final = 2_000
SAMPLE: Final = 8
PROFILING, NO_ADDRESS = "profiling", "no_address"
SENTENCES: Final[Mapping[str, str]] = {
    PROFILING: "They may not be sorted by what they did, as this segment does.",
    NO_ADDRESS: "They have no address on this channel.",
}
# How somebody can be reached on a channel, as far as the index knows.
REACHABLE: Final[Mapping[str, Condition]] = {
    "email": FieldTest("has_email", "is", True),
    "phone": FieldTest("has_phone", "is", True),
    "sms": FieldTest("has_phone", "is", True),
    "messenger": FieldTest("has_phone", "is", True),
    "post": FieldTest("city", "known"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentCount:
    """matching: whom the condition fits, or the list names. allowed: who of them may be reached. refused: reason -> number."""

    matching: int
    allowed: int
    refused: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Meant:
    """A segment as it can be asked. whole: its own condition, with those of segments it names."""

    segment: Segment
    whole: Condition

    @property
    def scope(self) -> Scope:
        """Without the archive. With restricted people: the gate refuses them, and says so."""
        return Scope(condition=self.whole, restricted=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """allowed: in the order of their making."""

    allowed: tuple[UUID, ...]
    count: SegmentCount


async def meant(crm: Installation, segment: Segment) -> Meant:
    """Nobody, where it asks for something that is no longer there: whoever would be left is not who was meant."""
    all_of_them = in_use(await every_segment(crm)) | {segment.id: segment}
    try:
        return Meant(segment=segment, whole=condition_of(segment, all_of_them, await askable(crm)))
    except InvalidCondition:
        return Meant(segment=segment, whole=NOBODY)


async def askable(crm: Installation) -> Fields:
    """The index's fields, and that of segments, to read a condition by."""
    return {**await index_fields(crm), SEGMENT: IndexField(key=SEGMENT, type="set", label="Segment")}


async def members_of(crm: Installation, access: Access, segment_id: UUID, channel: str = "") -> list[UUID]:
    """Everybody in it who may be reached now, in the order of their making. Opens nothing. Not inside a transaction.

    channel: another than the segment's own. Raises Forbidden and NotFound. Core's sending door asks the gate once more.
    """
    segment = await visible_segment(crm, access, segment_id)
    return list((await judged(crm, segment, channel)).allowed)


async def count_of(crm: Installation, access: Access, segment_id: UUID, channel: str = "") -> SegmentCount:
    """How many are in it, and how many are not and why. Raises Forbidden and NotFound. Not inside a transaction."""
    return (await judged(crm, await visible_segment(crm, access, segment_id), channel)).count


async def judged(crm: Installation, segment: Segment, channel: str = "") -> Judged:
    """Everybody whom it means, and what the gate says of them."""
    one = await meant(crm, segment)
    ids = await everybody(crm, one.scope)
    return await sieved(crm, one, ids, channel or segment.channel)


async def everybody(crm: Installation, scope: Scope) -> tuple[UUID, ...]:
    return await matching_ids(crm, INSIDE, scope, definitions=await custom_fields(crm))


async def sieved(crm: Installation, one: Meant, ids: Sequence[UUID], channel: str) -> Judged:
    """Those of them who may be reached for the segment's purpose on this channel, and why the others may not."""
    refused = await refusals(crm, one, ids, channel)
    allowed = tuple(found for found in ids if found not in refused)
    reasons = Counter(refused.values())
    return Judged(
        allowed=allowed,
        count=SegmentCount(matching=len(ids), allowed=len(allowed), refused=dict(reasons.most_common())),
    )


async def refusals(crm: Installation, one: Meant, ids: Sequence[UUID], channel: str) -> dict[UUID, str]:
    """Contact -> why not: what the gate says of the purpose, then of profiling, then that there is no address."""
    if not ids:
        return {}
    answers = await may_many(crm, ids, one.segment.purpose, channel)
    refused = {found: str(answer.reason) for found, answer in answers.items() if not answer.allowed}
    if asks_behaviour(one.whole):
        left = [found for found in ids if found not in refused]
        for found, answer in (await may_many(crm, left, PROFILING, PROFILING)).items():
            if not answer.allowed:
                refused[found] = PROFILING
    if channel in REACHABLE and len(refused) < len(ids):
        reached = await reachable(crm, one, channel, ids)
        refused |= {found: NO_ADDRESS for found in ids if found not in refused and found not in reached}
    return refused


async def reachable(crm: Installation, one: Meant, channel: str, ids: Sequence[UUID]) -> Collection[UUID]:
    """Those with any address on the channel: of a few by what they are now, of many by the index."""
    if len(ids) <= FEW:
        return {found for found in ids if await fits(crm, found, REACHABLE[channel])}
    asked = Scope(condition=AllOf((one.whole, REACHABLE[channel])), restricted=None)
    return frozenset(await everybody(crm, asked))


async def fits(crm: Installation, contact_id: UUID, condition: Condition) -> bool:
    """By what the contact is now, whatever the index knows."""
    fields, values = await values_of_contact(crm, contact_id)
    return bool(values) and not values["archived"] and matches(condition, values, fields, today=now().date())


async def holds(crm: Installation, segment_id: UUID, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these contacts who are in the segment and may be reached; nobody, if it is gone. Opens sealed data as the program.

    Of a few it asks what they are now, of many the index. Not inside a transaction.
    """
    segment = in_use(await every_segment(crm)).get(segment_id)
    if segment is None or not contact_ids:
        return set()
    one = await meant(crm, segment)
    if len(contact_ids) <= FEW:
        found = [each for each in dict.fromkeys(contact_ids) if await fits(crm, each, one.whole)]
    else:
        wanted = frozenset(contact_ids)
        found = [each for each in await everybody(crm, one.scope) if each in wanted]
    return set((await sieved(crm, one, found, segment.channel)).allowed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Glance:
    """What a segment comes to, seen while it is written. count: None where so many match that the gate is asked later.

    sample: (id, name) of some who may be reached, as far as this reader may see them.
    """

    matching: int
    count: SegmentCount | None
    sample: tuple[tuple[UUID, str], ...]


async def glance(crm: Installation, access: Access, segment: Segment, *, whole: bool = False) -> Glance:
    """whole: ask the gate about everybody, however many they are. Opens the names of a few. Raises Forbidden."""
    access.actor.require("marketing.read")
    one = await meant(crm, segment)
    definitions = await custom_fields(crm)
    number = await count_matching(crm, INSIDE, one.scope, definitions=definitions)
    if whole or number <= AT_ONCE:
        found = await sieved(crm, one, await everybody(crm, one.scope), segment.channel)
        return Glance(matching=number, count=found.count, sample=await named(crm, access, found.allowed))
    first = await select_ids(crm, INSIDE, one.scope, definitions=definitions, limit=10 * SAMPLE)
    allowed = (await sieved(crm, one, first, segment.channel)).allowed
    return Glance(matching=number, count=None, sample=await named(crm, access, allowed))


async def named(crm: Installation, access: Access, ids: Sequence[UUID]) -> tuple[tuple[UUID, str], ...]:
    names = await display_names(crm, access, ids[:SAMPLE])
    return tuple((one, names[one]) for one in ids[:SAMPLE] if one in names)


def sentence_of(reason: str) -> str:
    """Why not, in English, for people."""
    return SENTENCES[reason] if reason in SENTENCES else Answer(False, Reason(reason)).sentence
