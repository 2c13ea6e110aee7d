"""The job by which one message leaves: the gates are asked again, then it is handed over, then that is written down.

A crash between handing over and writing down means that the message is sent once more, with the same Message-ID; none is
ever lost, and none stays half-way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.outbound.asking import Waiting, ask
from confida_core.outbound.content import OUTBOUND, MessageState
from confida_core.outbound.declarations import Delivery, Transport, Verdict
from confida_core.outbound.disclosures import Handover, record_leaving
from confida_core.outbound.queueing import DELIVER, DELIVER_MANY, TOGETHER
from confida_core.outbound.states import LIVE, refuse, restores_of, settle, settle_sent
from confida_core.outbound.transporting import LeavingRefused, TryLater, Undeliverable, transport_of
from confida_core.storage.batches import batches
from confida_core.storage.database import finish
from confida_core.vault.access import system_access

# Some thirty hours with the queue's growing pauses; JOB_SECONDS is the lease of one attempt.
ATTEMPTS = 40
JOB_SECONDS = 180
HAND_OVER_SECONDS = 150
# Shorter than the lease, so that whoever takes over the job of a worker that vanished may also take over the message.
CLAIM = timedelta(seconds=170)
OLDEST = timedelta(days=3)
LEFT_LYING = timedelta(hours=1)


async def deliver(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """The job: one message. Raises TryLater (so that the queue tries again) where it could not be handed over yet."""
    rows = await crm.data.fetch("SELECT * FROM outbound_message WHERE id = ?", arguments["message_id"])
    if not rows or rows[0]["state"] not in LIVE:
        return
    opened = await crm.door.open_one(system_access(f"job {DELIVER}"), OUTBOUND, rows[0])
    if opened is None:
        await settle(crm, rows[0], MessageState.FAILED, "erased")
        return
    try:
        await _ask(crm, opened)
        transport = await checked(crm, opened.row)
        if await _claim(crm, opened.row):
            await _hand_over(crm, transport, opened)
    except LeavingRefused as refused:
        await refuse(crm, opened, refused.verdict)
    except Undeliverable as error:
        await settle(crm, opened.row, MessageState.FAILED, error.reason, error.reply_code)


async def checked(crm: Installation, row: Mapping[str, Any]) -> Transport:
    """The way out, if the message can leave at all. Raises Undeliverable."""
    transport = transport_of(crm, row["path"])
    if transport is None:
        raise Undeliverable("no_transport")
    if fault := (await faults_of(crm, transport, [row])).get(row["id"]):
        raise Undeliverable(fault)
    return transport


async def faults_of(crm: Installation, transport: Transport, rows: Sequence[Mapping[str, Any]]) -> dict[UUID, str]:
    """Message -> why it cannot leave at all, a code; the others can, as far as we know."""
    restores, not_ready, oldest = await restores_of(crm), transport.not_ready(crm), now() - OLDEST
    faults = {}
    for row in rows:
        fault = "restored" if restores > row["restores"] else not_ready
        if row["queued_at"] < oldest:
            fault = "too_old"
        if fault:
            faults[row["id"]] = fault
    return faults


async def _ask(crm: Installation, opened: Waiting) -> Verdict:
    """What the gates say now of the person, and of the address. Raises LeavingRefused."""
    verdict = (await ask(crm, [opened]))[opened.row["id"]]
    if not verdict.allowed:
        raise LeavingRefused(verdict)
    return verdict


async def claim(crm: Installation, message_ids: Sequence[UUID]) -> set[UUID]:
    """Which of them this worker has now; the others were cancelled, or another worker has them."""
    moment, marks = now(), ", ".join("?" * len(message_ids))
    claimed = await crm.data.fetch(
        "UPDATE outbound_message SET state = ?, attempts = attempts + 1, attempted_at = ?, at = ? "
        f"WHERE id IN ({marks}) AND (state = ? OR (state = ? AND attempted_at < ?)) RETURNING id",
        MessageState.SENDING.value, moment, moment, *message_ids,
        MessageState.QUEUED.value, MessageState.SENDING.value, moment - CLAIM,
    )  # fmt: skip
    return {row["id"] for row in claimed}


async def held_by_others(crm: Installation, message_ids: Sequence[UUID]) -> bool:
    """Whether another worker has one of them."""
    marks = ", ".join("?" * len(message_ids))
    query = f"SELECT id FROM outbound_message WHERE state = ? AND id IN ({marks}) LIMIT 1"
    return bool(message_ids and await crm.data.fetch(query, MessageState.SENDING.value, *message_ids))


async def _claim(crm: Installation, row: Mapping[str, Any]) -> bool:
    """Whether this worker has it now; false if somebody cancelled it. Raises TryLater while another worker has it."""
    if await claim(crm, [row["id"]]):
        return True
    if await held_by_others(crm, [row["id"]]):
        raise TryLater
    return False


async def _hand_over(crm: Installation, transport: Transport, opened: Waiting) -> None:
    async def confirm() -> None:
        verdict = await _ask(crm, opened)
        await record_leaving(crm, opened.row, verdict, handover_of(crm, transport, opened.row))

    try:
        async with asyncio.timeout(HAND_OVER_SECONDS):
            await transport.deliver(crm, delivery_of(opened, confirm))
    except (Undeliverable, LeavingRefused):
        raise
    except asyncio.CancelledError:
        await finish(settle(crm, opened.row, MessageState.QUEUED, opened.row["reason"]))
        raise
    except Exception as error:
        await postpone(crm, opened.row, error)
        raise TryLater from None
    await finish(_sent(crm, transport, opened))


async def _sent(crm: Installation, transport: Transport, opened: Waiting) -> None:
    """First of all that it is sent; then, for a transport that never asked for confirmation, that it was disclosed."""
    await settle_sent(crm, opened)
    verdict = Verdict(allowed=True, basis=opened.content.basis, event_id=opened.row["event_id"])
    await record_leaving(crm, opened.row, verdict, handover_of(crm, transport, opened.row))


async def postpone(crm: Installation, row: Mapping[str, Any], error: Exception) -> None:
    """It could not be handed over: it waits for the next attempt, or has failed if there is none. row: as before the claim."""
    reason, code = (error.reason, error.reply_code) if isinstance(error, TryLater) else ("try_later", None)
    if row["attempts"] + 1 >= ATTEMPTS:
        await settle(crm, row, MessageState.FAILED, "gave_up", code)
        return
    await settle(crm, row, MessageState.QUEUED, reason, code)


def delivery_of(opened: Waiting, confirm: Callable[[], Awaitable[None]]) -> Delivery:
    row, content = opened.row, opened.content
    return Delivery(
        id=row["id"],
        contact_id=row["contact_id"],
        purpose=row["purpose"],
        channel=row["channel"],
        to=content.to,
        subject=content.subject,
        text=content.text,
        html=content.html,
        headers=content.headers,
        files=content.files,
        created_at=row["queued_at"],
        attempt=row["attempts"] + 1,
        confirm=confirm,
    )


def handover_of(crm: Installation, transport: Transport, row: Mapping[str, Any]) -> Handover:
    return Handover(
        purpose=row["purpose"],
        channel=row["channel"],
        path=row["path"],
        recipient=transport.recipient(crm),
        fields=transport.fields,
    )


async def tend(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job that looks after what lies still, because its own job was discarded or became a dead letter.

    It is tried again once an hour, until it is three days old and counts as failed.
    """
    moment = now()
    lying = await crm.data.fetch(
        "SELECT id, path FROM outbound_message WHERE state IN (?, ?) AND at < ? ORDER BY id LIMIT 1000",
        *LIVE, moment - LEFT_LYING,
    )  # fmt: skip
    for path in {row["path"] for row in lying}:
        for batch in batches([row["id"] for row in lying if row["path"] == path], TOGETHER):
            # Whoever waited for one of them has given that up: they must not be in the way of what is waited for now.
            key = f"outbound.tend:{batch[0]}:{moment:%Y%m%d%H}"
            await enqueue(crm, DELIVER_MANY, {"message_ids": list(batch)}, idempotency_key=key)
