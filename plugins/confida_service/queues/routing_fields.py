"""What a rule can ask about: the mail that arrives, and whoever sent it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from confida_core.api import IndexField, Installation, values_of_contact
from confida_service.mail.folding import new_text
from confida_service.mail.reading import ReadMail
from confida_service.mail.recognising import Sort
from confida_service.queues.routing_language import language_of

LONGEST_BODY = 20_000
LONGEST_HEADER = 1_000
MOST_HEADERS = 200
SORTS: Mapping[str, str] = {
    "personal": "Written by somebody",
    "automatic": "Answered by a machine",
    "list": "Sent to a list",
    "bounce": "Came back",
    "complaint": "Reported as unwanted",
    "loop": "Runs in circles",
}


def mail_field(key: str, kind: Any, label: str, **more: Any) -> IndexField:
    return IndexField(key=f"mail.{key}", type=kind, label=f"Mail: {label}", **more)


MAIL_FIELDS: Mapping[str, IndexField] = {
    field.key: field
    for field in (
        mail_field("sender", "text", "sender's address"),
        mail_field("sender_name", "text", "sender's name"),
        mail_field("recipient", "text", "sent to"),
        mail_field("subject", "text", "subject"),
        mail_field("body", "text", "text"),
        mail_field("header", "text", "header (name: value)"),
        mail_field("language", "choice", "language"),
        mail_field("sort", "choice", "sort", choices=SORTS),
        mail_field("files", "number", "number of files"),
    )
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What rules are tried on. values: by the key of the field; a missing one is not known."""

    fields: Mapping[str, IndexField]
    values: Mapping[str, Any]
    language: str = ""


async def all_fields(crm: Installation) -> dict[str, IndexField]:
    """Those of the mail and those of the contact, by key, as a builder offers them."""
    of_contact, _ = await values_of_contact(crm, UUID(int=0))
    return dict(MAIL_FIELDS) | {
        key: replace(field, label=f"Contact: {field.label}" if field.label else "") for key, field in of_contact.items()
    }


def mail_values(mail: ReadMail, sort: Sort) -> dict[str, Any]:
    """What a mail says, cut to what deciding needs; the quoted part of an answer decides nothing."""
    return {
        "mail.sender": mail.sender.address,
        "mail.sender_name": mail.sender.name,
        "mail.recipient": frozenset(one.address for one in (*mail.to, *mail.cc) if one.address),
        "mail.subject": mail.subject,
        "mail.body": new_text(mail.text[: LONGEST_BODY * 2])[:LONGEST_BODY],
        "mail.header": frozenset(f"{name}: {value}"[:LONGEST_HEADER] for name, value in mail.headers[:MOST_HEADERS]),
        "mail.language": language_of(mail) or None,
        "mail.sort": sort,
        "mail.files": len(mail.files),
    }


async def facts_of(crm: Installation, mail: ReadMail, sort: Sort, contact_id: UUID | None) -> Facts:
    """contact_id: None where the sender is not known yet; then nothing is known of them."""
    of_contact, known = await values_of_contact(crm, contact_id or UUID(int=0))
    said = mail_values(mail, sort)
    fields = dict(MAIL_FIELDS) | {
        key: replace(field, label=f"Contact: {field.label}" if field.label else "") for key, field in of_contact.items()
    }
    return Facts(fields=fields, values=known | said, language=said["mail.language"] or "")
