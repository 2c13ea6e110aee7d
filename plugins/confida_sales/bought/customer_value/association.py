"""What is bought together: rules "who has this often takes that", each with support, confidence and lift.

R. Agrawal, T. Imielinski, A. Swami: Mining Association Rules between Sets of Items. SIGMOD 1993. Rules have one product on either side:
longer ones explain nothing to whoever sells, and pairs are counted in one pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)
LARGEST_BASKET = 50
"""Baskets with more products say little about any two of them, and their pairs grow with the square."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule(Generic[Item]):
    """support: part of all customers who have both. confidence: part of those with `has` who also have `takes`.

    lift: how many times likelier that is than for anybody; above 1 the two go together. both: how many customers.
    """

    has: Item
    takes: Item
    both: int
    support: float
    confidence: float
    lift: float


def rules(
    baskets: Iterable[Collection[Item]], *, least_both: int = 5, least_confidence: float = 0.1, least_lift: float = 1.1
) -> list[Rule[Item]]:
    """baskets: what each customer has. The rules that hold for at least so many people, the strongest lift first."""
    single: Counter[Item] = Counter()
    pairs: Counter[tuple[Item, Item]] = Counter()
    count = 0
    for basket in baskets:
        items = set(basket)
        count += 1
        single.update(items)
        if len(items) <= LARGEST_BASKET:
            pairs.update(permutations(items, 2))
    found = []
    for (has, takes), both in pairs.items():
        if both < least_both:
            continue
        confidence = both / single[has]
        lift = confidence * count / single[takes]
        if confidence >= least_confidence and lift >= least_lift:
            found.append(Rule(has=has, takes=takes, both=both, support=both / count, confidence=confidence, lift=lift))
    return sorted(found, key=lambda rule: (-rule.lift, -rule.both, str(rule.has), str(rule.takes)))


def suggestions(owned: Collection[Item], known: Sequence[Rule[Item]], limit: int = 3) -> list[Rule[Item]]:
    """The best rule for each product that the customer does not have, at most so many."""
    best: dict[Item, Rule[Item]] = {}
    for rule in known:
        if rule.has in owned and rule.takes not in owned:
            best.setdefault(rule.takes, rule)
    return list(best.values())[:limit]
