"""Each handler follows the feed by itself: one job at a time, from where it stands, so that none waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from confida_core.clock import now
from confida_core.events.declarations import Event, EventHandler
from confida_core.events.telling import events_after
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue

HANDLE = "core.handle_events"
LOOK_SECONDS = 1.0
# A worker has two loops: a handler that hangs must not keep one of them for long.
HANDLER_SECONDS = 30.0
# How far a handler that wants nothing at present may stand back before it is moved on, so that moving costs few writes.
PASSED_OVER = 1_000


async def follow_events(crm: Installation, stop: asyncio.Event) -> None:
    """Queue work for every handler that is behind, until `stop` is set. Never raises for a busy database."""
    if not crm.registry.event_handlers:
        return
    ready = False
    while not stop.is_set():
        try:
            if not ready:
                await ensure_cursors(crm)
                ready = True
            await look(crm)
        except Exception as error:
            structlog.get_logger().warning("events_wait", error=type(error).__name__)
        try:
            await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
        except TimeoutError:
            continue


async def ensure_cursors(crm: Installation) -> None:
    """A new handler starts with what happens from now on; one that is not declared any more is forgotten."""
    present = {row["handler"] for row in await crm.data.fetch("SELECT handler FROM event_cursor")}
    declared = set(crm.registry.event_handlers)
    if present == declared:
        return
    head, moment = await crm.feed.head(), now()
    async with crm.data.transaction():
        for key in sorted(declared - present):
            await crm.data.fetch(
                "INSERT INTO event_cursor (id, handler, position, at) VALUES (?, ?, ?, ?) ON CONFLICT (handler) DO NOTHING",
                new_id(), key, head, moment,
            )  # fmt: skip
        for key in sorted(present - declared):
            await crm.data.fetch("DELETE FROM event_cursor WHERE handler = ?", key)


async def look(crm: Installation) -> None:
    """Queue one job for each handler that is behind. One query while nothing happens; queueing twice does nothing.

    A job that has become a dead letter stops its handler, and only this one, until somebody retries or discards it.
    """
    rows = await crm.data.fetch(
        "SELECT handler, position, (SELECT coalesce(max(position), 0) FROM change) AS head FROM event_cursor"
    )
    for row in rows:
        handler: EventHandler | None = crm.registry.event_handlers.get(row["handler"])
        if handler is None or row["position"] >= row["head"]:
            continue
        if await handler.wanted(crm):
            await queue_next(crm, handler.key, row["position"])
        elif row["head"] - row["position"] > PASSED_OVER:
            await move(crm, handler.key, row["position"], row["head"])


async def queue_next(crm: Installation, key: str, position: int) -> None:
    await enqueue(crm, HANDLE, {"handler": key}, idempotency_key=f"events:{key}:{position}")


async def move(crm: Installation, key: str, seen: int, position: int) -> bool:
    """Whether this was the one that moved it."""
    moved = await crm.data.fetch(
        "UPDATE event_cursor SET position = ?, at = ? WHERE handler = ? AND position = ? RETURNING handler",
        position, now(), key, seen,
    )  # fmt: skip
    return bool(moved)


async def handle(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """The job: the next events of one handler. What the handler raises leaves it where it stands."""
    handler: EventHandler | None = crm.registry.event_handlers.get(arguments["handler"])
    rows = await crm.data.fetch("SELECT position FROM event_cursor WHERE handler = ?", arguments["handler"])
    if handler is None or not rows:
        return
    position = rows[0]["position"]
    told = await events_after(crm, position)
    wanted = [event for event in told.events if handler.takes(event.kind)]
    if wanted:
        await _told(crm, handler, wanted)
    async with crm.data.transaction():
        if await move(crm, handler.key, position, told.position) and told.more:
            await queue_next(crm, handler.key, told.position)


async def _told(crm: Installation, handler: EventHandler, events: Sequence[Event]) -> None:
    """Raises what the handler raises, and TimeoutError; the log names the plugin whose handler it is."""
    try:
        async with asyncio.timeout(HANDLER_SECONDS):
            await handler.run(crm, events)
    except Exception as error:
        declared = crm.registry.with_owner("event_handlers")
        plugin = next(item.plugin.info.key for item in declared if item.value is handler)
        log = structlog.get_logger()
        log.warning("event_handler_failed", plugin=plugin, handler=handler.key, error=type(error).__name__)
        raise


async def oldest_needed(crm: Installation) -> int | None:
    """The position up to which every handler has dealt with the feed; None if there is no handler."""
    row = (await crm.data.fetch("SELECT min(position) AS oldest FROM event_cursor"))[0]
    return None if row["oldest"] is None else int(row["oldest"])
