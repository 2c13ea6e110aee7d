"""Finds the ticket that a mail answers, and writes the mark by which answers to ours are known.

A mark stands in the subject, `[T-1042-7KQ2MXAB]`: the ticket's number, and eight letters that only this installation can
make, so that nobody gets into a ticket by guessing its number.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from uuid import UUID

from confida_core.api import Installation
from confida_service.mail.reading import ReadMail
from confida_service.tickets.messages import ticket_of_mail

MARK = re.compile(r"\[[A-Z]{1,8}-(\d{1,9})-([A-Z2-7]{8})\]")
OURS = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@")


async def ticket_for(crm: Installation, mail: ReadMail) -> UUID | None:
    """By the mails it names as answered, ours or others, the nearest first; then by the mark in its subject."""
    named = [*mail.references, *mail.in_reply_to]
    return (
        await ticket_of_mail(crm, named) or await ticket_of_ours(crm, named) or await ticket_of_mark(crm, mail.subject)
    )


async def ticket_of_ours(crm: Installation, message_ids: list[str]) -> UUID | None:
    """Our mails carry the id of their row as Message-ID."""
    found = [UUID(match[1]) for one in reversed(message_ids) if (match := OURS.match(one))]
    for outbound_id in found[:20]:
        rows = await crm.data.fetch("SELECT ticket_id FROM service_message WHERE outbound_id = ?", outbound_id)
        if rows:
            ticket_id: UUID = rows[0]["ticket_id"]
            return ticket_id
    return None


async def ticket_of_mark(crm: Installation, subject: str) -> UUID | None:
    for number, letters in MARK.findall(subject)[:5]:
        rows = await crm.data.fetch("SELECT id FROM service_ticket WHERE number = ?", int(number))
        if rows and hmac.compare_digest(letters, letters_of(crm, rows[0]["id"])):
            ticket_id: UUID = rows[0]["id"]
            return ticket_id
    return None


def mark_of(crm: Installation, prefix: str, ticket_id: UUID, number: int) -> str:
    """What stands in the subject of mails out of a ticket."""
    return f"[{prefix}-{number}-{letters_of(crm, ticket_id)}]"


def letters_of(crm: Installation, ticket_id: UUID) -> str:
    digest = hmac.new(crm.keyring.hashing_key("service reply mark"), ticket_id.bytes, hashlib.sha256).digest()
    return base64.b32encode(digest)[:8].decode("ascii")
