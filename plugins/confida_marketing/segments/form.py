"""The form of a segment: groups of conditions, from what is typed to the condition and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from confida_core.api import (
    AllOf,
    AnyOf,
    Condition,
    IndexField,
    InvalidCondition,
    Negation,
    condition_tree,
    read_condition,
)
from confida_marketing.segments.fields import Fields
from confida_marketing.segments.segments import SegmentDraft
from confida_web.api import FilterRow, FormData, checked_rows, rows_of_condition, rows_of_form

GROUPS: Final = "abcdefgh"
HOW: Final = {"all": "all of these", "any": "one of these", "none": "none of these"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """letter: what stands in the names of its fields. how: one of HOW. rows: with words for values that have them."""

    letter: str
    how: str = "all"
    rows: tuple[FilterRow, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedSegment:
    """draft: as far as it can be meant. match: whether all groups must hold, or any. wrong: a row of a group cannot be meant."""

    draft: SegmentDraft
    match: str
    groups: tuple[Group, ...]
    wrong: bool = False


def typed_segment(form: FormData, fields: Fields) -> TypedSegment:
    match = "any" if form.get("match") == "any" else "all"
    groups, conditions, wrong = [], [], False
    for letter in letters_in(form):
        rows = [with_values(row, fields) for row in rows_of_form(form, f"{letter}-")]
        tests, checked = checked_rows(rows, fields)
        how = form.get(f"group-{letter}-how")
        how = how if how in HOW else "all"
        groups.append(Group(letter=letter, how=how, rows=tuple(with_words(row, fields) for row in checked)))
        wrong = wrong or any(row.error for row in checked)
        conditions += [grouped(tests, how)] if tests else []
    draft = SegmentDraft(
        name=form.get("name")[:200], note=form.get("note")[:2_000], condition=source_of(conditions, match),
        purpose=form.get("purpose")[:60], channel=form.get("channel")[:20],
    )  # fmt: skip
    return TypedSegment(draft=draft, match=match, groups=tuple(groups) or (Group(letter="a"),), wrong=wrong)


def letters_in(form: FormData) -> list[str]:
    """The groups as posted, without the one that `_remove` names, with one more for `_add`."""
    there = [letter for letter in GROUPS if form.get(f"group-{letter}-how")]
    if form.get("_add") == "group":
        there += [letter for letter in GROUPS if letter not in there][:1]
    return [letter for letter in there if form.get("_remove") != f"group-{letter}"]


def grouped(tests: Sequence[Condition], how: str) -> Condition:
    if how == "none":
        return Negation(AnyOf(tuple(tests)))
    return AnyOf(tuple(tests)) if how == "any" else AllOf(tuple(tests))


def source_of(conditions: Sequence[Condition], match: str) -> str:
    """JSON, "" where nothing is asked; one group alone stands for itself."""
    if not conditions:
        return ""
    whole = conditions[0] if len(conditions) == 1 else (AnyOf if match == "any" else AllOf)(tuple(conditions))
    return written(whole)


def written(condition: Condition) -> str:
    return msgspec.json.encode(condition_tree(condition)).decode()


def typed_of(draft: SegmentDraft, fields: Fields) -> TypedSegment:
    """A kept segment for the form. What asks for something that is gone has no rows, and says so."""
    try:
        condition = read_condition(draft.condition, fields) if draft.condition else AllOf(())
    except InvalidCondition:
        return TypedSegment(draft=draft, match="all", groups=(Group(letter="a"),), wrong=True)
    match, parts = "all", tuple[Condition, ...]((condition,))
    if isinstance(condition, AllOf | AnyOf) and any(is_group(part) for part in condition.conditions):
        match, parts = "any" if isinstance(condition, AnyOf) else "all", condition.conditions
    groups = [group_of(letter, part, fields) for letter, part in zip(GROUPS, parts, strict=False)]
    return TypedSegment(draft=draft, match=match, groups=tuple(groups))


def is_group(part: Condition) -> bool:
    return isinstance(part, AllOf | AnyOf | Negation)


def group_of(letter: str, part: Condition, fields: Fields) -> Group:
    how = "none" if isinstance(part, Negation) else "any" if isinstance(part, AnyOf) else "all"
    inner = part.condition if isinstance(part, Negation) else part
    return Group(letter=letter, how=how, rows=tuple(with_words(row, fields) for row in rows_of_condition(inner)))


def with_values(row: FilterRow, fields: Fields) -> FilterRow:
    """People choose or type words; the index knows values."""
    return replace(
        row, value=translated(row.value, {label.casefold(): value for value, label in choices(row, fields).items()})
    )


def with_words(row: FilterRow, fields: Fields) -> FilterRow:
    return replace(row, value=translated(row.value, choices(row, fields)))


def choices(row: FilterRow, fields: Fields) -> Mapping[str, str]:
    field: IndexField | None = fields.get(row.field)
    return field.choices if field is not None else {}


def translated(value: str, words: Mapping[str, str]) -> str:
    """As a whole, or piece by piece between commas."""
    if not words or value in words or value.casefold() in words:
        return words.get(value, words.get(value.casefold(), value))
    pieces = [piece.strip() for piece in value.split(",")]
    return ", ".join(words.get(piece, words.get(piece.casefold(), piece)) for piece in pieces)
