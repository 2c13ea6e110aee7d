"""Takes a mail in: finds whose it is and which ticket it belongs to, and keeps all of it in one transaction, or nothing.

Whoever writes for the first time becomes a provisional contact, so that a request for access, a restriction or an erasure
reaches what they wrote. A mail that cannot be read is kept as it came, in a ticket like any other.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.api import (
    ContactContent,
    ContactKind,
    EmailAddress,
    Installation,
    InvalidContent,
    NewContact,
    ReceivedFile,
    UniqueViolation,
    active_accounts,
    create_many,
    discard_files,
    enqueue,
    keep_files,
    new_id,
    note_returned,
    now,
    possible_duplicates,
    receive_file,
    validate_content,
)
from confida_service.content import MessageContent, MessageFile
from confida_service.mail.accounts import INSIDE
from confida_service.mail.cutting import line, short, text
from confida_service.mail.reading import ReadMail, received_at
from confida_service.mail.recognising import Sort
from confida_service.mail.returning import return_of
from confida_service.mail.threads import ticket_for
from confida_service.queues.queues import queues
from confida_service.queues.routing import Routing, routed
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.tickets import LONGEST_SUBJECT, TicketDraft, note_event, open_ticket

NO_SUBJECT = "(no subject)"
PIECE = 1_000_000
UNKNOWN = "Unknown sender"
NOT_ANSWERED = frozenset({"bounce", "complaint", "loop"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One mail at the door. account_id: of the mailbox. queue_id: where it goes if nothing else decides. sort: see `recognising`.

    met: senders of the mails just before it, by address; looking each of them up again has the index take in what was stored.
    """

    account_id: UUID
    queue_id: UUID
    raw: bytes
    mail: ReadMail
    sort: Sort
    arrived: datetime
    met: dict[str, UUID] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of it. new_ticket: it opened one. known: it was here already, and nothing was done."""

    ticket_id: UUID | None
    message_id: UUID | None
    contact_id: UUID | None
    new_ticket: bool = False
    known: bool = False


NOTED = Taken(ticket_id=None, message_id=None, contact_id=None)
ALREADY_HERE = Taken(ticket_id=None, message_id=None, contact_id=None, known=True)


def copy_hash(key: bytes, mail: ReadMail, raw: bytes) -> bytes:
    """The same for every copy of a mail, whichever way it came: its id, sender, date and body, and not the marks of the way.

    Keyed, so that nobody who has the table alone can tell whether a mail that they know was among them.
    """
    body = raw.partition(b"\r\n\r\n")[2] or raw.partition(b"\n\n")[2]
    told = "\x00".join([mail.message_id, mail.sender.address, mail.header("date"), mail.subject])
    return hmac.new(key, told.encode("utf-8", "surrogatepass") + b"\x00" + body, hashlib.sha256).digest()


async def take_in(crm: Installation, arrival: Arrival, then: Mapping[str, Any] | None = None) -> Taken:
    """Keep one mail; a copy of one that is here already is passed over.

    then: columns of the mailbox that are set in the same transaction (how far it was read). Writes no read log: it is the
    program that reads. Raises DatabaseError and OSError, after which nothing is kept and it may be tried again.
    """
    mark = copy_hash(crm.keyring.hashing_key("service mail copies"), arrival.mail, arrival.raw)
    if await crm.data.fetch("SELECT id FROM service_taken_mail WHERE copy_hash = ?", mark):
        await set_position(crm, arrival.account_id, then)
        return ALREADY_HERE
    came_back = await return_of(crm, arrival.mail, arrival.sort)
    person = came_back.contact_id if came_back else await met_or_found(crm, arrival)
    contact_id = person if isinstance(person, UUID) else new_id()
    ticket = came_back.ticket_id if came_back else await ticket_for(crm, arrival.mail)
    # Thousands may come back of a newsletter: what is noted at the message need not be kept as mail, too.
    kept = ticket is not None or came_back is None
    files = await received_files(crm, arrival) if kept else []
    try:
        await crm.keyring.ensure([contact_id], "relationship")
        async with crm.data.transaction():
            await crm.data.fetch(
                "INSERT INTO service_taken_mail (id, contact_id, copy_hash, at) VALUES (?, ?, ?, ?)",
                new_id(), contact_id, mark, now(),
            )  # fmt: skip
            if isinstance(person, ContactContent):
                made = NewContact(kind=ContactKind.PERSON, content=person, id=contact_id)
                await create_many(crm, INSIDE, [made], kind="created")
            if came_back is not None:
                await note_returned(crm, came_back.message_id, came_back.what)
            taken = await store(crm, arrival, contact_id, ticket, files) if kept else NOTED
            await set_position(crm, arrival.account_id, then)
    except UniqueViolation:
        # Another process took the same mail in meanwhile.
        await discard_files(crm, files)
        await set_position(crm, arrival.account_id, then)
        return ALREADY_HERE
    except BaseException:
        await discard_files(crm, files)
        raise
    if arrival.mail.sender.address and came_back is None:
        arrival.met[arrival.mail.sender.address] = contact_id
    return taken


async def set_position(crm: Installation, account_id: UUID, columns: Mapping[str, Any] | None) -> None:
    if columns:
        sets = ", ".join(f"{name} = ?" for name in columns)
        await crm.data.fetch(f"UPDATE service_mail_account SET {sets} WHERE id = ?", *columns.values(), account_id)


async def store(
    crm: Installation, arrival: Arrival, contact_id: UUID, ticket_id: UUID | None, files: Sequence[ReceivedFile]
) -> Taken:
    """Within the transaction: the ticket, if it needs one, the message, and its files."""
    mail = arrival.mail
    new_ticket = ticket_id is None
    if ticket_id is None:
        routing = await routed(crm, arrival, contact_id)
        ticket_id = await open_ticket(crm, INSIDE, contact_id, await draft_of(crm, arrival, routing))
        if routing.canned_id and arrival.sort == "personal":
            told = {"ticket_id": ticket_id, "canned_id": routing.canned_id}
            await enqueue(crm, "service.answer_at_once", told)
    message = MessageDraft(
        content=content_of(mail, files),
        direction="in",
        channel="email",
        at=received_at(mail, arrival.arrived),
        contact_id=contact_id,
        raw_file_id=files[0].id,
        # Machines that answer open nothing again, or two of them would keep a ticket open for ever.
        keep_state=arrival.sort != "personal",
    )
    message_id = await add_message(crm, INSIDE, ticket_id, message)
    await keep_files(crm, files, owner_id=message_id, people=[contact_id], permission="service.read")
    if new_ticket and arrival.sort in NOT_ANSWERED:
        await close_quietly(crm, ticket_id, contact_id)
    return Taken(ticket_id=ticket_id, message_id=message_id, contact_id=contact_id, new_ticket=new_ticket)


async def draft_of(crm: Installation, arrival: Arrival, routing: Routing) -> TicketDraft:
    """The ticket that a mail opens, as the rules want it; what is gone since they were written is left out."""
    here = {one.id for one in await active_accounts(crm)} if routing.assignee_id else set()
    return TicketDraft(
        subject=line(arrival.mail.subject, LONGEST_SUBJECT) or NO_SUBJECT,
        channel="email",
        kind=routing.kind or "question",
        priority=routing.priority or 2,
        tags=(*routing.tags, *(() if arrival.sort == "personal" else (arrival.sort,))),
        queue_id=await first_in_use(crm, routing.queue_id, arrival.queue_id),
        assignee_id=routing.assignee_id if routing.assignee_id in here else None,
        language=routing.language,
        waits=arrival.sort not in NOT_ANSWERED,
        opened_at=arrival.arrived,
    )


async def close_quietly(crm: Installation, ticket_id: UUID, contact_id: UUID) -> None:
    """What no person wrote is kept and waits for nobody."""
    await crm.data.fetch("UPDATE service_ticket SET state = 'closed', solved_at = opened_at WHERE id = ?", ticket_id)
    await note_event(crm, INSIDE, {"id": ticket_id, "contact_id": contact_id}, "state", ("new", "closed"))


async def met_or_found(crm: Installation, arrival: Arrival) -> UUID | ContactContent:
    """As `person_of`, and at once for whoever wrote the mail before, if they are still there."""
    known = arrival.met.get(arrival.mail.sender.address)
    if known and await crm.data.fetch("SELECT id FROM contact WHERE id = ? AND deleted_at IS NULL", known):
        return known
    return await person_of(crm, arrival.mail)


async def person_of(crm: Installation, mail: ReadMail) -> UUID | ContactContent:
    """The contact that has the sender's address, the oldest if several have; else what a new one would say."""
    sender = mail.reply_to[0] if mail.reply_to and not mail.sender.address else mail.sender
    if sender.address:
        asked = ContactContent(display_name=sender.address, emails=[EmailAddress(address=sender.address)])
        found = await possible_duplicates(crm, INSIDE, asked)
        same = [one for one in found if sender.address in {each.address.lower() for each in one.content.emails}]
        if same:
            oldest: UUID = min((one.row["id"] for one in same), key=lambda one: one.int)
            return oldest
    return newcomer(sender.name, sender.address)


