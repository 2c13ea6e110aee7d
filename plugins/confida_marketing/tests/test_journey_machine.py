"""Any order of happenings leads to a state the diagram allows, no mail is asked for twice, and who has not ended waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_marketing.journeys.machine import (
    STATES,
    Happening,
    advance,
    begin,
    task_of,
    wait_ends,
)
from confida_marketing.journeys.plan import KINDS, Plan, Step, circles_without_wait, fresh_key

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 27, 12, tzinfo=UTC)
KEYS = [f"s{at}" for at in range(1, 7)]
targets = st.sampled_from(["", "end", "gone", *KEYS])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Also such as nobody could switch on: with circles, gone targets, waits of no time."""
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=6))
    return Plan(
        steps=tuple(
            Step(
                key=key, kind=draw(st.sampled_from(list(KINDS))), then=draw(targets), other=draw(targets),
                days=draw(st.integers(0, 3)), weekday=draw(st.integers(-1, 6)), minute=draw(st.sampled_from([-1, 0, 150, 1439])),
                refused=draw(st.sampled_from(["leave", "skip", "wait"])),
            )
            for key in keys
        )
    )  # fmt: skip


happenings = st.builds(
    Happening,
    what=st.sampled_from(["passed", "passed", "passed", "no", "refused", "later", "goal", "taken_out", "stopped"]),
    reason=st.sampled_from(["", "withdrawn"]),
    until=st.none() | st.integers(-50, 50).map(lambda hours: START + timedelta(hours=hours)),
)


@given(plan=plans(), events=st.lists(st.tuples(happenings, st.integers(0, 100)), max_size=60))
def test_any_order_of_happenings_leads_to_a_state_the_diagram_allows(
    plan: Plan, events: list[tuple[Happening, int]]
) -> None:
    moment, sent = START, list[str]()
    position = begin(plan, moment, BERLIN)
    for happening, hours in events:
        moment += timedelta(hours=hours)
        task = task_of(plan, position, moment)
        if task is not None and task.kind == "mail" and happening.what == "passed":
            sent.append(task.key)
        before = position
        position = advance(plan, before, happening, moment, BERLIN)
        assert position.state in STATES[before.state] | {before.state}
        if before.state != "waiting":
            assert position == before
        if position.state == "waiting":
            assert plan.step(position.step) is not None
        assert len(set(sent)) == len(sent)
        assert set(sent) <= position.mails


@given(plan=plans())
def test_everybody_ends_or_waits_however_the_plan_goes_round(plan: Plan) -> None:
    """All that is done by itself, at one moment: nothing goes round for ever."""
    position = begin(plan, START, BERLIN)
    steps = 0
    while position.state == "waiting" and position.due_at <= START:
        position = advance(plan, position, Happening(what="no" if steps % 2 else "passed"), START, BERLIN)
        steps += 1
        assert steps <= 401
    assert position.state != "waiting" or position.due_at > START


@given(plan=plans())
def test_circles_that_never_wait_are_those_one_can_walk(plan: Plan) -> None:
    found = set(circles_without_wait(plan))
    passing = {one.key: one for one in plan.steps if not (one.kind == "wait" and one.days)}

    def walks_back(key: str) -> bool:
        todo, been = [key], set[str]()
        while todo:
            for way in plan.ways(passing[todo.pop()]):
                if way == key:
                    return True
                if way in passing and way not in been:
                    been.add(way)
                    todo.append(way)
        return False

    assert found == {key for key in passing if walks_back(key)}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Step(key="s", kind="wait", hours=30), START + timedelta(hours=30)),
        # 27 March 2026 is a Friday, 13:00 in Berlin; the clocks go forward on the 29th.
        (Step(key="s", kind="wait", minute=9 * 60), datetime(2026, 3, 28, 8, tzinfo=UTC)),
        (Step(key="s", kind="wait", minute=14 * 60), datetime(2026, 3, 27, 13, tzinfo=UTC)),
        (Step(key="s", kind="wait", weekday=0, minute=9 * 60), datetime(2026, 3, 30, 7, tzinfo=UTC)),
        (Step(key="s", kind="wait", weekday=4), START),
        (Step(key="s", kind="wait", days=1, weekday=4), datetime(2026, 4, 2, 22, tzinfo=UTC)),
        (Step(key="s", kind="wait", days=7, weekday=4, minute=13 * 60), datetime(2026, 4, 10, 11, tzinfo=UTC)),
    ],
)
def test_wait_ends_on_the_day_and_at_the_hour_of_the_person(step: Step, expected: datetime) -> None:
    assert wait_ends(step, START, BERLIN) == expected


def test_key_of_a_step_that_is_gone_is_never_used_again() -> None:
    plan = Plan(steps=(Step(key="s1", kind="wait"), Step(key="s3", kind="mail")), last=5)
    assert fresh_key(plan) == "s6"
