"""The one way by which marketing writes to people: each is claimed in the ledger in the very transaction that queues it.

So a process that is killed at any moment loses nobody and writes to nobody twice: either both stand there, or neither. Who may
be written to is asked of the gate, by core's sending door, when it is queued and again when it leaves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    MessageState,
    NotFound,
    OutboundMessage,
    Row,
    SendResult,
    new_id,
    now,
    plugin_settings,
    send_batch,
)
from confida_marketing.campaigns.ledger import insert_rows
from confida_marketing.campaigns.limits import at_their_cap
from confida_marketing.settings import MarketingSettings

BATCH = 500
TRIES = 5
# One process at a time writes into the ledger on PostgreSQL, or two could each find room below the same person's limit.
LEDGER_LOCK = 0x6D61726B6574
STATES: Mapping[MessageState, str] = {MessageState.QUEUED: "queued", MessageState.REFUSED: "refused"}

Write = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, OutboundMessage]]]
Still = Callable[[], Awaitable[bool]]


class Overtaken(Exception):
    """Somebody else wrote to some of them at the same moment, again and again; to be tried later."""


class Stopped(Exception):
    """What they belong to was stopped meanwhile; nothing of the batch was queued."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """What is sent, and as part of what.

    source_id: of the campaign or journey; part: which sending of it or which step, a key. email_id: None where it is no
    e-mail. variant: which of the e-mail's ways to say it.
    """

    source: Literal["campaign", "journey", "test"]
    source_id: UUID
    part: str
    purpose: str
    email_id: UUID | None = None
    variant: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """What became of one person.

    state: queued, refused or failed as core's door says, with its reason; capped: they had enough this week, and nothing was
    noted; gone: there is no such contact, or not for us. What was in the ledger before is told as it stands there.
    """

    state: str
    reason: str = ""
    message_id: UUID | None = None


async def deliver_batch(
    crm: Installation, access: Access, sending: Sending, contact_ids: Sequence[UUID], *, still: Still | None = None
) -> dict[UUID, Delivered]:
    """Write this e-mail to up to 500 people, each at most once for this source and part, however often it is called.

    still: asked in the transaction whether it is still wanted. Quiet hours are for the caller to heed (`limits.may_leave`).
    Raises BrokenEmail before anything is queued, Stopped, Overtaken, Forbidden without `outbound.send`. Not inside a transaction.
    """
    from confida_marketing.campaigns.emailing import email_writer

    return await hand_over(crm, access, sending, contact_ids, await email_writer(crm, access, sending), still=still)


async def hand_over(
    crm: Installation,
    access: Access,
    sending: Sending,
    contact_ids: Sequence[UUID],
    write: Write,
    *,
    still: Still | None = None,
) -> dict[UUID, Delivered]:
    """The same for whatever `write` makes of them; whom it leaves out is gone."""
    wanted = list(dict.fromkeys(contact_ids))
    if len(wanted) > BATCH:
        raise ValueError(f"at most {BATCH} people at once")
    most = (await plugin_settings(crm, MarketingSettings)).most_a_week
    for _ in range(TRIES):
        found = await known(crm, sending, wanted, most)
        rest = [one for one in wanted if one not in found]
        messages = await write(rest) if rest else {}
        found |= {one: Delivered(state="gone") for one in rest if one not in messages}
        if not messages:
            return found
        claim = Claim(sending=sending, contact_ids=list(messages), most=most, still=still)
        try:
            results = await send_batch(crm, access, list(messages.values()), noted=partial(note, crm, claim))
        except (Overtaken, NotFound):
            # Written to by somebody else, or erased, since we looked: whoever is left is tried again.
            continue
        return found | {one: delivered(result) for one, result in zip(messages, results, strict=True)}
    raise Overtaken


def delivered(result: SendResult) -> Delivered:
    return Delivered(state=STATES.get(result.state, "failed"), reason=result.reason, message_id=result.id)


async def known(crm: Installation, sending: Sending, contact_ids: Sequence[UUID], most: int) -> dict[UUID, Delivered]:
    """Those with whom this part is through, and those who had enough this week."""
    rows = await ledger_rows(crm, sending, contact_ids)
    found = {
        row["contact_id"]: Delivered(state=row["state"], reason=row["reason"], message_id=row["message_id"])
        for row in rows
        if row["state"] != "listed"
    }
    if sending.source == "test":
        return found
    rest = [one for one in contact_ids if one not in found]
    capped = await at_their_cap(crm, rest, now(), most)
    return found | {one: Delivered(state="capped", reason="most_a_week") for one in capped}


async def ledger_rows(crm: Installation, sending: Sending, contact_ids: Sequence[UUID]) -> list[Row]:
    if not contact_ids:
        return []
    marks = ", ".join("?" * len(contact_ids))
    return await crm.data.fetch(
        f"SELECT * FROM marketing_delivery WHERE source_id = ? AND part = ? AND contact_id IN ({marks})",
        sending.source_id, sending.part, *contact_ids,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Whom a batch is about to write to, and what was found true when it was made."""

    sending: Sending
    contact_ids: Sequence[UUID]
    most: int
    still: Still | None


async def note(crm: Installation, claim: Claim, results: Sequence[SendResult]) -> None:
    """Inside the door's transaction: look again, now that nobody else can write, and enter them. Raises Overtaken and Stopped."""
    if crm.data.engine == "postgres":
        await crm.data.fetch("SELECT pg_advisory_xact_lock(?)", LEDGER_LOCK)
    if claim.still is not None and not await claim.still():
        raise Stopped
    if await known(crm, claim.sending, claim.contact_ids, claim.most):
        raise Overtaken
    outcomes = {one: delivered(result) for one, result in zip(claim.contact_ids, results, strict=True)}
    await enter(crm, claim.sending, outcomes)


async def enter(crm: Installation, sending: Sending, outcomes: Mapping[UUID, Delivered]) -> None:
    """Write down what became of these people: who was listed is settled, who was not gets a row. In the caller's transaction."""
    listed = {row["contact_id"]: row["id"] for row in await ledger_rows(crm, sending, list(outcomes))}
    moment = now()
    settled = [
        (one.state, one.reason, one.message_id, sending.variant, moment, listed[contact_id])
        for contact_id, one in outcomes.items()
        if contact_id in listed
    ]
    async with crm.data.transaction():
        await crm.data.execute_many(
            "UPDATE marketing_delivery SET state = ?, reason = ?, message_id = ?, variant = ?, at = ? WHERE id = ?",
            settled,
        )
        await insert_rows(crm, [ledger_row(sending, one, outcomes[one]) for one in outcomes if one not in listed])


def ledger_row(sending: Sending, contact_id: UUID, outcome: Delivered) -> Row:
    return {
        "id": new_id(),
        "source": sending.source,
        "source_id": sending.source_id,
        "part": sending.part,
        "contact_id": contact_id,
        "variant": sending.variant,
        "held_out": outcome.state == "held_out",
        "state": outcome.state,
        "reason": outcome.reason,
        "due_at": None,
        "message_id": outcome.message_id,
        "at": now(),
    }
