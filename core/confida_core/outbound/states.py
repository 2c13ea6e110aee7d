"""Changes of a message's state, each one statement that says which state it may come from."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.outbound.content import OUTBOUND, MessageState, OutboundContent
from confida_core.outbound.declarations import Verdict
from confida_core.outbound.gates import contact_states
from confida_core.outbound.transporting import TryLater
from confida_core.storage.database import VersionConflict
from confida_core.vault.door import Opened
from confida_core.vault.keyring import KeyDestroyed

# The fact that restoring counts up (`backup.restore`), which costs too much to be imported for its name.
RESTORES = "restores"
LIVE = (MessageState.QUEUED.value, MessageState.SENDING.value)


async def restores_of(crm: Installation) -> int:
    """How often a backup was restored; what was queued before the last time may have left already, and must not twice."""
    number, _ = await crm.keyring.remembered(RESTORES) or (0, "")
    return number


async def settle(
    crm: Installation, row: Mapping[str, Any], state: MessageState, reason: str, reply_code: int | None = None
) -> None:
    """How an attempt ended; without effect on a message that is refused, cancelled or gone meanwhile.

    Goes into the change feed, from which whoever deals with bounces learns of an address that does not exist.
    """
    moment = now()
    # A server that knows no such address at once says the same as one that sends the message back.
    told, args = (", returned = 'address', returned_at = ?", (moment,)) if reason == "unknown_address" else ("", ())
    async with crm.data.transaction():
        if await crm.data.fetch(
            f"UPDATE outbound_message SET state = ?, reason = ?, reply_code = ?, at = ?{told} "
            "WHERE id = ? AND state IN (?, ?) RETURNING id",
            state.value, reason, reply_code, moment, *args, row["id"], *LIVE,
        ):  # fmt: skip
            crm.feed.append(OUTBOUND.name, row["id"], row["contact_id"])


async def settle_sent(crm: Installation, opened: Opened[OutboundContent]) -> None:
    """It has left; what was secret in it is kept no longer."""
    kept = opened.content.without_secrets()
    if kept == opened.content:
        await settle(crm, opened.row, MessageState.SENT, "")
        return
    await _replace(crm, opened, _sent(opened), kept)


def _sent(opened: Opened[OutboundContent]) -> dict[str, Any]:
    return {
        "id": opened.row["id"],
        "contact_id": opened.row["contact_id"],
        "state": MessageState.SENT.value,
        "reason": "",
        "reply_code": None,
        "at": now(),
    }


async def settle_sent_many(crm: Installation, messages: Sequence[Opened[OutboundContent]]) -> None:
    """The same for some at once, in one commit."""
    people = list({one.row["contact_id"] for one in messages})
    try:
        await crm.keyring.ensure(people, OUTBOUND.retention_class)
    except KeyDestroyed as error:
        # Sealing it anew would make a key for somebody who was erased; their messages went with them.
        people = [one for one in people if one not in error.subjects]
    async with crm.data.transaction():
        known = await contact_states(crm, people, held=True)
        there = [one for one in messages if one.row["contact_id"] in known]
        await crm.records.update_many(
            OUTBOUND, [(_sent(one), one.content.without_secrets(), one.row["version"]) for one in there]
        )


async def give_back(crm: Installation, message_ids: Sequence[UUID], error: TryLater | None) -> None:
    """They were taken and did not begin to leave: as if they had not been taken. error: why not, where something is wrong."""
    if not message_ids:
        return
    marks = ", ".join("?" * len(message_ids))
    told, args = ("", ()) if error is None else (", reason = ?, reply_code = ?", (error.reason, error.reply_code))
    async with crm.data.transaction():
        for row in await crm.data.fetch(
            f"UPDATE outbound_message SET state = ?, at = ?, attempts = attempts - 1{told} "
            f"WHERE state = ? AND id IN ({marks}) RETURNING id, contact_id",
            MessageState.QUEUED.value, now(), *args, MessageState.SENDING.value, *message_ids,
        ):  # fmt: skip
            crm.feed.append(OUTBOUND.name, row["id"], row["contact_id"])


async def refuse(crm: Installation, opened: Opened[OutboundContent], verdict: Verdict) -> None:
    """Keep it as refused, with the reason in plain words beside it."""
    columns = {
        "id": opened.row["id"],
        "contact_id": opened.row["contact_id"],
        "state": MessageState.REFUSED.value,
        "reason": verdict.reason,
        "event_id": verdict.event_id,
        "at": now(),
    }
    content = msgspec.structs.replace(opened.content, sentence=verdict.sentence[:500], basis=verdict.basis)
    await _replace(crm, opened, columns, content)


async def _replace(
    crm: Installation, opened: Opened[OutboundContent], columns: dict[str, Any], content: OutboundContent
) -> None:
    """Without effect if another worker was first or the person was erased meanwhile."""
    if not await _exists(crm, opened.row["contact_id"]):
        # Sealing it anew would make a key for somebody who was erased.
        return
    with contextlib.suppress(VersionConflict):
        await crm.records.update(OUTBOUND, columns, content, seen=opened.row["version"])


async def _exists(crm: Installation, contact_id: UUID) -> bool:
    return bool(await crm.data.fetch("SELECT id FROM contact WHERE id = ?", contact_id))
