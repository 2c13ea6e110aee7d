"""The dates of privacy reference CK, and the properties behind them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_consent.rights.clock import ClockEvent, Deadline, Step, UnknownJurisdiction, deadline

BERLIN, LONDON = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/London")


def on(text: str, step: Step = Step.RECEIVED, zone: ZoneInfo = BERLIN) -> ClockEvent:
    """An event at a local time; noon where only the day is given."""
    local = datetime.fromisoformat(text if "T" in text else f"{text}T12:00")
    return ClockEvent(step=step, at=local.replace(tzinfo=zone).astimezone(UTC))


def due(*events: ClockEvent, country: str = "DE", zone: ZoneInfo = BERLIN) -> date:
    return deadline(events, country, zone).due


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-03-05", "2026-04-07"),
        ("2026-01-31", "2026-03-02"),
        ("2026-09-03", "2026-10-05"),
        ("2025-11-25", "2025-12-29"),
        ("2026-11-25", "2026-12-28"),
        ("2026-03-05T23:59", "2026-04-07"),
        ("2026-03-06T00:01", "2026-04-07"),
        ("2026-02-28", "2026-03-30"),
    ],
)
def test_ck3_german_request_is_due_on_the_next_working_day(received: str, expected: str) -> None:
    assert due(on(received)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("received", "expected"),
    [("2026-08-31", "2026-09-30"), ("2027-01-31", "2027-03-01"), ("2028-01-31", "2028-02-29"), ("2026-01-30", "2026-03-02"),
     ("2028-01-30", "2028-02-29")],
)  # fmt: skip
def test_ck3_month_ends_on_the_same_date_or_the_last_day(received: str, expected: str) -> None:
    """28 February is a Sunday in 2027 and a Saturday in 2026."""
    assert due(on(received)) == date.fromisoformat(expected)


def test_ck5_british_request_moves_past_the_moved_holiday() -> None:
    assert due(on("2026-11-25", zone=LONDON), country="GB", zone=LONDON) == date(2026, 12, 29)


def test_ck5_british_pause_is_added_before_the_holiday_rule() -> None:
    events = [
        on("2026-09-03", zone=LONDON),
        on("2026-09-10", Step.ASKED, LONDON),
        on("2026-09-19", Step.REPLIED, LONDON),
    ]
    found = deadline(events, "GB", LONDON)
    assert (found.due, found.paused_days) == (date(2026, 10, 12), 9)


def test_ck5_british_clock_starts_with_the_identity() -> None:
    events = [on("2026-03-02", zone=LONDON), on("2026-03-09", Step.VERIFIED, LONDON)]
    assert deadline(events, "GB", LONDON).starts_on == date(2026, 3, 9)
    assert deadline(events, "DE", BERLIN).starts_on == date(2026, 3, 2)


@pytest.mark.parametrize(("received", "expected"), [("2026-03-05", "2026-06-05"), ("2026-01-31", "2026-04-30")])
@pytest.mark.parametrize(("country", "zone"), [("DE", BERLIN), ("GB", LONDON)])
def test_ck6_extension_counts_from_receipt(received: str, expected: str, country: str, zone: ZoneInfo) -> None:
    first = on(received, zone=zone)
    told = ClockEvent(step=Step.EXTENDED, at=first.at + timedelta(days=20))
    assert due(first, told, country=country, zone=zone) == date.fromisoformat(expected)


def test_ck2_extension_declared_after_the_first_date_counts_for_nothing() -> None:
    found = deadline([on("2026-03-05"), on("2026-04-08", Step.EXTENDED)], "DE", BERLIN)
    assert (found.due, found.extended, found.extension_too_late) == (date(2026, 4, 7), False, True)


def test_ck4_question_without_need_does_not_stop_the_time() -> None:
    events = [on("2026-03-05"), on("2026-03-06", Step.ASKED_WITHOUT_NEED), on("2026-03-20", Step.REPLIED)]
    assert due(*events) == date(2026, 4, 7)


def test_day_ends_at_local_midnight_across_the_change_of_the_clock() -> None:
    found = deadline([on("2026-02-28")], "DE", BERLIN)
    assert found.due_at.astimezone(UTC) == datetime(2026, 3, 30, 22, 0, tzinfo=UTC)
    assert found.days_left(datetime(2026, 3, 28, 23, 30, tzinfo=UTC)) == 1
    assert not found.late(datetime(2026, 3, 30, 21, 59, tzinfo=UTC))
    assert found.late(datetime(2026, 3, 30, 22, 0, tzinfo=UTC))


def test_answered_request_is_late_by_the_time_of_its_answer() -> None:
    events = [on("2026-03-05"), on("2026-04-07T23:00", Step.ANSWERED)]
    assert not deadline(events, "DE", BERLIN).late(datetime(2027, 1, 1, tzinfo=UTC))


def test_unknown_country_forces_a_choice() -> None:
    with pytest.raises(UnknownJurisdiction):
        deadline([on("2026-03-05")], "XX", BERLIN)


@given(
    st.integers(18_262, 23_741),
    st.lists(st.integers(0, 90), max_size=4),
    st.permutations(list(range(6))),
)
def test_order_of_the_events_does_not_matter_and_pauses_only_lengthen(
    day: int, offsets: list[int], order: list[int]
) -> None:
    start = datetime(1970, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
    steps = [Step.ASKED, Step.REPLIED, Step.ASKED, Step.REPLIED]
    events = [ClockEvent(step=Step.RECEIVED, at=start)]
    events += [
        ClockEvent(step=step, at=start + timedelta(days=offset))
        for step, offset in zip(steps, sorted(offsets), strict=False)
    ]
    shuffled = [events[index] for index in order if index < len(events)]
    plain = deadline(events[:1], "DE", BERLIN)
    found: Deadline = deadline(events, "DE", BERLIN)
    assert deadline(shuffled, "DE", BERLIN) == found
    assert found.due >= plain.due
    assert found.due.weekday() < 5
