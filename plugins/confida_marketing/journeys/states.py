"""What switches a journey on, pauses it and switches it off, and what takes one person out of it."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    display_names,
    new_id,
    now,
    record_audit_event,
)
from confida_marketing.journeys.checking import faults_of
from confida_marketing.journeys.content import PLAN
from confida_marketing.journeys.entering import Live, look_first
from confida_marketing.journeys.journeys import plans_of, set_state, visible_journey
from confida_marketing.journeys.log import PAST_COLUMNS, insert, past_row
from confida_marketing.journeys.machine import Happening
from confida_marketing.journeys.plan import Plan
from confida_marketing.journeys.running import end_all


async def switch_on(crm: Installation, access: Access, journey_id: UUID) -> int:
    """What is written counts from now on for whoever begins, as a version with this number; those inside finish theirs.

    Whoever the trigger means already does not begin, unless it says so. Raises Forbidden without `marketing.send`, NotFound,
    and InvalidContent with what is to be mended: `step key` or a field -> sentence.
    """
    access.actor.require("marketing.send")
    opened = await visible_journey(crm, access, journey_id)
    row, plan = opened.row, opened.content.plan
    if faults := await faults_of(crm, access, plan):
        raise InvalidContent({f"{one.step or one.field}": one.sentence for one in faults})
    plans = await plans_of(crm, journey_id)
    before = plans.get(row["running"])
    number = row["running"] if before == plan else max(plans, default=0) + 1
    if row["state"] in ("draft", "ended") or before is None or before.trigger != plan.trigger:
        # While it is off nobody else looks: whoever is meant already is noted first.
        await look_first(crm, Live(id=journey_id, running=number, plans={number: plan}))
    async with crm.data.transaction():
        if before != plan:
            columns = {
                "id": new_id(), "journey_id": journey_id, "number": number, "created_at": now(),
                "created_by": access.actor.id,
            }  # fmt: skip
            await crm.records.insert(PLAN, columns, plan)
        changes = "state = 'active', running = ?, changed = ?, fault = '', started_at = coalesce(started_at, ?)"
        where = f"deleted_at IS NULL AND version = {int(row['version'])}"
        await set_state(crm, journey_id, changes, [number, False, now()], where)
    await note(crm, access, "marketing.started", journey_id)
    return number


async def note(crm: Installation, access: Access, what: str, journey_id: UUID) -> None:
    await record_audit_event(crm, what, actor_id=access.actor.id, target_id=journey_id, target_kind="journey")


async def pause_journey(crm: Installation, access: Access, journey_id: UUID) -> None:
    """Everything stands still: nobody begins, nobody moves on. Raises Forbidden without `marketing.send`, NotFound."""
    access.actor.require("marketing.send")
    await visible_journey(crm, access, journey_id)
    await set_state(crm, journey_id, "state = 'paused'", [], "state = 'active'")


async def continue_journey(crm: Installation, access: Access, journey_id: UUID) -> None:
    """A paused one goes on as it was switched on last. Raises as `switch_on` does."""
    access.actor.require("marketing.send")
    opened = await visible_journey(crm, access, journey_id)
    plan = (await plans_of(crm, journey_id)).get(opened.row["running"], Plan())
    if faults := await faults_of(crm, access, plan):
        raise InvalidContent({f"{one.step or one.field}": one.sentence for one in faults})
    await set_state(crm, journey_id, "state = 'active', fault = ''", [], "state = 'paused'")


async def switch_off(crm: Installation, access: Access, journey_id: UUID) -> int:
    """Nobody begins any more, and everybody in it leaves; returns how many did. Raises Forbidden, NotFound."""
    access.actor.require("marketing.send")
    await visible_journey(crm, access, journey_id)
    await set_state(crm, journey_id, "state = 'ended'", [], "state IN ('active', 'paused')")
    await note(crm, access, "marketing.stopped", journey_id)
    rows = await crm.data.fetch(
        "SELECT * FROM marketing_journey_entry WHERE journey_id = ? AND state = 'waiting'", journey_id
    )
    return await end_all(crm, rows, Happening(what="stopped", reason="switched_off"))


async def take_out(crm: Installation, access: Access, entry_id: UUID) -> UUID:
    """One person leaves; returns which journey. Raises Forbidden without `marketing.write`, NotFound."""
    access.actor.require("marketing.write")
    rows = await crm.data.fetch("SELECT * FROM marketing_journey_entry WHERE id = ? AND state = 'waiting'", entry_id)
    if not rows or not await display_names(crm, access, [rows[0]["contact_id"]]):
        raise NotFound
    await end_all(crm, rows, Happening(what="taken_out", reason="taken_out"))
    return UUID(str(rows[0]["journey_id"]))


async def move_over(crm: Installation, access: Access, journey_id: UUID) -> int:
    """Whoever stands at a step that the running version has, too, goes on in that; returns how many. Nobody gets a mail twice:
    what they had stays noted under the same key. Raises Forbidden without `marketing.send`, NotFound.
    """
    access.actor.require("marketing.send")
    opened = await visible_journey(crm, access, journey_id)
    running, plans = opened.row["running"], await plans_of(crm, journey_id)
    steps = {one.key: one.kind for one in plans.get(running, Plan()).steps}
    number, moment = 0, now()
    async with crm.data.transaction():
        for old, plan in plans.items():
            same = [one.key for one in plan.steps if steps.get(one.key) == one.kind]
            if old == running or not same:
                continue
            marks = ", ".join("?" * len(same))
            rows = await crm.data.fetch(
                "UPDATE marketing_journey_entry SET plan = ?, version = version + 1 WHERE journey_id = ? AND plan = ? "
                f"AND state = 'waiting' AND step IN ({marks}) RETURNING *",
                running, journey_id, old, *same,
            )  # fmt: skip
            await insert(
                crm, "marketing_journey_past", PAST_COLUMNS, [past_row(row, "moved", "", moment) for row in rows]
            )
            number += len(rows)
    return number
