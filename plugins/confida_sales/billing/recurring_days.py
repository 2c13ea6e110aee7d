"""When something that comes again and again comes: whole months from a first day, each counted from the first.

So what began on 31 January comes on 28 February and on 31 March again, and nothing slides to the 28th for good.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from itertools import count, takewhile

LAST_YEAR = 9_000


def day_after_months(first: date, months: int) -> date:
    """So many months later: the same day of the month, or its last one where the month is shorter."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def period_days(anchor_on: date, every_months: int, done: int = 0, ends_on: date | None = None) -> Iterator[date]:
    """The days from the period after `done` ones on, without end, or as long as they are not after `ends_on`."""
    days = (day_after_months(anchor_on, number * every_months) for number in count(done))
    return takewhile(lambda day: day.year < LAST_YEAR and (ends_on is None or day <= ends_on), days)
