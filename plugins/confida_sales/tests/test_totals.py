"""What lines add up to, whatever they are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_sales.totals import Line, Tax, TaxSum, line_net, totals

STANDARD, REDUCED, EXPORT = Tax(rate=1900), Tax(rate=700), Tax(category="G")
some_lines = st.lists(
    st.builds(
        Line,
        quantity=st.integers(1, 10**7),
        price=st.integers(0, 10**8),
        tax=st.sampled_from([STANDARD, REDUCED, EXPORT]),
        discount=st.integers(0, 10_000),
    ),
    max_size=30,
)


def test_invoice_of_two_rates_is_as_computed_by_hand() -> None:
    found = totals(
        [
            Line(quantity=3_000, price=1999, tax=STANDARD),
            Line(quantity=1_500, price=333, tax=REDUCED, discount=1_000),
        ]
    )
    # 3 x 19.99 = 59.97; 1.5 x 3.33 less 10 % = 4.4955, so 4.50
    assert found.lines == (5997, 450)
    assert found.taxes == {STANDARD: TaxSum(net=5997, tax=1139), REDUCED: TaxSum(net=450, tax=32)}
    assert (found.net, found.tax, found.gross) == (6447, 1171, 7618)


@given(some_lines, st.integers(0, 100))
def test_totals_add_up(lines: list[Line], percent: int) -> None:
    discount = sum(line_net(line) for line in lines) * percent // 100
    found = totals(lines, discount)
    assert found.net == sum(found.lines) - discount == sum(item.net for item in found.taxes.values())
    assert found.tax == sum(item.tax for item in found.taxes.values())
    assert found.gross == found.net + found.tax
    assert all(item.net >= 0 for item in found.taxes.values())


@given(some_lines)
def test_tax_is_off_by_less_than_half_a_unit_per_rate(lines: list[Line]) -> None:
    for tax, item in totals(lines).taxes.items():
        assert abs(item.tax - Fraction(item.net * tax.rate, 10_000)) <= Fraction(1, 2)


@given(some_lines)
def test_order_of_lines_changes_no_total(lines: list[Line]) -> None:
    there, back = totals(lines), totals(lines[::-1])
    assert (there.net, there.tax, there.gross) == (back.net, back.tax, back.gross)


def test_nothing_adds_up_to_nothing() -> None:
    assert (totals([]).net, totals([]).tax, totals([]).gross) == (0, 0, 0)


def test_discount_of_more_than_there_is_is_refused() -> None:
    with pytest.raises(ValueError, match="between nothing and everything"):
        totals([Line(quantity=1_000, price=100, tax=STANDARD)], 101)


def test_tax_where_none_is_charged_is_refused() -> None:
    with pytest.raises(ValueError, match="0 where no tax"):
        Tax(category="G", rate=1900)
