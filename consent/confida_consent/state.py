"""The state of one person's consent to one purpose on one channel, derived from its events alone (CR-4). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from confida_consent.vocabulary import NO, UNDECIDED, YES, Kind

UNKNOWN = "unknown"
DECISIONS = YES | NO | {Kind.OBJECTED, Kind.OBJECTION_ENDED}


class Happened(Protocol):
    """What of an event its effect depends on."""

    @property
    def id(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def indicated_at(self) -> datetime: ...
    @property
    def ledger_index(self) -> int: ...
    @property
    def valid_until(self) -> datetime | None: ...
    @property
    def supersedes(self) -> UUID | None: ...


E = TypeVar("E", bound=Happened)


def effective_event(events: Iterable[E]) -> E | None:
    """The one that decides: the latest decision that no other event corrects, else the latest request or deferral.

    events: of one subject, purpose and channel, in any order. Facts of an existing customer decide nothing.
    """
    given = list(events)
    corrected = {event.supersedes for event in given}
    standing = [event for event in given if event.id not in corrected]
    for kinds in (DECISIONS, UNDECIDED):
        of_these = [event for event in standing if event.kind in kinds]
        if of_these:
            return max(of_these, key=place)
    return None


def place(event: Happened) -> tuple[datetime, int]:
    """Where an event stands in the order of effect."""
    return event.indicated_at, event.ledger_index


def state_of(events: Iterable[Happened], at: datetime) -> str:
    """The kind of the effective event; "expired" for a yes whose time was over at `at`; "unknown" without any.

    All events count, whatever their time: a clock that was moved back must not hide a withdrawal. For the state as it
    was at an earlier instant, pass `until(events, at)`.
    """
    return state_from(effective_event(events), at)


def state_from(event: Happened | None, at: datetime) -> str:
    """The same, where the effective event is known already."""
    if event is None:
        return UNKNOWN
    if event.kind in YES and event.valid_until is not None and event.valid_until <= at:
        return Kind.EXPIRED.value
    return str(event.kind)


def until(events: Iterable[E], at: datetime) -> list[E]:
    """Those that had been indicated at an instant."""
    return [event for event in events if event.indicated_at <= at]
