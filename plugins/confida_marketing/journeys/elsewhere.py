"""Journeys on pages of others: a contact's panel, and what asks for a segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, InvalidCondition, Row, read_condition
from confida_marketing.journeys.content import PLAN
from confida_marketing.journeys.journeys import INSIDE, LIST, journey_contents, list_journeys
from confida_marketing.journeys.log import STATES as ENTRY_STATES
from confida_marketing.journeys.log import TONES
from confida_marketing.journeys.plan import Plan
from confida_marketing.journeys.words import place_words, why
from confida_marketing.segments.asking import segments_named
from confida_marketing.segments.fields import Fields
from confida_marketing.segments.members import askable
from confida_marketing.segments.uses import SegmentUse
from confida_web.api import Option, gettext

LAST = 10


async def panel_data(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    """In which journeys they are or were lately, where they stand and why; and in which they could be put."""
    rows = await crm.data.fetch(
        "SELECT * FROM marketing_journey_entry WHERE contact_id = ? ORDER BY entered_at DESC, id DESC LIMIT ?",
        contact_id, LAST,
    )  # fmt: skip
    contents = await journey_contents(crm, access, [row["journey_id"] for row in rows])
    plans = await plans_begun(crm, rows)
    may_send = access.actor.may("marketing.send")
    running = [one for one in await list_journeys(crm, access) if one.row["state"] == "active"] if may_send else []
    return {
        "rows": [
            panel_row(row, plans, contents[row["journey_id"]].name) for row in rows if row["journey_id"] in contents
        ],
        "contact_id": str(contact_id),
        "choices": [Option(value=str(one.row["id"]), label=one.content.name) for one in running],
        "may_write": access.actor.may("marketing.write"),
    }


async def plans_begun(crm: Installation, entries: Sequence[Row]) -> dict[tuple[UUID, int], Plan]:
    """The plans of these entries, by journey and number; one query."""
    ids = list(dict.fromkeys(row["journey_id"] for row in entries))
    if not ids:
        return {}
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(f"SELECT * FROM marketing_journey_plan WHERE journey_id IN ({marks})", *ids)
    return {(one.row["journey_id"], one.row["number"]): one.content for one in await crm.door.open(INSIDE, PLAN, rows)}


def panel_row(row: Row, plans: Mapping[tuple[UUID, int], Plan], name: str) -> Mapping[str, Any]:
    inside = row["state"] == "waiting"
    plan = plans.get((row["journey_id"], row["plan"]), Plan())
    return {
        "id": str(row["id"]),
        "href": f"{LIST}/{row['journey_id']}",
        "title": name,
        "state": gettext(ENTRY_STATES[row["state"]]),
        "tone": TONES[row["state"]],
        "step": place_words(plan, row["step"]) if row["step"] else "",
        "at": row["due_at"] if inside else row["ended_at"],
        "inside": inside,
        "why": why(row["reason"]) if row["reason"] else "",
    }


async def journeys_of_segment(crm: Installation, access: Access, segment_id: UUID) -> Sequence[SegmentUse]:
    """Journeys that begin with it or ask for it, as they are written or as people in them go."""
    fields = await askable(crm)
    rows = await crm.data.fetch("SELECT * FROM marketing_journey_plan")
    plans: dict[UUID, list[Plan]] = {}
    for one in await crm.door.open(INSIDE, PLAN, rows):
        plans.setdefault(one.row["journey_id"], []).append(one.content)
    found = []
    for journey in await list_journeys(crm, access):
        kept = plans.get(journey.row["id"], []) if journey.row["state"] in ("active", "paused") else []
        if any(segment_id in named_in(plan, fields) for plan in (journey.content.plan, *kept)):
            href = f"{LIST}/{journey.row['id']}"
            found.append(SegmentUse(kind=gettext("Journey"), name=journey.content.name, href=href))
    return found


def named_in(plan: Plan, fields: Fields) -> Iterator[UUID]:
    """Ids of segments that a plan names."""
    if plan.trigger.kind == "segment":
        with suppress(ValueError):
            yield UUID(plan.trigger.value)
    for source in (plan.goal, *(step.condition for step in plan.steps)):
        if source:
            try:
                yield from segments_named(read_condition(source, fields))
            except InvalidCondition:
                continue
