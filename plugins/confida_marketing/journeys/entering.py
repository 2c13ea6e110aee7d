"""How people come into a journey: by its trigger, by what happened, or by a colleague's hand."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_consent.api import may_many
from confida_core.api import Access, Event, Installation, Row, new_id, now, visible_contact
from confida_marketing.campaigns.ledger import those_here
from confida_marketing.campaigns.limits import house_zone, zones_of
from confida_marketing.journeys.asking import answers_of, meant_now, profiles
from confida_marketing.journeys.journeys import plans_of, visible_journey
from confida_marketing.journeys.log import ENTRY_COLUMNS, PAST_COLUMNS, insert, past_row
from confida_marketing.journeys.machine import begin
from confida_marketing.journeys.plan import Plan
from confida_marketing.segments.members import PROFILING

BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Live:
    """A journey that is on. plans: by number; running: that which new people begin."""

    id: UUID
    running: int
    plans: dict[int, Plan]

    @property
    def plan(self) -> Plan:
        return self.plans[self.running]


async def live_journeys(crm: Installation, journey_id: UUID | None = None) -> list[Live]:
    """Those that are on, or this one if it is."""
    only, values = ("AND id = ? ", [journey_id]) if journey_id else ("", [])
    rows = await crm.data.fetch(
        f"SELECT id, running FROM marketing_journey WHERE state = 'active' AND deleted_at IS NULL {only}ORDER BY id",
        *values,
    )
    return [Live(id=row["id"], running=row["running"], plans=await plans_of(crm, row["id"])) for row in rows]


async def enter_new(crm: Installation, live: Live, ends: float = math.inf) -> int:
    """Whoever the trigger means now and did not mean at the last look begins. Returns how many did.

    ends: by the monotonic clock; whoever it does not get through to is looked at next time.
    """
    found = await meant_now(crm, live.plan)
    if found is None:
        return 0
    meant, seen = set(found), await seen_of(crm, live.id)
    await forget(crm, live.id, list(seen - meant))
    fresh = [one for one in found if one not in seen]
    number = 0
    for start in range(0, len(fresh), BATCH):
        if time.monotonic() >= ends:
            break
        number += len(await enter_people(crm, live, fresh[start : start + BATCH], look=True))
    return number


async def seen_of(crm: Installation, journey_id: UUID) -> set[UUID]:
    rows = await crm.data.fetch("SELECT contact_id FROM marketing_journey_seen WHERE journey_id = ?", journey_id)
    return {row["contact_id"] for row in rows}


async def forget(crm: Installation, journey_id: UUID, contact_ids: Sequence[UUID]) -> None:
    """The trigger does not mean them any more: once it does again, that is new."""
    for start in range(0, len(contact_ids), BATCH):
        some = contact_ids[start : start + BATCH]
        await crm.data.execute_many(
            "DELETE FROM marketing_journey_seen WHERE journey_id = ? AND contact_id = ?",
            [(journey_id, one) for one in some],
        )


async def note_seen(crm: Installation, journey_id: UUID, contact_ids: Sequence[UUID]) -> None:
    """In the caller's transaction, of people who are there."""
    await insert(
        crm, "marketing_journey_seen", ("id", "journey_id", "contact_id"),
        [(new_id(), journey_id, one) for one in contact_ids],
    )  # fmt: skip


async def look_first(crm: Installation, live: Live) -> None:
    """At switching on: whoever is meant already does not begin, unless the trigger says so."""
    await crm.data.fetch("DELETE FROM marketing_journey_seen WHERE journey_id = ?", live.id)
    found = () if live.plan.trigger.inside else await meant_now(crm, live.plan) or ()
    for start in range(0, len(found), BATCH):
        some = found[start : start + BATCH]
        async with crm.data.transaction():
            alive = await those_here(crm, some)
            await note_seen(crm, live.id, [one for one in some if one in alive])