def newcomer(name: str, address: str) -> ContactContent:
    shown = line(name, 200) or address[:200] or UNKNOWN
    emails = [EmailAddress(address=address)] if address else []
    try:
        return validate_content(ContactContent(display_name=shown, emails=emails))
    except InvalidContent:
        # An address that is none is kept with the message, and the name is what it was called by.
        return validate_content(ContactContent(display_name=shown if shown.isprintable() else UNKNOWN))


async def received_files(crm: Installation, arrival: Arrival) -> list[ReceivedFile]:
    """The mail as it came, first, then its attachments; sealed, and not yet anybody's."""
    files: list[ReceivedFile] = []
    try:
        files.append(await receive_file(crm, "message.eml", pieces(arrival.raw), limit=len(arrival.raw) + 1))
        for one in arrival.mail.files:
            files += [await receive_file(crm, one.name, pieces(one.content), limit=len(one.content) + 1)]
    except BaseException:
        await discard_files(crm, files)
        raise
    return files


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]
        await asyncio.sleep(0)


def content_of(mail: ReadMail, files: Sequence[ReceivedFile]) -> MessageContent:
    """What is sealed of a message; everything is cut to what a struct may hold, for the whole of it lies beside it."""
    attached = zip(files[1:], mail.files, strict=True)
    return MessageContent(
        subject=line(mail.subject, 500),
        text=text(mail.text),
        html=text(mail.html),
        from_name=line(mail.sender.name, 500),
        from_address=line(mail.sender.address, 500),
        to=tuple(line(one.address, 500) for one in mail.to[:50]),
        cc=tuple(line(one.address, 500) for one in mail.cc[:50]),
        files=tuple(
            MessageFile(
                id=file.id, name=short(file.content.name), media_type=file.content.media_type[:100], size=file.content.size,
                content_id=short(one.content_id),
            )
            for file, one in attached
        ),
        message_id=line(mail.message_id, 500),
        defects=mail.defects,
    )  # fmt: skip


async def first_in_use(crm: Installation, *queue_ids: UUID | None) -> UUID | None:
    """Where a ticket goes; None if all of these are in the archive by now, and the first queue takes what they would have got."""
    used = {one.id for one in await queues(crm)}
    return next((one for one in queue_ids if one in used), None)


def bare(mail: ReadMail) -> ReadMail:
    """A mail whose parts made trouble when they were stored: its headers stay, the rest is in the message as it came."""
    return replace(
        mail, text="", html="", files=(), subject=line(mail.subject, 200), defects=(*mail.defects, "unreadable")
    )
