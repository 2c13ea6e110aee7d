"""What happened to people in journeys, as keys and times, and the rows of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from confida_core.api import Installation, Row, new_id
from confida_marketing.journeys.machine import Position
from confida_web.api import mark

WORDS: Mapping[str, str] = {
    "entered": mark("Began"),
    "passed": mark("Done"),
    "no": mark("Went the other way"),
    "refused": mark("Not allowed"),
    "later": mark("Put off"),
    "done": mark("Came to the end"),
    "reached": mark("Reached the goal"),
    "left": mark("Left"),
    "stopped": mark("Stopped"),
    "moved": mark("Moved to the new version"),
}
STATES: Mapping[str, str] = {
    "waiting": mark("On the way"),
    "done": mark("Came to the end"),
    "reached": mark("Reached the goal"),
    "left": mark("Left"),
    "stopped": mark("Stopped"),
}
TONES: Mapping[str, str] = {"waiting": "ask", "done": "may", "reached": "may", "left": "quiet", "stopped": "must-not"}
ENTRY_COLUMNS = (
    "id", "journey_id", "contact_id", "number", "plan", "step", "due_at", "state", "reason", "mails", "visits",
    "occasion", "entered_at", "ended_at", "version",
)  # fmt: skip
PAST_COLUMNS = ("id", "journey_id", "entry_id", "contact_id", "step", "what", "reason", "at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One person from one position to the next, and what is written down of it."""

    entry: Row
    after: Position
    what: str
    reason: str = ""


def position_of(entry: Mapping[str, Any]) -> Position:
    return Position(
        step=entry["step"], due_at=entry["due_at"], state=entry["state"], reason=entry["reason"],
        mails=frozenset(entry["mails"].split()), visits=entry["visits"],
    )  # fmt: skip


def past_row(entry: Mapping[str, Any], what: str, reason: str, moment: datetime) -> tuple[Any, ...]:
    return (
        new_id(), entry["journey_id"], entry["id"], entry["contact_id"], entry["step"], what, reason[:60], moment
    )  # fmt: skip


async def insert(crm: Installation, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(columns))
        await crm.data.execute_many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


async def write_moves(crm: Installation, moves: Iterable[Move], moment: datetime) -> None:
    """In the caller's transaction, of entries that it holds."""
    changes, past = [], []
    for one in moves:
        entry, after = one.entry, one.after
        over = after.state != "waiting"
        changes.append((
            after.step, after.due_at, after.state, after.reason[:60], " ".join(sorted(after.mails)), after.visits,
            moment if over else None, entry["id"],
        ))  # fmt: skip
        # Who is put off again and again for the same reason, has that written down once.
        if one.what != "later" or one.reason != entry["reason"]:
            past.append(past_row(entry, one.what, one.reason, moment))
        if over and one.what not in STATES:
            past.append(past_row({**entry, "step": after.step}, after.state, after.reason, moment))
    await crm.data.execute_many(
        "UPDATE marketing_journey_entry SET step = ?, due_at = ?, state = ?, reason = ?, mails = ?, visits = ?, ended_at = ?, "
        "version = version + 1 WHERE id = ?",
        changes,
    )
    await insert(crm, "marketing_journey_past", PAST_COLUMNS, past)


async def hold_entries(crm: Installation, entries: Sequence[Row]) -> list[Row]:
    """Those that are still as they were read, and stay so until the caller's transaction ends."""
    if not entries:
        return []
    lock = " FOR UPDATE" if crm.data.engine == "postgres" else ""
    marks = ", ".join("?" * len(entries))
    rows = await crm.data.fetch(
        f"SELECT id, version FROM marketing_journey_entry WHERE state = 'waiting' AND id IN ({marks}){lock}",
        *[one["id"] for one in entries],
    )
    there = {row["id"]: row["version"] for row in rows}
    return [one for one in entries if there.get(one["id"]) == one["version"]]
