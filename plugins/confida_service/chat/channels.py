"""How a message of a messenger comes in: by one door, whatever the messenger is, and becomes part of a ticket.

A channel says how an answer reaches whoever wrote. Ours is the chat box on an organisation's own site; another one would take
what its messenger sends (a webhook, a listener), hand it to `enter`, and send what `deliver` is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from confida_core.api import (
    ContactContent,
    ContactKind,
    EmailAddress,
    Installation,
    NewContact,
    create_many,
    new_id,
    possible_duplicates,
    system_access,
)
from confida_service.content import MessageContent
from confida_service.mail.cutting import line
from confida_service.mail.taking_in import newcomer
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.tickets import TicketDraft, open_ticket

INSIDE = system_access("service chat")
LONGEST_SUBJECT = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """A message at the door. channel: key of its channel. ticket_id, contact_id: None where a conversation begins with it.

    name, email: what whoever wrote says of themselves; nothing of it is proven. language: ISO 639-1, or "".
    """

    channel: str
    text: str
    name: str = ""
    email: str = ""
    language: str = ""
    queue_id: UUID | None = None
    ticket_id: UUID | None = None
    contact_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entered:
    """Where it is now."""

    contact_id: UUID
    ticket_id: UUID
    message_id: UUID


class Channel(Protocol):
    """A messenger. key: one of the words of `tickets.states.CHANNELS`."""

    key: str

    async def deliver(self, crm: Installation, ticket_id: UUID, message_id: UUID) -> bool:
        """Within the transaction that keeps an answer of ours: let it reach whoever wrote. False where it cannot."""


async def prepare(crm: Installation, arrived: Arrived) -> tuple[UUID, ContactContent | None]:
    """Whose message it is, and what a new contact would say; before the transaction, because keys are made in one of their own."""
    if arrived.contact_id is not None:
        return arrived.contact_id, None
    person = await person_of(crm, arrived)
    contact_id = person if isinstance(person, UUID) else new_id()
    await crm.keyring.ensure([contact_id], "relationship")
    return contact_id, None if isinstance(person, UUID) else person


async def enter(crm: Installation, arrived: Arrived, whose: tuple[UUID, ContactContent | None]) -> Entered:
    """Within a transaction: the message in its ticket, with a ticket and a provisional contact where there are none yet.

    whose: as `prepare` said. Raises InvalidContent for an empty or too long message.
    """
    contact_id, content = whose
    if content is not None:
        made = NewContact(kind=ContactKind.PERSON, content=content, id=contact_id)
        await create_many(crm, INSIDE, [made], kind="created")
    ticket_id = arrived.ticket_id
    if ticket_id is None:
        draft = TicketDraft(
            subject=line(arrived.text, LONGEST_SUBJECT) or "Chat", channel=arrived.channel, queue_id=arrived.queue_id,
            language=arrived.language,
        )  # fmt: skip
        ticket_id = await open_ticket(crm, INSIDE, contact_id, draft)
    said = MessageContent(text=arrived.text, from_name=line(arrived.name, 200), from_address=line(arrived.email, 254))
    message = MessageDraft(content=said, direction="in", channel=arrived.channel, contact_id=contact_id)
    message_id = await add_message(crm, INSIDE, ticket_id, message)
    return Entered(contact_id=contact_id, ticket_id=ticket_id, message_id=message_id)


async def person_of(crm: Installation, arrived: Arrived) -> UUID | ContactContent:
    """The contact that has the address, the oldest if several have, as with mail; else what a new one would say."""
    address = arrived.email.strip().lower()
    if address:
        asked = ContactContent(display_name=address, emails=[EmailAddress(address=address)])
        found = await possible_duplicates(crm, INSIDE, asked)
        same = [one for one in found if address in {each.address.lower() for each in one.content.emails}]
        if same:
            oldest: UUID = min((one.row["id"] for one in same), key=lambda one: one.int)
            return oldest
    return newcomer(arrived.name or "Visitor of the chat", address)
