"""Journeys to try: written in one line each, switched on, and moved on as if time had passed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Installation, system_access
from confida_marketing.journeys.content import JourneyContent
from confida_marketing.journeys.journeys import create_journey
from confida_marketing.journeys.plan import Plan, Step, Trigger
from confida_marketing.journeys.running import tend_journeys
from confida_marketing.journeys.states import switch_on

INSIDE = system_access("tests")


def step(key: str, kind: str, **more: Any) -> Step:
    return Step(key=key, kind=kind, **more)


def plan(*steps: Step, trigger: Trigger | None = None, **more: Any) -> Plan:
    return Plan(purpose="newsletter", trigger=trigger or Trigger(), steps=steps, **more)


async def running(crm: Installation, written: Plan, name: str = "Welcome") -> UUID:
    """A journey that is on."""
    made = await create_journey(crm, INSIDE, JourneyContent(name=name, plan=written))
    await switch_on(crm, INSIDE, made)
    return made


async def tick(crm: Installation) -> None:
    await tend_journeys(crm, {})


async def pass_days(crm: Installation, days: float) -> None:
    """Whoever waits has waited so long, and what they got was so long ago."""
    back = timedelta(days=days)
    rows = await crm.data.fetch("SELECT id, due_at, entered_at FROM marketing_journey_entry")
    await crm.data.execute_many(
        "UPDATE marketing_journey_entry SET due_at = ?, entered_at = ? WHERE id = ?",
        [(row["due_at"] - back, row["entered_at"] - back, row["id"]) for row in rows],
    )
    rows = await crm.data.fetch("SELECT id, at FROM marketing_delivery")
    await crm.data.execute_many(
        "UPDATE marketing_delivery SET at = ? WHERE id = ?", [(row["at"] - back, row["id"]) for row in rows]
    )


async def places(crm: Installation, journey_id: UUID) -> dict[UUID, tuple[str, str, str]]:
    """By contact: state, step and reason of the last time they are in it."""
    rows = await crm.data.fetch(
        "SELECT * FROM marketing_journey_entry WHERE journey_id = ? ORDER BY number", journey_id
    )
    return {row["contact_id"]: (row["state"], row["step"], row["reason"]) for row in rows}
