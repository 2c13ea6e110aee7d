"""Whether one record fits a condition, from its values in memory. Must agree with `in_sql` on every input."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta

from confida_core.declarations import IndexField
from confida_core.index.conditions import All, Any, Condition, InvalidCondition, Not, Test, Value, positive
from confida_core.index.values import Comparable, Day, comparable, word


def matches(
    condition: Condition, values: Mapping[str, object], fields: Mapping[str, IndexField], *, today: date
) -> bool:
    """Whether the condition holds for the record.

    values: by field key, as `IndexField.value` returns them; a missing key is a value that is not known.
    Raises InvalidCondition if the condition names a field that `fields` does not have.
    """
    match condition:
        case All(conditions):
            return all(matches(each, values, fields, today=today) for each in conditions)
        case Any(conditions):
            return any(matches(each, values, fields, today=today) for each in conditions)
        case Not(inner):
            return not matches(inner, values, fields, today=today)
        case Test(key):
            if key not in fields:
                raise InvalidCondition(key, "is not a known field")
            test, turned = positive(condition)
            return _holds(test, comparable(fields[key].type, values.get(key)), today) != turned


def _holds(test: Test, known: Comparable, today: date) -> bool:
    if known is None:
        return False
    if test.op == "known":
        return True
    if isinstance(known, bool):
        return known == test.value
    if isinstance(known, dict):
        return _words_hold(test, known)
    if isinstance(known, Day):
        return _day_holds(test, known, today)
    return _ordered(test.op, known, test.value)


def _words_hold(test: Test, known: dict[str, str]) -> bool:
    texts = test.value if isinstance(test.value, tuple) else (test.value,)
    asked = [word(text) for text in texts if isinstance(text, str)]
    match test.op:
        case "is" | "has" | "any_of" | "has_any":
            return any(each in known for each in asked)
        case "has_all":
            return all(each in known for each in asked)
        case "contains":
            return any(asked[0] in each for each in known)
        case _:
            return any(each.startswith(asked[0]) for each in known)


def _day_holds(test: Test, known: Day, today: date) -> bool:
    if test.op == "anniversary_within_days":
        return _anniversary_in(known.month_day, today, int(_number(test.value)))
    if known.ordinal is None:
        return False
    away = known.ordinal - today.toordinal()
    match test.op:
        case "within_last_days":
            return -_number(test.value) <= away <= 0
        case "more_than_days_ago":
            return away < -_number(test.value)
        case "within_next_days":
            return 0 <= away <= _number(test.value)
        case _:
            return _ordered(test.op, known.ordinal, test.value)


def _anniversary_in(month_day: str, today: date, days: int) -> bool:
    for year in (today.year, today.year + 1):
        common = not calendar.isleap(year)
        observed = date.fromisoformat(f"{year:04}-{'02-28' if common and month_day == '02-29' else month_day}")
        if timedelta(0) <= observed - today <= timedelta(days):
            return True
    return False


def _ordered(op: str, known: float, value: Value) -> bool:
    if isinstance(value, tuple):
        return _number(value[0]) <= known <= _number(value[1])
    asked = _number(value)
    return {
        "=": known == asked,
        "<": known < asked,
        "<=": known <= asked,
        ">": known > asked,
        ">=": known >= asked,
    }[op]


def _number(value: object) -> float:
    return float(value.toordinal() if isinstance(value, date) else value)  # type: ignore[arg-type]
