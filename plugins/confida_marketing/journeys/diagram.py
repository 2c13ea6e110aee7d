"""A journey as a drawing: boxes one below the other, with lines between them; the page draws it, and writes the same as a list.

One narrow drawing serves phones and wide windows alike. Everything is in units of the drawing, which is WIDTH wide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from confida_marketing.journeys.figures import StepNumbers
from confida_marketing.journeys.plan import END, FORKS, Plan, Step
from confida_web.api import gettext

WIDTH, LEFT, BOX, HEIGHT, ROW, TOP = 360, 70, 220, 52, 92, 12
LONGEST_TITLE, LONGEST_TEXT, LANES, LANE = 24, 32, 4, 13


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """kind: of the step, or begin or end. wrong: something is to be mended. number: who waits there, "" for nobody."""

    kind: str
    title: str
    text: str
    y: int
    number: str = ""
    wrong: bool = False

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """path: of SVG. label: yes, no, A or B, at x and y; turned: it leads back up."""

    path: str
    label: str = ""
    x: int = 0
    y: int = 0
    turned: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagram:
    """left, box, tall: where boxes begin, how wide and high they are."""

    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    left: int = LEFT
    box: int = BOX
    tall: int = HEIGHT


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """title, text: by key of the step. begins: what begins it, in words. wrong: keys of steps with something to mend."""

    titles: Mapping[str, str]
    texts: Mapping[str, str]
    begins: str
    wrong: frozenset[str] = frozenset()


def diagram_of(plan: Plan, labels: Labels, numbers: Mapping[str, StepNumbers]) -> Diagram:
    """The trigger above, the end below, the steps in their order in between."""
    places = {one.key: place for place, one in enumerate(plan.steps, 1)} | {END: len(plan.steps) + 1}
    boxes = [Box(kind="begin", title=gettext("Begins"), text=short(labels.begins, LONGEST_TEXT), y=TOP)]
    for step in plan.steps:
        waiting = numbers[step.key].waiting if step.key in numbers else 0
        boxes.append(
            Box(
                kind=step.kind,
                title=short(f"{places[step.key]}. {labels.titles[step.key]}", LONGEST_TITLE),
                text=short(labels.texts[step.key], LONGEST_TEXT),
                y=row(places[step.key]),
                number=str(waiting) if waiting else "",
                wrong=step.key in labels.wrong,
            )
        )
    boxes.append(Box(kind="end", title=gettext("The end"), text="", y=row(places[END])))
    lines = [straight(0, "")]
    for step in plan.steps:
        lines += lines_from(plan, step, places, len(lines))
    return Diagram(height=row(places[END]) + HEIGHT + TOP, boxes=tuple(boxes), lines=tuple(lines))


def row(place: int) -> int:
    return TOP + place * ROW


def short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def lines_from(plan: Plan, step: Step, places: Mapping[str, int], drawn: int) -> list[Line]:
    """One for each way it goes on; both that lead to the same place are one."""
    here, found = places[step.key], list[Line]()
    words = way_words(step)
    for target, label in zip(plan.ways(step), words, strict=False):
        there = places[target]
        if there == here + 1:
            found.append(straight(here, label))
        else:
            found.append(bent(here, there, label, (drawn + len(found)) % LANES))
    return found


def way_words(step: Step) -> tuple[str, str]:
    if step.kind not in FORKS:
        return ("", "")
    return ("A", "B") if step.kind == "split" else (gettext("yes"), gettext("no"))


def straight(place: int, label: str) -> Line:
    x, above, below = LEFT + BOX // 2, row(place) + HEIGHT, row(place + 1)
    return Line(path=f"M{x} {above}V{below - 5}", label=label, x=x + 8, y=(above + below) // 2 + 4)


def bent(here: int, there: int, label: str, lane: int) -> Line:
    """Around the boxes in between: forward on the right, back on the left."""
    forward = there > here
    side, out = (LEFT + BOX, 1) if forward else (LEFT, -1)
    far = side + out * (18 + lane * LANE)
    begins, ends = row(here) + HEIGHT // 2 + (6 if forward else -6), row(there) + HEIGHT // 2 - (6 if forward else -6)
    turn = 6 if forward else -6
    path = (
        f"M{side} {begins}H{far - out * 6}Q{far} {begins} {far} {begins + turn}V{ends - turn}"
        f"Q{far} {ends} {far - out * 6} {ends}H{side + out * 5}"
    )
    return Line(path=path, label=label, x=side + out * (9 if forward else 2), y=begins - 4, turned=not forward)
