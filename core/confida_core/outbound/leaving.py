"""The jobs by which messages leave: the gates are asked again, then it is handed over, then that is written down.

A crash between handing over and writing down means that the message is sent once more, with the same Message-ID; none is
ever lost, and none stays half-way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.outbound.content import OUTBOUND, MessageState, OutboundContent
from confida_core.outbound.declarations import Delivery, Transport, Verdict
from confida_core.outbound.disclosures import Handover, record_leaving
from confida_core.outbound.gates import by_its_way, closed_addresses, verdicts_of
from confida_core.outbound.sender import DELIVER
from confida_core.outbound.states import LIVE, refuse, restores_of, settle, settle_sent
from confida_core.outbound.transporting import LeavingRefused, TryLater, Undeliverable, transport_of
from confida_core.storage.database import finish
from confida_core.vault.access import system_access
from confida_core.vault.door import Opened

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
        transport = await _checked(crm, opened)
        if await _claim(crm, opened.row):
            await _hand_over(crm, transport, opened)
    except LeavingRefused as refused:
        await refuse(crm, opened, refused.verdict)
    except Undeliverable as error:
        await settle(crm, opened.row, MessageState.FAILED, error.reason, error.reply_code)


async def _checked(crm: Installation, opened: Opened[OutboundContent]) -> Transport:
    """The way out, if the message may still leave and can. Raises LeavingRefused and Undeliverable."""
    await _ask(crm, opened)
    if now() - opened.row["queued_at"] > OLDEST:
        raise Undeliverable("too_old")
    if await restores_of(crm) > opened.row["restores"]:
        raise Undeliverable("restored")
    transport = transport_of(crm, opened.row["path"])
    if transport is None:
        raise Undeliverable("no_transport")
    if reason := transport.not_ready(crm):
        raise Undeliverable(reason)
    return transport


async def _ask(crm: Installation, opened: Opened[OutboundContent]) -> Verdict:
    """What the gates say now of the person, and of the address. Raises LeavingRefused."""
    row, address = opened.row, opened.content.to
    contact_id = row["contact_id"]
    verdict = (await verdicts_of(crm, [contact_id], row["purpose"], row["channel"]))[contact_id]
    verdict = by_its_way(crm, verdict, row["channel"], row["path"])
    if verdict.allowed and address:
        verdict = (await closed_addresses(crm, [address], row["purpose"], row["channel"])).get(address, verdict)
    if not verdict.allowed:
        raise LeavingRefused(verdict)
    return verdict


async def _claim(crm: Installation, row: Mapping[str, Any]) -> bool:
    """Whether this worker has it now; false if somebody cancelled it. Raises TryLater while another worker has it."""
    moment = now()
    claimed = await crm.data.fetch(
        "UPDATE outbound_message SET state = ?, attempts = attempts + 1, attempted_at = ?, at = ? "
        "WHERE id = ? AND (state = ? OR (state = ? AND attempted_at < ?)) RETURNING id",
        MessageState.SENDING.value, moment, moment, row["id"],
        MessageState.QUEUED.value, MessageState.SENDING.value, moment - CLAIM,
    )  # fmt: skip
    if claimed:
        return True
    if await crm.data.fetch(
        "SELECT id FROM outbound_message WHERE id = ? AND state = ?", row["id"], MessageState.SENDING.value
    ):
        raise TryLater
    return False


async def _hand_over(crm: Installation, transport: Transport, opened: Opened[OutboundContent]) -> None:
    delivery = _delivery(crm, transport, opened)
    try:
        async with asyncio.timeout(HAND_OVER_SECONDS):
            await transport.deliver(crm, delivery)
    except (Undeliverable, LeavingRefused):
        raise
    except asyncio.CancelledError:
        await finish(settle(crm, opened.row, MessageState.QUEUED, opened.row["reason"]))
        raise
    except Exception as error:
        await _postpone(crm, opened.row, error)
        raise TryLater from None
    await finish(_sent(crm, transport, opened))


async def _sent(crm: Installation, transport: Transport, opened: Opened[OutboundContent]) -> None:
    """First of all that it is sent; then, for a transport that never asked for confirmation, that it was disclosed."""
    await settle_sent(crm, opened)
    verdict = Verdict(allowed=True, basis=opened.content.basis, event_id=opened.row["event_id"])
    await record_leaving(crm, opened.row, verdict, _handover(crm, transport, opened.row))


async def _postpone(crm: Installation, row: Mapping[str, Any], error: Exception) -> None:
    reason, code = (error.reason, error.reply_code) if isinstance(error, TryLater) else ("try_later", None)
    if row["attempts"] + 1 >= ATTEMPTS:
        await settle(crm, row, MessageState.FAILED, "gave_up", code)
        return
    await settle(crm, row, MessageState.QUEUED, reason, code)


def _delivery(crm: Installation, transport: Transport, opened: Opened[OutboundContent]) -> Delivery:
    row, content = opened.row, opened.content

    async def confirm() -> None:
        verdict = await _ask(crm, opened)
        await record_leaving(crm, row, verdict, _handover(crm, transport, row))

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


def _handover(crm: Installation, transport: Transport, row: Mapping[str, Any]) -> Handover:
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
        "SELECT id FROM outbound_message WHERE state IN (?, ?) AND at < ? ORDER BY id LIMIT 1000",
        *LIVE, moment - LEFT_LYING,
    )  # fmt: skip
    for row in lying:
        key = f"outbound.tend:{row['id']}:{moment:%Y%m%d%H}"
        await enqueue(crm, DELIVER, {"message_id": row["id"]}, idempotency_key=key)
