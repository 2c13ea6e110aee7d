"""How many people are where in journeys, and what became of them: counted, opened by nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from confida_core.api import Installation


@dataclass(frozen=True, slots=True)
class Numbers:
    """By state of entries."""

    states: Mapping[str, int] = field(default_factory=dict)

    def of(self, state: str) -> int:
        return self.states.get(state, 0)

    @property
    def total(self) -> int:
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class StepNumbers:
    """waiting: who stands there now. passed: how often it was done. refused, left: how often the gate said no, who left there."""

    waiting: int = 0
    passed: int = 0
    refused: int = 0
    left: int = 0


async def numbers_of(crm: Installation, journey_ids: Sequence[UUID]) -> dict[UUID, Numbers]:
    """One query for all of them."""
    if not journey_ids:
        return {}
    marks = ", ".join("?" * len(journey_ids))
    rows = await crm.data.fetch(
        "SELECT journey_id, state, count(*) AS number FROM marketing_journey_entry "
        f"WHERE journey_id IN ({marks}) GROUP BY journey_id, state",
        *journey_ids,
    )
    found: dict[UUID, dict[str, int]] = {one: {} for one in journey_ids}
    for row in rows:
        found[row["journey_id"]][row["state"]] = int(row["number"])
    return {one: Numbers(states) for one, states in found.items()}


async def step_numbers(crm: Installation, journey_id: UUID) -> dict[str, StepNumbers]:
    """By key of the step, over all versions; two queries."""
    waiting = {
        row["step"]: int(row["number"])
        for row in await crm.data.fetch(
            "SELECT step, count(*) AS number FROM marketing_journey_entry WHERE journey_id = ? AND state = 'waiting' "
            "GROUP BY step",
            journey_id,
        )
    }
    past: dict[str, dict[str, int]] = {}
    for row in await crm.data.fetch(
        "SELECT step, what, count(*) AS number FROM marketing_journey_past WHERE journey_id = ? GROUP BY step, what",
        journey_id,
    ):
        past.setdefault(row["step"], {})[row["what"]] = int(row["number"])
    return {
        key: StepNumbers(
            waiting.get(key, 0),
            past.get(key, {}).get("passed", 0) + past.get(key, {}).get("no", 0),
            past.get(key, {}).get("refused", 0),
            sum(past.get(key, {}).get(one, 0) for one in ("left", "stopped", "reached")),
        )
        for key in waiting.keys() | past.keys()
    }


async def inside_older(crm: Installation, journey_id: UUID, running: int) -> int:
    """How many are on the way in an older version."""
    rows = await crm.data.fetch(
        "SELECT count(*) AS number FROM marketing_journey_entry WHERE journey_id = ? AND state = 'waiting' AND plan <> ?",
        journey_id, running,
    )  # fmt: skip
    return int(rows[0]["number"])
