"""Answers with files, and answers that are called off before they leave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from msgspec import structs

from confida_core.api import (
    Access,
    AttachedFile,
    Installation,
    NotFound,
    ReceivedFile,
    cancel_message,
    delete_files,
    discard_files,
    keep_files,
    receive_file,
)
from confida_service.content import MESSAGE, TICKET, MessageFile
from confida_service.mail.replying import Answer, Answered, answer_by_mail
from confida_service.tickets.conversation import visible_message
from confida_service.tickets.states import STATES
from confida_service.tickets.tickets import clock_columns, note_event


async def answer_with_files(crm: Installation, access: Access, ticket_id: UUID, answer: Answer) -> Answered:
    """As `answer_by_mail`; its files are kept with the ticket too. Raises as that does, and TooLarge and StorageFull."""
    received: list[ReceivedFile] = []
    try:
        for one in answer.files:
            # One after the other, so that those that are here already are known when the next one fails.
            received += [await receive_file(crm, one.name, pieces(one.data))]
        answered = await answer_by_mail(crm, access, ticket_id, answer)
    except BaseException:
        await discard_files(crm, received)
        raise
    if answered.message_id is None or not received:
        await discard_files(crm, received)
        return answered
    await keep_with(crm, access, answered.message_id, received, answer.files)
    return answered


async def keep_with(
    crm: Installation, access: Access, message_id: UUID, received: Sequence[ReceivedFile], sent: Sequence[AttachedFile]
) -> None:
    message = await visible_message(crm, access, message_id)
    files = tuple(
        MessageFile(id=one.id, name=one.content.name, media_type=one.content.media_type[:100], size=len(each.data))
        for one, each in zip(received, sent, strict=True)
    )
    contact_id = message.row["contact_id"]
    async with crm.data.transaction():
        await crm.records.update(
            MESSAGE, {"id": message_id, "contact_id": contact_id}, structs.replace(message.content, files=files),
            seen=message.row["version"],
        )  # fmt: skip
        await keep_files(crm, received, owner_id=message_id, people=[contact_id], permission="service.read")


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def call_off(crm: Installation, access: Access, message_id: UUID, state: str) -> tuple[UUID, str]:
    """Stop an answer that has not left, as if it had never been written; returns its ticket and its text.

    state: of the ticket before it, "" to leave that. Raises Forbidden, and NotFound once it has left.
    """
    access.actor.require("service.write")
    message = await visible_message(crm, access, message_id)
    row = message.row
    if row["outbound_id"] is None:
        raise NotFound
    await cancel_message(crm, access, row["outbound_id"])
    async with crm.data.transaction():
        await crm.records.delete(MESSAGE, message_id, [row["contact_id"]])
        await delete_files(crm, [one.id for one in message.content.files])
        [ticket] = await crm.data.fetch(
            "UPDATE service_ticket SET touched_at = touched_at WHERE id = ? RETURNING *", row["ticket_id"]
        )
        columns: dict[str, Any] = {"first_response_at": None} if ticket["first_response_at"] == row["at"] else {}
        if state in STATES and state != ticket["state"]:
            columns |= {"state": state} | clock_columns(ticket, state, row["at"])
            await note_event(crm, access, ticket, "state", (ticket["state"], state))
        if columns:
            await crm.records.set_columns(TICKET, ticket["id"], ticket["contact_id"], **columns)
    return ticket["id"], message.content.text
