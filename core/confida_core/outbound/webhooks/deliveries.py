"""The log of deliveries: what was told to whom and how that went; sent again by hand, one or a range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.events.declarations import Event
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue, enqueue_many
from confida_core.outbound.webhooks.content import DeliveryState
from confida_core.outbound.webhooks.endpoints import PERMISSION, endpoint
from confida_core.outbound.webhooks.payload import TEST
from confida_core.outbound.webhooks.queueing import DELIVER, insert_delivery
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound

MOST = 200
MOST_REPLAYED = 10_000
FINISHED = (DeliveryState.DELIVERED, DeliveryState.REFUSED, DeliveryState.GONE, DeliveryState.DEAD)
REPLAY = (
    "UPDATE webhook_delivery SET state = 'waiting', attempts = 0, round = round + 1, due_at = ?, finished_at = NULL"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """One delivery; nothing of what was sent is kept. message_id: its `webhook-id`. due_at: of the next attempt, if it waits."""

    id: UUID
    endpoint_id: UUID
    message_id: str
    kind: str
    state: DeliveryState
    attempts: int
    code: int | None
    reason: str
    left_out: int
    test: bool
    happened_at: datetime
    due_at: datetime
    attempted_at: datetime | None
    finished_at: datetime | None

    @property
    def may_replay(self) -> bool:
        return self.state in FINISHED and not self.test


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryPage:
    """entries: the newest first. next_before: what to ask for the following page with, None at the end."""

    entries: tuple[Delivered, ...]
    next_before: UUID | None


async def list_deliveries(
    crm: Installation,
    access: Access,
    *,
    endpoint_id: UUID | None = None,
    state: DeliveryState | None = None,
    limit: int = 50,
    before: UUID | None = None,
) -> DeliveryPage:
    """Raises Forbidden."""
    access.actor.require(PERMISSION)
    limit = min(max(limit, 1), MOST)
    where, values = "id < ?", list[Any]([before or UUID(int=2**128 - 1)])
    for column, value in (("endpoint_id", endpoint_id), ("state", state.value if state else None)):
        if value is not None:
            where += f" AND {column} = ?"
            values.append(value)
    rows = await crm.data.fetch(
        f"SELECT * FROM webhook_delivery WHERE {where} ORDER BY id DESC LIMIT ?", *values, limit + 1
    )
    entries = tuple(delivered_of(row) for row in rows[:limit])
    return DeliveryPage(entries=entries, next_before=entries[-1].id if len(rows) > limit else None)


def delivered_of(row: Row) -> Delivered:
    same = (
        "id", "endpoint_id", "kind", "attempts", "code", "reason", "left_out", "happened_at", "due_at", "attempted_at",
        "finished_at",
    )  # fmt: skip
    return Delivered(
        **{name: row[name] for name in same},
        state=DeliveryState(row["state"]),
        test=bool(row["test"]),
        message_id=f"msg_{row['event_id'].hex}",
    )


async def dead_letters(crm: Installation) -> dict[UUID, int]:
    """How many deliveries each endpoint never accepted."""
    rows = await crm.data.fetch(
        "SELECT endpoint_id, count(*) AS dead FROM webhook_delivery WHERE state = ? GROUP BY endpoint_id",
        DeliveryState.DEAD.value,
    )
    return {row["endpoint_id"]: row["dead"] for row in rows}


async def replay_delivery(crm: Installation, access: Access, delivery_id: UUID) -> UUID:
    """Send one again, under the same `webhook-id`, put together anew; the endpoint it belongs to.

    Raises Forbidden, and NotFound for one that is on its way or was a test.
    """
    access.actor.require(PERMISSION)
    async with crm.data.transaction():
        rows = await crm.data.fetch(
            f"{REPLAY} WHERE id = ? AND test = ? AND state IN ({marks(FINISHED)}) RETURNING endpoint_id",
            now(), delivery_id, False, *FINISHED,
        )  # fmt: skip
        if not rows:
            raise NotFound
        await enqueue(crm, DELIVER, {"delivery_id": delivery_id})
        await _note(crm, access, rows[0]["endpoint_id"])
    endpoint_id: UUID = rows[0]["endpoint_id"]
    return endpoint_id


async def replay_range(
    crm: Installation,
    access: Access,
    endpoint_id: UUID,
    *,
    since: datetime,
    until: datetime,
    states: Sequence[DeliveryState] = (DeliveryState.DEAD,),
) -> int:
    """Send again what happened from `since` to before `until` and ended in one of these states, at most 10,000; how many.

    Raises Forbidden and NotFound.
    """
    await endpoint(crm, access, endpoint_id)
    wanted = [one for one in states if one in FINISHED]
    if not wanted:
        return 0
    async with crm.data.transaction():
        rows = await crm.data.fetch(
            f"{REPLAY} WHERE id IN (SELECT id FROM webhook_delivery WHERE endpoint_id = ? AND test = ? AND happened_at >= ? "
            f"AND happened_at < ? AND state IN ({marks(wanted)}) ORDER BY id LIMIT ?) RETURNING id",
            now(), endpoint_id, False, since, until, *wanted, MOST_REPLAYED,
        )  # fmt: skip
        await enqueue_many(crm, DELIVER, [{"delivery_id": one} for one in sorted(row["id"] for row in rows)])
        await _note(crm, access, endpoint_id)
    return len(rows)


async def send_test(crm: Installation, access: Access, endpoint_id: UUID) -> UUID:
    """Queue an event without any content, tried once; its delivery. Raises Forbidden and NotFound."""
    await endpoint(crm, access, endpoint_id)
    event = Event(id=new_id(), kind=TEST, record_id=endpoint_id, people=(), position=0, at=now())
    async with crm.data.transaction():
        delivery_id = await insert_delivery(crm, endpoint_id, event, test=True)
        await enqueue(crm, DELIVER, {"delivery_id": delivery_id})
    if delivery_id is None:
        raise NotFound
    return delivery_id


def marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


async def _note(crm: Installation, access: Access, endpoint_id: UUID) -> None:
    await record_event(
        crm, "webhook.replayed", actor_id=access.actor.id, target_id=endpoint_id, target_kind="webhook", serious=True
    )
