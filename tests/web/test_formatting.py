"""Dates, numbers and names as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from confida_web.formatting import formatter, initials, iso, tint

BERLIN = formatter("en", "Europe/Berlin")
MOMENT = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)


def test_instant_is_shown_on_the_local_day() -> None:
    assert BERLIN.at(MOMENT) == "22 Nov 2026, 00:30"
    assert formatter("en", "UTC").at(MOMENT) == "21 Nov 2026, 23:30"
    assert formatter("de", "Europe/Berlin").on(MOMENT) == "22.11.2026"


@pytest.mark.parametrize(("days", "text"), [(-1, "yesterday"), (0, "today"), (1, "tomorrow")])
def test_near_days_have_words(days: int, text: str) -> None:
    assert BERLIN.day(BERLIN.today() + timedelta(days=days)) == text


def test_day_within_a_week_has_its_weekday_and_a_far_one_its_year() -> None:
    soon = BERLIN.today() + timedelta(days=3)
    assert BERLIN.day(soon) == soon.strftime("%A")
    assert BERLIN.day(date(1999, 5, 3)) == "3 May 1999"


def test_nothing_shows_nothing() -> None:
    shown = [BERLIN.on(None), BERLIN.at(None), BERLIN.day(None), BERLIN.moment(None), BERLIN.time(None)]
    assert [*shown, BERLIN.number(None), BERLIN.size(None), BERLIN.duration(None), iso(None)] == [""] * 9


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, "0 byte"), (999, "999 byte"), (482_113, "482 kB"), (1_500_000, "1.5 MB"), (7 * 10**12, "7,000 GB")],
)
def test_file_size_takes_the_unit_a_person_would_choose(size_bytes: int, text: str) -> None:
    assert BERLIN.size(size_bytes) == text


@pytest.mark.parametrize(("minutes", "text"), [(0, "0 min"), (12, "12 min"), (60, "1 hr"), (95, "1 hr 35 min")])
def test_duration_is_hours_and_minutes(minutes: int, text: str) -> None:
    assert BERLIN.duration(minutes).replace("mins", "min").replace("hrs", "hr") == text


def test_count_beyond_exactness_says_more_than() -> None:
    assert (BERLIN.counted(1234), BERLIN.counted(54_321, False)) == ("1,234", "more than 10,000")


def test_money_has_the_digits_of_its_currency_and_the_way_of_the_reader() -> None:
    german = formatter("de", "UTC")
    found = [BERLIN.money(123_450, code) for code in ("EUR", "JPY", "KWD")] + [
        german.money(-5, "EUR"),
        BERLIN.money(None, "EUR"),
    ]
    assert [one.replace("\xa0", " ") for one in found] == ["€1,234.50", "JP¥123,450", "KWD123.450", "-0,05 €", ""]


def test_birthday_needs_no_year_and_no_leap_year() -> None:
    assert (BERLIN.birthday(2, 29, None), BERLIN.birthday(12, 10, 1815)) == ("29 Feb", "10 Dec 1815")


@pytest.mark.parametrize(
    ("lang", "zone"), [("xx", "UTC"), ("", "Nowhere/Land"), ("en", "../etc/passwd"), ("a" * 90, "")]
)
def test_unknown_language_and_zone_fall_back(lang: str, zone: str) -> None:
    assert formatter(lang, zone).at(MOMENT) == "21 Nov 2026, 23:30"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"), ("Ada", "A"), ("", ""), ("  ", ""), ("Ada Augusta King Lovelace", "AL"),
        ("(Ada) »Countess«", "AC"), ("🌻 Watson", "W"), ("🌻", ""), ("محمد الخطيب", "ما"), ("ß x", "SSX"),
    ],
)  # fmt: skip
def test_initials_of_any_script(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_tint_is_one_of_eight_and_stable() -> None:
    assert {tint(name) for name in ("", "Ada", "Mats", "محمد")} <= set(range(8))
    assert tint("Ada") == tint("Ada")
