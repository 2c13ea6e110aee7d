"""The list of calls: missed ones that wait first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation
from confida_web.api import open_place, seal_place

PLACE = "service calls"
PAGE = 50
MISSED = "direction = 'in' AND outcome = 'missed'"
WAITS = f"{MISSED} AND handled_at IS NULL"
SHOWN = {
    "missed": ("Missed", WAITS),
    "all": ("All calls", "1 = 1"),
    "in": ("Incoming", "direction = 'in'"),
    "out": ("Outgoing", "direction = 'out'"),
    "mine": ("Mine", "agent_id = ?"),
    "unknown": ("Unknown numbers", "contact_id IS NULL"),
    "seen": ("Missed and seen to", f"{MISSED} AND handled_at IS NOT NULL"),
}


@dataclass(frozen=True, slots=True)
class CallRows:
    """following: sealed place of the older ones, "" where there are none."""

    rows: list[dict[str, Any]]
    following: str


async def list_calls(crm: Installation, access: Access, showing: str, after: str = "") -> CallRows:
    """The latest first. showing: a key of SHOWN. Raises Forbidden and InvalidCursor."""
    access.actor.require("service.read")
    condition = SHOWN[showing][1]
    values: list[Any] = [access.actor.id] if "?" in condition else []
    if after:
        at, call_id = open_place(crm, PLACE, after, tuple[datetime, UUID])
        condition, values = f"{condition} AND (started_at, id) < (?, ?)", [*values, at, call_id]
    rows = await crm.data.fetch(
        f"SELECT * FROM service_call WHERE {condition} ORDER BY started_at DESC, id DESC LIMIT ?", *values, PAGE + 1
    )
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    following = seal_place(crm, PLACE, [last["started_at"], last["id"]]) if last else ""
    return CallRows(rows[:PAGE], following)


async def count_missed(crm: Installation, access: Access) -> int:
    """For the navigation: missed calls that nobody has seen to. Raises Forbidden."""
    access.actor.require("service.read")
    [row] = await crm.data.fetch(f"SELECT count(*) AS number FROM service_call WHERE {WAITS}")
    return int(row["number"])
