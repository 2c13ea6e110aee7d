"""Birthdays in the many ways in which people and programs write them."""

from __future__ import annotations

import datetime
import re
from functools import cache
from typing import Literal

from confida_core.contacts.content import Birthday

DateOrder = Literal["", "dmy", "mdy"]
DateReading = Birthday | Literal["empty", "ambiguous", "unknown"]

# Apple writes this year where it knows none, because it was a leap year long before anybody alive.
_NO_YEAR = {0, 1604}
_EMPTY = re.compile(r"[0\s./-]*")
_TIME = re.compile(
    r"(T\d{1,2}(:?\d{2}){0,2}| \d{1,2}(:\d{2}){1,2})([.,]\d{1,9})?\s?(Z|[+-]\d{2}:?\d{0,2}|[AaPp][Mm])?$"
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})")
_NO_YEAR_ISO = re.compile(r"--(\d{2})-?(\d{2})")
_DAY_FIRST_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?")
_YEAR_LAST = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})")
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def read_birthday(text: str, order: DateOrder = "") -> DateReading:
    """The birthday, or why there is none: "empty" (also Outlook's 0/0/00), "ambiguous" (03/04/1985) or "unknown".

    order: how the source writes numbers with slashes, where that is known; without it only a day above 12 decides.
    A two-digit year is ambiguous, because Confida never guesses a century.
    """
    text = text.strip()
    if _EMPTY.fullmatch(text):
        return "empty"
    if len(text) > 60:
        return "unknown"
    text = _TIME.sub("", text).strip()
    for reader in (_year_first, _without_year, _day_first):
        parts = reader(text)
        if parts is not None:
            return _checked(*parts)
    return _year_last(text, order) or _with_month_name(text)


def calendar_day(year: int | None, month: int, day: int) -> Birthday | None:
    """The birthday if the calendar has the day (29 February without a year counts); otherwise None."""
    year = None if year in _NO_YEAR else year
    if year is not None and not 1800 <= year <= 2200:
        return None
    try:
        datetime.date(2000 if year is None else year, month, day)
    except ValueError:
        return None
    return Birthday(month=month, day=day, year=year)


def _checked(year: int | None, month: int, day: int) -> DateReading:
    return calendar_day(year, month, day) or "unknown"


def _year_first(text: str) -> tuple[int, int, int] | None:
    found = _YEAR_FIRST.fullmatch(text)
    if found is None or (not found[2] and len(text) != 8):
        return None
    return int(found[1]), int(found[3]), int(found[4])


def _without_year(text: str) -> tuple[None, int, int] | None:
    found = _NO_YEAR_ISO.fullmatch(text)
    return (None, int(found[1]), int(found[2])) if found else None


def _day_first(text: str) -> tuple[int | None, int, int] | None:
    found = _DAY_FIRST_DOTS.fullmatch(text)
    return (int(found[3]) if found[3] else None, int(found[2]), int(found[1])) if found else None


def _year_last(text: str, order: DateOrder) -> DateReading | None:
    found = _YEAR_LAST.fullmatch(text)
    if found is None:
        return "ambiguous" if re.fullmatch(r"\d{1,2}([/.-])\d{1,2}\1\d{2}", text) else None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if second > 12 or (order == "mdy" and first <= 12):
        return _checked(year, first, second)
    if first > 12 or order == "dmy" or first == second:
        return _checked(year, second, first)
    return "ambiguous"


def _with_month_name(text: str) -> DateReading:
    """ "12 Mar 2025", "March 12, 2025", "3. März": one known month name, a day and at most one year."""
    words = _WORDS.findall(text)
    months = [_month_names()[word.casefold()] for word in words if word.casefold() in _month_names()]
    numbers = [int(word) for word in words if word.isdecimal() and len(word) <= 4]
    if len(months) != 1 or len(words) != len(numbers) + 1 or not 1 <= len(numbers) <= 2:
        return "unknown"
    years = [number for number in numbers if number > 31]
    days = [number for number in numbers if number <= 31]
    if len(days) != 1 or any(year < 1000 for year in years):
        return "ambiguous" if len(numbers) == 2 else "unknown"
    return _checked(years[0] if years else None, months[0], days[0])


@cache
def _month_names() -> dict[str, int]:
    from babel import Locale

    names: dict[str, int] = {}
    for language in ("en", "de", "fr", "es", "it", "nl"):
        months = Locale(language).months["format"]
        for width in ("wide", "abbreviated"):
            for number, name in months[width].items():
                names.setdefault(str(name).rstrip(".").casefold(), number)
    return names | {"mär": 3, "mrz": 3, "sept": 9}
