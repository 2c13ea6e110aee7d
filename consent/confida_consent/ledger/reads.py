"""Who looked at whom enters the ledger by the hour: one leaf over the root of a tree of its own (LG-10)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from confida_consent.ledger.canonical import canonical
from confida_consent.ledger.commitments import instant
from confida_consent.ledger.heads import lock_state
from confida_consent.ledger.leaves import append_own
from confida_consent.ledger.log import checkpoint
from confida_consent.ledger.tree import Frontier, leaf_hash
from confida_core.clock import now
from confida_core.installation import Installation

# Entries reach the database some seconds after they were made, those of a process that was killed within minutes.
SETTLED_AFTER = timedelta(minutes=10)
HOUR = timedelta(hours=1)
AT_ONCE = 5000


async def enter_reads(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """The job: one leaf for each full hour in which somebody looked, up to ten minutes ago."""
    while await crm.door.read_log.distribute():
        pass
    until = floor_to_hour(now() - SETTLED_AFTER)
    entered = False
    while (begun := await _begin(crm)) is not None and begun < until:
        entered |= await _enter_hour(crm, begun, min(floor_to_hour(begun) + HOUR, until))
    if entered:
        await checkpoint(crm)


def floor_to_hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


async def _begin(crm: Installation) -> datetime | None:
    """The hour of the oldest read that is not in the ledger; None if there is none."""
    state = await crm.data.fetch("SELECT reads_until FROM ledger_state WHERE id = 1")
    after = state[0]["reads_until"] if state else None
    if after is None:
        found = await crm.data.fetch("SELECT at FROM read_entry ORDER BY at LIMIT 1")
    else:
        found = await crm.data.fetch("SELECT at FROM read_entry WHERE at >= ? ORDER BY at LIMIT 1", after)
    return floor_to_hour(found[0]["at"]) if found else None


async def _enter_hour(crm: Installation, begin: datetime, end: datetime) -> bool:
    """One leaf over the reads in [begin, end), unless another process has just written it."""
    count, root = await reads_root(crm, begin, end)
    facts = {
        "from": instant(begin),
        "until": instant(end),
        "count": count,
        "root": base64.b64encode(root).decode(),
    }
    async with crm.data.transaction():
        await lock_state(crm)
        mine = await crm.data.fetch(
            "UPDATE ledger_state SET reads_until = ? WHERE id = 1 AND (reads_until IS NULL OR reads_until < ?) RETURNING id",
            end, end,
        )  # fmt: skip
        if mine:
            await append_own(crm, "reads", facts)
    return bool(mine)


async def reads_root(crm: Installation, begin: datetime, end: datetime) -> tuple[int, bytes]:
    """How many reads there are in [begin, end), and the root of the tree over them, in the order of their ids."""
    frontier, last = Frontier(), None
    while True:
        rows = await crm.data.fetch(
            "SELECT id, at, actor_id, purpose, place, subjects FROM read_entry WHERE at >= ? AND at < ? "
            + ("AND id > ? " if last else "")
            + "ORDER BY id LIMIT ?",
            *(value for value in (begin, end, last, AT_ONCE) if value is not None),
        )
        for row in rows:
            frontier.push(leaf_hash(encoded_read(row)))
        if len(rows) < AT_ONCE:
            return frontier.size, frontier.root()
        last = rows[-1]["id"]


def encoded_read(row: Mapping[str, Any]) -> bytes:
    """One read as it is hashed; it never leaves the house in this form."""
    return canonical(
        {
            "id": str(row["id"]),
            "at": instant(row["at"]),
            "actor": str(row["actor_id"]),
            "purpose": row["purpose"],
            "place": row["place"],
            "subjects": bytes(row["subjects"]).hex(),
        }
    )
