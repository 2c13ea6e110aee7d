"""What was sent, refused or failed: shown to staff, tried again, called off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs

from confida_core.clock import now
from confida_core.contacts.people import display_names, visible_contact
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue_many
from confida_core.outbound.content import OUTBOUND, REASONS, MessageState, OutboundContent, SendResult
from confida_core.outbound.gates import hidden_purposes, unless_hidden, verdicts_of
from confida_core.outbound.queueing import DELIVER
from confida_core.outbound.states import refuse, restores_of
from confida_core.outbound.transporting import not_ready
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened

MOST = 200
# What came back of a message that counts as sent all the same.
RETURNS = {
    "complaint": "The recipient reported it as unwanted.",
    "later": "The recipient's mail server could not take it yet; it goes on trying.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboundEntry:
    """One message, opened through the door. sentence: why it was refused or failed, in plain words; "" if it was not.

    basis: key of the legal basis the gate named. event_id: the recorded event its answer rests on. at: of the last
    change of state.
    """

    id: UUID
    contact_id: UUID
    contact_name: str
    purpose: str
    channel: str
    path: str
    state: MessageState
    reason: str
    sentence: str
    basis: str
    event_id: UUID | None
    to: str
    subject: str
    created_by: UUID
    created_at: datetime
    at: datetime
    attempts: int
    reply_code: int | None

    @property
    def may_retry(self) -> bool:
        return self.state is MessageState.FAILED

    @property
    def may_cancel(self) -> bool:
        return self.state is MessageState.QUEUED


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboundPage:
    """entries: the newest first. next_before: what to ask for the following page with, None at the end."""

    entries: tuple[OutboundEntry, ...]
    next_before: UUID | None


async def outbound_log(
    crm: Installation,
    access: Access,
    *,
    state: MessageState | None = None,
    contact_id: UUID | None = None,
    limit: int = 50,
    before: UUID | None = None,
) -> OutboundPage:
    """What went through the door, or was stopped at it. Entries of contacts this access may not see are left out.

    Raises Forbidden without `outbound.read` and `contacts.read`.
    """
    for permission in ("outbound.read", "contacts.read"):
        access.actor.require(permission)
    limit = min(max(limit, 1), MOST)
    where, args = "id < ?", list[Any]([before or UUID(int=2**128 - 1)])
    for column, value in (("state", state.value if state else None), ("contact_id", contact_id)):
        if value is not None:
            where += f" AND {column} = ?"
            args.append(value)
    open_to_all, hidden = unless_hidden(crm, access)
    rows = await crm.data.fetch(
        f"SELECT * FROM outbound_message WHERE {where}{open_to_all} ORDER BY id DESC LIMIT ?", *args, *hidden, limit + 1
    )
    entries = await _entries(crm, access, rows[:limit])
    return OutboundPage(entries=tuple(entries), next_before=rows[limit - 1]["id"] if len(rows) > limit else None)


async def _entries(crm: Installation, access: Access, rows: Sequence[Row]) -> list[OutboundEntry]:
    names = await display_names(crm, access, [row["contact_id"] for row in rows])
    shown = [row for row in rows if row["contact_id"] in names]
    return [
        entry_of(opened, names[opened.row["contact_id"]]) for opened in await crm.door.open(access, OUTBOUND, shown)
    ]


async def messages_shown(crm: Installation, access: Access, message_ids: Sequence[UUID]) -> list[OutboundEntry]:
    """These messages as the log shows them, in the order asked for; those this access may not see are left out.

    Three queries, however many. Raises Forbidden without `outbound.read` and `contacts.read`.
    """
    for permission in ("outbound.read", "contacts.read"):
        access.actor.require(permission)
    hidden = hidden_purposes(crm, access)
    rows = await crm.records.rows(OUTBOUND, message_ids)
    return await _entries(crm, access, [row for row in rows if row["purpose"] not in hidden])


def entry_of(opened: Opened[OutboundContent], name: str) -> OutboundEntry:
    row, content = opened.row, opened.content
    same: dict[str, Any] = {
        key: row[key]
        for key in (
            "id", "contact_id", "purpose", "channel", "path", "reason", "event_id", "created_by", "created_at", "at",
            "attempts", "reply_code",
        )
    }  # fmt: skip
    return OutboundEntry(
        **same,
        contact_name=name,
        state=MessageState(row["state"]),
        sentence=sentence_of(opened),
        basis=content.basis,
        to=content.to,
        subject=content.subject,
    )


def sentence_of(opened: Opened[OutboundContent]) -> str:
    """The gate's own words for a refusal, ours for what failed or waits; "" where there is nothing to explain."""
    reason = opened.row["reason"]
    if opened.row["state"] == MessageState.SENT.value and opened.row["returned"] in RETURNS:
        return RETURNS[opened.row["returned"]]
    if opened.row["state"] == MessageState.REFUSED.value and opened.content.sentence:
        return opened.content.sentence
    return REASONS.get(reason, reason)


