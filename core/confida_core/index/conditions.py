"""The condition language: filters, saved views, segments and rules are all trees of these structs.

JSON form: `{"all": [...]}`, `{"any": [...]}`, `{"not": {...}}`, `{"field": "city", "op": "is", "value": "Leipzig"}`.

Meaning, the same in both evaluators (`in_sql`, `in_python`):

- Texts are compared folded (`fold`): case, diacritics and extra white space do not count.
- A field of type text, choice or set may hold several values; a positive operator asks whether *one* of them fits.
- Every test is true or false, there is no third value. A value that is not known (None, an empty text, an empty set)
  fails each positive operator and passes each negative one: `is_not`, `none_of`, `has_not`, `empty`, `unknown` are the
  exact complements of `is`, `any_of`, `has`, "has something", `known`. So a contact without a city is not in Leipzig.
- A boolean that is not known is neither true nor false: `is` fails for both.
- "No contact for 90 days" that shall include "never" is therefore `not` (`touched` `within_last_days` 90).
- `between` includes both ends. `within_last_days` and `within_next_days` include today and the farthest day;
  `more_than_days_ago` n is the complement of these within the past: strictly before today minus n days.
- Dates without a year are known, fail every comparison with a date, and take part in anniversaries only.
  29 February is observed on 28 February in common years.
- `all` of nothing is true, `any` of nothing is false.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from confida_core.declarations import FieldType, IndexField

Fields = Mapping[str, IndexField]

Value = str | float | bool | date | tuple[str, ...] | tuple[float, float] | tuple[date, date] | None


class Test(Struct, frozen=True):
    """One question about one field. value: of the form that `OPERATORS` names for the operator; texts as typed."""

    field: str
    op: str
    value: Value = None

    __test__ = False  # Not a test case, whatever pytest makes of the name.


class All(Struct, frozen=True):
    conditions: tuple[Condition, ...]


class Any(Struct, frozen=True):
    conditions: tuple[Condition, ...]


class Not(Struct, frozen=True):
    condition: Condition


Condition = Test | All | Any | Not

EVERYTHING: Final = All(())

# What each operator takes: nothing, a text, several texts, a number of the field's kind, a pair of them, whole days.
_KNOWING = {"known": "none", "unknown": "none"}
_TEXT = {"is": "text", "is_not": "text", "contains": "text", "starts_with": "text"} | _KNOWING
_ORDER = {"=": "one", "<": "one", "<=": "one", ">": "one", ">=": "one", "between": "pair"} | _KNOWING
_RELATIVE = ("within_last_days", "more_than_days_ago", "within_next_days", "anniversary_within_days")
OPERATORS: Final[Mapping[FieldType, Mapping[str, str]]] = {
    "text": _TEXT,
    "number": _ORDER,
    "date": _ORDER | dict.fromkeys(_RELATIVE, "days"),
    "boolean": {"is": "boolean"} | _KNOWING,
    "choice": {"is": "text", "is_not": "text", "any_of": "texts", "none_of": "texts"} | _KNOWING,
    "set": {"has": "text", "has_not": "text", "has_any": "texts", "has_all": "texts", "empty": "none"},
}

# Which negative operator is the complement of which positive one; the evaluators know positive ones only.
NEGATIVE: Final[Mapping[str, str]] = {
    "is_not": "is",
    "none_of": "any_of",
    "has_not": "has",
    "unknown": "known",
    "empty": "known",
}


class InvalidCondition(ValueError):
    """A condition that cannot be meant. path: where, like `all[2].value`; message: for people, without the value."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path or 'condition'}: {message}")
        self.path = path
        self.message = message


def positive(test: Test) -> tuple[Test, bool]:
    """The test with its positive operator, and whether the answer must be turned round."""
    if test.op in NEGATIVE:
        return Test(test.field, NEGATIVE[test.op], test.value), True
    return test, False


def to_tree(condition: Condition) -> dict[str, object]:
    """The JSON form as plain dicts and lists; `reading.read_condition` takes it back to an equal condition."""
    match condition:
        case All(conditions):
            return {"all": [to_tree(each) for each in conditions]}
        case Any(conditions):
            return {"any": [to_tree(each) for each in conditions]}
        case Not(inner):
            return {"not": to_tree(inner)}
        case Test(field, op, value):
            tree: dict[str, object] = {"field": field, "op": op}
            return tree if value is None else tree | {"value": _plain(value)}


def _plain(value: Value) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def fields_of(condition: Condition) -> frozenset[str]:
    """The keys of all fields that the condition asks about."""
    match condition:
        case Test(field):
            return frozenset({field})
        case Not(inner):
            return fields_of(inner)
        case All(conditions) | Any(conditions):
            return frozenset().union(*(fields_of(each) for each in conditions))


def size_of(condition: Condition) -> int:
    """How many tests it has; each may look at every contact."""
    match condition:
        case Test():
            return 1
        case Not(inner):
            return size_of(inner)
        case All(conditions) | Any(conditions):
            return sum(map(size_of, conditions))


def by_key(fields: tuple[IndexField, ...] | list[IndexField]) -> dict[str, IndexField]:
    """The fields by their key; raises ValueError if two declare the same one."""
    found = {field.key: field for field in fields}
    if len(found) != len(fields):
        raise ValueError("two index fields have the same key")
    return found
