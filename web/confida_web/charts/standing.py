"""Columns, stacked columns and lines: values upwards, labels along."""

from __future__ import annotations

from dataclasses import dataclass

from confida_web.charts.axis import Axis, axis_of
from confida_web.charts.drawing import WIDE, Bar, Curve, Dot, Drawing, Figures, Rule, Text, at, shortened, width_of

TOP, FOOT, GAP = 20, 26, 8
HEIGHTS = {WIDE: 250}
LOW = 220
FILLED, WIDEST = 0.7, 64


@dataclass(frozen=True, slots=True)
class Field:
    """The place between the axes. band: the width that one label has."""

    left: float
    bottom: float
    band: float
    axis: Axis

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - TOP) * self.axis.part(value)

    def middle(self, label: int) -> float:
        return self.left + (label + 0.5) * self.band


def draw(figures: Figures, width: int) -> Drawing:
    height = HEIGHTS.get(width, LOW)
    axis = axis_of(extremes(figures))
    left = max(width_of(figures.tick(tick)) for tick in axis.ticks) + GAP
    place = Field(left, height - FOOT, (width - left) / max(len(figures.labels), 1), axis)
    drawing = Drawing(width, height)
    for tick in axis.ticks:
        y = at(place.y(tick))
        drawing.rules.append(Rule(at(left), y, width, y, "base" if tick == 0 else "grid"))
        drawing.texts.append(Text(at(left - GAP), at(y + 4), figures.tick(tick), "end", "tick"))
    add_labels(drawing, figures, place)
    {"columns": add_columns, "stacked": add_stacks, "lines": add_lines}[figures.kind](drawing, figures, place)
    return drawing


def extremes(figures: Figures) -> list[float]:
    """The values between which the axis must reach."""
    if figures.kind != "stacked":
        return [value for row in figures.values for value in row if value is not None]
    columns = list(zip(*figures.values, strict=True))
    above = [sum(value for value in column if value and value > 0) for column in columns]
    return above + [sum(value for value in column if value and value < 0) for column in columns]


def add_labels(drawing: Drawing, figures: Figures, place: Field) -> None:
    """Every label, or every second, third ... where they have no room beside each other."""
    longest = max((width_of(label) for label in figures.labels), default=0.0)
    every = max(1, min(-int(-(longest + GAP) // place.band), -(-len(figures.labels) // 2)))
    room = place.band * every - GAP / 2
    for label in range(0, len(figures.labels), every):
        middle = place.middle(label)
        text = shortened(figures.labels[label], room)
        middle = min(max(middle, place.left + width_of(text) / 2), drawing.width - width_of(text) / 2)
        drawing.texts.append(Text(at(middle), at(place.bottom + 18), text, "middle", "label"))


def add_columns(drawing: Drawing, figures: Figures, place: Field) -> None:
    count = len(figures.values)
    width = min(place.band * FILLED / count, WIDEST)
    for series, row in enumerate(figures.values):
        for label, value in enumerate(row):
            if value is not None:
                x = place.middle(label) + (series - count / 2) * width
                drawing.bars.append(standing_bar(place, figures, (series, label), (0, value), (x, width)))
    if count == 1:
        add_figures(drawing, figures, place)


def add_figures(drawing: Drawing, figures: Figures, place: Field) -> None:
    """Each value at its column, if all have room there: some without the others would look like a choice."""
    known = [(label, value, figures.tick(value)) for label, value in enumerate(figures.values[0]) if value]
    if any(width_of(text) > place.band for _, _, text in known):
        return
    for label, value, text in known:
        y = place.y(value) - 5 if value > 0 else place.y(value) + 14
        drawing.texts.append(Text(at(place.middle(label)), at(y), text, "middle", "figure"))


def add_stacks(drawing: Drawing, figures: Figures, place: Field) -> None:
    width = min(place.band * FILLED, WIDEST)
    for label in range(len(figures.labels)):
        above = below = 0.0
        for series, row in enumerate(figures.values):
            value = row[label] or 0
            start = above if value > 0 else below
            if value:
                span = (start, start + value)
                bar = standing_bar(place, figures, (series, label), span, (place.middle(label) - width / 2, width))
                drawing.bars.append(bar)
            above, below = above + max(value, 0), below + min(value, 0)


def standing_bar(
    place: Field, figures: Figures, which: tuple[int, int], span: tuple[float, float], across: tuple[float, float]
) -> Bar:
    top, bottom = sorted((place.y(span[0]), place.y(span[1])))
    return Bar(
        at(across[0]), at(top), at(across[1]), at(max(bottom - top, 0.5)), which[0], figures.tip(which[0], which[1])
    )


def add_lines(drawing: Drawing, figures: Figures, place: Field) -> None:
    """A line for each row of values without a gap; a value between two gaps is a mark alone."""
    for series, row in enumerate(figures.values):
        run: list[str] = []
        for label, value in enumerate([*row, None]):
            if value is None:
                if len(run) > 1:
                    drawing.curves.append(Curve(" ".join(run), series))
                run = []
                continue
            x, y = at(place.middle(label)), at(place.y(value))
            run.append(f"{x},{y}")
            drawing.dots.append(Dot(x, y, series, figures.tip(series, label)))
