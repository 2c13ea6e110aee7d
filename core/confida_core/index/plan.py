"""How a question is put to SQLite: which contacts to collect first, and which to ask one by one.

SQLite's own planner knows neither how many contacts carry a tag nor that a page needs only the first fifty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from sqlite3 import Connection

import msgspec
from msgspec import Struct

from confida_core.declarations import IndexField
from confida_core.index.conditions import EVERYTHING, All, Condition, Test, positive
from confida_core.index.in_sql import Fragment, condition_sql, rows_sql
from confida_core.index.typed_words import search_words

# So many contacts are looked up and sorted in about two milliseconds (tests/bench/index_speed.py); with more it is
# faster to walk along the sort order until the page is full.
FEW = 1_500
_FOUND = "SELECT rowid AS row FROM search WHERE search MATCH ?"
_HIDDEN = "(archived <> 0 OR restricted <> 0)"  # As in the partial index.
_MULTIPLE = frozenset({"any_of", "has_any", "contains", "starts_with", "known"})


class Scope(Struct, frozen=True, kw_only=True):
    """Which contacts a question is about.

    text: words as typed, all must be found. archived, restricted: False leaves these out, True shows only these,
    None does not ask.
    """

    condition: Condition = EVERYTHING
    text: str = ""
    archived: bool | None = False
    restricted: bool | None = False


class Plan(Struct, frozen=True):
    """rows: the few contacts that come into question, as a JSON list of row numbers; None if there are many.
    where: the remaining question to a row `c` of `contact`. driver: a SELECT of rows that is smaller than all contacts.
    whole: the question as it is put where every contact is looked at: then to collect whoever passes a test is faster
    than to ask one by one, however many they are.
    """

    rows: str | None
    where: Fragment
    driver: Fragment | None
    driver_where: Fragment
    whole: Fragment


def make_plan(connection: Connection, scope: Scope, fields: Mapping[str, IndexField], today: date) -> Plan:
    """Raises InvalidCondition if the condition names a field that is not declared."""
    return _Planner(connection, scope, fields, today).plan()


class _Planner:
    def __init__(self, connection: Connection, scope: Scope, fields: Mapping[str, IndexField], today: date) -> None:
        self._connection = connection
        self._scope = scope
        self._fields = fields
        self._today = today
        self._sizes: dict[Test, int] = {}
        contacts = connection.execute("SELECT coalesce(max(row), 0) FROM contact").fetchone()[0]
        # Collecting costs a fifth of asking one by one.
        self._cap = max(5_000, contacts // 5)

    def plan(self) -> Plan:
        expression = search_words(self._scope.text)
        if expression is None and self._scope.text.strip():
            return Plan("[]", Fragment("0"), None, Fragment("0"), Fragment("0"))
        found = None if expression is None else Fragment(_FOUND, (expression,))
        rows = None if found is None else self._few(found)
        if rows is None:
            found_leaf = self._smallest_test()
            if found_leaf is not None and self._sizes[found_leaf] <= FEW:
                rows = self._few(self._rows_of(found_leaf))
                return self._planned(rows, found, None)
            return self._planned(rows, found, found_leaf)
        return self._planned(rows, None, None)

    def _few(self, source: Fragment) -> str | None:
        found = self._connection.execute(f"{source.sql} LIMIT {FEW + 1}", source.params).fetchall()
        return None if len(found) > FEW else msgspec.json.encode([row for (row,) in found]).decode()

    def _planned(self, rows: str | None, found: Fragment | None, leaf: Test | None) -> Plan:
        condition = self._scope.condition
        text = Fragment("1") if found is None else Fragment(f"c.row IN ({found.sql})", found.params)
        where = _both(Fragment(_visible(self._scope)), _both(self._asked(condition, few=rows is not None), text))
        driver, driver_where = found, self._asked(condition, few=False)
        if leaf is not None and (driver is None or self._size(leaf) < self._cap):
            driver, driver_where = self._rows_of(leaf), _both(self._asked(_without(condition, leaf), few=False), text)
        driver_where = _both(Fragment(visible_row(self._scope, "c.row")), driver_where)
        collected = condition_sql(condition, self._fields, today=self._today)
        return Plan(rows, where, driver, driver_where, _both(Fragment(_visible(self._scope)), collected))

    def _asked(self, condition: Condition, *, few: bool) -> Fragment:
        return condition_sql(
            condition,
            self._fields,
            today=self._today,
            collect=lambda test: not few and self._size(test) < self._cap,
        )

    def _rows_of(self, test: Test) -> Fragment:
        rows = rows_sql(test, self._fields[test.field].type, today=self._today)
        return Fragment(rows.sql.replace("SELECT", "SELECT DISTINCT", 1), rows.params) if test.op in _MULTIPLE else rows

    def _smallest_test(self) -> Test | None:
        """Of the tests that every contact of the answer passes, the one that fewest pass."""
        condition = self._scope.condition
        parts = condition.conditions if isinstance(condition, All) else (condition,)
        tests = [
            part
            for part in parts
            if isinstance(part, Test) and part.field in self._fields and part.op != "has_all" and not positive(part)[1]
        ]
        return min(tests, key=self._size, default=None)

    def _size(self, test: Test) -> int:
        if test not in self._sizes:
            rows = rows_sql(test, self._fields[test.field].type, today=self._today)
            counting = f"SELECT count(*) FROM ({rows.sql} LIMIT {self._cap})"
            self._sizes[test] = self._connection.execute(counting, rows.params).fetchone()[0]
        return self._sizes[test]


def _without(condition: Condition, leaf: Test) -> Condition:
    parts = condition.conditions if isinstance(condition, All) else (condition,)
    return All(tuple(part for part in parts if part is not leaf))


def _both(first: Fragment, second: Fragment) -> Fragment:
    return Fragment(f"({first.sql}) AND ({second.sql})", (*first.params, *second.params))


def _visible(scope: Scope) -> str:
    asked = [f"c.archived = {int(scope.archived)}"] if scope.archived is not None else []
    asked += [f"c.restricted = {int(scope.restricted)}"] if scope.restricted is not None else []
    return " AND ".join(asked) or "1"


def visible_row(scope: Scope, row: str) -> str:
    """The same for a row number alone; hidden contacts are few and have an index of their own."""
    if scope.archived is None and scope.restricted is None:
        return "1"
    if scope.archived or scope.restricted:
        return f"{row} IN (SELECT c.row FROM contact AS c WHERE {_HIDDEN} AND {_visible(scope)})"
    return f"{row} NOT IN (SELECT c.row FROM contact AS c WHERE {_HIDDEN} AND NOT ({_visible(scope)}))"
