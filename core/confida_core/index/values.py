"""What a field's value amounts to when it is compared: folded words, a number, or a day."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

from msgspec import Struct

from confida_core.declarations import FieldType
from confida_core.index.fold import fold

# A birthday whose year is not known stands as a day of this leap year, long before anybody's birth.
YEARLESS = 4
_MAX_WORD = 500
_MAX_NUMBER = 2.0**53


class Day(Struct, frozen=True):
    """ordinal: `date.toordinal()`, None without a year. month_day: "MM-DD"."""

    ordinal: int | None
    month_day: str


Comparable = dict[str, str] | float | bool | Day | None


def comparable(kind: FieldType, raw: object) -> Comparable:
    """The value as it is compared; None if it is not known, or not of the declared type.

    Words come as {folded: as written}; type text, whose values nobody counts, goes without the latter. A plugin that
    changes the type of a field must not stop the index, hence no error.
    """
    match kind:
        case "text":
            found = _words(raw)
            return None if found is None else dict.fromkeys(found, "")
        case "choice" | "set":
            return _words(raw)
        case "boolean":
            return raw if isinstance(raw, bool) else None
        case "number":
            return _number(raw)
        case "date":
            return _day(raw)


def word(text: str) -> str:
    """The text as it is stored and asked for: folded, at most 500 characters."""
    folded = fold(text)
    return folded if len(folded) <= _MAX_WORD else folded[:_MAX_WORD].rstrip()


def _words(raw: object) -> dict[str, str] | None:
    if isinstance(raw, str):
        return {folded: raw} if (folded := word(raw)) else None
    if not isinstance(raw, frozenset | set | tuple):
        return None
    # Sorted, so that of two spellings of one word the same is shown on every machine.
    found = {word(text): text for text in sorted(each for each in raw if isinstance(each, str))}
    found.pop("", None)
    return found or None


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    if abs(raw) > _MAX_NUMBER or (isinstance(raw, float) and math.isnan(raw)):
        return None
    return float(raw)


def _day(raw: object) -> Day | None:
    if isinstance(raw, datetime):
        raw = raw.astimezone(UTC).date() if raw.tzinfo else raw.date()
    if not isinstance(raw, date):
        return None
    return Day(None if raw.year <= YEARLESS else raw.toordinal(), f"{raw.month:02}-{raw.day:02}")
