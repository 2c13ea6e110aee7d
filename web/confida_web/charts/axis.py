"""Axes that begin at nothing and count in round steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, log10

STEPS = (1, 2, 5, 10)
ROUND_OFF = 1e-9


@dataclass(frozen=True, slots=True)
class Axis:
    """From the lowest to the highest tick; 0 is always among them, so that lengths compare."""

    ticks: tuple[float, ...]

    @property
    def low(self) -> float:
        return self.ticks[0]

    @property
    def high(self) -> float:
        return self.ticks[-1]

    def part(self, value: float) -> float:
        """How far along the axis a value stands, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def axis_of(values: Iterable[float], about: int = 4) -> Axis:
    """An axis that holds all values, in about so many steps of 1, 2 or 5 times a power of ten; whole ones for whole values."""
    known = list(values)
    low, high = min([0, *known]), max([0, *known])
    if low == high:
        return Axis((0, 1))
    step = round_step((high - low) / about)
    if all(float(value).is_integer() for value in known):
        step = max(step, 1)
    first, last = floor(low / step), -floor(-high / step)
    return Axis(tuple(count * step for count in range(first, last + 1)))


def round_step(rough: float) -> float:
    """The next of 1, 2 or 5 times a power of ten, upwards."""
    power = 10.0 ** floor(log10(rough))
    step: float = next(step for step in STEPS if step * power >= rough * (1 - ROUND_OFF)) * power
    return round(step) if step >= 1 else step
