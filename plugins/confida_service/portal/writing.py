"""What customers do with their tickets: open one, answer, say that it is solved, or that it is not.

They hold no permission of colleagues, so the program does it for them, after the gate has said that the ticket is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    ReceivedFile,
    active_accounts,
    enqueue,
    keep_files,
    now,
    plugin_settings,
    system_access,
    visible_contact,
)
from confida_service.content import MessageContent, MessageFile
from confida_service.equipment.ticket_links import link_equipment
from confida_service.mail.headers import Mailbox
from confida_service.mail.reading import ReadMail
from confida_service.mail.taking_in import Arrival, first_in_use
from confida_service.portal.own import OwnTicket, own_messages, own_ticket
from confida_service.queues.queues import first_queue
from confida_service.queues.routing import routed
from confida_service.settings import ServiceSettings
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.states import DONE, KINDS, may_follow
from confida_service.tickets.tickets import TicketChange, TicketDraft, change_ticket, open_ticket
from confida_web.api import mark

INSIDE = system_access("portal", "relationship")
LONGEST_SUBJECT, LONGEST_TEXT = 200, 20_000
# A form that is sent twice, as by a second click, says it once.
TWICE = timedelta(minutes=2)
SAYS_SOLVED = "On their own pages they said that this is solved."
NO_KIND = mark("Please choose what it is.")
NO_SUBJECT = mark("Please say in a few words what it is about.")
NO_TEXT = mark("Please write what you would like to tell us.")
TOO_LATE = mark("This was solved too long ago to be opened again. Please send a new request.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a customer asks. equipment_id: which of theirs it is about. language: of the page on which they did."""

    kind: str
    subject: str
    text: str
    equipment_id: UUID | None = None
    language: str = ""


def check_asked(asked: Asked) -> None:
    """Raises InvalidContent; its sentences are in English, and marked for translation."""
    errors = {}
    if asked.kind not in KINDS:
        errors["kind"] = NO_KIND
    if not 1 <= len(asked.subject.strip()) <= LONGEST_SUBJECT:
        errors["subject"] = NO_SUBJECT
    if not 1 <= len(asked.text.strip()) <= LONGEST_TEXT:
        errors["text"] = NO_TEXT
    if errors:
        raise InvalidContent(errors)


async def open_own(crm: Installation, access: Access, asked: Asked, files: Sequence[ReceivedFile] = ()) -> UUID:
    """The ticket, what they wrote and their files, all or nothing; sent twice, it is the first one. Returns its id.

    Where it goes is decided by the same rules as for mails. Raises InvalidContent and NotFound.
    """
    check_asked(asked)
    person_id = access.actor.id
    before = await opened_just_now(crm, access, asked)
    if before is not None:
        return before
    sender = await written_by(crm, person_id)
    await crm.keyring.ensure([person_id], "relationship")
    async with crm.data.transaction():
        draft, canned_id = await ticket_of(crm, person_id, asked, sender)
        ticket_id = await open_ticket(crm, INSIDE, person_id, draft)
        await say(crm, person_id, ticket_id, said_by(sender, asked.text, files), files)
        if asked.equipment_id is not None:
            # Anything but a piece of theirs is passed over.
            with suppress(NotFound, InvalidContent):
                await link_equipment(crm, INSIDE, ticket_id, asked.equipment_id)
        if canned_id is not None:
            await enqueue(crm, "service.answer_at_once", {"ticket_id": ticket_id, "canned_id": canned_id})
    return ticket_id


async def ticket_of(
    crm: Installation, person_id: UUID, asked: Asked, sender: Mailbox
) -> tuple[TicketDraft, UUID | None]:
    """As the rules want it, and which ready answer they send at once."""
    mail = ReadMail(sender=sender, subject=asked.subject.strip(), text=asked.text.strip())
    arrival = Arrival(
        account_id=UUID(int=0), queue_id=await first_queue(crm), raw=b"", mail=mail, sort="personal", arrived=now()
    )
    routing = await routed(crm, arrival, person_id)
    here = {one.id for one in await active_accounts(crm)} if routing.assignee_id else set()
    draft = TicketDraft(
        subject=asked.subject.strip(),
        channel="web",
        kind=routing.kind or asked.kind,
        priority=routing.priority or 2,
        tags=routing.tags,
        queue_id=await first_in_use(crm, routing.queue_id),
        assignee_id=routing.assignee_id if routing.assignee_id in here else None,
        language=routing.language or asked.language,
    )
    return draft, routing.canned_id


