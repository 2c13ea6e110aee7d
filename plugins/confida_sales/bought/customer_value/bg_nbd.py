"""BG/NBD: how often a customer will buy, and whether one still does, from three numbers about each.

P. S. Fader, B. G. S. Hardie, K. L. Lee: "Counting Your Customers" the Easy Way. Marketing Science 24(2), 2005, 275-284.
Equation numbers are theirs. While active, a customer buys at random with a rate of their own (Gamma r, alpha over all);
after each purchase they may turn away with a probability of their own (Beta a, b over all).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log, log1p

TOLERANCE = 1e-10
MOST_STEPS = 2_000
SERIES_END = 1e-12
ROUND_ONE = 1e-7


class NotEnoughPurchases(ValueError):
    """Too few customers, or none who came back: no model can be told from them."""


@dataclass(frozen=True, slots=True)
class Customer:
    """repeats: purchases after the first. last, age: time from the first purchase to the newest, and to today; one unit."""

    repeats: int
    last: float
    age: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """The four parameters, and how likely they make what was seen (natural logarithm)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float


def fit(customers: Iterable[Customer]) -> Model:
    """The parameters that make these customers likeliest (equation 6). Raises NotEnoughPurchases."""
    seen = Counter(customers)
    if sum(seen.values()) < 10 or not any(one.repeats for one in seen):
        raise NotEnoughPurchases("at least ten customers, some of whom bought again")
    groups = [(one.repeats, one.last, one.age, count) for one, count in seen.items()]
    scale = max(one.age for one in seen) or 1.0
    groups = [(repeats, last / scale, age / scale, count) for repeats, last, age, count in groups]
    events = sum(repeats * count for repeats, _, _, count in groups)

    def badness(point: Sequence[float]) -> float:
        if max(map(abs, point)) > 20:
            return inf
        r, alpha, a, b = map(exp, point)
        return -likelihood(groups, r, alpha, a, b)

    best = minimum(badness, [0.0, 0.0, 0.0, 0.0])
    r, alpha, a, b = map(exp, best)
    # Scaling time multiplies the density of each purchase.
    return Model(r=r, alpha=alpha * scale, a=a, b=b, log_likelihood=-badness(best) - events * log(scale))


def likelihood(groups: Sequence[tuple[int, float, float, int]], r: float, alpha: float, a: float, b: float) -> float:
    """Logarithm of equation 6 over all customers, given as (repeats, last, age, how many are alike)."""
    constants: dict[int, tuple[float, float]] = {}
    total, first = 0.0, lgamma(a + b) - lgamma(b) - lgamma(r) + r * log(alpha)
    for repeats, last, age, count in groups:
        known = constants.get(repeats)
        if known is None:
            chance = first + lgamma(r + repeats) + lgamma(b + repeats) - lgamma(a + b + repeats)
            known = constants[repeats] = (chance, log(a / (b + repeats - 1)) if repeats else 0.0)
        chance, turned = known
        here = -(r + repeats) * log(alpha + age)
        if repeats:
            gone = turned - (r + repeats) * log(alpha + last)
            here = max(here, gone) + log1p(exp(-abs(here - gone)))
        total += count * (chance + here)
    return total


def chance_active(model: Model, one: Customer) -> float:
    """How likely they have not turned away (0 to 1). Someone who never came back cannot have turned away in this model."""
    if not one.repeats:
        return 1.0
    longer = (model.r + one.repeats) * log((model.alpha + one.age) / (model.alpha + one.last))
    gone = log(model.a / (model.b + one.repeats - 1)) + longer
    return 1 / (1 + exp(min(gone, 700.0)))


def expected_purchases(model: Model, one: Customer, ahead: float) -> float:
    """How many purchases within the time ahead (equation 10); ahead: in the customer's unit of time."""
    r, alpha, a, b, x = model.r, model.alpha, model.a, model.b, one.repeats
    if ahead <= 0:
        return 0.0
    if abs(a - 1) < ROUND_ONE:
        # The equation has a removable gap at exactly 1.
        a = 1 + ROUND_ONE
    reach = alpha + one.age + ahead
    series = hypergeometric(r + x, b + x, a + b + x - 1, ahead / reach)
    shrunk: float = ((alpha + one.age) / reach) ** (r + x)
    return (a + b + x - 1) / (a - 1) * (1 - shrunk * series) * chance_active(model, one)


def hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """Gauss's series 2F1(a, b; c; z) for 0 <= z < 1."""
    total = term = 1.0
    for step in range(100_000):
        term *= (a + step) * (b + step) / ((c + step) * (1 + step)) * z
        total += term
        if abs(term) < SERIES_END * abs(total):
            break
    return total


def minimum(of: Callable[[Sequence[float]], float], start: Sequence[float]) -> list[float]:
    """Where a function is lowest, near the start (J. A. Nelder, R. Mead, Computer Journal 7, 1965, 308-313)."""
    size = len(start)
    points = [list(start)] + [[value + (at == here) for at, value in enumerate(start)] for here in range(size)]
    corners = sorted((of(point), point) for point in points)
    for _ in range(MOST_STEPS):
        if corners[-1][0] - corners[0][0] < TOLERANCE:
            break
        worst = corners[-1]
        centre = [sum(point[at] for _, point in corners[:-1]) / size for at in range(size)]

        def moved(by: float, centre: list[float] = centre, away: list[float] = worst[1]) -> tuple[float, list[float]]:
            point = [middle + by * (middle - far) for middle, far in zip(centre, away, strict=True)]
            return of(point), point

        tried = moved(1.0)
        if tried < corners[0]:
            corners[-1] = min(tried, moved(2.0))
        elif tried < corners[-2]:
            corners[-1] = tried
        else:
            nearer = moved(0.5 if tried < worst else -0.5)
            if nearer < min(tried, worst):
                corners[-1] = nearer
            else:
                best = corners[0][1]
                shrunk = [
                    [(one + other) / 2 for one, other in zip(best, point, strict=True)] for _, point in corners[1:]
                ]
                corners[1:] = [(of(point), point) for point in shrunk]
        corners.sort()
    return corners[0][1]
