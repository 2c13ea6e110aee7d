"""Whether a difference can be told from chance: intervals that hold the truth in 95 of a hundred cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
FEWEST = 30
"""Below so many people in a group nothing is said."""
FEWEST_WHO_DID = 5


@dataclass(frozen=True, slots=True)
class Interval:
    """low <= value <= high."""

    value: float
    low: float
    high: float

    @property
    def tells(self) -> int:
        """1 where even its lowest is above nothing, -1 where its highest is below, 0 where it cannot be told."""
        return (self.low > 0) - (self.high < 0)


def wilson(part: int, whole: int) -> Interval:
    """Of a share. Wilson's score interval (E. B. Wilson, JASA 22 (1927) 209-212). Raises ValueError for nobody."""
    if not 0 <= part <= whole or whole == 0:
        raise ValueError("a share needs somebody to be of")
    share, square = part / whole, Z * Z
    centre = (share + square / (2 * whole)) / (1 + square / whole)
    width = Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return Interval(share, max(0.0, min(share, centre - width)), min(1.0, max(share, centre + width)))


def difference(part: int, whole: int, other_part: int, other_whole: int) -> Interval:
    """Of the first share above the second. R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10."""
    one, two = wilson(part, whole), wilson(other_part, other_whole)
    apart = one.value - two.value
    low = apart - sqrt((one.value - one.low) ** 2 + (two.high - two.value) ** 2)
    high = apart + sqrt((one.high - one.value) ** 2 + (two.value - two.low) ** 2)
    return Interval(apart, max(-1.0, low), min(1.0, high))


def mean_difference(amounts: Sequence[int], whole: int, others: Sequence[int], other_whole: int) -> Interval:
    """Of the first mean above the second; whoever has no amount counts as nothing. whole, other_whole: at least 2.

    Unequal variances (B. L. Welch, Biometrika 34 (1947) 28-35), with the normal value, for groups of FEWEST and more.
    """
    (mean, error), (other_mean, other_error) = moments(amounts, whole), moments(others, other_whole)
    width = Z * sqrt(error + other_error)
    return Interval(mean - other_mean, mean - other_mean - width, mean - other_mean + width)


def moments(amounts: Sequence[int], whole: int) -> tuple[float, float]:
    """The mean, and the square of its standard error."""
    mean = sum(amounts) / whole
    squares = sum((one - mean) ** 2 for one in amounts) + (whole - len(amounts)) * mean**2
    return mean, squares / (whole - 1) / whole


def rates_differ(count: int, size: int, other_count: int, other_size: int) -> int:
    """1 where the first rate is the higher one beyond chance, -1 for the second, 0 where it cannot be told.

    For counts that are no shares, such as clicks: given their sum, the first is binomial with the share of its size
    (J. Przyborowski and H. Wilenski, Biometrika 31 (1940) 313-323), looked at with Wilson's interval. Somebody who clicks
    again and again makes it surer than it is.
    """
    if not count + other_count or not size or not other_size:
        return 0
    found, expected = wilson(count, count + other_count), size / (size + other_size)
    return (found.low > expected) - (found.high < expected)


def enough(whole: int, other_whole: int, did: int) -> bool:
    """Whether a comparison is worth a word. did: people of both groups together who did it."""
    return min(whole, other_whole) >= FEWEST and did >= FEWEST_WHO_DID
