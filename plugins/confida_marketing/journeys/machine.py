"""One person's way through a journey as a state machine: no clock of its own, no database, nothing is sent from here.

`task_of` says what is to be done with somebody now, `advance` what follows from what came of it. Any order of happenings leads
to a state that `STATES` knows; a mail is asked for once in an entry, wherever the way leads; and who has not ended waits for
something, at a step that exists, until a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from confida_marketing.journeys.plan import END, FORKS, Plan, Step

State = Literal["waiting", "done", "reached", "left", "stopped"]
STATES: Final[Mapping[State, frozenset[State]]] = {
    "waiting": frozenset({"waiting", "done", "reached", "left", "stopped"}),
    "done": frozenset(),
    "reached": frozenset(),
    "left": frozenset(),
    "stopped": frozenset(),
}
# Whoever came to so many steps goes round in a circle that waits: nobody is to be kept in it for ever.
MOST_VISITS: Final = 400
ASK_AGAIN: Final = timedelta(days=1)
FULL_AGAIN: Final = timedelta(hours=6)

What = Literal["passed", "no", "refused", "later", "goal", "taken_out", "stopped"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """Where somebody is. due_at: when something is to be done with them, counted only while they wait. mails: had already."""

    step: str
    due_at: datetime
    state: State = "waiting"
    reason: str = ""
    mails: frozenset[str] = frozenset()
    visits: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """What came of it.

    passed: the step was done, a condition held, or A was drawn; no: it did not, or B. refused: the gate said no. later: not
    before `until` (quiet hours, enough this week). goal: they reached it. taken_out: by a colleague. stopped: by an order such
    as a restriction, or with the whole journey. reason: a code.
    """

    what: What
    reason: str = ""
    until: datetime | None = None


def begin(plan: Plan, moment: datetime, zone: ZoneInfo) -> Position:
    """At its first step. An empty plan is done at once."""
    nowhere = Position(step="", due_at=moment, visits=0)
    return arrive(plan, nowhere, plan.steps[0].key if plan.steps else END, moment, zone)


def task_of(plan: Plan, position: Position, moment: datetime) -> Step | None:
    """The step that is to be done with them now; None if nothing is: they wait, ended, or had this very mail.

    Of who had it already, or whose step is gone, `advance` with passed is what follows.
    """
    if position.state != "waiting" or position.due_at > moment or position.step in position.mails:
        return None
    return plan.step(position.step)


def advance(plan: Plan, position: Position, happening: Happening, moment: datetime, zone: ZoneInfo) -> Position:
    """What follows. Whoever has ended stays so, whatever happens; nothing but an end happens before it is due."""
    if position.state != "waiting":
        return position
    match happening.what:
        case "goal":
            return ended(position, "reached", happening.reason)
        case "taken_out":
            return ended(position, "left", happening.reason or "taken_out")
        case "stopped":
            return ended(position, "stopped", happening.reason)
    if position.due_at > moment:
        return position
    return followed(plan, position, happening, moment, zone)


def followed(plan: Plan, position: Position, happening: Happening, moment: datetime, zone: ZoneInfo) -> Position:
    """What follows from a step that was due."""
    step = plan.step(position.step)
    if step is None:
        return ended(position, "done", "")
    if happening.what == "later":
        until = max(happening.until or moment, moment + timedelta(minutes=1))
        return replace(position, due_at=until, reason=happening.reason)
    if happening.what == "refused":
        if step.refused == "wait":
            return replace(position, due_at=moment + ASK_AGAIN, reason=happening.reason)
        if step.refused != "skip":
            return ended(position, "left", happening.reason)
        return arrive(plan, position, plan.after(step.key, step.then), moment, zone)
    if step.kind == "exit":
        return ended(position, "done", "")
    if step.kind == "mail":
        position = replace(position, mails=position.mails | {step.key})
    way = step.other if happening.what == "no" and step.kind in FORKS else step.then
    return arrive(plan, position, plan.after(step.key, way), moment, zone)


def arrive(plan: Plan, position: Position, key: str, moment: datetime, zone: ZoneInfo) -> Position:
    """At a step, where a wait begins, or at the end."""
    step = plan.step(key)
    if step is None:
        return ended(position, "done", "")
    if position.visits >= MOST_VISITS:
        return ended(position, "left", "too_long")
    due = wait_ends(step, moment, zone) if step.kind == "wait" else moment
    return replace(position, step=key, due_at=due, reason="", visits=position.visits + 1)


def ended(position: Position, state: State, reason: str) -> Position:
    return replace(position, state=state, reason=reason)


def wait_ends(step: Step, moment: datetime, zone: ZoneInfo) -> datetime:
    """After the days and hours, the next time that it is the weekday and the minute of the person's own day, if these are set."""
    earliest = moment + timedelta(days=step.days, hours=step.hours)
    if step.weekday < 0 and step.minute < 0:
        return earliest
    local = earliest.astimezone(zone)
    for ahead in range(9):
        day = local.date() + timedelta(days=ahead)
        if step.weekday >= 0 and day.weekday() != step.weekday:
            continue
        if step.minute < 0 and ahead == 0:
            return earliest
        clock = time(step.minute // 60, step.minute % 60) if step.minute >= 0 else time()
        found = datetime.combine(day, clock, zone).astimezone(UTC)
        if found >= earliest:
            return found
    return earliest
