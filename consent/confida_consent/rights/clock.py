"""When a request must be answered: events are stored, the date is derived (CK-1).

The month is counted as Regulation (EEC, Euratom) 1182/71 Art. 3 and the ICO's guidance do: the same date of the month, or
its last day; then pauses; then, if no working day, the next one. The day ends at local midnight.
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo


class UnknownJurisdiction(Exception):
    """No rule is kept for this country: somebody has to choose one, there is no default (RT-1)."""


class Step(StrEnum):
    """What happens to a request, as far as time depends on it.

    asked, replied: clarification. `asked_without_need` is a question the rule does not stop for (CK-4).
    """

    RECEIVED = "received"
    VERIFIED = "verified"
    FEE_PAID = "fee_paid"
    ASKED = "asked"
    ASKED_WITHOUT_NEED = "asked_without_need"
    REPLIED = "replied"
    EXTENDED = "extended"
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


ORDER = tuple(Step)
ENDS = frozenset({Step.ANSWERED, Step.REFUSED, Step.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvent:
    """at: aware UTC."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """One jurisdiction's rule. months, extended_months: both counted from the start. subdivision: for public holidays."""

    key: str
    months: int
    extended_months: int
    starts_with: tuple[Step, ...]
    subdivision: str | None
    citation: str
    reviewed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """due: the local date by whose end the answer must be out; due_at: that instant, UTC.

    first_due: without the extension; by then an extension must have been told with reasons, and a refusal too.
    paused_since: set while time stands still. ended_at: when it was answered, refused or withdrawn.
    extension_too_late: an extension was declared after first_due, and so counts for nothing.
    """

    starts_on: date
    first_due: date
    due: date
    due_at: datetime
    paused_days: int
    paused_since: datetime | None
    ended_at: datetime | None
    extended: bool
    extension_too_late: bool
    rule: ClockRule

    def days_left(self, at: datetime) -> int:
        """Whole local days until the due date; negative once it has passed."""
        zone = self.due_at.tzinfo or UTC
        return (self.due - at.astimezone(zone).date()).days

    def late(self, at: datetime) -> bool:
        return (self.ended_at or at) >= self.due_at


@lru_cache
def rules() -> dict[str, ClockRule]:
    """Country (ISO 3166-1 alpha-2) -> its rule."""
    found = {}
    for key, entry in tomllib.loads((Path(__file__).parent / "clock_rules.toml").read_text("utf-8")).items():
        rule = ClockRule(
            key=key,
            months=entry["months"],
            extended_months=entry["extended_months"],
            starts_with=tuple(Step(step) for step in entry["starts_with"]),
            subdivision=entry.get("subdivision"),
            citation=entry["citation"],
            reviewed_on=entry["reviewed_on"],
        )
        found.update(dict.fromkeys(entry["countries"], rule))
    return found


def rule_of(country: str) -> ClockRule:
    """Raises UnknownJurisdiction."""
    try:
        return rules()[country.upper()]
    except KeyError:
        raise UnknownJurisdiction(country) from None


def has_region(country: str, subdivision: str) -> bool:
    """Whether public holidays of this part of the country are known; "" is the whole of it."""
    import holidays

    try:
        holidays.country_holidays(country.upper(), subdiv=subdivision or None)
    except NotImplementedError:
        return False
    return True


def deadline(events: Iterable[ClockEvent], country: str, zone: ZoneInfo, *, subdivision: str | None = None) -> Deadline:
    """What the events say about the date. At least one of them is `received`; their order does not matter.

    subdivision: whose regional holidays count, such as "BY"; by default the rule's own. Raises UnknownJurisdiction.
    """
    # Of two at the same instant the question comes before its reply, whatever order they are given in.
    ordered = sorted(events, key=lambda event: (event.at, ORDER.index(event.step)))
    rule = rule_of(country)
    start = _start(ordered, rule).astimezone(zone).date()
    paused, paused_since = _pauses(ordered, zone)
    first_due = _working_day(
        _months_later(start, rule.months) + timedelta(days=paused), country, subdivision or rule.subdivision
    )
    extensions = [event for event in ordered if event.step is Step.EXTENDED]
    timely = [event for event in extensions if event.at < _end_of(first_due, zone)]
    due = first_due
    if timely:
        raw = _months_later(start, rule.extended_months) + timedelta(days=paused)
        due = _working_day(raw, country, subdivision or rule.subdivision)
    return Deadline(
        starts_on=start,
        first_due=first_due,
        due=due,
        due_at=_end_of(due, zone),
        paused_days=paused,
        paused_since=paused_since,
        ended_at=next((event.at for event in ordered if event.step in ENDS), None),
        extended=bool(timely),
        extension_too_late=bool(extensions) and not timely,
        rule=rule,
    )


def _start(ordered: Sequence[ClockEvent], rule: ClockRule) -> datetime:
    """The latest of what the rule starts with, each by its first occurrence; what has not happened does not hold it up."""
    firsts: dict[Step, datetime] = {}
    for event in ordered:
        if event.step in rule.starts_with:
            firsts.setdefault(event.step, event.at)
    if Step.RECEIVED not in firsts:
        raise ValueError("a clock needs an event `received`")
    return max(firsts.values())


def _pauses(ordered: Sequence[ClockEvent], zone: ZoneInfo) -> tuple[int, datetime | None]:
    """Local days between each question and its reply, and since when one is open."""
    days, since = 0, None
    for event in ordered:
        if event.step is Step.ASKED and since is None:
            since = event.at
        elif event.step is Step.REPLIED and since is not None:
            days += (event.at.astimezone(zone).date() - since.astimezone(zone).date()).days
            since = None
    return days, since


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _working_day(day: date, country: str, subdivision: str | None) -> date:
    """This day, or the next that is neither at a weekend nor a public holiday."""
    import holidays

    known = holidays.country_holidays(country.upper(), subdiv=subdivision, years=(day.year, day.year + 1))
    while day.weekday() >= 5 or day in known:
        day += timedelta(days=1)
    return day


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    """Midnight after this local day, as the same instant in UTC would be; kept in the zone, so that days_left can count."""
    return datetime.combine(day + timedelta(days=1), time(), zone)
