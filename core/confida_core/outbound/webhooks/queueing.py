"""From events to deliveries: one for each endpoint that wants to be told, written once however often the event is told."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.events.declarations import Event
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue, enqueue_many
from confida_core.outbound.states import restores_of
from confida_core.outbound.webhooks.content import SCHEDULE, DeliveryState, EndpointState
from confida_core.outbound.webhooks.endpoints import open_endpoints

DELIVER = "webhooks.deliver"
JITTER = 0.2
LEFT_LYING = timedelta(hours=1)
KEPT = timedelta(days=60)
UNSENT = (DeliveryState.WAITING.value, DeliveryState.SENDING.value)
INSERT = (
    "INSERT INTO webhook_delivery (id, endpoint_id, event_id, kind, record_id, happened_at, state, attempts, round, reason, "
    "left_out, test, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?, 'waiting', 0, 0, '', 0, ?, ?, ?) "
    "ON CONFLICT (endpoint_id, event_id) DO NOTHING RETURNING id"
)


async def any_endpoint(crm: Installation) -> bool:
    """Whether anybody at all is told."""
    disabled = EndpointState.DISABLED.value
    return bool(await crm.data.fetch("SELECT id FROM webhook_endpoint WHERE state <> ? LIMIT 1", disabled))


async def queue_deliveries(crm: Installation, events: Sequence[Event]) -> None:
    """The handler: a delivery for each event and each endpoint that chose its kind. Repeatable."""
    endpoints = await open_endpoints(crm, "state <> ?", EndpointState.DISABLED.value)
    async with crm.data.transaction():
        made = []
        for event in events:
            for one in endpoints:
                if event.kind in one.content.kinds and event.position > one.row["since"]:
                    delivery_id = await insert_delivery(crm, one.row["id"], event)
                    if delivery_id and one.row["state"] == EndpointState.ACTIVE.value:
                        made.append({"delivery_id": delivery_id})
        await enqueue_many(crm, DELIVER, made)


async def insert_delivery(crm: Installation, endpoint_id: UUID, event: Event, *, test: bool = False) -> UUID | None:
    """None if this endpoint has it already. In the caller's transaction."""
    moment, record_id = now(), None if test else event.record_id
    rows = await crm.data.fetch(
        INSERT, new_id(), endpoint_id, event.id, event.kind, record_id, event.at, test, moment, moment
    )
    return rows[0]["id"] if rows else None


def pause_after(attempts: int) -> timedelta:
    """What to wait after so many failed attempts; up to a fifth longer, so that what failed together returns apart."""
    return SCHEDULE[min(attempts, len(SCHEDULE)) - 1] * (1 + random.uniform(0, JITTER))  # noqa: S311 -- Spreads load.


async def queue_again(crm: Installation, row: Mapping[str, Any]) -> None:
    """One job for the attempt that is due at `due_at`. row: of the delivery, as it stands now."""
    key = f"webhook:{row['id']}:{row['round']}:{row['attempts']}"
    await enqueue(crm, DELIVER, {"delivery_id": row["id"]}, run_at=row["due_at"], idempotency_key=key)


async def queue_waiting(crm: Installation, endpoint_id: UUID) -> None:
    """Everything that waits for this endpoint, in the order in which it happened; in the caller's transaction."""
    rows = await crm.data.fetch(
        "UPDATE webhook_delivery SET due_at = ? WHERE endpoint_id = ? AND state = ? RETURNING id",
        now(), endpoint_id, DeliveryState.WAITING.value,
    )  # fmt: skip
    await enqueue_many(crm, DELIVER, [{"delivery_id": one} for one in sorted(row["id"] for row in rows)])


async def pause_after_restore(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: a backup may know webhooks that were switched off since, and deliveries that were made; somebody must look.

    Without it none would be sent to either (see `delivering`), but nobody would see why.
    """
    await crm.data.fetch(
        "UPDATE webhook_endpoint SET state = ?, reason = 'restored' WHERE state = ? AND restores < ?",
        EndpointState.PAUSED.value, EndpointState.ACTIVE.value, await restores_of(crm),
    )  # fmt: skip


async def tend(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job that looks after deliveries whose own job was discarded or died, and forgets those of two months ago."""
    moment = now()
    lying = await crm.data.fetch(
        "SELECT d.id FROM webhook_delivery d JOIN webhook_endpoint e ON e.id = d.endpoint_id "
        "WHERE d.state IN (?, ?) AND d.due_at < ? AND e.state = ? ORDER BY d.id LIMIT 1000",
        *UNSENT, moment - LEFT_LYING, EndpointState.ACTIVE.value,
    )  # fmt: skip
    for row in lying:
        key = f"webhook.tend:{row['id']}:{moment:%Y%m%d%H}"
        await enqueue(crm, DELIVER, {"delivery_id": row["id"]}, idempotency_key=key)
    await crm.data.fetch(
        "DELETE FROM webhook_delivery WHERE finished_at < ? AND state NOT IN (?, ?)", moment - KEPT, *UNSENT
    )
