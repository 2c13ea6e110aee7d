"""A chart as marks with places: what the template writes down as SVG. Lengths are pixels of the drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

WIDE, NARROW = 640, 320
LETTER = 6.7
"""Width of a letter of 12.5 px in system faces, on average and a little more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What is drawn; as in `Chart`, with the series as names and values."""

    kind: str
    labels: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    notes: tuple[str, ...]
    show: Callable[[float], str]
    tick: Callable[[float], str]

    def tip(self, series: int, label: int) -> str:
        """What is said where somebody points at a mark."""
        value = self.values[series][label]
        said = f"{self.labels[label]}: {self.show(value or 0)}"
        return said if len(self.names) == 1 else f"{self.names[series]}, {said}"


@dataclass(frozen=True, slots=True)
class Bar:
    """tone: which colour and hatching, from 0 on."""

    x: float
    y: float
    width: float
    height: float
    tone: int
    tip: str


@dataclass(frozen=True, slots=True)
class Curve:
    """points: as SVG wants them, `x,y x,y`."""

    points: str
    tone: int


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    tone: int
    tip: str


@dataclass(frozen=True, slots=True)
class Text:
    """anchor: start, middle or end. role: label, figure or tick."""

    x: float
    y: float
    text: str
    anchor: str
    role: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the axis. role: grid or base."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: str


@dataclass(slots=True)
class Drawing:
    """Marks in the order in which they are drawn: rules, bars, curves, dots, texts."""

    width: int
    height: float
    rules: list[Rule] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


def shortened(text: str, room: float) -> str:
    """The text, or as much of its beginning as has room; the tip and the table say it whole."""
    letters = max(int(room / LETTER), 1)
    return text if len(text) <= letters else text[: max(letters - 1, 1)].rstrip() + "…"


def width_of(text: str) -> float:
    return len(text) * LETTER


def at(value: float) -> float:
    """A place, to a tenth of a pixel: more digits only make pages longer."""
    return round(value, 1)
