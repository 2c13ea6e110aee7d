"""Charts: marks that say the values, axes that begin at nothing, and a table with every figure."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confida_web.api import Chart, ChartSeries
from confida_web.charts.axis import axis_of
from confida_web.charts.chart import ChartKind
from confida_web.page import STATIC_FOLDER, build_environment

KINDS: tuple[ChartKind, ...] = ("columns", "stacked", "lines", "rows", "funnel", "ageing")
values = st.lists(st.one_of(st.none(), st.integers(-(10**12), 10**12)), min_size=0, max_size=14)


def chart(kind: ChartKind = "columns", *rows: tuple[float | None, ...], **changed: Any) -> Chart:
    rows = rows or ((3, 1, 2),)
    given_names = {"labels": tuple(f"L{n}" for n in range(len(rows[0])))} | changed
    return Chart(
        key="sold",
        title="Sold",
        finding="L0 sold most.",
        kind=kind,
        series=tuple(ChartSeries(label=f"S{n}", values=row) for n, row in enumerate(rows)),
        show=lambda value: f"{value:g} pieces",
        tick=lambda value: f"{value:g}",
        label_head="Where",
        **given_names,
    )


def html_of(*charts: Chart) -> str:
    template = build_environment().from_string("{% for one in charts %}{{ charts_.figure(one, none) }}{% endfor %}")
    return template.render(charts=charts, charts_=build_environment().globals["charts"], f=None)


class Marks(HTMLParser):
    """What stands in the page: names of elements, ids, and what is read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.roles: list[tuple[str, str]] = []
        self.used: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.roles += [(found["role"], found["aria-label"])] if "role" in found else []
        self.used |= set(re.findall(r"url\(#([^)]+)\)", found.get("fill", "")))


def marks(html: str) -> Marks:
    reader = Marks()
    reader.feed(html)
    return reader


def test_columns_are_as_high_as_their_values() -> None:
    wide, narrow = chart("columns", (4, 1, 2)).drawings
    for drawing in (wide, narrow):
        first, second, third = (bar.height for bar in drawing.bars)
        assert (round(first / second, 1), round(first / third, 1)) == (4.0, 2.0)


def test_values_below_nothing_hang_from_the_base() -> None:
    wide = chart("columns", (5, -5)).drawings[0]
    base = next(rule.y1 for rule in wide.rules if rule.role == "base")
    up, down = wide.bars
    assert (round(up.y + up.height, 1), down.y) == (base, base)


def test_stacks_stand_on_each_other() -> None:
    lower, upper = chart("stacked", (3,), (2,)).drawings[0].bars
    assert round(upper.y + upper.height, 1) == lower.y
    assert round(lower.height / upper.height, 2) == 1.5


def test_line_has_a_gap_where_nothing_is_known() -> None:
    wide = chart("lines", (1, 2, None, 4, 5, None, 7)).drawings[0]
    assert [len(curve.points.split()) for curve in wide.curves] == [2, 2]
    assert len(wide.dots) == 5


def test_funnel_is_centred() -> None:
    bars = chart("funnel", (10, 4, 1)).drawings[0].bars
    assert len({round(bar.x + bar.width / 2) for bar in bars}) == 1


def test_classes_of_age_differ_by_colour_and_hatching() -> None:
    assert [bar.tone for bar in chart("ageing", (5, 4, 3, 2)).drawings[0].bars] == [0, 1, 2, 3]
    assert marks(html_of(chart("ageing", (5, 4)))).used == {"sold-wide-1", "sold-narrow-1"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_stands_in_the_table_and_the_picture_says_what_is_seen(kind: ChartKind) -> None:
    html = html_of(chart(kind, (3, None, 2), (1, 5, 4), labels=("A & B", "B", "C"), links=("/a", "", "/c")))
    assert re.findall(r'<td class="number">([^<]+)</td>', html) == [
        "3 pieces", "1 pieces", "–", "5 pieces", "2 pieces", "4 pieces",
    ]  # fmt: skip
    assert '<a href="/a"><bdi>A &amp; B</bdi></a>' in html
    found = marks(html)
    assert found.roles == [("img", "Sold: L0 sold most.")] * 2
    assert (sorted({one for one in found.ids if found.ids.count(one) > 1}), found.used - set(found.ids)) == ([], set())
    assert ("style=" in html, "a" in found.tags[: found.tags.index("table")]) == (False, False)


def test_tips_say_series_label_and_value() -> None:
    html = html_of(chart("columns", (3,), (4,)))
    assert re.findall("<title>([^<]+)</title>", html) == ["S0, L0: 3 pieces", "S1, L0: 4 pieces"] * 2


def test_table_can_be_folded_or_the_page_has_its_own() -> None:
    tables = [html_of(chart(table=form)).count("<table") for form in ("open", "folded", "own")]
    assert (tables, html_of(chart(table="folded")).count("<details")) == ([1, 1, 0], 1)


def test_two_charts_on_a_page_share_no_hatching() -> None:
    one, other = chart("stacked", (1,), (2,)), chart("stacked", (1,), (2,))
    other = Chart(**{name: getattr(other, name) for name in Chart.__slots__} | {"key": "other"})
    ids = marks(html_of(one, other)).ids
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": ("A",)},
        {"notes": ("one",)},
        {"links": ("/a",)},
        {"series": ()},
        {"series": tuple(ChartSeries(label=str(n), values=(1, 2, 3)) for n in range(7))},
        {"key": 'a"b'},
    ],
)
def test_chart_whose_parts_do_not_fit_is_refused(wrong: dict[str, Any]) -> None:
    right = chart()
    with pytest.raises(ValueError, match=r"labels|series|key"):
        Chart(**{name: getattr(right, name) for name in Chart.__slots__} | wrong)


# Other work of the machine must not fail them.
PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PATIENT
@given(st.lists(st.integers(-(10**15), 10**15), max_size=9))
def test_axis_holds_nothing_and_every_value_in_few_whole_steps(known: list[int]) -> None:
    axis = axis_of(known)
    assert 0 in axis.ticks
    assert all(axis.low <= value <= axis.high for value in known)
    assert 2 <= len(axis.ticks) <= 7
    assert all(float(tick).is_integer() for tick in axis.ticks)


@PATIENT
@given(values, values, st.sampled_from(KINDS))
def test_nothing_is_drawn_outside_the_picture(first: list[Any], second: list[Any], kind: ChartKind) -> None:
    count = min(len(first), len(second))
    for drawing in chart(kind, tuple(first[:count]), tuple(second[:count])).drawings:
        for bar in drawing.bars:
            assert min(bar.x, bar.y, bar.width, bar.height) >= -0.1
            assert bar.x + bar.width <= drawing.width + 0.2
            assert bar.y + bar.height <= drawing.height + 0.7
        assert all(0 <= dot.x <= drawing.width and 0 <= dot.y <= drawing.height for dot in drawing.dots)


def test_style_sheet_knows_every_tone() -> None:
    style = (STATIC_FOLDER / "charts.css").read_text(encoding="utf-8")
    assert [tone for tone in range(6) if f".tone-{tone}" not in style or f".age-{tone}" not in style] == []
