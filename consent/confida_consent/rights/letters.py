"""The correspondence about a request: by e-mail through the sending door, or printed; what comes in is logged too."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_consent.controller import read_controller
from confida_consent.rights.content import Letter
from confida_consent.rights.declared import LETTER
from confida_consent.rights.letters_texts import LetterFacts, language_of, written
from confida_consent.rights.steps import INSIDE, checked_instant, checked_text, request_row
from confida_consent.tokens import make_token
from confida_core.accounts.audit import record_event
from confida_core.accounts.signing_in import address_of
from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.records import CONTACT
from confida_core.contacts.text import clean_line
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.outbound.content import MessageState, OutboundMessage
from confida_core.outbound.sender import send
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound

PURPOSE: Final = "data_subject_request"
STATUS_PATH: Final = "/my/requests/"
INCOMING = ("email", "post", "phone", "in_person", "portal")
LONGEST_SUBJECT = 200
UNDELIVERED = frozenset({MessageState.FAILED.value, MessageState.REFUSED.value, MessageState.CANCELLED.value})
TEMPLATES = ("identity", "clarification", "answer_ready", "done")
HIDDEN = "•••• ••••"
KNOWN: Final = "known"


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedLetter:
    """direction: in or out. channel: how it went or came. message_id: at the sending door, None for what is printed.

    failed: it was to go by e-mail and could not be delivered, so that it has to be printed after all.
    """

    id: UUID
    request_id: UUID
    direction: str
    channel: str
    at: datetime
    actor_id: UUID | None
    message_id: UUID | None
    subject: str
    text: str
    other_side: str
    failed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A letter that was stored. channel: email, or post: it has to be printed and sent by hand."""

    id: UUID
    channel: str


async def write_letter(
    crm: Installation, access: Access, request_id: UUID, subject: str, text: str, *, by: str = ""
) -> Written:
    """Write to the person and keep a copy in the file. by: email, post, or "" for the first of them that is possible.

    By e-mail only to an address that is stored with the contact. Joins a running transaction. Raises InvalidContent
    (subject, text, by: there is no address), NotFound, Forbidden.
    """
    access.actor.require("requests.decide")
    row = await request_row(crm, request_id)
    subject, text = _checked(subject, text)
    return await deliver(crm, access, row, subject, text, by=by)


def _checked(subject: str, text: str) -> tuple[str, str]:
    errors = {}
    line, body = clean_line(checked_text(subject, "subject")), checked_text(text)
    if not line or len(line) > LONGEST_SUBJECT:
        errors["subject"] = f"Write a subject of at most {LONGEST_SUBJECT} characters."
    if not body:
        errors["text"] = "Write what the person is told."
    if errors:
        raise InvalidContent(errors)
    return line, body


async def deliver(
    crm: Installation, access: Access, row: Row, subject: str, text: str, *, by: str = "", kept: str = "", to: str = ""
) -> Written:
    """Send or lay out for printing, and keep the copy. kept: what the copy says, if not the text. to: of stored addresses."""
    person = await _contact(crm, row["contact_id"])
    address = to or (first_address(person) if person else "")
    if by == "email" and not address:
        raise InvalidContent({"by": "No e-mail address is on file; print the letter."})
    await crm.keyring.ensure([row["id"]], LETTER.retention_class)
    if row["contact_id"] is not None and person:
        await crm.keyring.ensure([row["contact_id"]], "relationship")
    async with crm.data.transaction():
        message_id = await _send(crm, access, row, (address, subject, text)) if address and by != "post" else None
        letter = Letter(subject=subject, text=kept or text, other_side=_other_side(person, address, message_id))
        channel = "email" if message_id else "post"
        return await _keep(crm, access, row["id"], letter, direction="out", channel=channel, message_id=message_id)


async def _send(crm: Installation, access: Access, row: Row, mail: tuple[str, str, str]) -> UUID | None:
    """None if it cannot go by e-mail at present: then it has to be printed."""
    address, subject, text = mail
    text = await with_status_link(crm, row, text)
    headers = {"Content-Language": language_of(row["language"])}
    if access.actor.kind == "staff":
        headers["Auto-Submitted"] = "no"
    message = OutboundMessage(
        contact_id=row["contact_id"], purpose=PURPOSE, to=address, subject=subject, text=text, headers=headers, secret=True
    )  # fmt: skip
    result = await send(crm, INSIDE, message)
    return result.id if result.state is MessageState.QUEUED else None


def _other_side(person: ContactContent | None, address: str, message_id: UUID | None) -> str:
    if message_id is not None:
        return address[:200]
    return person.display_name[:200] if person else ""


async def _keep(crm: Installation, access: Access, request_id: UUID, letter: Letter, **columns: Any) -> Written:
    letter_id, actor = new_id(), access.actor
    staff = actor.id if actor.kind == "staff" else None
    row = {
        "id": letter_id, "request_id": request_id, "at": now(), "actor_id": staff, "message_id": None, **columns,
    }  # fmt: skip
    await crm.records.insert(LETTER, row, letter)
    kind = "request.letter_sent" if columns["direction"] == "out" else "request.letter_received"
    await record_event(crm, kind, actor_id=staff, target_id=request_id, target_kind="request")
    return Written(id=letter_id, channel=columns["channel"])


