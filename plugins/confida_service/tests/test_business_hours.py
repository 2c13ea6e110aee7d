"""Business hours, over weekends, holidays and the days on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_service.service_levels.business_hours import (
    ALWAYS,
    BusinessHours,
    InvalidHours,
    after_open,
    open_seconds,
    read_day,
    written_day,
)

HOUR = 3_600
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessHours(BERLIN, (((540, 720), (780, 1_020)),) * 5 + ((), ()), lambda day: day == date(2026, 12, 25))
NIGHT = BusinessHours(BERLIN, (((0, 1_440),),) * 7)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2026 by the clocks of Berlin."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (at(20, 9), 2, at(20, 11)),  # A Friday.
        (at(20, 11), 2, at(20, 14)),  # Lunch is not counted,
        (at(20, 16), 2, at(23, 10)),  # nor is the weekend,
        (at(21, 3), 1, at(23, 10)),  # nor the night before Monday,
        (at(24, 16, month=12), 2, at(28, 10, month=12)),  # nor Christmas.
        (at(20, 10), 0, at(20, 10)),
    ],
)
def test_due_time_skips_what_is_closed(start: datetime, hours: int, due: datetime) -> None:
    assert (after_open(OFFICE, start, hours * HOUR), open_seconds(OFFICE, start, due)) == (due, hours * HOUR)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 23), (10, 25, 25), (11, 22, 24)])
def test_day_on_which_the_clocks_change_has_the_hours_it_has(month: int, day: int, hours: int) -> None:
    start = datetime(2026, month, day, tzinfo=BERLIN)
    assert open_seconds(NIGHT, start, start + timedelta(days=1)) == hours * HOUR


def test_whoever_never_opens_is_waited_for_no_longer_than_ten_years() -> None:
    closed = BusinessHours(BERLIN, ((),) * 7)
    assert (after_open(closed, at(20, 9), 1), open_seconds(closed, at(20, 9), at(27, 9))) == (None, 0)


SPANS = st.lists(st.integers(0, 1_440), min_size=0, max_size=6, unique=True).map(
    lambda marks: tuple(zip(*[iter(sorted(marks)[: len(marks) // 2 * 2])] * 2, strict=True))
)
MOMENTS = st.integers(1_577_836_800, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC))
ZONES = st.sampled_from(["Europe/Berlin", "UTC", "Australia/Lord_Howe", "America/New_York"]).map(ZoneInfo)


@given(ZONES, st.tuples(*[SPANS] * 7), MOMENTS, st.integers(0, 500 * HOUR))
@settings(max_examples=60, deadline=None)
def test_what_passed_until_it_is_due_is_what_was_to_pass(
    zone: ZoneInfo, week: tuple[tuple[tuple[int, int], ...], ...], start: datetime, seconds: int
) -> None:
    hours = BusinessHours(zone, week)
    due = after_open(hours, start, seconds)
    if due is not None:
        assert open_seconds(hours, start, due) == seconds
        assert due >= start


@given(MOMENTS, MOMENTS, MOMENTS)
@settings(max_examples=60, deadline=None)
def test_hours_of_two_stretches_are_those_of_both(one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    if last - first < timedelta(days=400):
        parts = open_seconds(OFFICE, first, middle) + open_seconds(OFFICE, middle, last)
        assert parts == pytest.approx(open_seconds(OFFICE, first, last))
        assert open_seconds(ALWAYS, first, last) == pytest.approx((last - first).total_seconds())


@pytest.mark.parametrize("text", ["9-12:30, 14-18", "9:00-12:30, 14:00-18:00", "0-24", "", "9–17"])
def test_hours_are_read_as_people_write_them(text: str) -> None:
    spans = read_day(text)
    assert read_day(written_day(spans)) == spans
    assert spans == {"0-24": ((0, 1_440),), "": (), "9–17": ((540, 1_020),)}.get(text, ((540, 750), (840, 1_080)))


@pytest.mark.parametrize("text", ["9", "9-8", "9-12, 11-14", "25-26", "9:60-10", "a-b", "9-9", "-", "9:000-10"])
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(InvalidHours):
        read_day(text)
