"""What the door is asked to send, and what is sealed of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from confida_core.contacts.content import LineText, Sealed
from confida_core.declarations import InAnswer, RecordDeclaration
from confida_core.outbound.declarations import Verdict
from confida_core.outbound.tables import Disclosure as DisclosureTable
from confida_core.outbound.tables import OutboundMessage as OutboundTable


class MessageState(StrEnum):
    """queued -> sending -> sent or failed, back to queued between two attempts; refused and cancelled leave never."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


# Core's own reasons. A gate brings its own, each with a sentence, which is sealed beside the message.
REASONS: Mapping[str, str] = {
    "no_gate": "Nothing leaves, because no plugin that asks for consent is enabled.",
    "no_answer": "The gate gave no answer for this person.",
    "no_contact": "There is no such contact.",
    "in_trash": "The contact is in the trash.",
    "restricted": "Processing of this person's data is restricted.",
    "wrong_way": "A message for this channel does not leave this way.",
    "no_transport": "No plugin can send this kind of message.",
    "no_address": "The contact has no e-mail address.",
    "not_set_up": "No mail server is set up.",
    "password_unreadable": "The file with the mail server's password cannot be read.",
    "dkim_unusable": "Mail is to be signed, and cannot be: the key or its settings do not fit.",
    "password_in_the_open": "The mail server's password would travel unencrypted.",
    "unknown_address": "The mail server says that this address does not exist.",
    "rejected": "The mail server refused the message for good.",
    "address_not_ascii": "The mail server does not take addresses with letters beyond English.",
    "try_later": "It could not be handed over; it is tried again.",
    "server_away": "The mail server did not answer; it is tried again.",
    "server_busy": "The mail server could not take it at the moment; it is tried again.",
    "login_refused": "The mail server refused our log-in; it is tried again.",
    "no_encryption": "The connection to the mail server could not be encrypted; it is tried again.",
    "bad_sender": "The setting mail_from holds no e-mail address.",
    "gave_up": "It could not be handed over in many attempts.",
    "too_old": "It waited for more than three days and would come too late.",
    "restored": "A backup was restored while it waited; it may have been sent before.",
    "bounced": "The recipient's mail server sent it back.",
    "address_gone": "The recipient's mail server says that this address does not exist, and sent it back.",
    "erased": "The person's data were erased.",
}


class AttachedFile(Sealed, frozen=True):
    """A file that goes with an e-mail. data: its bytes, which are kept until it was sent. size: theirs, kept for good."""

    name: LineText = ""
    media_type: LineText = "application/octet-stream"
    data: bytes = b""
    size: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboundMessage:
    """One message to one contact.

    purpose: key of what it is for, as the gates know it. channel: email, phone, sms, post ... path: of a transport.
    to: an address; "" takes the contact's first e-mail address. html: an alternative to `text`, which is always needed.
    headers: further mail headers, of those that `checking.ALLOWED_HEADERS` lists.
    secret: the text holds a code or a link that acts in the person's name. Staff never see it, and once it is sent it is
    not kept; so nothing secret belongs into the subject.
    files: go with an e-mail; at most 10 MB together. leaves_at: not before then, at most half an hour from now, so that it can
    be called off; None for at once.
    bulk: one of many that nobody waits for: it leaves after everything else, together with others.
    """

    contact_id: UUID
    purpose: str
    subject: str
    text: str
    channel: str = "email"
    path: str = "email"
    to: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    secret: bool = False
    files: tuple[AttachedFile, ...] = ()
    leaves_at: datetime | None = None
    bulk: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SendResult:
    """What became of one message at the door. id: of its row, whatever became of it. reason: a code, "" if it is queued."""

    id: UUID
    state: MessageState
    reason: str
    verdict: Verdict

    @property
    def allowed(self) -> bool:
        return self.verdict.allowed


@dataclass(frozen=True, kw_only=True, slots=True)
class Permitted:
    """Whom a list that leaves may hold, in the order asked for, and why the others may not be in it."""

    allowed: list[UUID]
    refused: dict[UUID, Verdict]


TELLING_HEADERS = frozenset({"List-Unsubscribe", "List-Unsubscribe-Post"})
# An address of the public side with a secret of `secrets.token_urlsafe(32)` at its end: whoever opens it is the person.
_SECRET_ADDRESS = re.compile(r"(/my/(?:x/[a-z_]{1,40}/)?[a-z]{1,20}/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")


class OutboundContent(Sealed, frozen=True):
    """sentence, basis: the gate's last answer in plain words, and the legal basis it named. secret: see OutboundMessage.

    files: without their bytes once it was sent, because whoever attached them keeps them where they belong.
    """

    to: LineText = ""
    subject: LineText = ""
    text: str = ""
    html: str = ""
    headers: dict[str, str] = {}
    sentence: LineText = ""
    basis: str = ""
    secret: bool = False
    files: tuple[AttachedFile, ...] = ()

    def without_secrets(self) -> OutboundContent:
        """What may be shown, and is kept after sending: no code, and no address by which to unsubscribe in somebody's name."""
        return self.for_the_person().without_bytes()

    def for_the_person(self) -> OutboundContent:
        """What they get who ask for their data: the same, with the files of a message that still waits."""
        kept = {name: value for name, value in self.headers.items() if name not in TELLING_HEADERS}
        text, html = ("", "") if self.secret else (_SECRET_ADDRESS.sub(r"\1…", one) for one in (self.text, self.html))
        return msgspec.structs.replace(self, text=text, html=html, headers=kept)

    def without_bytes(self) -> OutboundContent:
        """Only what the files were called and how large they were."""
        files = tuple(msgspec.structs.replace(file, data=b"") for file in self.files)
        return msgspec.structs.replace(self, files=files)


class DisclosureContent(Sealed, frozen=True):
    """recipient: the name of whoever got it. fields: which kinds of data."""

    recipient: LineText = ""
    fields: list[str] = []


_CLEAR = {
    "purpose": "Key of a purpose.",
    "channel": "One word, such as email; its form is checked.",
    "path": "Key of a way out, such as email or export; its form is checked.",
}

OUTBOUND = RecordDeclaration(
    table=OutboundTable,
    content=OutboundContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Messages",
    clear={
        **_CLEAR,
        "state": "One of six states.",
        "returned": "One of four words.",
        "reason": "A code that a gate or this program chose; its form is checked.",
    },
    answer=InAnswer(
        category="Messages to you",
        source="Written by us or by this program.",
        # Whoever reads the copy over somebody's shoulder must not be able to act in their name.
        shown=OutboundContent.for_the_person,
    ),
)

DISCLOSURE = RecordDeclaration(
    table=DisclosureTable,
    content=DisclosureContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="data_subject_rights",
    label="Data handed to others",
    clear={**_CLEAR, "basis": "Key of a legal basis; its form is checked."},
    answer=InAnswer(category="To whom your data were handed", source="The program notes each time."),
)
