"""Conversations in the chat box. Whoever has a conversation's token sees what was said in it, and nothing else."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    ContactContent,
    EmailAddress,
    Installation,
    InvalidContent,
    NotFound,
    new_id,
    now,
    system_access,
    validate_content,
)
from confida_service.chat.box import box_settings
from confida_service.chat.channels import Arrived, enter, prepare
from confida_service.content import MESSAGE, MessageContent
from confida_service.mail.cutting import storable
from confida_service.tickets.messages import MessageDraft, add_message

INSIDE = system_access("service chat")
CHANNEL = "chat"
LONGEST_TEXT, LONGEST_NAME = 4_000, 200
MOST_SHOWN, MOST_SAID = 200, 300
# The visitor's window says every few seconds that it is there; after so long it is not.
THERE = timedelta(minutes=3)
NOTED = timedelta(seconds=30)
IDLE, LONGEST = timedelta(hours=24), timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """What somebody says of themselves before their first message."""

    name: str = ""
    email: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A line of a conversation. ours: a colleague wrote it."""

    id: UUID
    at: datetime
    ours: bool
    text: str


class TooMuch(Exception):
    """More was said in one conversation than any person says."""


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def start_chat(crm: Installation, visitor: Visitor, text: str) -> str:
    """Begin a conversation with its first message; returns its token. Raises InvalidContent by field."""
    errors = {**check_text(text), **check_visitor(visitor)}
    if errors:
        raise InvalidContent(errors)
    settings = await box_settings(crm)
    arrived = Arrived(
        channel=CHANNEL, text=storable(text).strip(), name=visitor.name.strip(), email=visitor.email.strip(),
        language=visitor.language, queue_id=settings.queue_id,
    )  # fmt: skip
    whose = await prepare(crm, arrived)
    token, moment = secrets.token_urlsafe(32), now()
    async with crm.data.transaction():
        entered = await enter(crm, arrived, whose)
        chat_id = new_id()
        await crm.data.fetch(
            "INSERT INTO service_chat (id, ticket_id, contact_id, token_hash, started_at, seen_at) VALUES (?, ?, ?, ?, ?, ?)",
            chat_id, entered.ticket_id, entered.contact_id, hash_of(token), moment, moment,
        )  # fmt: skip
        await note_line(crm, {"id": chat_id, "contact_id": entered.contact_id}, entered.message_id)
    return token


def check_text(text: str) -> dict[str, str]:
    if not text.strip():
        return {"text": "Please write something."}
    return {"text": f"At most {LONGEST_TEXT} characters."} if len(text) > LONGEST_TEXT else {}


def check_visitor(visitor: Visitor) -> dict[str, str]:
    if len(visitor.name) > LONGEST_NAME:
        return {"name": f"At most {LONGEST_NAME} characters."}
    if not visitor.email.strip():
        return {}
    try:
        validate_content(ContactContent(display_name="Visitor", emails=[EmailAddress(address=visitor.email.strip())]))
    except InvalidContent:
        return {"email": "This is no mail address."}
    return {}


async def note_line(crm: Installation, chat: Mapping[str, Any], message_id: UUID) -> None:
    await crm.data.fetch(
        "INSERT INTO service_chat_line (id, chat_id, contact_id) VALUES (?, ?, ?)",
        message_id, chat["id"], chat["contact_id"],
    )  # fmt: skip


async def chat_of(crm: Installation, token: str) -> dict[str, Any]:
    """The conversation of a token. Raises NotFound for one that is wrong, over or ended."""
    moment = now()
    rows = await crm.data.fetch(
        "SELECT * FROM service_chat WHERE token_hash = ? AND ended_at IS NULL AND seen_at > ? AND started_at > ?",
        hash_of(token), moment - IDLE, moment - LONGEST,
    )  # fmt: skip
    if not rows:
        raise NotFound
    row: dict[str, Any] = rows[0]
    if row["seen_at"] < moment - NOTED:
        await crm.data.fetch("UPDATE service_chat SET seen_at = ? WHERE id = ?", moment, row["id"])
    return row


async def say(crm: Installation, token: str, text: str) -> None:
    """A further message of the visitor. Raises NotFound, InvalidContent and TooMuch."""
    chat = await chat_of(crm, token)
    if errors := check_text(text):
        raise InvalidContent(errors)
    [counted] = await crm.data.fetch("SELECT count(*) AS number FROM service_chat_line WHERE chat_id = ?", chat["id"])
    if counted["number"] >= MOST_SAID:
        raise TooMuch
    first = await first_words(crm, chat)
    arrived = Arrived(
        channel=CHANNEL, text=storable(text).strip(), name=first.from_name, email=first.from_address,
        ticket_id=chat["ticket_id"], contact_id=chat["contact_id"],
    )  # fmt: skip
    whose = await prepare(crm, arrived)
    async with crm.data.transaction():
        entered = await enter(crm, arrived, whose)
        await note_line(crm, chat, entered.message_id)