async def written_by(crm: Installation, person_id: UUID) -> Mailbox:
    """Their name and the address that answers go to."""
    content = (await visible_contact(crm, INSIDE, person_id)).content
    return Mailbox(name=content.display_name, address=content.emails[0].address if content.emails else "")


def said_by(sender: Mailbox, text: str, files: Sequence[ReceivedFile]) -> MessageContent:
    kept = tuple(
        MessageFile(
            id=one.id, name=one.content.name[:200], media_type=one.content.media_type[:100], size=one.content.size
        )
        for one in files
    )
    return MessageContent(text=text.strip(), from_name=sender.name, from_address=sender.address, files=kept)


async def say(
    crm: Installation, person_id: UUID, ticket_id: UUID, content: MessageContent, files: Sequence[ReceivedFile]
) -> None:
    """Within the transaction: what they wrote, and what came with it."""
    draft = MessageDraft(content=content, direction="in", channel="web", contact_id=person_id)
    message_id = await add_message(crm, INSIDE, ticket_id, draft)
    await keep_files(crm, files, owner_id=message_id, people=[person_id], permission="service.read")


async def opened_just_now(crm: Installation, access: Access, asked: Asked) -> UUID | None:
    """The ticket that the same words opened a moment ago."""
    rows = await crm.data.fetch(
        "SELECT id FROM service_ticket WHERE contact_id = ? AND channel = 'web' AND opened_at > ? ORDER BY opened_at DESC LIMIT 3",
        access.actor.id, now() - TWICE,
    )  # fmt: skip
    for row in rows:
        ticket = await own_ticket(crm, access, row["id"])
        same = ticket.opened.content.subject == asked.subject.strip()
        if same and await said_just_now(crm, access, ticket, asked.text):
            found: UUID = ticket.opened.row["id"]
            return found
    return None


async def said_just_now(crm: Installation, access: Access, ticket: OwnTicket, text: str) -> bool:
    said = await own_messages(crm, access, ticket)
    return any(
        one.row["direction"] == "in" and one.row["at"] > now() - TWICE and one.content.text == text.strip()
        for one in said[-3:]
    )


async def may_answer(crm: Installation, ticket: OwnTicket) -> bool:
    """Always while it is not done, and for some days after that; what they write then opens it again."""
    if ticket.state not in DONE:
        return True
    days = (await plugin_settings(crm, ServiceSettings)).portal_reopen_days
    done_at = ticket.row["solved_at"] or ticket.row["touched_at"]
    return bool(done_at > now() - timedelta(days=days))


async def answer_own(
    crm: Installation, access: Access, ticket_id: UUID, text: str, files: Sequence[ReceivedFile] = ()
) -> bool:
    """What they write goes into the ticket, and opens it again if it was done; False if it stood there just now.

    Raises NotFound and InvalidContent.
    """
    ticket = await own_ticket(crm, access, ticket_id)
    if not (1 <= len(text.strip()) <= LONGEST_TEXT):
        raise InvalidContent({"text": NO_TEXT})
    if not await may_answer(crm, ticket):
        raise InvalidContent({"text": TOO_LATE})
    if await said_just_now(crm, access, ticket, text):
        return False
    person_id = access.actor.id
    sender = await written_by(crm, person_id)
    await crm.keyring.ensure([person_id], "relationship")
    async with crm.data.transaction():
        await say(crm, person_id, ticket_id, said_by(sender, text, files), files)
    return True


async def solve_own(crm: Installation, access: Access, ticket_id: UUID) -> None:
    """They say that it is solved; colleagues see that it was they who did. Twice is once. Raises NotFound, VersionConflict."""
    ticket = await own_ticket(crm, access, ticket_id)
    row: Any = ticket.row
    if not ticket.whole:
        # It was put together with somebody else's, who may see that otherwise.
        raise NotFound
    if not may_follow(row["state"], "solved"):
        return
    content = MessageContent(text=SAYS_SOLVED)
    await crm.keyring.ensure([access.actor.id], "relationship")
    async with crm.data.transaction():
        await change_ticket(crm, INSIDE, ticket_id, TicketChange(state="solved"), seen=row["version"])
        await add_message(crm, INSIDE, ticket_id, MessageDraft(content=content, direction="note", channel="web"))
