"""What was said in a ticket: messages in and out, and notes that staff alone see."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, Opened, new_id, now
from confida_service.content import LONGEST_MESSAGE, MESSAGE, TICKET, MessageContent, TicketContent
from confida_service.service_levels.clock import moved_clock
from confida_service.tickets.states import CHANNELS, MERGED, after_answer_of_customer, after_answer_of_ours
from confida_service.tickets.tickets import clock_columns, note_event, visible_ticket


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDraft:
    """One thing that is said. direction: in, out or note. at: None for now.

    contact_id: of whoever said it, or is written to; None for the ticket's own contact. keep_state: the ticket's state stays.
    automatic: no person wrote it, so it is not the first answer.
    """

    content: MessageContent
    direction: str
    channel: str
    at: datetime | None = None
    raw_file_id: UUID | None = None
    outbound_id: UUID | None = None
    contact_id: UUID | None = None
    keep_state: bool = False
    automatic: bool = False


def mail_hash(message_id: str) -> bytes:
    """By which a mail is found again without being opened; ids are random, so that their hash says nothing."""
    return hashlib.sha256(b"confida service message id\x00" + message_id.encode("utf-8", "surrogatepass")).digest()


async def add_message(crm: Installation, access: Access, ticket_id: UUID, draft: MessageDraft) -> UUID:
    """Add to a ticket, and let its state follow; returns the message's id. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("service.write")
    ticket = await followed(crm, access, ticket_id)
    check_draft(draft)
    contact_id = draft.contact_id or ticket.row["contact_id"]
    moment, message_id = draft.at or now(), new_id()
    columns = {
        "id": message_id, "ticket_id": ticket.row["id"], "contact_id": contact_id, "direction": draft.direction,
        "channel": draft.channel, "at": moment, "author_id": None if draft.direction == "in" else access.actor.id,
        "outbound_id": draft.outbound_id, "raw_file_id": draft.raw_file_id,
        "mail_hash": mail_hash(draft.content.message_id) if draft.content.message_id else None,
    }  # fmt: skip
    await crm.keyring.ensure([contact_id, ticket.row["contact_id"]], MESSAGE.retention_class)
    async with crm.data.transaction():
        await crm.records.insert(MESSAGE, columns, draft.content)
        if draft.direction != "note":
            await touch_ticket(crm, access, ticket, draft, moment)
    return message_id


async def followed(crm: Installation, access: Access, ticket_id: UUID) -> Opened[TicketContent]:
    """The ticket, or the one it was merged into. Raises Forbidden and NotFound."""
    ticket = await visible_ticket(crm, access, ticket_id)
    for _ in range(20):
        if ticket.row["state"] != MERGED or ticket.row["merged_into"] is None:
            break
        ticket = await visible_ticket(crm, access, ticket.row["merged_into"])
    return ticket


async def touch_ticket(
    crm: Installation, access: Access, ticket: Opened[TicketContent], draft: MessageDraft, moment: datetime
) -> None:
    """Its state and times after a message; read anew inside the transaction, because two may write at once."""
    row = (
        await crm.data.fetch(
            "UPDATE service_ticket SET touched_at = ? WHERE id = ? RETURNING *", moment, ticket.row["id"]
        )
    )[0]
    columns: dict[str, Any] = {}
    state = row["state"]
    if not draft.keep_state:
        state = (after_answer_of_customer if draft.direction == "in" else after_answer_of_ours)(row["state"])
    if state != row["state"]:
        columns |= {"state": state} | clock_columns(row, state, moment)
    if draft.direction == "out" and row["first_response_at"] is None and not draft.automatic:
        columns["first_response_at"] = moment
        if row["solution_due"] and row["solution_due"] > moment:
            # It may have escalated for want of an answer; it shall once more for want of a solution.
            columns["escalated_at"] = None
    columns |= await moved_clock(crm, row, columns, moment)
    if columns:
        await crm.records.set_columns(TICKET, row["id"], row["contact_id"], **columns)
    if state != row["state"]:
        await note_event(crm, access, row, "state", (row["state"], state))


def check_draft(draft: MessageDraft) -> None:
    """Raises InvalidContent."""
    errors = {}
    content = draft.content
    if draft.direction not in {"in", "out", "note"}:
        errors["direction"] = "Please choose one of the directions."
    if draft.channel not in CHANNELS:
        errors["channel"] = "Please choose one of the channels."
    # What others send is taken as it is; an empty mail is one, too.
    if draft.direction != "in" and not (content.text.strip() or content.html.strip() or content.files):
        errors["text"] = "Please write something."
    if len(content.text) > LONGEST_MESSAGE:
        errors["text"] = "This is too long."
    if errors:
        raise InvalidContent(errors)


async def messages_of(crm: Installation, access: Access, ticket_id: UUID) -> list[Opened[MessageContent]]:
    """Everything that was said, the oldest first; one query. Raises Forbidden and NotFound."""
    await visible_ticket(crm, access, ticket_id)
    rows = await crm.data.fetch("SELECT * FROM service_message WHERE ticket_id = ? ORDER BY at, id", ticket_id)
    return await crm.door.open(access, MESSAGE, rows)


async def last_received(crm: Installation, access: Access, ticket_id: UUID, most: int) -> list[Opened[MessageContent]]:
    """The last messages that came in, the oldest of them first; one query, of a ticket that the gate has let through."""
    rows = await crm.data.fetch(
        "SELECT * FROM service_message WHERE ticket_id = ? AND direction = 'in' ORDER BY at DESC, id DESC LIMIT ?",
        ticket_id, most,
    )  # fmt: skip
    return await crm.door.open(access, MESSAGE, rows[::-1])


async def ticket_of_mail(crm: Installation, message_ids: Sequence[str]) -> UUID | None:
    """The ticket in which one of these mails was said, the last named first. Opens nothing."""
    hashes = [mail_hash(one) for one in message_ids][-50:]
    if not hashes:
        return None
    marks = ", ".join("?" * len(hashes))
    rows = await crm.data.fetch(
        f"SELECT mail_hash, ticket_id FROM service_message WHERE mail_hash IN ({marks})", *hashes
    )
    found = {bytes(row["mail_hash"]): row["ticket_id"] for row in rows}
    return next((found[one] for one in reversed(hashes) if one in found), None)


async def split_ticket(
    crm: Installation, access: Access, ticket_id: UUID, message_ids: Sequence[UUID], into_id: UUID
) -> None:
    """Move some messages of a ticket to another one, such as one opened for them. Raises Forbidden, NotFound, InvalidContent."""
    access.actor.require("service.write")
    source, target = await visible_ticket(crm, access, ticket_id), await visible_ticket(crm, access, into_id)
    if not message_ids or ticket_id == into_id or target.row["state"] == MERGED:
        raise InvalidContent({"messages": "Please choose what is to be moved, and where."})
    marks = ", ".join("?" * len(message_ids))
    async with crm.data.transaction():
        moved = await crm.data.fetch(
            f"UPDATE service_message SET ticket_id = ? WHERE ticket_id = ? AND id IN ({marks}) RETURNING id",
            into_id, ticket_id, *message_ids,
        )  # fmt: skip
        if len(moved) != len(set(message_ids)):
            raise InvalidContent({"messages": "Some of these are not in this ticket any more."})
        await note_event(crm, access, source.row, "split", (None, into_id))
        await note_event(crm, access, target.row, "split", (ticket_id, None))