async def first_words(crm: Installation, chat: Mapping[str, Any]) -> MessageContent:
    """What the visitor said of themselves."""
    rows = await crm.data.fetch(
        "SELECT m.* FROM service_message AS m JOIN service_chat_line AS l ON l.id = m.id WHERE l.chat_id = ? "
        "AND m.direction = 'in' ORDER BY m.id LIMIT 1",
        chat["id"],
    )
    opened = await crm.door.open(INSIDE, MESSAGE, rows)
    return opened[0].content if opened else MessageContent()


async def said_in(crm: Installation, chat: Mapping[str, Any]) -> tuple[Said, ...]:
    """The last lines of a conversation, the oldest of them first. One query, opened for the person it is with."""
    rows = await crm.data.fetch(
        "SELECT m.* FROM service_message AS m JOIN service_chat_line AS l ON l.id = m.id WHERE l.chat_id = ? "
        "AND m.direction <> 'note' ORDER BY m.id DESC LIMIT ?",
        chat["id"], MOST_SHOWN,
    )  # fmt: skip
    return tuple(
        Said(id=one.row["id"], at=one.row["at"], ours=one.row["direction"] == "out", text=one.content.text)
        for one in await crm.door.open(INSIDE, MESSAGE, rows[::-1])
    )


async def end_chat(crm: Installation, token: str) -> None:
    """The visitor has gone; what was said stays in its ticket. Raises NotFound."""
    chat = await chat_of(crm, token)
    await crm.data.fetch("UPDATE service_chat SET ended_at = ? WHERE id = ?", now(), chat["id"])


async def chat_of_ticket(crm: Installation, ticket_id: UUID) -> dict[str, Any] | None:
    """The latest conversation of a ticket that can still be answered there; of one that has passed its gate."""
    moment = now()
    # A ticket that took another one in has its conversation, too.
    rows = await crm.data.fetch(
        "SELECT * FROM service_chat WHERE (ticket_id = ? OR ticket_id IN (SELECT id FROM service_ticket WHERE merged_into = ?)) "
        "AND ended_at IS NULL AND seen_at > ? AND started_at > ? ORDER BY id DESC LIMIT 1",
        ticket_id, ticket_id, moment - IDLE, moment - LONGEST,
    )  # fmt: skip
    return rows[0] if rows else None


def is_there(chat: Mapping[str, Any]) -> bool:
    """Whether the visitor's window was heard just now."""
    return bool(chat["seen_at"] > now() - THERE)


class ChatBoxChannel:
    """Our own channel: the visitor's window asks for what is new."""

    key = CHANNEL

    async def deliver(self, crm: Installation, ticket_id: UUID, message_id: UUID) -> bool:
        chat = await chat_of_ticket(crm, ticket_id)
        if chat is None:
            return False
        await note_line(crm, chat, message_id)
        return True


async def answer_in_chat(crm: Installation, access: Access, ticket_id: UUID, text: str) -> bool:
    """Write into the open conversation of a ticket. False where there is none any more: then nothing is kept.

    Raises Forbidden, NotFound and InvalidContent.
    """
    access.actor.require("service.write")
    if len(text) > LONGEST_TEXT:
        raise InvalidContent({"text": f"At most {LONGEST_TEXT} characters."})
    chat = await chat_of_ticket(crm, ticket_id)
    if chat is None:
        return False
    draft = MessageDraft(
        content=MessageContent(text=text.strip()), direction="out", channel=CHANNEL, contact_id=chat["contact_id"]
    )
    await crm.keyring.ensure([chat["contact_id"]], MESSAGE.retention_class)
    async with crm.data.transaction():
        message_id = await add_message(crm, access, ticket_id, draft)
        if not await ChatBoxChannel().deliver(crm, ticket_id, message_id):
            raise InvalidContent({"text": "The visitor has just ended the conversation. Nothing was sent."})
    return True


async def forget_chats(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: conversations that nobody can go on with; what was said in them stays in their tickets."""
    moment = now()
    over = "SELECT id FROM service_chat WHERE ended_at IS NOT NULL OR seen_at < ? OR started_at < ?"
    async with crm.data.transaction():
        await crm.data.fetch(
            f"DELETE FROM service_chat_line WHERE chat_id IN ({over})", moment - IDLE, moment - LONGEST
        )
        await crm.data.fetch(
            "DELETE FROM service_chat WHERE ended_at IS NOT NULL OR seen_at < ? OR started_at < ?",
            moment - IDLE, moment - LONGEST,
        )  # fmt: skip
