"""Amounts in currencies with no, two and three digits after the point."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_core.api import (
    InvalidAmount,
    as_decimal,
    from_decimal,
    minor_digits,
    read_amount,
    rounded_amount,
    shared_amount,
    shown_amount,
    summed_amounts,
    typed_amount,
)

CURRENCIES = ("JPY", "EUR", "KWD")


def test_currencies_have_their_digits() -> None:
    assert [minor_digits(currency) for currency in CURRENCIES] == [0, 2, 3]


def test_what_is_no_currency_is_refused() -> None:
    with pytest.raises(InvalidAmount):
        minor_digits("EURO")


@given(st.integers(-(10**12), 10**12), st.sampled_from(CURRENCIES))
def test_decimal_and_back_is_the_same(amount: int, currency: str) -> None:
    assert from_decimal(as_decimal(amount, currency), currency) == amount


@given(st.integers(0, 10**12), st.sampled_from(CURRENCIES), st.sampled_from(["en", "de", "fr", "ar_EG"]))
def test_shown_amount_names_its_currency_and_differs_from_the_next(amount: int, currency: str, locale: str) -> None:
    assert shown_amount(amount, currency, locale) != shown_amount(amount + 1, currency, locale)


@given(st.integers(-(10**12), 10**12), st.sampled_from(CURRENCIES), st.sampled_from(["en", "de", "fr"]))
def test_amount_in_a_field_is_read_again_as_the_same(amount: int, currency: str, locale: str) -> None:
    assert read_amount(typed_amount(amount, currency, locale), currency, locale) == amount


@pytest.mark.parametrize(
    ("typed", "currency", "locale", "minor"),
    [
        ("12.50", "EUR", "en", 1250),
        ("1,234.5", "EUR", "en", 123450),
        ("1.234,50", "EUR", "de", 123450),
        ("1 234,5", "EUR", "fr", 123450),
        ("-7", "JPY", "en", -7),
        ("0.001", "KWD", "en", 1),
    ],
)
def test_amount_is_read_as_it_is_written_there(typed: str, currency: str, locale: str, minor: int) -> None:
    assert read_amount(typed, currency, locale) == minor


@pytest.mark.parametrize("typed", ["", "a lot", "1.005", "1,2,3", "NaN", "Infinity", "1e400", "99999999999999999999"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(InvalidAmount):
        read_amount(typed, "EUR", "en")


@given(st.fractions())
def test_rounding_is_to_the_nearest_and_symmetric(exact: Fraction) -> None:
    assert abs(rounded_amount(exact) - exact) <= Fraction(1, 2)
    assert rounded_amount(-exact) == -rounded_amount(exact)


def test_halves_go_away_from_zero() -> None:
    assert [rounded_amount(Fraction(n, 2)) for n in (1, 3, -1, -3)] == [1, 2, -1, -2]


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_parts_add_up_and_are_as_near_as_can_be(amount: int, weights: list[int]) -> None:
    parts = shared_amount(amount, weights)
    assert sum(parts) == amount
    assert all(
        abs(part - Fraction(amount * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True)
    )


def test_nothing_to_share_by_is_refused() -> None:
    with pytest.raises(ValueError, match="weights"):
        shared_amount(5, [0, 0])


def test_currencies_are_never_added_up() -> None:
    assert summed_amounts([(1, "EUR"), (2, "USD"), (3, "EUR")]) == {"EUR": 4, "USD": 2}


def test_major_units_have_all_digits() -> None:
    assert str(as_decimal(1250, "EUR")) == "12.50"
    assert as_decimal(5, "KWD") == Decimal("0.005")
