"""Intervals and attribution, by published values and by what must hold for any of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_core.api import new_id, now
from confida_marketing.campaigns.deciding import Score
from confida_marketing.results.intervals import Z, difference, enough, mean_difference, rates_differ, wilson
from confida_marketing.results.sharing import Touch, shared_out, touches_before
from confida_marketing.results.wording import TOO_FEW, in_money, in_points, of_versions

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
TOUCHES = st.lists(
    st.builds(
        lambda hours, who: Touch(BEGUN + timedelta(hours=hours), "campaign", UUID(int=who)),
        st.integers(0, 2_000),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    # Newcombe 1998, table II, method 10, examples a, b, c, d, e and h.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_difference_of_shares_as_published(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = difference(*one, *other)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_share_as_published_and_means_by_hand() -> None:
    # Newcombe 1998 (two-sided intervals for one share), table I, method 3.
    shares = [(81, 263), (15, 148), (0, 20), (1, 29)]
    found = [(round(one.low, 4), round(one.high, 4)) for one in (wilson(*share) for share in shares)]
    assert found == [(0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718)]
    with pytest.raises(ValueError, match="somebody"):
        wilson(0, 0)
    # Four of ten gave 10 each, none of the others: variance 26.67 of ten.
    means = mean_difference([10] * 4, 10, [], 10)
    assert (means.value, round(means.high - means.value, 6)) == (4.0, round(Z * (80 / 3 / 10) ** 0.5, 6))
    assert (rates_differ(60, 100, 20, 100), rates_differ(20, 100, 60, 100), rates_differ(3, 100, 2, 100)) == (1, -1, 0)
    assert (enough(30, 30, 5), enough(29, 99, 9), enough(99, 99, 4)) == (True, False, False)


def test_interval_holds_the_truth_in_about_95_of_a_hundred_cases() -> None:
    chance, inside = random.Random(7), 0
    for _ in range(400):
        one, other = (sum(chance.random() < share for _ in range(120)) for share in (0.15, 0.10))
        found = difference(one, 120, other, 120)
        inside += found.low <= 0.05 <= found.high
    assert 0.92 <= inside / 400 <= 0.985


@settings(max_examples=60, deadline=None)
@given(amount=st.integers(1, 10**12), touches=TOUCHES, days=st.integers(1, 60))
def test_every_rule_shares_out_exactly_what_came_in(amount: int, touches: list[Touch], days: int) -> None:
    at = BEGUN + timedelta(hours=1_500)
    before = touches_before(touches, at, days)
    assert all(at - timedelta(days=days) <= one.at < at for one in before)
    if not before:
        return
    parts = shared_out(amount, before)
    for rule in ("first", "last", "linear"):
        assert sum(getattr(one, rule) for one in parts) == amount
        assert all(getattr(one, rule) >= 0 for one in parts)
    numbers = {one.source_id: sum(touch.source_id == one.source_id for touch in before) for one in parts}
    assert all(abs(one.linear - amount * numbers[one.source_id] / len(before)) <= len(before) for one in parts)
    assert [one.source_id for one in parts if one.first] == [before[0].source_id]
    assert [one.source_id for one in parts if one.last] == [before[-1].source_id]


def test_what_came_in_by_hand() -> None:
    a, b = UUID(int=1), UUID(int=2)
    touches = [Touch(BEGUN + timedelta(days=day), "campaign", one) for day, one in ((0, a), (5, b), (9, a))]
    parts = {one.source_id: (one.first, one.last, one.linear) for one in shared_out(100, touches)}
    assert parts == {a: (100, 100, 67), b: (0, 0, 33)}


def test_words_say_what_can_be_told_and_what_cannot() -> None:
    assert in_points(None, "answered") == in_money(None, "EUR") == TOO_FEW
    assert in_points(difference(56, 70, 48, 80), "answered") == (
        "The campaign made a difference: 20.0 in a hundred more answered, and almost certainly between 5.2 and 33.4."
    )
    assert in_points(difference(5, 56, 0, 29), "answered") == (
        "No difference can be told: it may be 3.8 fewer in a hundred who answered, or 19.3 more."
    )
    assert in_money(mean_difference([2_000] * 40, 100, [], 100), "EUR") == (
        "It brought €8.00 more from each person, and almost certainly between €6.07 and €9.93."
    )
    few = [Score(variant=one, sent=4, replies=1, clicks=2) for one in "ab"]
    assert of_versions(few) == "By answers: too few to tell. By clicks: too few to tell."
    many = [Score(variant="a", sent=200, replies=10, clicks=30), Score(variant="b", sent=200, replies=40, clicks=31)]
    assert of_versions(many) == (
        "By answers: B did better, and that is hardly chance. By clicks: the difference may be chance."
    )
    assert of_versions(many[:1]) == ""


@pytest.mark.anyio
async def test_link_with_letters_of_other_scripts_leads_there(crm: Any, stranger: Any) -> None:
    await crm.data.fetch(
        "INSERT INTO marketing_link (id, source_id, part, variant, url, token, clicks, created_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        new_id(), new_id(), "main", "", "https://bücher.example.org/€?a=%20b&c=ü#d", "token", now(),
    )  # fmt: skip
    answer = await stranger.get("/my/x/marketing/l/token")
    expected = "https://b%C3%BCcher.example.org/%E2%82%AC?a=%20b&c=%C3%BC#d"
    assert (answer.status_code, answer.headers["location"]) == (302, expected)
