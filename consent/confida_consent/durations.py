"""How long a consent lasts: ISO 8601 durations of years, months and days, counted on the calendar."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta

FORM = re.compile(r"P(?=\d)(?:(\d{1,2})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})D)?\Z")


def is_duration(text: str) -> bool:
    """Whether it is a duration of at least one day, such as P24M or P1Y6M."""
    return any(_parts(text))


def after(start: datetime, duration: str) -> datetime:
    """The instant so much later; the 31st becomes the last day of a shorter month. Raises ValueError."""
    years, months, days = _parts(duration)
    if not (years or months or days):
        raise ValueError("not a duration of years, months and days")
    total = start.year * 12 + start.month - 1 + years * 12 + months
    year, month = divmod(total, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last)) + timedelta(days=days)


def _parts(text: str) -> tuple[int, int, int]:
    found = FORM.match(text)
    if found is None:
        return 0, 0, 0
    years, months, days = (int(part or 0) for part in found.groups())
    return years, months, days
