"""What the pages of targets, forecast, figures and commissions show. Amounts come as text, written for the reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from confida_web.api import Chart, Errors, Option, Page, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastRow:
    """One period. reached: won of the target in percent, "" without a target."""

    label: str
    won: str
    deals: str
    expected: str
    total: str
    target: str
    reached: str
    is_now: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastSection:
    """One currency. left_out: sentences about what is in no forecast."""

    currency: str
    chart: Chart
    rows: tuple[ForecastRow, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ForecastPage(Page):
    """GET /x/sales/forecast. whose: what the choice says; lengths, whom: the choices."""

    template: ClassVar[str] = "sales/targets/forecast.html"
    title: ClassVar[str] = "Forecast"

    tabs: tuple[Tab, ...]
    sections: tuple[ForecastSection, ...]
    lengths: tuple[Option, ...]
    whom: tuple[Option, ...]
    first: str
    earlier: str
    later: str
    may_manage: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FiguresRow:
    """One colleague in one currency. tone: of what is reached."""

    name: str
    href: str
    won: str
    deals: str
    target: str
    reached: str
    tone: str
    expected: str
    commission: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EarnedRow:
    """One deal or payment that commission counts on."""

    title: str
    href: str
    day: date
    base: str
    rate: str
    commission: str


@dataclass(frozen=True, kw_only=True)
class PerformancePage(Page):
    """GET /x/sales/performance, and that of one colleague: then `name` and `lines`. own: only one's own figures are shown."""

    template: ClassVar[str] = "sales/targets/performance.html"
    title: ClassVar[str] = "Figures"

    tabs: tuple[Tab, ...]
    rows: tuple[FiguresRow, ...]
    period: str
    lengths: tuple[Option, ...]
    here: str
    first: str
    earlier: str
    later: str
    own: bool
    on_paid: bool
    name: str = ""
    lines: tuple[EarnedRow, ...] = ()
    more: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetRow:
    id: str
    whose: str
    period: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class TargetsPage(Page):
    """GET /x/sales/targets."""

    template: ClassVar[str] = "sales/targets/targets.html"
    title: ClassVar[str] = "Targets"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    tabs: tuple[Tab, ...]
    year: int
    rows: tuple[TargetRow, ...]
    whom: tuple[Option, ...]
    periods: tuple[Option, ...]
    values: dict[str, str]
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleRow:
    id: str
    whose: str
    rate: str
    since: date


@dataclass(frozen=True, kw_only=True)
class CommissionsPage(Page):
    """GET /x/sales/commissions. on_paid: it counts on payments. may_set: this reader may change what it counts on."""

    template: ClassVar[str] = "sales/targets/commissions.html"
    title: ClassVar[str] = "Commission"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    tabs: tuple[Tab, ...]
    rows: tuple[RuleRow, ...]
    whom: tuple[Option, ...]
    values: dict[str, str]
    on_paid: bool
    may_set: bool
    errors: Errors = field(default_factory=dict)
