"""Ranks by fifths, and what they are called."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from confida_sales.bought.customer_value.rfm import Purchases, Ranks, ranks, standing

DAY = date(2026, 1, 1)


def test_ten_customers_fall_into_fifths_of_two() -> None:
    customers = {n: Purchases(last=DAY + timedelta(days=n), times=n, spent=n * 100) for n in range(10)}
    found = ranks(customers)
    assert [found[n] for n in range(10)] == [
        Ranks(recency=r, frequency=r, monetary=r) for r in (1, 1, 2, 2, 3, 3, 4, 4, 5, 5)
    ]


def test_equal_customers_have_equal_ranks() -> None:
    customers = {n: Purchases(last=DAY, times=1, spent=5) for n in range(7)}
    assert set(ranks(customers).values()) == {Ranks(recency=1, frequency=1, monetary=1)}


def test_nobody_has_no_ranks() -> None:
    assert ranks({}) == {}


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 50), st.integers(0, 10**9)), min_size=1, max_size=60))
def test_more_is_never_ranked_lower(given_customers: list[tuple[int, int, int]]) -> None:
    customers = {
        n: Purchases(last=DAY + timedelta(days=d), times=t, spent=s) for n, (d, t, s) in enumerate(given_customers)
    }
    found = ranks(customers)
    for (one, bought), (other, also) in product(customers.items(), repeat=2):
        if bought.spent <= also.spent:
            assert found[one].monetary <= found[other].monetary
        if bought.last <= also.last:
            assert found[one].recency <= found[other].recency


def test_every_pair_of_ranks_has_one_name() -> None:
    named = {(r, f): standing(Ranks(recency=r, frequency=f, monetary=1)) for r in range(1, 6) for f in range(1, 6)}
    assert (named[5, 5], named[1, 5], named[1, 1], named[5, 1], named[3, 2]) == (
        "champion",
        "slipping away",
        "lost",
        "new",
        "occasional",
    )
