"""When service is due again: whole months from one day, each counted from that day.

So what began on 31 January is due on 28 February and on 31 March again, and nothing slides to the 28th for good.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

LAST_YEAR = 9_000
LONGEST_INTERVAL = 240


def day_after_months(first: date, months: int) -> date:
    """So many months later: the same day of the month, or its last one where the month is shorter."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def next_day(anchor: date, months: int, after: date) -> date | None:
    """The first of the days anchor, anchor + months, anchor + 2 * months ... after this one; None far beyond any life.

    Raises ValueError for an interval of less than a month.
    """
    if months < 1:
        raise ValueError("an interval is at least a month")
    apart = (after.year - anchor.year) * 12 + after.month - anchor.month
    number = max(0, apart // months)
    while (day := day_after_months(anchor, number * months)) <= after:
        if day.year >= LAST_YEAR:
            return None
        number += 1
    return day
