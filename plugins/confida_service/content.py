"""What service seals, and how each record stands at export and erasure."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from confida_core.api import InAnswer, LineText, RecordDeclaration, Sealed, ShortText
from confida_service.tables import Ticket, TicketMessage

LONGEST_MESSAGE = 500_000
MessageText = Annotated[str, Meta(max_length=LONGEST_MESSAGE)]
FROM_THEM_OR_US = "Written by you, or by somebody who works for us."


class TicketContent(Sealed, frozen=True):
    """subject: never empty. tags: sorted, unique."""

    subject: LineText = ""
    tags: tuple[ShortText, ...] = ()


class MessageFile(Sealed, frozen=True):
    """A file of a message; name, type and size are repeated here, so that a ticket opens no files to be shown."""

    id: UUID
    name: ShortText = ""
    media_type: ShortText = ""
    size: int = 0
    content_id: ShortText = ""


class MessageContent(Sealed, frozen=True):
    """text: plain. html: as it came, only ever shown in a frame without rights. defects: codes of what could not be read.

    message_id: of a mail, without angle brackets.
    """

    subject: LineText = ""
    text: MessageText = ""
    html: MessageText = ""
    from_name: LineText = ""
    from_address: LineText = ""
    to: tuple[LineText, ...] = ()
    cc: tuple[LineText, ...] = ()
    files: tuple[MessageFile, ...] = ()
    message_id: LineText = ""
    defects: tuple[ShortText, ...] = ()


TICKET = RecordDeclaration(
    table=Ticket,
    content=TicketContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Tickets",
    clear={"state": "one of seven words", "kind": "one of five words", "channel": "one of a few words"},
    answer=InAnswer(category="What you asked us", source=FROM_THEM_OR_US),
)
MESSAGE = RecordDeclaration(
    table=TicketMessage,
    content=MessageContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Messages of tickets",
    clear={
        "direction": "one of three words",
        "channel": "one of a few words",
        "mail_hash": "a hash of a random Message-ID",
    },
    answer=InAnswer(category="What you asked us", source=FROM_THEM_OR_US),
)
RECORDS = (TICKET, MESSAGE)
