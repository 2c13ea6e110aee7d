"""Rows, funnels and classes of age: labels below each other, values along."""

from __future__ import annotations

from dataclasses import dataclass

from confida_web.charts.axis import Axis, axis_of
from confida_web.charts.drawing import WIDE, Bar, Drawing, Figures, Rule, Text, at, shortened, width_of

KINDS = frozenset({"rows", "funnel", "ageing"})
LABEL_ROOM, GAP, THICK, LETTERING = 190, 8, 18, 16
MOST_TONES = 6


@dataclass(frozen=True, slots=True)
class Lane:
    """Where bars may lie. left, right: its ends; room behind it is for figures."""

    left: float
    right: float
    axis: Axis

    def x(self, value: float) -> float:
        return self.left + (self.right - self.left) * self.axis.part(value)


def draw(figures: Figures, width: int) -> Drawing:
    """Labels stand before their bars, and above them where the picture is narrow."""
    beside = width == WIDE
    known = [value for row in figures.values for value in row if value is not None]
    axis = Axis((min([0.0, *known]), max([0.0, *known]))) if any(known) else axis_of([])
    left = min(longest(figures.labels), LABEL_ROOM) + GAP if beside and figures.labels else 0
    behind = longest([behind_bar(figures, series, label) for series, label in every(figures)]) + 2 * GAP
    lane = Lane(left, max(width - behind, left + 40), axis)
    drawing = Drawing(width, 0)
    y = 2.0
    for label in range(len(figures.labels)):
        y = add_row(drawing, figures, lane, label, y, beside=beside)
    drawing.height = at(y)
    if figures.kind != "funnel":
        base = at(lane.x(0))
        drawing.rules.append(Rule(base, 0, base, drawing.height, "base"))
    return drawing


def every(figures: Figures) -> list[tuple[int, int]]:
    return [(series, label) for series in range(len(figures.values)) for label in range(len(figures.labels))]


def longest(texts: tuple[str, ...] | list[str]) -> float:
    return max((width_of(text) for text in texts), default=0.0)


def behind_bar(figures: Figures, series: int, label: int) -> str:
    """The value, and in the first series what is noted beside it."""
    value = figures.values[series][label]
    note = figures.notes[label] if figures.notes and series == 0 else ""
    return " · ".join(part for part in (figures.tick(value) if value is not None else "", note) if part)


def add_row(drawing: Drawing, figures: Figures, lane: Lane, label: int, y: float, *, beside: bool) -> float:
    """All bars of one label; returns where the next one begins."""
    several = len(figures.values) > 1
    thick = THICK * 2 / 3 if several else THICK
    text = shortened(figures.labels[label], LABEL_ROOM if beside else drawing.width)
    if beside:
        middle = y + thick * len(figures.values) / 2
        drawing.texts.append(Text(0, at(middle + 4), text, "start", "label"))
    else:
        drawing.texts.append(Text(0, at(y + 11), text, "start", "label"))
        y += LETTERING
    for series in range(len(figures.values)):
        add_bar(drawing, figures, lane, (series, label), (y, thick))
        y += thick
    return y + GAP + (0 if beside else 2)


def add_bar(drawing: Drawing, figures: Figures, lane: Lane, which: tuple[int, int], band: tuple[float, float]) -> None:
    series, label = which
    value = figures.values[series][label] or 0
    first, last = sorted((lane.x(0), lane.x(value)))
    if figures.kind == "funnel":
        half = (last - first) / 2
        middle = (lane.left + lane.right) / 2
        first, last = middle - half, middle + half
    tone = min(label, MOST_TONES - 1) if figures.kind == "ageing" else series
    y, thick = band
    if value:
        tip = figures.tip(series, label)
        drawing.bars.append(Bar(at(first), at(y), at(max(last - first, 0.5)), at(thick - 1), tone, tip))
    end = lane.right if figures.kind == "funnel" else last
    text = behind_bar(figures, series, label)
    drawing.texts.append(Text(at(end + GAP), at(y + thick / 2 + 4), text, "start", "figure"))
