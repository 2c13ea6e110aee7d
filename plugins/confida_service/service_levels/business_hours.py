"""Business hours: how much of them lies between two moments, and when so much of them will have passed.

Reckoned in the organisation's own time zone, so that a day on which the clocks change has the hours that people work, and
in UTC otherwise.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES = 24 * 60
# Whoever never opens would be waited for for ever.
LONGEST_DAYS = 3_660
Span = tuple[datetime, datetime]


def never(_: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """week: for Monday to Sunday, the times of opening as (from, until) in minutes of the day, in order, apart from each other.

    closed_on: whether a day is a holiday, on which nothing is open.
    """

    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...]
    closed_on: Callable[[date], bool] = never


ALWAYS = BusinessHours(ZoneInfo("UTC"), ((((0, MINUTES),),) * 7))


class InvalidHours(ValueError):
    """What is wrong with times of opening, as a sentence."""


def read_day(text: str) -> tuple[tuple[int, int], ...]:
    """ "9-12:30, 14-18" as spans of minutes; nothing for a day that is closed. Raises InvalidHours."""
    spans = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        start, dash, end = part.replace("–", "-").partition("-")
        if not dash:
            raise InvalidHours(f"“{part}” is no time of opening; write it like 9:00-17:30.")
        spans.append((minute_of(start), minute_of(end)))
    if any(start >= end for start, end in spans) or any(one[1] > other[0] for one, other in itertools.pairwise(spans)):
        raise InvalidHours("Each time of opening ends after it begins, and before the next one.")
    return tuple(spans)


def minute_of(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    if not (hour.isdecimal() and (minute.isdecimal() or not minute) and len(hour) <= 2 and len(minute) <= 2):
        raise InvalidHours(f"“{text.strip()}” is no time of the day; write it like 9:00.")
    found = int(hour) * 60 + int(minute or 0)
    if found > MINUTES or int(minute or 0) > 59:
        raise InvalidHours(f"“{text.strip()}” is no time of the day; write it like 9:00.")
    return found


def written_day(spans: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(f"{start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}" for start, end in spans)


def moment(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """A minute of a local day in UTC; minute 1440 is the beginning of the next day."""
    whole, rest = divmod(minute, MINUTES)
    local = datetime.combine(day + timedelta(days=whole), time(rest // 60, rest % 60), tzinfo=zone)
    return local.astimezone(UTC)


def open_spans(hours: BusinessHours, start: datetime) -> Iterator[Span]:
    """The times of opening from a moment on, cut off at it, in UTC; for ten years."""
    day = start.astimezone(hours.zone).date() - timedelta(days=1)
    for _ in range(LONGEST_DAYS):
        if not hours.closed_on(day):
            for begins, ends in hours.week[day.weekday()]:
                span = moment(hours.zone, day, begins), moment(hours.zone, day, ends)
                if span[1] > start:
                    yield max(span[0], start), span[1]
        day += timedelta(days=1)


def open_seconds(hours: BusinessHours, start: datetime, end: datetime) -> float:
    """How many seconds of opening lie between two moments; 0 where the second is not later."""
    total = 0.0
    for begins, ends in open_spans(hours, start):
        if begins >= end:
            break
        total += (min(ends, end) - begins).total_seconds()
    return total


def after_open(hours: BusinessHours, start: datetime, seconds: float) -> datetime | None:
    """When so many seconds of opening will have passed since a moment (UTC); None if not within ten years."""
    left = seconds
    for begins, ends in open_spans(hours, start):
        length = (ends - begins).total_seconds()
        if left <= length:
            return begins + timedelta(seconds=left)
        left -= length
    return None
