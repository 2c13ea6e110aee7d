"""Conditions from outside are read, or refused with the place and the reason."""

from __future__ import annotations

import json
from datetime import date
from typing import Any as Anything

import pytest

from confida_core.index.conditions import EVERYTHING, All, Any, InvalidCondition, Not, Test, by_key, fields_of
from confida_core.index.explain import explain
from confida_core.index.reading import read_condition
from tests.core.index.people import FIELDS

KNOWN = by_key(FIELDS)
CITY = {"field": "city", "op": "is", "value": "Leipzig"}


def test_read_condition_of_every_form() -> None:
    tree = {
        "all": [
            CITY,
            {"not": {"field": "touched", "op": "within_last_days", "value": 90}},
            {"any": [{"field": "tags", "op": "has_any", "value": ["a", "b"]}, {"field": "birthday", "op": "known"}]},
            {"field": "created", "op": "between", "value": ["2026-01-01", "2026-12-31"]},
            {"field": "has_email", "op": "is", "value": True},
        ]
    }
    expected = All(
        (
            Test("city", "is", "Leipzig"),
            Not(Test("touched", "within_last_days", 90.0)),
            Any((Test("tags", "has_any", ("a", "b")), Test("birthday", "known"))),
            Test("created", "between", (date(2026, 1, 1), date(2026, 12, 31))),
            Test("has_email", "is", True),
        )
    )
    assert read_condition(json.dumps(tree), KNOWN) == expected
    assert read_condition(tree, KNOWN) == expected
    assert fields_of(expected) == {"city", "touched", "tags", "birthday", "created", "has_email"}


@pytest.mark.parametrize(
    ("tree", "path", "message"),
    [
        ([], "", "must be an object"),
        ({}, "", 'must have exactly "all", "any", "not", or "field", "op" and "value"'),
        (CITY | {"extra": 1}, "", 'must have exactly "all", "any", "not", or "field", "op" and "value"'),
        ({"all": {}}, "all", "must be a list"),
        ({"all": [CITY, {"not": 5}]}, "all[1].not", "must be an object"),
        (CITY | {"field": "salary"}, "field", "is not a known field"),
        (CITY | {"field": ["city"]}, "field", "is not a known field"),
        (CITY | {"op": "has"}, "op", "is not one of: is, is_not, contains, starts_with, known, unknown"),
        (CITY | {"value": 5}, "value", "must be a text"),
        (CITY | {"value": " "}, "value", "must not be empty"),
        (CITY | {"value": "x" * 501}, "value", "is longer than 500 characters"),
        (CITY | {"value": "a\0"}, "value", "has characters that cannot be stored"),
        (CITY | {"value": "\ud800"}, "value", "has characters that cannot be stored"),
        (CITY | {"op": "known"}, "value", "must be left out"),
        ({"field": "country", "op": "any_of", "value": []}, "value", "must be a list with at least one value"),
        ({"field": "country", "op": "any_of", "value": ["a"] * 101}, "value", "has more than 100 values"),
        ({"field": "country", "op": "any_of", "value": ["a", None]}, "value[1]", "must be a text"),
        ({"field": "birthday", "op": "<", "value": "2024-02-30"}, "value", "must be a date like 2024-12-31"),
        ({"field": "birthday", "op": "<", "value": "20240230"}, "value", "must be a date like 2024-12-31"),
        ({"field": "birthday", "op": "between", "value": ["2024-02-03"]}, "value", "must be a list of two values"),
        (
            {"field": "touched", "op": "within_last_days", "value": -1},
            "value",
            "must be a whole number of days from 0 to 36600",
        ),
        (
            {"field": "touched", "op": "within_last_days", "value": True},
            "value",
            "must be a whole number of days from 0 to 36600",
        ),
        ({"field": "has_email", "op": "is", "value": 1}, "value", "must be true or false"),
        ({"any": [CITY] * 200}, "any[199]", "has more than 200 parts"),
    ],
)
def test_read_condition_refused(tree: Anything, path: str, message: str) -> None:
    with pytest.raises(InvalidCondition) as refused:
        read_condition(tree, KNOWN)
    assert (refused.value.path, refused.value.message) == (path, message)


@pytest.mark.parametrize("source", [b"", b"{", b"\xff", "[" * 100_000, '{"all":[' * 9, "\ud800", b"[" * 300_000])
def test_read_condition_broken_json(source: bytes | str) -> None:
    with pytest.raises(InvalidCondition):
        read_condition(source, KNOWN)


def test_read_condition_too_deep() -> None:
    tree: dict[str, Anything] = CITY
    for _ in range(7):
        tree = {"not": tree}
    assert read_condition(tree, KNOWN) != EVERYTHING
    with pytest.raises(InvalidCondition) as refused:
        read_condition({"not": tree}, KNOWN)
    assert refused.value.message == "is nested more than 8 levels deep"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (EVERYTHING, "everybody"),
        (
            All((Test("city", "is", "Leipzig"), Not(Test("touched", "within_last_days", 90.0)))),
            "in Leipzig, no contact for 90 days",
        ),
        (Test("city", "is_not", "Leipzig"), "not in Leipzig"),
        (Test("kind", "any_of", ("person", "organisation")), "Kind is Person or Organisation"),
        (Test("birthday", "<", date(2000, 1, 1)), "Birthday is before 2000-01-01"),
        (Test("created", "between", (date(2026, 1, 1), date(2026, 2, 1))), "Created is from 2026-01-01 to 2026-02-01"),
        (
            Any((Test("tags", "has", "a"), All((Test("has_email", "is", False), Test("city", "unknown"))))),
            "tagged a or (not Has a mail address and City is not known)",
        ),
        (Not(Any((Test("tags", "has", "a"), Test("tags", "has", "b")))), "not (tagged a or tagged b)"),
        (Test("name", "contains", "{label}"), "Name contains {label}"),
    ],
)
def test_explain_in_words(condition: Anything, words: str) -> None:
    assert explain(condition, KNOWN) == words