async def enter_people(
    crm: Installation, live: Live, contact_ids: Sequence[UUID], *, occasion: UUID | None = None, look: bool = False
) -> set[UUID]:
    """Let up to 500 people begin whom the gate lets through and the rule of re-entry allows; returns who did.

    occasion: the event that brings them, which counts once. look: they are those whom the trigger means since its last look.
    Not inside a transaction.
    """
    plan, moment = live.plan, now()
    wanted = list(dict.fromkeys(contact_ids))
    answers = await answers_of(crm, plan, None, wanted)
    allowed = [one for one in wanted if answers[one].allowed]
    if profiles(plan):
        behaved = await may_many(crm, allowed, PROFILING, PROFILING)
        allowed = [one for one in allowed if behaved[one].allowed]
    zones = await zones_for(crm, plan, allowed)
    async with crm.data.transaction():
        alive = await those_here(crm, wanted)
        if look:
            await note_seen(crm, live.id, [one for one in wanted if one in alive])
        numbers = await next_numbers(crm, live, [one for one in allowed if one in alive], occasion, moment)
        rows = [
            entry_row(live, one, numbers[one], occasion=occasion, moment=moment, zone=zones[one]) for one in numbers
        ]
        await insert(
            crm, "marketing_journey_entry", ENTRY_COLUMNS, [tuple(row[name] for name in ENTRY_COLUMNS) for row in rows]
        )
        past = [past_row(row, "entered", "", moment) for row in rows]
        past += [past_row(row, "done", "", moment) for row in rows if row["state"] != "waiting"]
        await insert(crm, "marketing_journey_past", PAST_COLUMNS, past)
    return set(numbers)


def entry_row(
    live: Live, contact_id: UUID, number: int, *, occasion: UUID | None, moment: datetime, zone: ZoneInfo
) -> Row:
    position = begin(live.plan, moment, zone)
    return {
        "id": new_id(),
        "journey_id": live.id,
        "contact_id": contact_id,
        "number": number,
        "plan": live.running,
        "step": position.step,
        "due_at": position.due_at,
        "state": position.state,
        "reason": position.reason,
        "mails": "",
        "visits": position.visits,
        "occasion": occasion,
        "entered_at": moment,
        "ended_at": None if position.state == "waiting" else moment,
        "version": 1,
    }


async def next_numbers(
    crm: Installation, live: Live, contact_ids: Sequence[UUID], occasion: UUID | None, moment: datetime
) -> dict[UUID, int]:
    """For whoever may begin now, the how many-th time it is. Nobody is in it twice at the same time."""
    if not contact_ids:
        return {}
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        "SELECT contact_id, number, state, entered_at, occasion FROM marketing_journey_entry "
        f"WHERE journey_id = ? AND contact_id IN ({marks})",
        live.id, *contact_ids,
    )  # fmt: skip
    before: dict[UUID, list[Row]] = {}
    for row in rows:
        before.setdefault(row["contact_id"], []).append(row)
    return {
        one: max((row["number"] for row in before.get(one, ())), default=0) + 1
        for one in contact_ids
        if may_begin(live.plan, before.get(one, []), occasion, moment)
    }


def may_begin(plan: Plan, before: Sequence[Row], occasion: UUID | None, moment: datetime) -> bool:
    """What the rule of re-entry says of somebody with these entries."""
    if any(row["state"] == "waiting" or (occasion is not None and row["occasion"] == occasion) for row in before):
        return False
    if not before or plan.reentry == "always":
        return True
    last: datetime = max(row["entered_at"] for row in before)
    return plan.reentry == "days" and last <= moment - timedelta(days=plan.reentry_days)


async def zones_for(crm: Installation, plan: Plan, contact_ids: Sequence[UUID]) -> dict[UUID, ZoneInfo]:
    """The time zone of each, looked up only where a step waits for a weekday or an hour of theirs."""
    if any(one.weekday >= 0 or one.minute >= 0 for one in plan.steps if one.kind == "wait"):
        return await zones_of(crm, contact_ids)
    return dict.fromkeys(contact_ids, house_zone(crm))


async def put_in(crm: Installation, access: Access, journey_id: UUID, contact_id: UUID) -> str:
    """Let somebody begin by hand; returns "" or why they did not: a code of the gate, or `again`, `off`.

    Raises Forbidden without `marketing.send`, NotFound where one of them may not be seen.
    """
    access.actor.require("marketing.send")
    await visible_journey(crm, access, journey_id)
    await visible_contact(crm, access, contact_id)
    found = await live_journeys(crm, journey_id)
    if not found:
        return "off"
    if await enter_people(crm, found[0], [contact_id]):
        return ""
    answer = (await answers_of(crm, found[0].plan, None, [contact_id]))[contact_id]
    return "again" if answer.allowed else answer.reason.value


async def begin_by_events(crm: Installation, events: Sequence[Event]) -> None:
    """The handler of events: whoever one is about begins what waits for its kind. Told twice, it counts once."""
    for live in await live_journeys(crm):
        trigger = live.plan.trigger
        for event in events:
            if trigger.kind == "event" and event.kind == trigger.value:
                for start in range(0, len(event.people), BATCH):
                    await enter_people(crm, live, event.people[start : start + BATCH], occasion=event.id)


async def waits_for_events(crm: Installation) -> bool:
    """Whether any journey that is on may begin with an event; plans are few and opened seldom enough to look at."""
    return any(one.plan.trigger.kind == "event" for one in await live_journeys(crm))
