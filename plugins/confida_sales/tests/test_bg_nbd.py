"""The published figures, from the published data."""

from __future__ import annotations

import csv

import pytest
from tests.shared_data import shared

from confida_sales.bought.customer_value.bg_nbd import (
    Customer,
    Model,
    NotEnoughPurchases,
    chance_active,
    expected_purchases,
    fit,
    hypergeometric,
)


def cdnow() -> list[Customer]:
    with shared("rfm/cdnow/cdnow_customers_summary.csv").open(encoding="utf-8", newline="") as file:
        return [Customer(int(row["frequency"]), float(row["recency"]), float(row["T"])) for row in csv.DictReader(file)]


PUBLISHED = Model(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=-9582.4)


def test_parameters_of_cdnow_are_the_published_ones() -> None:
    found = fit(cdnow())
    assert {name: round(getattr(found, name), 3) for name in ("r", "alpha", "a", "b")} == {
        "r": 0.243,
        "alpha": 4.414,
        "a": 0.793,
        "b": 2.426,
    }
    assert round(found.log_likelihood, 1) == -9582.4


def test_expected_purchases_are_those_of_the_authors_note() -> None:
    # Fader, Hardie, Lee: Implementing the BG/NBD Model for Customer Base Analysis in Excel, 2005: the customer of 1.226.
    assert round(expected_purchases(PUBLISHED, Customer(2, 30.43, 38.86), 39), 3) == 1.226


def test_unit_of_time_changes_nothing_but_alpha() -> None:
    weeks = cdnow()[:400]
    days = fit([Customer(one.repeats, one.last * 7, one.age * 7) for one in weeks])
    found = fit(weeks)
    assert (round(days.r, 3), round(days.a, 2), round(days.b, 2)) == (
        round(found.r, 3),
        round(found.a, 2),
        round(found.b, 2),
    )
    assert days.alpha / found.alpha == pytest.approx(7, rel=1e-3)


def test_who_never_came_back_is_taken_for_active_and_expected_least() -> None:
    once, often = Customer(0, 0, 38.86), Customer(5, 38, 38.86)
    assert chance_active(PUBLISHED, once) == 1.0
    assert expected_purchases(PUBLISHED, once, 39) < expected_purchases(PUBLISHED, often, 39)


def test_long_silence_lowers_the_chance_more_for_whoever_bought_often() -> None:
    assert chance_active(PUBLISHED, Customer(10, 10, 38.86)) < chance_active(PUBLISHED, Customer(2, 10, 38.86)) < 0.9


def test_no_time_ahead_brings_no_purchase() -> None:
    assert expected_purchases(PUBLISHED, Customer(2, 30, 38), 0) == 0.0


def test_too_little_to_learn_from_is_said() -> None:
    with pytest.raises(NotEnoughPurchases):
        fit([Customer(0, 0.0, float(age)) for age in range(1, 100)])
    with pytest.raises(NotEnoughPurchases):
        fit([Customer(1, 1.0, 2.0)] * 9)


def test_series_of_gauss_gives_known_values() -> None:
    # 2F1(1, 1; 2; z) = -ln(1 - z) / z
    assert hypergeometric(1, 1, 2, 0.5) == pytest.approx(1.3862943611198906)


def test_equation_has_no_gap_where_a_is_one() -> None:
    one = Customer(2, 30.43, 38.86)
    near = [
        expected_purchases(Model(r=0.243, alpha=4.414, a=a, b=2.426, log_likelihood=0), one, 39)
        for a in (0.99999, 1, 1.00001)
    ]
    assert near[0] == pytest.approx(near[1], rel=1e-4) == pytest.approx(near[2], rel=1e-4)
