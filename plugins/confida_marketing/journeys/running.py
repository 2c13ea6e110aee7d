"""The tick of journeys: who reached a goal or is stopped leaves, who is new begins, who is due moves on; a few seconds at a time.

It may be killed at any moment and begun by anybody: where each person stands is in their entry.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Installation, NotFound, Row, catch_up_index, enqueue, now
from confida_marketing.campaigns.limits import house_zone
from confida_marketing.campaigns.running import crowded
from confida_marketing.content.faults import BrokenEmail
from confida_marketing.journeys.acting import Group, act
from confida_marketing.journeys.asking import meeting
from confida_marketing.journeys.entering import Live, enter_new, live_journeys
from confida_marketing.journeys.journeys import set_state
from confida_marketing.journeys.log import Move, hold_entries, position_of, write_moves
from confida_marketing.journeys.machine import Happening, advance
from confida_marketing.journeys.plan import GATED, Plan

GO_ON = "marketing.go_on_journeys"
SLICE_SECONDS = 2.5
AT_ONCE = 2_000
BATCH = 500
# Of steps that do something; between two such lots the time is looked at.
LOT = 200
LOTS = {"tag": 80, "task": 100, "call": 100, "appointment": 100}
PAUSE = timedelta(seconds=1)


async def tend_journeys(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job, once a minute: look round, then move people on for some seconds, and queue the rest as a job of its own."""
    await crm.orders.refresh()
    await stop_ordered(crm)
    ends = time.monotonic() + SLICE_SECONDS
    for live in await live_journeys(crm):
        await leave_at_goal(crm, live)
        await enter_new(crm, live, ends)
    await go_on(crm, ends)


async def go_on_journeys(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job for what a tick did not get through."""
    await crm.orders.refresh()
    await stop_ordered(crm)
    await go_on(crm, time.monotonic() + SLICE_SECONDS)


async def go_on(crm: Installation, ends: float) -> None:
    more = False
    for live in await live_journeys(crm):
        more |= await move_due(crm, live, ends)
    if more:
        soon = now() + PAUSE
        await enqueue(crm, GO_ON, {}, run_at=soon, idempotency_key=f"{GO_ON}:{soon:%Y%m%d%H%M%S}")


async def move_due(crm: Installation, live: Live, ends: float) -> bool:
    """Whether people are left who are due, because the time is up or core's door has enough to do."""
    while True:
        rows = await crm.data.fetch(
            "SELECT * FROM marketing_journey_entry WHERE journey_id = ? AND state = 'waiting' AND due_at <= ? "
            "ORDER BY due_at, id LIMIT ?",
            live.id, now(), AT_ONCE,
        )  # fmt: skip
        for group in groups_of(live, rows):
            if time.monotonic() >= ends or await crowded(crm):
                return True
            try:
                if not await act(crm, group):
                    return True
            except (BrokenEmail, NotFound):
                await pause_broken(crm, live.id)
                return False
            if group.step is not None and group.step.kind in GATED:
                # Or whoever opens a list next waits until all of these people are read again.
                await catch_up_index(crm)
        if not rows:
            return False


def groups_of(live: Live, rows: Sequence[Row]) -> list[Group]:
    """By plan, step and the how many-th time; what does something in small lots."""
    found: dict[tuple[int, str, int], list[Row]] = {}
    for row in rows:
        found.setdefault((row["plan"], row["step"], row["number"]), []).append(row)
    groups = []
    for (plan_number, key, number), entries in found.items():
        plan = live.plans.get(plan_number) or Plan()
        step = plan.step(key)
        size = LOTS.get(step.kind, LOT) if step is not None and step.kind in GATED else AT_ONCE
        groups += [
            Group(live=live, plan=plan, step=step, number=number, entries=entries[start : start + size])
            for start in range(0, len(entries), size)
        ]
    return groups


async def pause_broken(crm: Installation, journey_id: UUID) -> None:
    """Somebody changed an e-mail of it, or threw it away: everybody waits where they are until that is mended."""
    try:
        await set_state(crm, journey_id, "state = 'paused', fault = 'broken_email'", [], "state = 'active'")
    except NotFound:
        return


async def leave_at_goal(crm: Installation, live: Live) -> None:
    """Whoever is in it and has reached what it is for leaves at once, wherever they wait, by the goal of their own plan."""
    for number, plan in live.plans.items():
        if not plan.goal:
            continue
        inside = await crm.data.fetch(
            "SELECT contact_id FROM marketing_journey_entry WHERE journey_id = ? AND state = 'waiting' AND plan = ?",
            live.id, number,
        )  # fmt: skip
        reached = list(await meeting(crm, plan.goal, [row["contact_id"] for row in inside], for_them=True))
        for start in range(0, len(reached), BATCH):
            some = reached[start : start + BATCH]
            marks = ", ".join("?" * len(some))
            rows = await crm.data.fetch(
                "SELECT * FROM marketing_journey_entry WHERE journey_id = ? AND state = 'waiting' AND plan = ? "
                f"AND contact_id IN ({marks})",
                live.id, number, *some,
            )  # fmt: skip
            await end_all(crm, rows, Happening(what="goal"))


async def stop_ordered(crm: Installation) -> None:
    """Whoever's data are restricted is in no journey any more, whatever its state."""
    restricted = list(crm.orders.restricted_subjects())
    for start in range(0, len(restricted), BATCH):
        some = restricted[start : start + BATCH]
        marks = ", ".join("?" * len(some))
        rows = await crm.data.fetch(
            f"SELECT * FROM marketing_journey_entry WHERE state = 'waiting' AND contact_id IN ({marks})", *some
        )
        await end_all(crm, rows, Happening(what="stopped", reason="restricted"))


async def end_all(crm: Installation, rows: Sequence[Row], happening: Happening) -> int:
    """Whoever of them is still waiting leaves; returns how many. In a transaction for each lot."""
    number, moment = 0, now()
    for start in range(0, len(rows), BATCH):
        async with crm.data.transaction():
            held = await hold_entries(crm, rows[start : start + BATCH])
            number += len(held)
            await write_moves(crm, [ended_by(crm, one, happening, moment) for one in held], moment)
    return number


def ended_by(crm: Installation, entry: Row, happening: Happening, moment: datetime) -> Move:
    after = advance(Plan(), position_of(entry), happening, moment, house_zone(crm))
    return Move(entry=entry, after=after, what=after.state, reason=after.reason)
