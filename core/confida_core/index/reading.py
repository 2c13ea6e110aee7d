"""Conditions from outside: read with limits, checked against the declared fields, refused with a place and a reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from confida_core.declarations import IndexField
from confida_core.index.conditions import OPERATORS, All, Any, Condition, InvalidCondition, Not, Test, Value
from confida_core.index.fold import fold

MAX_DEPTH = 8
MAX_NODES = 200
MAX_TEXT = 500
MAX_VALUES = 100
MAX_BYTES = 200_000
MAX_NUMBER = 2.0**53
MAX_DAYS = 36_600


def read_condition(source: bytes | str | Mapping[str, object], fields: Mapping[str, IndexField]) -> Condition:
    """The condition that the JSON text (or already decoded JSON) says.

    Raises InvalidCondition for anything else: broken JSON, unknown fields or operators, values of the wrong form,
    more than 8 levels, 200 nodes, 500 characters in a text or 100 values in a list.
    """
    tree = _decode(source) if isinstance(source, bytes | str) else source
    return _Reader(fields).condition(tree, "", 1)


def _decode(source: bytes | str) -> object:
    if len(source) > MAX_BYTES:
        raise InvalidCondition("", "is too long")
    try:
        return msgspec.json.decode(source)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise InvalidCondition("", "is not valid JSON") from None


class _Reader:
    def __init__(self, fields: Mapping[str, IndexField]) -> None:
        self._fields = fields
        self._nodes = 0

    def condition(self, tree: object, path: str, depth: int) -> Condition:
        self._nodes += 1
        if depth > MAX_DEPTH:
            raise InvalidCondition(path, f"is nested more than {MAX_DEPTH} levels deep")
        if self._nodes > MAX_NODES:
            raise InvalidCondition(path, f"has more than {MAX_NODES} parts")
        if not isinstance(tree, Mapping):
            raise InvalidCondition(path, "must be an object")
        keys = set(tree)
        if keys == {"all"}:
            return All(self._several(tree["all"], _below(path, "all"), depth))
        if keys == {"any"}:
            return Any(self._several(tree["any"], _below(path, "any"), depth))
        if keys == {"not"}:
            return Not(self.condition(tree["not"], _below(path, "not"), depth + 1))
        if keys in ({"field", "op"}, {"field", "op", "value"}):
            return self._test(tree, path)
        raise InvalidCondition(path, 'must have exactly "all", "any", "not", or "field", "op" and "value"')

    def _several(self, trees: object, path: str, depth: int) -> tuple[Condition, ...]:
        if not isinstance(trees, list):
            raise InvalidCondition(path, "must be a list")
        return tuple(self.condition(tree, f"{path}[{place}]", depth + 1) for place, tree in enumerate(trees))

    def _test(self, tree: Mapping[str, object], path: str) -> Test:
        key, op = tree["field"], tree["op"]
        field = self._fields.get(key) if isinstance(key, str) else None
        if field is None:
            raise InvalidCondition(_below(path, "field"), "is not a known field")
        form = OPERATORS[field.type].get(op) if isinstance(op, str) else None
        if form is None:
            raise InvalidCondition(_below(path, "op"), f"is not one of: {', '.join(OPERATORS[field.type])}")
        value = _value(form, field.type == "date", tree.get("value"), _below(path, "value"))
        return Test(field.key, str(op), value)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _value(form: str, dated: bool, raw: object, path: str) -> Value:
    read = _FORMS[form] if form in _FORMS else _one(form, dated)
    return read(raw, path)


def _one(form: str, dated: bool) -> Callable[[object, str], Value]:
    if form == "pair":
        return _days_pair if dated else _numbers_pair
    return _day if dated else _number


def _nothing(raw: object, path: str) -> None:
    if raw is not None:
        raise InvalidCondition(path, "must be left out")


def _boolean(raw: object, path: str) -> bool:
    if not isinstance(raw, bool):
        raise InvalidCondition(path, "must be true or false")
    return raw


def _texts(raw: object, path: str) -> tuple[str, ...]:
    return tuple(_text(each, f"{path}[{place}]") for place, each in enumerate(_list(raw, path)))


def _list(raw: object, path: str) -> list[object]:
    if not isinstance(raw, list) or not raw:
        raise InvalidCondition(path, "must be a list with at least one value")
    if len(raw) > MAX_VALUES:
        raise InvalidCondition(path, f"has more than {MAX_VALUES} values")
    return raw


def _two(raw: object, path: str) -> tuple[object, object]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise InvalidCondition(path, "must be a list of two values")
    return raw[0], raw[1]


def _days_pair(raw: object, path: str) -> tuple[date, date]:
    first, last = _two(raw, path)
    return _day(first, f"{path}[0]"), _day(last, f"{path}[1]")


def _numbers_pair(raw: object, path: str) -> tuple[float, float]:
    first, last = _two(raw, path)
    return _number(first, f"{path}[0]"), _number(last, f"{path}[1]")


def _text(raw: object, path: str) -> str:
    if not isinstance(raw, str):
        raise InvalidCondition(path, "must be a text")
    if len(raw) > MAX_TEXT:
        raise InvalidCondition(path, f"is longer than {MAX_TEXT} characters")
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in raw):
        raise InvalidCondition(path, "has characters that cannot be stored")
    if not fold(raw):
        raise InvalidCondition(path, "must not be empty")
    return raw


def _number(raw: object, path: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise InvalidCondition(path, "must be a number")
    # Beyond 2^53 neighbouring whole numbers are equal as floating point, and equality would mean nothing.
    if not (isinstance(raw, int) or math.isfinite(raw)) or abs(raw) > MAX_NUMBER:
        raise InvalidCondition(path, "is too large a number")
    return float(raw)


def _days(raw: object, path: str) -> float:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MAX_DAYS:
        raise InvalidCondition(path, f"must be a whole number of days from 0 to {MAX_DAYS}")
    return float(raw)


def _day(raw: object, path: str) -> date:
    if isinstance(raw, date):
        return raw
    try:
        if isinstance(raw, str) and len(raw) == 10:
            return date.fromisoformat(raw)
    except ValueError:
        pass
    raise InvalidCondition(path, "must be a date like 2024-12-31")


_FORMS: Mapping[str, Callable[[object, str], Value]] = {
    "none": _nothing,
    "text": _text,
    "texts": _texts,
    "boolean": _boolean,
    "days": _days,
}
