"""Both evaluators of the condition language give the same answer, whatever the condition and the contact."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any as Anything

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confida_core.declarations import IndexField
from confida_core.ids import new_id
from confida_core.index.conditions import OPERATORS, All, Any, Condition, Not, Test, by_key, to_tree
from confida_core.index.cursors import CursorBox
from confida_core.index.entries import IndexEntry
from confida_core.index.fold import fold
from confida_core.index.in_python import matches
from confida_core.index.in_sql import condition_sql
from confida_core.index.opening import connect, create_schema
from confida_core.index.projection import insert_new
from confida_core.index.query import Ask, IndexQuery
from confida_core.index.reading import read_condition
from confida_core.index.values import comparable

KEY = bytes(range(32))


def _declared(key: str, kind: Anything) -> IndexField:
    return IndexField(key=key, type=kind, label=key, value=lambda _content, row: row.get(key))


# `name`, `kind`, `archived`, `has_email` and `touched` are columns of the contact, the others rows of their own.
FIELDS = by_key(
    [
        _declared("name", "text"),
        _declared("city", "text"),
        _declared("height", "number"),
        _declared("born", "date"),
        _declared("touched", "date"),
        _declared("vip", "boolean"),
        _declared("has_email", "boolean"),
        _declared("archived", "boolean"),
        _declared("kind", "choice"),
        _declared("country", "choice"),
        _declared("tags", "set"),
    ]
)

# Small pools, so that values meet what is asked of them; and anything at all besides.
TODAYS = [date(2024, 2, 28), date(2024, 2, 29), date(2023, 2, 28), date(2023, 12, 31), date(2024, 3, 1)]
stored = st.characters(codec="utf-8", exclude_characters="\0")
pool = st.sampled_from(
    ["Köln", "koln", " KÖLN ", "kö", "ln", "Köln-Süd", "Straße", "STRASSE", "%", "k%", "_oln", "\U0010ffff"]
)
texts = pool | st.text("kölnÖA ", max_size=3) | st.text(stored, max_size=6)
asked_texts = texts.filter(fold)
near = st.sampled_from(TODAYS).flatmap(
    lambda today: st.sampled_from([-366, -365, -7, -1, 0, 1, 7, 365, 366]).map(lambda by: today + timedelta(by))
)
yearless = near.map(lambda day: day.replace(year=4))
days = near | yearless | st.dates(date(1800, 1, 1), date(2100, 1, 1))
todays = st.sampled_from(TODAYS) | st.dates(date(1990, 1, 1), date(2050, 1, 1))
numbers = st.sampled_from([-1, 0, 0.5, 1, 2, 0.1 + 0.2, 0.3, 2.0**53, -0.0]) | st.floats(-1e15, 1e15)
unusual = st.sampled_from([float("nan"), float("inf"), 10**400, "seven", True])
of_field: dict[str, st.SearchStrategy[Anything]] = {
    "name": texts,
    "kind": st.sampled_from(["person", "organisation"]),
    "archived": st.booleans(),
    "has_email": st.booleans(),
    "touched": near.map(lambda day: datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)),
    "city": texts | st.frozensets(texts, max_size=3),
    "height": numbers | unusual,
    "born": days,
    "vip": st.booleans(),
    "country": texts,
    "tags": st.frozensets(texts, max_size=4),
}
OPERATIONS = [(field.key, op) for field in FIELDS.values() for op in OPERATORS[field.type]]


def _contact(filled: set[str]) -> st.SearchStrategy[dict[str, Anything]]:
    """kind and archived are always known; `filled` says which others usually are."""
    always = {"archived": of_field["archived"], "kind": of_field["kind"]}
    return st.fixed_dictionaries(
        always | {key: of_field[key] | st.none() for key in filled - always.keys()},
        optional={key: of_field[key] for key in of_field.keys() - filled - always.keys()},
    )


def _operand(form: str, kind: str) -> st.SearchStrategy[Anything]:
    one = days.filter(lambda day: day.year > 4) if kind == "date" else numbers.map(float)
    return {
        "none": st.none(),
        "text": asked_texts | st.sampled_from(["person", "organisation"]),
        "texts": st.lists(asked_texts, min_size=1, max_size=3).map(tuple),
        "boolean": st.booleans(),
        "days": st.sampled_from([0.0, 1.0, 6.0, 7.0, 8.0, 364.0, 365.0, 366.0]),
        "one": one,
        "pair": st.tuples(one, one),
    }[form]


def _test(key: str, op: str) -> st.SearchStrategy[Test]:
    kind = FIELDS[key].type
    return _operand(OPERATORS[kind][op], kind).map(lambda value: Test(key, op, value))


tests = st.sampled_from(OPERATIONS).flatmap(lambda each: _test(*each))
conditions: st.SearchStrategy[Condition] = st.recursive(
    tests,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda some: All(tuple(some)))
        | st.lists(inner, max_size=3).map(lambda some: Any(tuple(some)))
        | inner.map(Not)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path: Path = tmp_path_factory.mktemp("conditions") / "index.db"
    opened = connect(path, KEY, create=True)
    create_schema(opened, with_indexes=True)
    yield opened
    opened.close()


def _entry(values: dict[str, Anything]) -> IndexEntry:
    known = {key: comparable(FIELDS[key].type, value) for key, value in values.items()}
    return IndexEntry(
        id=new_id(),
        kind=values["kind"],
        display="",
        sort_key=fold(str(values.get("name"))),
        archived=values["archived"],
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
        attributes={key: value for key, value in known.items() if value is not None},
    )


def _check(connection: Connection, condition: Condition, contacts: list[dict[str, Anything]], today: date) -> None:
    """Python's answer, both forms of SQL, and the list and the count that people see, are the same."""
    entries = [_entry(each) for each in contacts]
    fitting = [
        (entry, each)
        for entry, each in zip(entries, contacts, strict=True)
        if matches(condition, each, FIELDS, today=today)
    ]
    connection.execute("BEGIN")
    try:
        insert_new(connection, entries)
        for collect in (lambda _test: True, lambda _test: False):
            found = condition_sql(condition, FIELDS, today=today, collect=collect)
            rows = connection.execute(f"SELECT c.id FROM contact AS c WHERE {found.sql}", found.params).fetchall()
            assert {each for (each,) in rows} == {entry.id.bytes for entry, _ in fitting}
        ask = Ask(connection, FIELDS, today, CursorBox(KEY))
        shown = sorted((entry.sort_key, entry.id) for entry, each in fitting if not each["archived"])
        assert list(ask.page(IndexQuery(condition=condition)).ids) == [each for _, each in shown]
        assert ask.count(IndexQuery(condition=condition)) == (len(shown), True)
    finally:
        connection.execute("ROLLBACK")


@pytest.mark.parametrize(("key", "op"), OPERATIONS)
def test_evaluators_agree_on_operator(connection: Connection, key: str, op: str) -> None:
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(_test(key, op), st.lists(_contact({key}), min_size=5, max_size=10), todays)
    def agree(condition: Condition, contacts: list[dict[str, Anything]], today: date) -> None:
        _check(connection, condition, contacts, today)

    agree()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conditions, st.lists(_contact({"city", "tags", "born"}), min_size=3, max_size=6), todays)
def test_evaluators_agree_on_trees(
    connection: Connection, condition: Condition, contacts: list[dict[str, Anything]], today: date
) -> None:
    _check(connection, condition, contacts, today)


@settings(max_examples=200, deadline=None)
@given(conditions)
def test_json_form_reads_back_equal(condition: Condition) -> None:
    assert read_condition(to_tree(condition), FIELDS) == condition


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec=None)) | st.text(string.printable))
def test_fold_is_idempotent_and_storable(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded.encode().decode() == folded
