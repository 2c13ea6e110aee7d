"""What a chart shows; the macro `charts.figure(chart, f)` of templates draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from confida_web.charts import lying, standing
from confida_web.charts.drawing import NARROW, WIDE, Drawing, Figures

ChartKind = Literal["columns", "stacked", "lines", "rows", "funnel", "ageing"]
TableForm = Literal["open", "folded", "own"]
MOST_SERIES = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """values: one for each label of the chart; None where nothing is known, which is a gap in a line."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """One picture. Raises ValueError where values and labels do not go together.

    key: letters, digits and hyphens, once on a page. finding: one sentence that says what is seen; with the title it is
    what a screen reader says. kind: `columns` stand side by side for each label, `stacked` on each other, `lines`; `rows` lie, for
    long labels; a `funnel` is centred rows that follow on each other; `ageing` is rows that grow darker, for classes of age.
    show: how a value is written; tick: the same in short, for the axis. label_head: head of the table's first column.
    notes, links: one for each label, or none: words behind the value, and where the label leads in the table.
    table: `open` below the picture, `folded` behind a word, or `own` where the page has a table of its own beside it.
    At most six series, because no more can be told apart. All values are of one unit: never of two currencies.
    """

    key: str
    title: str
    finding: str
    kind: ChartKind
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    show: Callable[[float], str]
    label_head: str
    tick: Callable[[float], str] | None = None
    notes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    table: TableForm = "open"

    def __post_init__(self) -> None:
        count = len(self.labels)
        if any(len(one.values) != count for one in self.series) or len(self.notes) not in {0, count}:
            raise ValueError("as many values and notes as labels")
        if len(self.links) not in {0, count} or not 1 <= len(self.series) <= MOST_SERIES:
            raise ValueError(f"as many links as labels, and between one and {MOST_SERIES} series")
        if not self.key.replace("-", "").isalnum() or not self.key.isascii():
            raise ValueError("a key is letters, digits and hyphens")

    @property
    def drawings(self) -> tuple[Drawing, Drawing]:
        """For a wide place and for a phone; the style sheet shows the one that fits."""
        figures = Figures(
            kind=self.kind,
            labels=self.labels,
            names=tuple(one.label for one in self.series),
            values=tuple(one.values for one in self.series),
            notes=self.notes,
            show=self.show,
            tick=self.tick or self.show,
        )
        shape = lying if self.kind in lying.KINDS else standing
        return shape.draw(figures, WIDE), shape.draw(figures, NARROW)
