"""How a person reaches their own pages without an account: a code sent to a stored e-mail address, then a short session.

Asking for a code does the same work whether or not anybody has the address: one row and one job. The job sends the code,
to the address as it is stored and never to what was typed, if a contact has exactly this one.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from confida_consent.tokens import LIFE, find_token, hash_of, insert_token, make_token
from confida_core.clock import now
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.vault.access import system_access

TRIES = 3
DIGITS = 8
# Nobody's mailbox is to be filled by a stranger who types its address again and again.
MOST_CODES, CODES_WITHIN = 3, timedelta(minutes=15)
MOST_CANDIDATES = 5
SESSION_ABSOLUTE = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)
INSIDE = system_access("portal", "data_subject_rights")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCode:
    """handle: the browser's half, without which no code can be tried. candidates: contacts that may have the address."""

    handle: str
    token_id: UUID
    candidates: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLetter:
    """A code to be sent. address: as it is stored with the contact."""

    subject_id: UUID
    address: str
    code: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSession:
    """An open session of a person. csrf_token: bound to it."""

    id: UUID
    subject_id: UUID
    csrf_token: str


def same_address(address: str) -> str:
    """Two spellings of which this is equal are one mailbox: white space around it and case make no difference."""
    return unicodedata.normalize("NFC", address.strip()).lower()


def address_mark(crm: Installation, address: str) -> bytes:
    key = crm.keyring.hashing_key("portal address")
    return hmac.new(key, same_address(address).encode("utf-8", "replace"), "sha256").digest()


def code_hash(crm: Installation, token_id: UUID, code: str) -> bytes:
    """Keyed, because eight digits alone are found by trying; bound to its row."""
    key = crm.keyring.hashing_key("portal code")
    return hmac.new(key, token_id.bytes + code.encode("utf-8", "replace"), "sha256").digest()


async def ask_for_code(crm: Installation, address: str) -> AskedCode:
    """Note that somebody asks for a code; the caller queues the job that calls `prepare_code`. Opens nothing."""
    await crm.index.catch_up(ContactSource(crm))
    candidates = await crm.index.run(lambda ask: ask.addressed(address[:254], MOST_CANDIDATES))
    handle, moment = secrets.token_urlsafe(32), now()
    columns = {
        "subject_id": None,
        "action": "code",
        "purpose": "",
        "channel": "email",
        # Until the code is made: the keyed hash of what was typed, which no code can equal.
        "code_hash": address_mark(crm, address),
        "created_at": moment,
        "expires_at": moment + LIFE["code"],
    }
    token_id = await insert_token(crm, handle, columns)
    return AskedCode(handle=handle, token_id=token_id, candidates=tuple(candidates))


async def prepare_code(crm: Installation, token_id: UUID, candidates: Sequence[UUID]) -> CodeLetter | None:
    """Make the code, if one of the candidates has the address that was typed: the oldest contact wins, always.

    None if nobody has it, or too many codes were sent already. The ten minutes begin now. Opens the candidates.
    """
    rows = await crm.data.fetch("SELECT * FROM consent_token WHERE id = ? AND action = 'code'", token_id)
    if not rows or rows[0]["subject_id"] is not None or rows[0]["used_at"] is not None:
        return None
    letter = await letter_for(crm, bytes(rows[0]["code_hash"]), candidates)
    if letter is None or await sent_lately(crm, letter.subject_id) >= MOST_CODES:
        return None
    await crm.data.fetch(
        "UPDATE consent_token SET subject_id = ?, code_hash = ?, expires_at = ? WHERE id = ? AND subject_id IS NULL",
        letter.subject_id, code_hash(crm, token_id, letter.code), now() + LIFE["code"], token_id,
    )  # fmt: skip
    return letter


async def letter_for(crm: Installation, mark: bytes, candidates: Sequence[UUID]) -> CodeLetter | None:
    rows = await crm.records.rows(CONTACT, sorted(candidates)[:MOST_CANDIDATES])
    for opened in await crm.door.open(INSIDE, CONTACT, [row for row in rows if row["deleted_at"] is None]):
        for mail in opened.content.emails:
            if hmac.compare_digest(address_mark(crm, mail.address), mark):
                code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
                return CodeLetter(
                    subject_id=opened.row["id"], address=mail.address, code=code, language=opened.content.language
                )
    return None


async def sent_lately(crm: Installation, subject_id: UUID) -> int:
    rows = await crm.data.fetch(
        "SELECT count(*) AS codes FROM consent_token WHERE subject_id = ? AND action = 'code' AND created_at > ?",
        subject_id, now() - CODES_WITHIN,
    )  # fmt: skip
    return int(rows[0]["codes"])


async def try_code(crm: Installation, handle: str, code: str) -> str | None:
    """Opens a session and returns its secret if the digits are right; None otherwise, whatever the reason.

    The try is counted before the digits are looked at, so that many at once are no more tries than a few in a row.
    """
    digits = "".join(character for character in code if character.isascii() and character.isdigit())[: DIGITS + 1]
    async with crm.data.transaction():
        rows = await crm.data.fetch(
            "UPDATE consent_token SET tries = tries + 1 WHERE token_hash = ? AND action = 'code' AND used_at IS NULL "
            "AND expires_at > ? AND tries < ? RETURNING *",
            hash_of(handle), now(), TRIES,
        )  # fmt: skip
        row = rows[0] if rows else None
        expected = bytes(row["code_hash"]) if row else bytes(32)
        right = hmac.compare_digest(code_hash(crm, row["id"] if row else UUID(int=0), digits), expected)
        if row is None or not right or row["subject_id"] is None:
            return None
        await crm.data.fetch("UPDATE consent_token SET used_at = ? WHERE id = ?", now(), row["id"])
        return await make_token(crm, row["subject_id"], "session")


async def find_person_session(crm: Installation, secret: str) -> PersonSession | None:
    """Whose session this cookie belongs to; None if it is unknown, idle for half an hour, or twelve hours old.

    Notes the visit at most once a minute.
    """
    grant = await find_token(crm, secret, "session")
    if grant is None:
        return None
    until = min(now() + LIFE["session"], grant.created_at + SESSION_ABSOLUTE)
    if until - grant.expires_at > TOUCH_AFTER:
        await prolong(crm, grant.id, until)
    return PersonSession(id=grant.id, subject_id=grant.subject_id, csrf_token=session_csrf_token(crm, secret))


async def prolong(crm: Installation, session_id: UUID, until: datetime) -> None:
    await crm.data.fetch("UPDATE consent_token SET expires_at = ? WHERE id = ?", until, session_id)


async def end_person_session(crm: Installation, session_id: UUID) -> None:
    await crm.data.fetch("DELETE FROM consent_token WHERE id = ? AND action = 'session'", session_id)


def session_csrf_token(crm: Installation, secret: str) -> str:
    return hmac.new(crm.keyring.hashing_key("portal csrf"), hash_of(secret), "sha256").hexdigest()
