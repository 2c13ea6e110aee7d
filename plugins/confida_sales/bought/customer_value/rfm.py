"""RFM: three ranks of each customer, by how recently, how often and for how much they bought (Hughes, 1994)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

Key = TypeVar("Key", bound=Hashable)
Standing = Literal["champion", "loyal", "new", "promising", "slipping away", "lost", "occasional"]
RANKS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchases:
    """What one customer bought so far. spent: minor units, all of one currency."""

    last: date
    times: int
    spent: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranks:
    """1 (lowest fifth) to 5 (highest) of each."""

    recency: int
    frequency: int
    monetary: int


def ranks(customers: Mapping[Key, Purchases]) -> dict[Key, Ranks]:
    """The fifth into which each customer falls; those with equal figures share one, so fifths may differ in size."""
    recency = fifths([one.last.toordinal() for one in customers.values()])
    frequency = fifths([one.times for one in customers.values()])
    monetary = fifths([one.spent for one in customers.values()])
    return {
        key: Ranks(
            recency=rank(one.last.toordinal(), recency),
            frequency=rank(one.times, frequency),
            monetary=rank(one.spent, monetary),
        )
        for key, one in customers.items()
    }


def fifths(values: Sequence[int]) -> list[int]:
    """The four values above which the next fifth begins."""
    ordered = sorted(values)
    return [ordered[(len(ordered) * part - 1) // RANKS] for part in range(1, RANKS)] if ordered else []


def rank(value: int, limits: Sequence[int]) -> int:
    return 1 + bisect_right([limit + 1 for limit in limits], value)


def standing(of: Ranks) -> Standing:
    """The usual names for the fields of recency against frequency."""
    match of.recency, of.frequency:
        case (5 | 4, 5 | 4):
            return "champion"
        case (3, 5 | 4):
            return "loyal"
        case (2 | 1, 5 | 4 | 3):
            return "slipping away"
        case (5, 1):
            return "new"
        case (5 | 4, _):
            return "promising"
        case (1, _):
            return "lost"
        case _:
            return "occasional"
