"""The clock of a ticket: when an answer and a solution are due. It runs in business hours, and stands still while others must act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from confida_core.api import Installation
from confida_service.service_levels.business_hours import BusinessHours, after_open, open_seconds
from confida_service.service_levels.levels import ServiceLevels, service_levels
from confida_service.tickets.states import DONE, PAUSED

DUES = ("first_response_due", "solution_due")


def due_columns(
    levels: ServiceLevels, priority: int, opened_at: datetime, paused_seconds: float = 0
) -> dict[str, datetime | None]:
    """When a ticket that was opened then is due; paused_seconds: of opening, in which its clock stood still."""
    target = levels.target(priority)
    promised = zip(DUES, (target.first_response, target.solution), strict=True)
    return {
        name: after_open(levels.hours, opened_at, minutes * 60 + paused_seconds) if minutes is not None else None
        for name, minutes in promised
    }


async def moved_clock(
    crm: Installation, row: Mapping[str, Any], columns: Mapping[str, Any], moment: datetime
) -> dict[str, Any]:
    """What a change of state or priority, as columns, says about the due times of a ticket as it was before."""
    if not (columns.keys() & {"state", "priority"}):
        return {}
    state, priority = columns.get("state", row["state"]), columns.get("priority", row["priority"])
    since = standing_since(row, state)
    if since is None and (priority == row["priority"] or state in DONE):
        return {}
    return changed_dues(await service_levels(crm), row, (state, priority), moment)


def standing_since(row: Mapping[str, Any], after: str) -> datetime | None:
    """Since when the clock stood still that goes on, or is stopped for good, with the new state; None if it did not stand."""
    before = row["state"]
    since: datetime | None = None
    if before in PAUSED and after not in PAUSED:
        since = row["paused_at"]
    elif before in DONE and after not in DONE:
        since = row["solved_at"]
    return since


def changed_dues(
    levels: ServiceLevels, row: Mapping[str, Any], after: tuple[str, int], moment: datetime
) -> dict[str, Any]:
    """after: state and priority. What was answered already keeps the time by which it was due."""
    state, priority = after
    since = standing_since(row, state)
    stood = open_seconds(levels.hours, since, moment) if since else 0.0
    paused = row["paused_seconds"] + stood
    if priority != row["priority"] and state not in DONE:
        dues = due_columns(levels, priority, row["opened_at"], paused)
    else:
        dues = {name: later(levels.hours, row["opened_at"], row[name], stood) for name in DUES}
    found: dict[str, Any] = dues | {"paused_seconds": round(paused)}
    if row["first_response_at"] is not None:
        del found["first_response_due"]
    if row["state"] in DONE and state not in DONE:
        found["escalated_at"] = None
    return found


def later(hours: BusinessHours, opened_at: datetime, due: datetime | None, seconds: float) -> datetime | None:
    """A due time moved on by so much opening."""
    if due is None or not seconds:
        return due
    return after_open(hours, opened_at, open_seconds(hours, opened_at, due) + seconds) or due
