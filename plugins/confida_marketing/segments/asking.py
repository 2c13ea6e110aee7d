"""A segment's condition as the index can answer it: other segments that it names are put in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from confida_core.api import (
    AllOf,
    AnyOf,
    Condition,
    FieldTest,
    InvalidCondition,
    Negation,
    read_condition,
)
from confida_marketing.segments.fields import LISTED, SEGMENT, Fields
from confida_marketing.segments.kept import Segment

EVERYBODY = AllOf(())
NOBODY = AnyOf(())
CIRCLE = "goes round in a circle: a segment that it names asks for this one"


def condition_of(segment: Segment, all_of_them: Mapping[UUID, Segment], fields: Fields) -> Condition:
    """Whom it means, before the gate. Raises InvalidCondition for what can no longer be asked, or goes round in a circle."""
    return asked(segment, all_of_them, fields, ())


def asked(segment: Segment, all_of_them: Mapping[UUID, Segment], fields: Fields, path: tuple[UUID, ...]) -> Condition:
    if segment.id in path:
        raise InvalidCondition("", CIRCLE)
    if not segment.living:
        return FieldTest(LISTED, "has", segment.id.hex)
    condition = read_condition(segment.condition, fields) if segment.condition else EVERYBODY
    return spelt_out(condition, all_of_them, fields, (*path, segment.id))


def spelt_out(
    condition: Condition, all_of_them: Mapping[UUID, Segment], fields: Fields, path: tuple[UUID, ...]
) -> Condition:
    """With the conditions of the segments that it names. A segment that is gone has nobody in it."""
    match condition:
        case AllOf(parts):
            return AllOf(tuple(spelt_out(part, all_of_them, fields, path) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(spelt_out(part, all_of_them, fields, path) for part in parts))
        case Negation(part):
            return Negation(spelt_out(part, all_of_them, fields, path))
        case FieldTest(field) if field == SEGMENT:
            return in_segments(condition, all_of_them, fields, path)
    return condition


def in_segments(
    test: FieldTest, all_of_them: Mapping[UUID, Segment], fields: Fields, path: tuple[UUID, ...]
) -> Condition:
    wanted = [one for one in (all_of_them.get(found) for found in named_in(test)) if one is not None]
    if test.op == "empty":
        raise InvalidCondition("op", "must name a segment")
    each = tuple(asked(one, all_of_them, fields, path) for one in wanted)
    if test.op == "has_all":
        return AllOf(each) if len(each) == len(named_in(test)) else NOBODY
    return Negation(AnyOf(each)) if test.op == "has_not" else AnyOf(each)


def named_in(test: FieldTest) -> Sequence[UUID]:
    """The segments that a test names; what is no id names none."""
    found = []
    for value in test.value if isinstance(test.value, tuple) else (test.value,):
        try:
            found.append(UUID(str(value)))
        except ValueError:
            found.append(UUID(int=0))
    return found


def segments_named(condition: Condition) -> frozenset[UUID]:
    """The segments that a condition names itself."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return frozenset[UUID]().union(*map(segments_named, parts))
        case Negation(part):
            return segments_named(part)
        case FieldTest(field) if field == SEGMENT:
            return frozenset(named_in(condition))
    return frozenset()
