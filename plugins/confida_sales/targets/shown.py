"""Figures written for the reader: amounts, percents and pictures of targets, forecast and commissions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from babel.numbers import format_percent

from confida_core.api import Access
from confida_sales.targets.commissions import Rule
from confida_sales.targets.forecast import CurrencyForecast, ForecastLine, Viewed
from confida_sales.targets.pages import EarnedRow, FiguresRow, ForecastRow, ForecastSection
from confida_sales.targets.performance import EarnedLine, PersonFigures
from confida_sales.targets.periods import LENGTHS, Period
from confida_sales.targets.targets import EVERYBODY, Whose
from confida_web.api import (
    Chart,
    ChartSeries,
    Formatter,
    Option,
    Tab,
    ngettext,
    written_short,
)

LENGTH_WORDS = {"month": "Months", "quarter": "Quarters", "year": "Years"}
PERFORMANCE = "/x/sales/performance"


def tabs_of(access: Access, current: str) -> tuple[Tab, ...]:
    """The pages beside each other; those for setting up only for whoever may."""
    shown = [("Forecast", "/x/sales/forecast"), ("Figures", PERFORMANCE)]
    if access.actor.may("sales.manage"):
        shown += [("Targets", "/x/sales/targets"), ("Commission", "/x/sales/commissions")]
    return tuple(Tab(label=label, href=href, current=href == current) for label, href in shown)


def length_options(months: int) -> tuple[Option, ...]:
    return tuple(Option(value=key, label=LENGTH_WORDS[key], chosen=LENGTHS[key] == months) for key in LENGTHS)


def whose_key(whose: Whose) -> str:
    """As it stands in addresses and forms: nothing for everybody, an account's id, or a team's after `team-`."""
    if whose.team_id is not None:
        return f"team-{whose.team_id}"
    return str(whose.owner_id) if whose.owner_id else ""


def viewed_options(viewed: Viewed, people: Sequence[Option], whose: Whose) -> tuple[Option, ...]:
    """Whose forecast this reader may choose: everybody's, their own, teams, and with the permission each colleague's."""
    found = [("", "Everybody"), (str(viewed.me), "Me")]
    found += [(f"team-{team.id}", f"Team {team.name}") for team in viewed.teams]
    if viewed.all:
        found += [(one.value, one.label) for one in people if one.value != str(viewed.me)]
    return tuple(Option(value=value, label=label, chosen=value == whose_key(whose)) for value, label in found)


def percent_text(value: int, f: Formatter) -> str:
    """Whole percent, as people of the reader's language write it."""
    return str(format_percent(value / 100, locale=f.locale))


def forecast_section(found: CurrencyForecast, now: Period, f: Formatter) -> ForecastSection:
    return ForecastSection(
        currency=found.currency,
        chart=forecast_chart(found, f),
        rows=tuple(forecast_row(line, found.currency, now, f) for line in found.lines),
        left_out=left_out_sentences(found, f),
    )


def forecast_row(line: ForecastLine, currency: str, now: Period, f: Formatter) -> ForecastRow:
    return ForecastRow(
        label=line.period.label(str(f.locale)),
        won=f.money(line.won, currency),
        deals=f.number(line.deals),
        expected=f.money(line.expected, currency),
        total=f.money(line.total, currency),
        target=f.money(line.target, currency),
        reached="" if not line.target else percent_text(line.won * 100 // line.target, f),
        is_now=line.period == now,
    )


def forecast_chart(found: CurrencyForecast, f: Formatter) -> Chart:
    series = [
        ChartSeries(label="Won", values=tuple(line.won for line in found.lines)),
        ChartSeries(label="Expected, weighted", values=tuple(line.expected for line in found.lines)),
    ]
    if any(line.target is not None for line in found.lines):
        series.append(ChartSeries(label="Target", values=tuple(line.target for line in found.lines)))
    return Chart(
        key=f"forecast-{found.currency.lower()}",
        title=f"Forecast in {found.currency}",
        finding=finding_of(found, f),
        kind="columns",
        labels=tuple(line.period.label(str(f.locale)) for line in found.lines),
        series=tuple(series),
        show=partial(shown_money, f, found.currency),
        label_head="Period",
        tick=written_short(f, "money", found.currency),
        table="own",
    )


def shown_money(f: Formatter, currency: str, value: float) -> str:
    return f.money(int(value), currency)


def finding_of(found: CurrencyForecast, f: Formatter) -> str:
    """One sentence over all periods that are shown."""
    won, expected = sum(line.won for line in found.lines), sum(line.expected for line in found.lines)
    said = f"{f.money(won, found.currency)} won, {f.money(expected, found.currency)} to be expected"
    aimed = [line for line in found.lines if line.target]
    if not aimed:
        return f"{said}. No target is set."
    target = sum(line.target or 0 for line in aimed)
    together = sum(line.total for line in aimed)
    return f"{said}: together {percent_text(together * 100 // target, f)} of the target of {f.money(target, found.currency)}."


def left_out_sentences(found: CurrencyForecast, f: Formatter) -> tuple[str, ...]:
    outside = found.left_out
    if outside is None:
        return ()
    said = []
    for count, value, one, many in (
        (outside.undated, outside.undated_value, "has no expected close", "have no expected close"),
        (outside.overdue, outside.overdue_value, "should have been closed by now", "should have been closed by now"),
    ):
        if count:
            things = ngettext("%(num)s opportunity", "%(num)s opportunities", count)
            said.append(f"{things} of {f.money(value, found.currency)} {one if count == 1 else many}.")
    return tuple(said)


def figures_row(one: PersonFigures, period: Period, f: Formatter) -> FiguresRow:
    reached = one.attainment
    return FiguresRow(
        name=one.name,
        href=f"{PERFORMANCE}/{one.owner_id}?period={period.key}" if one.owner_id and one.name else "",
        won=f.money(one.won, one.currency),
        deals=f.number(one.deals),
        target=f.money(one.target, one.currency),
        reached="" if reached is None else percent_text(reached, f),
        tone="" if reached is None else ("may" if reached >= 100 else "ask"),
        expected=f.money(one.expected, one.currency),
        commission=f.money(one.commission, one.currency),
    )


def earned_row(line: EarnedLine, f: Formatter) -> EarnedRow:
    earned = line.earned
    # Whole minor units are enough to be read; what is rounded is the commission alone.
    base = round(earned.base)
    return EarnedRow(
        title=line.title,
        href=line.href,
        day=earned.day,
        base=f.money(base, earned.currency),
        rate=rate_text(earned.rate, f),
        commission=f.money(earned.commission, earned.currency),
    )


def rate_text(rate: int, f: Formatter) -> str:
    """Hundredths of a percent, as people of the reader's language write them."""
    return str(format_percent(rate / 10_000, locale=f.locale, decimal_quantization=False))


def rule_name(rule: Rule, names: dict[str, str]) -> str:
    return names.get(str(rule.owner_id), "Somebody who left") if rule.owner_id else "Everybody else"


def everybody_first(people: Sequence[Option], teams: Sequence[Option] = (), chosen: str = "") -> tuple[Option, ...]:
    """Choices of a form: everybody, teams, colleagues."""
    found = (Option(value=whose_key(EVERYBODY), label="Everybody together"), *teams, *people)
    return tuple(Option(value=one.value, label=one.label, chosen=one.value == chosen) for one in found)
