"""CR-4: the state is that of the latest effective event, in whatever order the events are looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from confida_consent.state import DECISIONS, effective_event, state_of, until
from confida_consent.vocabulary import YES, Kind
from confida_core.ids import new_id

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Noted:
    id: UUID
    kind: str
    indicated_at: datetime
    ledger_index: int
    valid_until: datetime | None = None
    supersedes: UUID | None = None


@st.composite
def histories(draw: st.DrawFn) -> list[Noted]:
    events: list[Noted] = []
    for number in range(draw(st.integers(0, 8))):
        at = START + timedelta(days=draw(st.integers(0, 5)))
        kind = draw(st.sampled_from(sorted(Kind)))
        ends = at + timedelta(days=draw(st.integers(1, 9))) if kind in YES and draw(st.booleans()) else None
        corrects = draw(st.sampled_from(events)).id if events and kind in DECISIONS and draw(st.booleans()) else None
        events.append(Noted(new_id(), kind, at, number, ends, corrects))
    return events


@given(histories(), st.randoms(), st.integers(0, 15))
def test_cr4_any_order_gives_the_same_state(events: list[Noted], chance: object, days: int) -> None:
    shuffled = events.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    at = START + timedelta(days=days)

    assert effective_event(shuffled) == effective_event(events)
    assert state_of(shuffled, at) == state_of(events, at)


@given(histories())
def test_cr4_nothing_later_and_uncorrected_says_otherwise(events: list[Noted]) -> None:
    found = effective_event(events)

    corrected = {event.supersedes for event in events}
    rivals = [event for event in events if event.id not in corrected and event.kind in DECISIONS]
    if not rivals:
        assert found is None or found.kind in {Kind.REQUESTED, Kind.DEFERRED}
    else:
        assert found is not None
        assert found.kind in DECISIONS
        assert [
            event
            for event in rivals
            if (event.indicated_at, event.ledger_index) > (found.indicated_at, found.ledger_index)
        ] == []


@given(histories())
def test_cr4_asking_again_changes_no_decision(events: list[Noted]) -> None:
    asked = Noted(new_id(), Kind.REQUESTED, START + timedelta(days=30), 99)
    before = effective_event(events)

    after = effective_event([*events, asked])

    assert after == (before if before is not None and before.kind in DECISIONS else asked)


def test_yes_ends_at_its_time_and_counts_until_then() -> None:
    yes = Noted(new_id(), Kind.GIVEN, START, 0, START + timedelta(days=2))

    states = [state_of([yes], START + timedelta(days=days)) for days in (0, 1, 2)]

    assert states == ["given", "given", "expired"]
    assert state_of([replace(yes, kind=Kind.RENEWED)], START) == "renewed"


def test_facts_of_a_customer_are_no_state() -> None:
    assert state_of([Noted(new_id(), Kind.GROUND_NOTED, START, 0)], START) == "unknown"


def test_state_of_an_earlier_day_knows_nothing_later() -> None:
    yes = Noted(new_id(), Kind.GIVEN, START, 0)
    no = Noted(new_id(), Kind.WITHDRAWN, START + timedelta(days=3), 1)

    assert state_of(until([yes, no], START + timedelta(days=2)), START) == "given"
    assert state_of([yes, no], START) == "withdrawn"
