"""Mail out of a ticket: through the sending door, marked so that the answer finds its way back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from confida_core.api import (
    Access,
    AttachedFile,
    Installation,
    MessageState,
    Opened,
    OutboundMessage,
    SendResult,
    address_of,
    now,
    plugin_settings,
    send,
    system_access,
    visible_contact,
)
from confida_service.content import MessageContent, TicketContent
from confida_service.mail.cutting import line
from confida_service.mail.threads import MARK, mark_of
from confida_service.settings import ServiceSettings
from confida_service.tickets.messages import MessageDraft, add_message, check_draft, followed, last_received

PURPOSE = "service.answers"
INSIDE = system_access("service answers", "relationship")
LONGEST_SUBJECT = 200
MOST_REFERENCES = 10
OWN_PAGE = {
    "en": "You can also read this and answer it on your own page:\n{link}",
    "de": "Sie können dies auch auf Ihrer eigenen Seite lesen und beantworten:\n{link}",
}
LONGEST_QUOTE = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is written back. to: "" for whoever wrote last. hold_seconds: how long it can still be called off.

    automatic: a program writes it; it says so (RFC 3834), and does not count as the first answer.
    """

    text: str
    to: str = ""
    subject: str = ""
    files: tuple[AttachedFile, ...] = ()
    hold_seconds: int = 0
    keep_state: bool = False
    automatic: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """message_id: of what was added to the ticket, None if it could not leave; result: what the door said."""

    message_id: UUID | None
    result: SendResult


async def answer_by_mail(crm: Installation, access: Access, ticket_id: UUID, answer: Answer) -> Answered:
    """Send an answer, and keep it in the ticket if it leaves: where the door refuses, or no mail server is set up, nothing is.

    Raises Forbidden, NotFound, InvalidContent, and ValueError for what cannot be a message.
    """
    access.actor.require("service.write")
    ticket = await followed(crm, access, ticket_id)
    content = MessageContent(text=answer.text.strip())
    draft = MessageDraft(
        content=content, direction="out", channel="email", keep_state=answer.keep_state, automatic=answer.automatic
    )
    check_draft(draft)
    said = await last_received(crm, access, ticket.row["id"], MOST_REFERENCES)
    last = said[-1] if said else None
    message = await written(crm, ticket, answer, last, said)
    result = await send(crm, access, message)
    if result.state is not MessageState.QUEUED:
        return Answered(message_id=None, result=result)
    kept = replace(
        draft,
        content=MessageContent(text=content.text, subject=message.subject, to=(message.to,) if message.to else ()),
        outbound_id=result.id,
        contact_id=message.contact_id,
    )
    return Answered(message_id=await add_message(crm, access, ticket.row["id"], kept), result=result)


async def written(
    crm: Installation,
    ticket: Opened[TicketContent],
    answer: Answer,
    last: Opened[MessageContent] | None,
    said: list[Opened[MessageContent]],
) -> OutboundMessage:
    """The message: to whoever wrote last, unless somebody else is named, with their words below ours."""
    to = answer.to or (last.content.from_address if last is not None else "")
    theirs = last is not None and to == last.content.from_address
    contact_id = last.row["contact_id"] if theirs and last is not None else ticket.row["contact_id"]
    own_page = await own_page_of(crm, ticket, contact_id) if asked_on_own_page(ticket, last) else ""
    return OutboundMessage(
        contact_id=contact_id,
        purpose=PURPOSE,
        to=to,
        subject=await subject_of(crm, ticket, answer.subject),
        text=f"{answer.text.strip()}\n{own_page}{quoted(last) if theirs and last is not None else ''}",
        headers=thread_headers(said) | ({"Auto-Submitted": "auto-replied"} if answer.automatic else {}),
        files=answer.files,
        leaves_at=now() + timedelta(seconds=answer.hold_seconds) if answer.hold_seconds else None,
    )


def asked_on_own_page(ticket: Opened[TicketContent], last: Opened[MessageContent] | None) -> bool:
    """They opened it on their own pages, or wrote there last."""
    return ticket.row["channel"] == "web" or (last is not None and last.row["channel"] == "web")


async def own_page_of(crm: Installation, ticket: Opened[TicketContent], contact_id: UUID) -> str:
    """Where they read the ticket themselves, in their language; "" for somebody else, who would find nothing there."""
    if contact_id != ticket.row["contact_id"]:
        return ""
    spoken = (await visible_contact(crm, INSIDE, contact_id)).content.language.lower()
    link = f"{address_of(crm)}/my/x/service/tickets/{ticket.row['id']}"
    return "\n" + OWN_PAGE["de" if spoken.startswith("de") else "en"].format(link=link) + "\n"


async def subject_of(crm: Installation, ticket: Opened[TicketContent], given: str) -> str:
    """ "Re: " and the ticket's subject, with the mark by which the answer finds it; no mark stands there twice."""
    prefix = (await plugin_settings(crm, ServiceSettings)).ticket_prefix
    mark = mark_of(crm, prefix, ticket.row["id"], ticket.row["number"])
    plain = line(MARK.sub("", given or ticket.content.subject), LONGEST_SUBJECT)
    begun = plain if given or plain.lower().startswith(("re:", "aw:")) else f"Re: {plain}"
    return f"{begun} {mark}"


def quoted(last: Opened[MessageContent]) -> str:
    """What they wrote, as mail programs quote it (RFC 3676)."""
    lines = last.content.text.strip()[:LONGEST_QUOTE].splitlines()
    name = last.content.from_name or last.content.from_address
    day = f"{last.row['at']:%Y-%m-%d %H:%M}"
    return "\n".join(["", f"{day} UTC, {name}:", *(f"> {each}" for each in lines)]) if lines else ""


def thread_headers(said: list[Opened[MessageContent]]) -> dict[str, str]:
    """By which mail programs keep a conversation together (RFC 5322, 3.6.4)."""
    ids = [one.content.message_id for one in said if one.content.message_id.isascii()]
    named = [f"<{each}>" for each in ids if each and " " not in each][-MOST_REFERENCES:]
    return {"In-Reply-To": named[-1], "References": " ".join(named)} if named else {}
