"""A condition as SQL on the index. Must agree with `in_python` on every input.

Each test asks the attribute rows of one field. Where few contacts fit, all of them are collected once
(`row IN (...)`); where many do, each contact of the walk is asked on its own (`EXISTS`). The answer is the same.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from confida_core.declarations import FieldType, IndexField
from confida_core.index.conditions import All, Any, Condition, InvalidCondition, Not, Test, positive
from confida_core.index.schema import FIELD_COLUMNS
from confida_core.index.values import word

Parameter = str | float | bytes | int | None


class Fragment(Struct, frozen=True):
    """SQL text and the values of its question marks, in order."""

    sql: str
    params: tuple[Parameter, ...] = ()


def _always(_test: Test) -> bool:
    return True


def condition_sql(
    condition: Condition,
    fields: Mapping[str, IndexField],
    *,
    today: date,
    row: str = "c.row",
    collect: Callable[[Test], bool] = _always,
) -> Fragment:
    """An expression that is 1 or 0, never NULL, for the contact whose row number the expression `row` gives.

    collect: for a positive test, whether to collect its contacts (few) or to ask contact by contact (many).
    Raises InvalidCondition if the condition names a field that `fields` does not have.
    """
    match condition:
        case All(conditions):
            return _join(" AND ", "1", [_inner(each, fields, today, row, collect) for each in conditions])
        case Any(conditions):
            return _join(" OR ", "0", [_inner(each, fields, today, row, collect) for each in conditions])
        case Not(inner):
            found = _inner(inner, fields, today, row, collect)
            return Fragment(f"NOT {found.sql}", found.params)
        case Test():
            return _test_sql(condition, fields, today, row, collect)


def _inner(
    condition: Condition, fields: Mapping[str, IndexField], today: date, row: str, collect: Callable[[Test], bool]
) -> Fragment:
    found = condition_sql(condition, fields, today=today, row=row, collect=collect)
    return Fragment(f"({found.sql})", found.params)


def _join(word_between: str, empty: str, parts: list[Fragment]) -> Fragment:
    sql = word_between.join(part.sql for part in parts) or empty
    return Fragment(sql, tuple(value for part in parts for value in part.params))


def _test_sql(
    test: Test, fields: Mapping[str, IndexField], today: date, row: str, collect: Callable[[Test], bool]
) -> Fragment:
    if test.field not in fields:
        raise InvalidCondition(test.field, "is not a known field")
    if test.op == "has_all" and isinstance(test.value, tuple):
        each = tuple(Test(test.field, "has", text) for text in test.value)
        return condition_sql(All(each), fields, today=today, row=row, collect=collect)
    asked, turned = positive(test)
    collected = collect(asked)
    rows = rows_sql(asked, fields[test.field].type, today=today, each=not collected)
    sql = f"{row} IN ({rows.sql})" if collected else f"EXISTS ({rows.sql} AND a.row = {row})"
    return Fragment(f"NOT ({sql})" if turned else sql, rows.params)


def rows_sql(test: Test, kind: FieldType, *, today: date, each: bool = False) -> Fragment:
    """A SELECT of the row numbers that fit one positive test other than `has_all`; each at least once.

    each: it will be asked contact by contact.
    """
    if kind in ("text", "choice", "set"):
        fits = _words_sql(test)
    elif kind == "boolean":
        fits = _boolean_sql(test)
    else:
        fits = _order_sql(test, kind, today)
    if test.field in FIELD_COLUMNS:
        text, number = FIELD_COLUMNS[test.field]
        return Fragment(
            f"SELECT a.row FROM contact AS a WHERE {fits.sql.format(text=text, number=number)}", fits.params
        )
    sql = "SELECT a.row FROM attribute AS a WHERE a.field = (SELECT id FROM field WHERE key = ?) AND "
    # Without the sign SQLite walks the index of numbers for each contact, instead of looking at that contact's own row.
    number = "+a.number" if each else "a.number"
    return Fragment(sql + fits.sql.format(text="a.text", number=number), (test.field, *fits.params))


# `{text}` and `{number}` become columns, or expressions of ours; what came from outside stands behind question marks.
_HAS_TEXT = "{text} <> ''"  # Spelt out in each test, because it makes the partial index usable.


def _words_sql(test: Test) -> Fragment:
    if test.op == "known":
        return Fragment(_HAS_TEXT)
    texts = tuple(word(str(text)) for text in (test.value if isinstance(test.value, tuple) else (test.value,)))
    match test.op:
        case "contains":
            return Fragment(f"{_HAS_TEXT} AND instr({{text}}, ?) > 0", texts)
        case "starts_with":
            return _starts_with_sql(texts[0])
        case _:
            return Fragment(f"{_HAS_TEXT} AND {{text}} IN ({', '.join('?' * len(texts))})", texts)


def _starts_with_sql(start: str) -> Fragment:
    sql = f"{_HAS_TEXT} AND {{text}} >= ? AND substr({{text}}, 1, ?) = ?"
    return Fragment(sql + " AND {text} < ?", (start, len(start), start, start_limit(start)))


def start_limit(start: str) -> str:
    """A text above all that begin with `start`, as close as it goes; SQLite compares by code point, as Python does."""
    last = ord(start[-1])
    if last == 0x10FFFF:
        return start + "\U0010ffff" * 500
    return start[:-1] + chr(0xE000 if last == 0xD7FF else last + 1)


def _boolean_sql(test: Test) -> Fragment:
    if test.op == "known":
        return Fragment("{number} IS NOT NULL")
    return Fragment("{number} = ?", (1 if test.value is True else 0,))


def _order_sql(test: Test, kind: FieldType, today: date) -> Fragment:
    if test.op == "known":
        return Fragment(_HAS_TEXT if kind == "date" else "{number} IS NOT NULL")
    if test.op == "anniversary_within_days":
        return _anniversary_sql(today, int(_number(test.value)))
    if test.op in ("=", "<", "<=", ">", ">="):
        return Fragment(f"{{number}} {test.op} ?", (_number(test.value),))
    return _stretch_sql(test, today.toordinal())


def _stretch_sql(test: Test, now: int) -> Fragment:
    match test.op:
        case "between" if isinstance(test.value, tuple):
            return _between(_number(test.value[0]), _number(test.value[1]))
        case "within_last_days":
            return _between(now - _number(test.value), now)
        case "within_next_days":
            return _between(now, now + _number(test.value))
        case "more_than_days_ago":
            return Fragment("{number} < ?", (now - _number(test.value),))
        case _:
            raise InvalidCondition(test.field, "has an operator that its type does not know")


def _between(low: float, high: float) -> Fragment:
    return Fragment("{number} BETWEEN ? AND ?", (low, high))


def _number(value: object) -> float:
    return float(value.toordinal() if isinstance(value, date) else value)  # type: ignore[arg-type]


def _anniversary_sql(today: date, days: int) -> Fragment:
    """Months and days as text, "MM-DD", within one stretch of the year or, over New Year, two."""
    if days >= 365:
        return Fragment(_HAS_TEXT)
    last = today + timedelta(days)
    end = "02-29" if (last.month, last.day) == (2, 28) and not calendar.isleap(last.year) else f"{last:%m-%d}"
    start = f"{today:%m-%d}"
    if last.year == today.year:
        return Fragment(f"{_HAS_TEXT} AND {{text}} BETWEEN ? AND ?", (start, end))
    return Fragment(f"{_HAS_TEXT} AND ({{text}} >= ? OR {{text}} <= ?)", (start, end))
