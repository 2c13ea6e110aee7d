"""What lines add up to: net, tax per category, gross. One place computes; quotes, orders, invoices and portal show it.

The order of rounding is that of EN 16931-1 (business rules BR-CO-10 to BR-CO-17): each line to the minor unit, tax once for each
category and rate on the sum of its lines. So what is printed can be added up by hand and comes out the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from confida_core.api import (
    rounded_amount,
    shared_amount,
)

Category = Literal["S", "Z", "E", "AE", "K", "G", "O"]
"""Tax categories of UNCL 5305: standard, zero, exempt, reverse charge, intra-community, export, outside the scope."""
UNTAXED: frozenset[str] = frozenset({"Z", "E", "AE", "K", "G", "O"})
QUANTITY_PARTS = 1_000
RATE_PARTS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Tax:
    """rate: in hundredths of a percent, so 1900 is 19 %; 0 in every category but the standard one."""

    category: Category = "S"
    rate: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= RATE_PARTS or (self.category in UNTAXED and self.rate):
            raise ValueError("a rate of 0 to 100 %, and 0 where no tax is charged")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """quantity: thousandths. price: minor units for one, without tax. discount: hundredths of a percent off the line."""

    quantity: int
    price: int
    tax: Tax
    discount: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.discount <= RATE_PARTS:
            raise ValueError("a discount of 0 to 100 %")


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxSum:
    """All lines of one category and rate, in minor units."""

    net: int
    tax: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """lines: net of each line, before the discount on the whole. discount: taken off the whole. All in minor units."""

    lines: tuple[int, ...]
    discount: int
    net: int
    taxes: Mapping[Tax, TaxSum]
    tax: int
    gross: int


def line_net(line: Line) -> int:
    """Quantity times price, less the discount, rounded once."""
    kept = RATE_PARTS - line.discount
    return rounded_amount(Fraction(line.quantity * line.price * kept, QUANTITY_PARTS * RATE_PARTS))


def totals(lines: Sequence[Line], discount: int = 0) -> Totals:
    """discount: minor units off the whole without tax, shared out over the taxes as their lines weigh (BR-CO-11).

    Raises ValueError if it is negative or more than there is.
    """
    nets = tuple(line_net(line) for line in lines)
    groups: dict[Tax, int] = {}
    for line, net in zip(lines, nets, strict=True):
        groups[line.tax] = groups.get(line.tax, 0) + net
    if not 0 <= discount <= max(0, sum(nets)):
        raise ValueError("a discount between nothing and everything")
    if discount:
        parts = shared_amount(discount, [max(0, net) for net in groups.values()])
        groups = {tax: net - part for (tax, net), part in zip(groups.items(), parts, strict=True)}
    taxes = {
        tax: TaxSum(net=net, tax=rounded_amount(Fraction(net * tax.rate, RATE_PARTS))) for tax, net in groups.items()
    }
    net, tax = sum(nets) - discount, sum(item.tax for item in taxes.values())
    return Totals(lines=nets, discount=discount, net=net, taxes=taxes, tax=tax, gross=net + tax)
