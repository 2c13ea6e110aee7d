"""Months, quarters and years of the calendar, for which targets are set and figures are added up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date

LENGTHS = {"month": 1, "quarter": 3, "year": 12}
EARLIEST, LATEST = 1990, 2199
_KEY = re.compile(r"([0-9]{4})(?:-(?:([0-9]{2})|Q([1-4])))?")


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """start: its first day. months: 1, 3 or 12."""

    start: date
    months: int

    @property
    def end(self) -> date:
        """The day after the last one."""
        return month_after(self.start, self.months)

    @property
    def key(self) -> str:
        """As it stands in addresses: 2026, 2026-Q4 or 2026-11."""
        year = self.start.year
        if self.months == 12:
            return f"{year}"
        return f"{year}-{self.start.month:02}" if self.months == 1 else f"{year}-Q{(self.start.month + 2) // 3}"

    def label(self, locale: str) -> str:
        """As people of the locale name it."""
        form = {1: "LLL y", 3: "QQQ y", 12: "y"}[self.months]
        return str(format_date(self.start, form, locale=locale))

    def moved(self, by: int) -> Period:
        """The period so many later, or earlier. Stays where the calendar of this program ends."""
        start = month_after(self.start, by * self.months)
        return Period(start, self.months) if EARLIEST <= start.year <= LATEST else self

    def parts(self) -> tuple[Period, ...]:
        """The next shorter ones it is made of: quarters of a year, months of a quarter."""
        length = {12: 3, 3: 1}.get(self.months)
        return (
            ()
            if length is None
            else tuple(Period(month_after(self.start, at), length) for at in range(0, self.months, length))
        )

    def around(self) -> Period | None:
        """The next longer one it is in."""
        length = {1: 3, 3: 12}.get(self.months)
        return None if length is None else period_of(self.start, length)


def month_after(day: date, months: int) -> date:
    """The first of the month, so many months on."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def period_of(day: date, months: int) -> Period:
    """The period of this length that the day is in."""
    return Period(date(day.year, (day.month - 1) // months * months + 1, 1), months)


def read_period(text: str) -> Period | None:
    """None for what names no period."""
    found = _KEY.fullmatch(text)
    if found is None or not EARLIEST <= int(found[1]) <= LATEST:
        return None
    year = int(found[1])
    if found[3]:
        return Period(date(year, int(found[3]) * 3 - 2, 1), 3)
    if found[2]:
        return Period(date(year, int(found[2]), 1), 1) if 1 <= int(found[2]) <= 12 else None
    return Period(date(year, 1, 1), 12)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins there."""
    return datetime.combine(day, time.min, zone)