async def log_incoming(
    crm: Installation,
    access: Access,
    request_id: UUID,
    *,
    channel: str,
    subject: str,
    text: str,
    at: datetime | None = None,
) -> Written:
    """Keep what the person wrote or said. at: when it came. Raises InvalidContent, NotFound, Forbidden."""
    access.actor.require("requests.decide")
    row = await request_row(crm, request_id)
    if channel not in INCOMING:
        raise InvalidContent({"channel": "Choose how it came."})
    subject, text = _checked(subject or "—", text)
    person = await _contact(crm, row["contact_id"])
    letter = Letter(subject=subject, text=text, other_side=person.display_name[:200] if person else "")
    moment = checked_instant(row, at)
    await crm.keyring.ensure([request_id], LETTER.retention_class)
    async with crm.data.transaction():
        return await _keep(crm, access, request_id, letter, direction="in", channel=channel, at=moment)


async def letters_of(crm: Installation, access: Access, request_id: UUID) -> list[OpenedLetter]:
    """The correspondence, oldest first; opened through the door. Raises Forbidden."""
    access.actor.require("requests.read")
    rows = await crm.data.fetch(
        "SELECT l.*, m.state AS message_state FROM rights_letter AS l LEFT JOIN outbound_message AS m "
        "ON m.id = l.message_id WHERE l.request_id = ? ORDER BY l.at, l.id",
        request_id,
    )
    return [
        OpenedLetter(
            id=one.row["id"],
            request_id=request_id,
            direction=one.row["direction"],
            channel=one.row["channel"],
            at=one.row["at"],
            actor_id=one.row["actor_id"],
            message_id=one.row["message_id"],
            subject=one.content.subject,
            text=one.content.text,
            other_side=one.content.other_side,
            failed=one.row["message_state"] in UNDELIVERED,
        )
        for one in await crm.door.open(access, LETTER, rows)
    ]


async def letter_of(crm: Installation, access: Access, request_id: UUID, letter_id: UUID) -> OpenedLetter:
    """One letter of this request. Raises NotFound, Forbidden."""
    for letter in await letters_of(crm, access, request_id):
        if letter.id == letter_id:
            return letter
    raise NotFound


async def tell(
    crm: Installation, access: Access, row: Row, key: str, *, reasons: str = "", by: str = "", to: str = ""
) -> Written:
    """Write one of our own letters (key: of `letters_texts.LETTERS`) in the language of the request.

    Joins a running transaction, so that a letter and what it tells stand or fall together.
    """
    subject, text = await draft(crm, row, key, reasons=reasons)
    return await deliver(crm, access, row, subject, text, by=by, to=to)


async def draft(crm: Installation, row: Row, key: str, *, reasons: str = "", code: str = "") -> tuple[str, str]:
    """Subject and text of one of our own letters; where it names the page of requests, a mail gets a link of its own."""
    facts = replace(await facts_of(crm, row), reasons=reasons, code=code, link=address_of(crm) + STATUS_PATH)
    return written(key, row["language"], facts)


async def with_status_link(crm: Installation, row: Row, text: str) -> str:
    """The text as it leaves by e-mail: where it names the page of requests, with a secret that shows this one.

    Such a mail goes to stored contact data alone. The copy in the file, and what is printed, do not hold the secret.
    """
    page = re.compile(re.escape(address_of(crm) + STATUS_PATH) + r"(?![\w-])")
    if not page.search(text):
        return text
    token = await make_token(crm, row["id"], "status", purpose=KNOWN)
    return page.sub(lambda found: found[0] + token, text)


async def facts_of(crm: Installation, row: Row) -> LetterFacts:
    controller, zone = await read_controller(crm), ZoneInfo(crm.settings.time_zone)
    return LetterFacts(
        organisation=controller.name,
        reference=row["reference"],
        kind=row["kind"],
        received_on=row["received_at"].astimezone(zone).date(),
        due_on=row["due_on"],
        authority=controller.authority,
        authority_contact=controller.authority_contact,
        proof=row["verified_at"] is None and row["kind"] != "complaint",
    )


async def acknowledge(crm: Installation, row: Row, address: str) -> None:
    """Say that we have it, once, at a stored address."""
    if await crm.data.fetch(
        "SELECT id FROM rights_letter WHERE request_id = ? AND direction = 'out' LIMIT 1", row["id"]
    ):
        return
    await tell(crm, INSIDE, row, "acknowledgement", by="email", to=address)


async def mail_code(crm: Installation, row: Row, address: str, code: str) -> None:
    """A code for proving who one is; in the caller's transaction, and not kept in the file."""
    subject, text = await draft(crm, row, "code", code=code)
    await _send(crm, INSIDE, row, (address, subject, text))


async def print_code(crm: Installation, access: Access, row: Row, code: str) -> OpenedLetter:
    """The letter that brings a code by post, to be printed at once; the copy in the file does not hold the digits."""
    subject, text = await draft(crm, row, "post_code", code=code)
    kept = text.replace(f"{code[:4]} {code[4:]}", HIDDEN)
    done = await deliver(crm, access, row, subject, text, by="post", kept=kept)
    return OpenedLetter(
        id=done.id,
        request_id=row["id"],
        direction="out",
        channel="post",
        at=now(),
        actor_id=access.actor.id,
        message_id=None,
        subject=subject,
        text=text,
        other_side="",
    )


async def _contact(crm: Installation, contact_id: UUID | None) -> ContactContent | None:
    """Opened for the program itself: where to write is nothing anybody reads."""
    if contact_id is None:
        return None
    rows = await crm.data.fetch("SELECT * FROM contact WHERE id = ? AND deleted_at IS NULL", contact_id)
    opened = await crm.door.open_one(INSIDE, CONTACT, rows[0]) if rows else None
    return opened.content if opened else None


def first_address(person: ContactContent) -> str:
    return next((mail.address for mail in person.emails if mail.address), "")
