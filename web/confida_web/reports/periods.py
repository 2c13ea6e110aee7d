"""The period that figures are asked for. All of it stands in the address."""

from __future__ import annotations

from calendar import month_abbr
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

PERIODS: Mapping[str, str] = {
    "12m": "Last twelve months",
    "month": "This month",
    "quarter": "This quarter",
    "year": "This year",
    "last-year": "Last year",
    "own": "From … to …",
}
LONGEST_YEARS = 20
# Beside the ends of the calendar no time zone and no month after can be reckoned.
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """key: one of PERIODS. start, end: both days belong to it; today: the reader's. wrong: what could not be read, by field; the
    usual stands in its place.
    """

    key: str
    start: date
    end: date
    today: date
    wrong: Mapping[str, str] | None = None

    @property
    def errors(self) -> Mapping[str, str]:
        return self.wrong or {}

    @property
    def parameters(self) -> dict[str, str]:
        """As they stand in an address."""
        if self.key != "own":
            return {"period": self.key}
        return {"period": self.key, "from": self.start.isoformat(), "to": self.end.isoformat()}

    @property
    def months(self) -> list[str]:
        """Every month of it, as `2026-11`."""
        first, last = (day.year * 12 + day.month - 1 for day in (self.start, self.end))
        return [f"{month // 12}-{month % 12 + 1:02}" for month in range(first, last + 1)]


def read_period(given: Mapping[str, Any], today: date) -> Period:
    """From the parameters `period`, `from` and `to` of an address; nonsense is told in `wrong`."""
    key = str(given.get("period", "12m"))
    key = key if key in PERIODS else "12m"
    start, end = days_of(key, today)
    period = Period(key=key, start=start, end=end, today=today)
    return own_days(period, str(given.get("from", "")), str(given.get("to", ""))) if key == "own" else period


def own_days(period: Period, first: str, last: str) -> Period:
    errors: dict[str, str] = {}
    start, end = (read_day(name, typed, errors) for name, typed in (("from", first), ("to", last)))
    start, end = start or period.start, end or period.end
    if not errors and start > end:
        errors["to"] = "The end stands before the beginning."
    if not errors and end.year - start.year > LONGEST_YEARS:
        errors["from"] = f"At most {LONGEST_YEARS} years at once."
    return replace(period, wrong=errors) if errors else replace(period, start=start, end=end)


def read_day(name: str, typed: str, errors: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        day = EARLIEST - timedelta(days=1)
    if day is None or EARLIEST <= day <= LATEST:
        return day
    errors[name] = "Please choose a day."
    return None


def days_of(key: str, today: date) -> tuple[date, date]:
    """The first and last day of a named period; a running one ends today. One of one's own begins as the last twelve months."""
    if key == "month":
        return today.replace(day=1), today
    if key == "quarter":
        return date(today.year, (today.month - 1) // 3 * 3 + 1, 1), today
    if key == "year":
        return date(today.year, 1, 1), today
    if key == "last-year":
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    # Twelve whole months and the one that runs would compare thirteen; so eleven and this one.
    month = today.year * 12 + today.month - 1 - 11
    return date(month // 12, month % 12 + 1, 1), today


def month_label(month: str) -> str:
    """In words that fit below a column: `Nov 2026`."""
    return f"{month_abbr[int(month[5:])]} {month[:4]}"


def month_days(month: str) -> tuple[date, date]:
    """The first and last day of a month like `2026-11`."""
    year, number = int(month[:4]), int(month[5:])
    following = date(year + number // 12, number % 12 + 1, 1)
    return date(year, number, 1), following - timedelta(days=1)