async def visible_message(crm: Installation, access: Access, message_id: UUID) -> Opened[OutboundContent]:
    """The gate to one message: NotFound unless its contact may be seen. Raises Forbidden without `outbound.read`.

    What is secret in it is not shown (`OutboundMessage.secret`).
    """
    opened = await _opened(crm, access, message_id)
    return structs.replace(opened, content=opened.content.without_secrets())


async def _opened(crm: Installation, access: Access, message_id: UUID) -> Opened[OutboundContent]:
    access.actor.require("outbound.read")
    rows = await crm.data.fetch("SELECT * FROM outbound_message WHERE id = ?", message_id)
    if not rows or rows[0]["purpose"] in hidden_purposes(crm, access):
        raise NotFound
    await visible_contact(crm, access, rows[0]["contact_id"])
    opened = await crm.door.open_one(access, OUTBOUND, rows[0])
    if opened is None:
        raise NotFound
    return opened


async def retry_message(crm: Installation, access: Access, message_id: UUID) -> SendResult:
    """Try a failed one again, with all its attempts, if the gates still agree. Raises Forbidden, and NotFound unless it failed."""
    access.actor.require("outbound.send")
    opened = await _opened(crm, access, message_id)
    row = opened.row
    if row["state"] != MessageState.FAILED.value:
        raise NotFound
    verdict = (await verdicts_of(crm, [row["contact_id"]], row["purpose"], row["channel"]))[row["contact_id"]]
    if not verdict.allowed:
        await refuse(crm, opened, verdict)
        return SendResult(id=message_id, state=MessageState.REFUSED, reason=verdict.reason, verdict=verdict)
    reason = not_ready(crm, row["path"]) or ("" if opened.content.to or row["path"] != "email" else "no_address")
    if reason:
        return SendResult(id=message_id, state=MessageState.FAILED, reason=reason, verdict=verdict)
    await _queue_again(crm, row)
    return SendResult(id=message_id, state=MessageState.QUEUED, reason="", verdict=verdict)


async def _queue_again(crm: Installation, row: Row) -> None:
    moment, restores = now(), await restores_of(crm)
    async with crm.data.transaction():
        done = await crm.data.fetch(
            "UPDATE outbound_message SET state = ?, reason = '', reply_code = NULL, attempts = 0, queued_at = ?, at = ?, "
            "restores = ? WHERE id = ? AND state = ? RETURNING id",
            MessageState.QUEUED.value, moment, moment, restores, row["id"], MessageState.FAILED.value,
        )  # fmt: skip
        if not done:
            raise NotFound
        crm.feed.append(OUTBOUND.name, row["id"], row["contact_id"])
        await enqueue_many(crm, DELIVER, [{"message_id": row["id"]}])


async def cancel_message(crm: Installation, access: Access, message_id: UUID) -> None:
    """Call off what has not begun to leave. Raises Forbidden, and NotFound unless it is queued."""
    access.actor.require("outbound.send")
    row = (await visible_message(crm, access, message_id)).row
    async with crm.data.transaction():
        done = await crm.data.fetch(
            "UPDATE outbound_message SET state = ?, at = ? WHERE id = ? AND state = ? RETURNING id",
            MessageState.CANCELLED.value, now(), message_id, MessageState.QUEUED.value,
        )  # fmt: skip
        if not done:
            raise NotFound
        crm.feed.append(OUTBOUND.name, message_id, row["contact_id"])


async def cancel_many(crm: Installation, access: Access, message_ids: Sequence[UUID]) -> set[UUID]:
    """Call off up to 500 of those that have not begun to leave; which they were. Joins the caller's transaction.

    Raises Forbidden without `outbound.send`. Messages that this access must not know of are left alone.
    """
    access.actor.require("outbound.send")
    if not message_ids:
        return set()
    open_to_all, hidden = unless_hidden(crm, access)
    marks = ", ".join("?" * len(message_ids))
    async with crm.data.transaction():
        done = await crm.data.fetch(
            f"UPDATE outbound_message SET state = ?, at = ? WHERE id IN ({marks}) AND state = ?{open_to_all} "
            "RETURNING id, contact_id",
            MessageState.CANCELLED.value, now(), *message_ids, MessageState.QUEUED.value, *hidden,
        )  # fmt: skip
        for row in done:
            crm.feed.append(OUTBOUND.name, row["id"], row["contact_id"])
    return {row["id"] for row in done}
