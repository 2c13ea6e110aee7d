"""The pages of results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from confida_marketing.results.asked import Asked
from confida_web.api import Option, Page, ShownSection


@dataclass(frozen=True, kw_only=True)
class ResultsPage(Page):
    """GET /x/marketing/results. csv_href, excel_href: the same as a file; "" where there is none. days: of effect."""

    template: ClassVar[str] = "marketing/results/results.html"
    title: ClassVar[str] = "Results"

    asked: Asked
    sections: tuple[ShownSection, ...]
    periods: tuple[Option, ...]
    csv_href: str
    excel_href: str
    days: int
    clicks_are_counted: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownGoal:
    """label: what is counted. reached, figure: written out. percent: of the figure, None where none was set. typed: by hand."""

    label: str
    reached: str
    figure: str
    percent: int | None
    on: str
    typed: bool
    value: str


@dataclass(frozen=True, kw_only=True)
class ResultPage(Page):
    """GET /x/marketing/results/<source>/<id>: one campaign or journey. goal: None for what has none. errors: by field."""

    template: ClassVar[str] = "marketing/results/result.html"
    title: ClassVar[str] = "Results"

    name: str
    kind: str
    source_href: str
    here: str
    goal: ShownGoal | None
    may_write: bool
    sections: tuple[ShownSection, ...]
    csv_href: str
    excel_href: str
    days: int
    errors: Mapping[str, str] = field(default_factory=dict)
