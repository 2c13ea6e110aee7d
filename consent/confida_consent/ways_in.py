"""How a person reaches their own pages without an account: a code sent to a stored e-mail address, then a short session.

Asking for a code does the same work whether or not anybody has the address: one row and one job. The job sends the code,
to the address as it is stored and never to what was typed, if a contact has exactly this one. If several have it, the code
opens nothing yet: whoever typed it says their full name.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from confida_consent.sharing import (
    INSIDE,
    Bearer,
    address_in,
    address_mark,
    bearers_of,
    candidates_at,
    only_one,
)
from confida_consent.tokens import LIFE, find_token, hash_of, insert_token, make_token
from confida_core.clock import now
from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.storage.database import Row

TRIES = 3
DIGITS = 8
# Nobody's mailbox is to be filled by a stranger who types its address again and again; and nobody is to be kept out by one,
# so that the lower bound is of one network, and the higher one of the mailbox.
MOST_CODES, MOST_CODES_IN_ALL, CODES_WITHIN = 3, 30, timedelta(minutes=15)
SESSION_ABSOLUTE = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)


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
class Entered:
    """A right code. session: the secret of an open session; "" where several have the address, and then naming is the
    secret with which to say who one is.
    """

    session: str = ""
    naming: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSession:
    """An open session of a person. csrf_token: bound to it."""

    id: UUID
    subject_id: UUID
    csrf_token: str


def code_hash(crm: Installation, token_id: UUID, code: str) -> bytes:
    """Keyed, because eight digits alone are found by trying; bound to its row."""
    key = crm.keyring.hashing_key("portal code")
    return hmac.new(key, token_id.bytes + code.encode("utf-8", "replace"), "sha256").digest()


def client_mark(crm: Installation, client: str) -> bytes:
    """Keyed hash of the network somebody asks from."""
    key = crm.keyring.hashing_key("portal client")
    return hmac.new(key, client.encode("utf-8", "replace"), "sha256").digest()


async def ask_for_code(crm: Installation, address: str, client: str = "") -> AskedCode:
    """Note that somebody asks for a code; the caller queues the job that calls `prepare_code`. Opens nothing.

    client: the network they ask from.
    """
    candidates = await candidates_at(crm, address)
    handle, moment = secrets.token_urlsafe(32), now()
    columns = {
        "subject_id": None,
        "action": "code",
        "purpose": "",
        "channel": "email",
        # Until the code is made nothing equals it.
        "code_hash": secrets.token_bytes(32),
        "address_mark": address_mark(crm, address),
        "client_mark": client_mark(crm, client),
        "created_at": moment,
        "expires_at": moment + LIFE["code"],
    }
    token_id = await insert_token(crm, handle, columns)
    return AskedCode(handle=handle, token_id=token_id, candidates=tuple(candidates))


async def prepare_code(crm: Installation, token_id: UUID, candidates: Sequence[UUID]) -> CodeLetter | None:
    """Make the code, if one of the candidates has the address that was typed; its mail is kept with the oldest.

    None if nobody has it, or too many codes were sent already. The ten minutes begin now. Opens the candidates.
    """
    rows = await crm.data.fetch("SELECT * FROM consent_token WHERE id = ? AND action = 'code'", token_id)
    if not rows or rows[0]["subject_id"] is not None or rows[0]["used_at"] is not None:
        return None
    mark = bytes(rows[0]["address_mark"])
    bearers = await bearers_of(crm, candidates, mark)
    if not bearers or await too_many(crm, mark, bytes(rows[0]["client_mark"])):
        return None
    first, code = bearers[0], f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    await crm.data.fetch(
        "UPDATE consent_token SET subject_id = ?, code_hash = ?, expires_at = ? WHERE id = ? AND subject_id IS NULL",
        first.row["id"], code_hash(crm, token_id, code), now() + LIFE["code"], token_id,
    )  # fmt: skip
    return CodeLetter(
        subject_id=first.row["id"],
        address=address_in(crm, first.content, mark),
        code=code,
        language=first.content.language if len(bearers) == 1 else "",
    )


async def too_many(crm: Installation, address: bytes, client: bytes) -> bool:
    """Whether this network, or all together, had enough codes sent to this mailbox lately."""
    rows = await crm.data.fetch(
        "SELECT client_mark FROM consent_token WHERE address_mark = ? AND action = 'code' AND subject_id IS NOT NULL "
        "AND created_at > ? LIMIT ?",
        address, now() - CODES_WITHIN, MOST_CODES_IN_ALL,
    )  # fmt: skip
    from_there = sum(bytes(row["client_mark"]) == client for row in rows)
    return from_there >= MOST_CODES or len(rows) >= MOST_CODES_IN_ALL


async def try_code(crm: Installation, handle: str, code: str) -> Entered | None:
    """What the right digits open; None otherwise, whatever the reason.

    The try is counted before the digits are looked at, so that many at once are no more tries than a few in a row.
    Who shares the address with others has to say who they are (`say_who`).
    """
    digits = "".join(character for character in code if character.isascii() and character.isdigit())[: DIGITS + 1]
    async with crm.data.transaction():
        row = await _one_try(crm, handle, "code")
        expected = bytes(row["code_hash"]) if row else bytes(32)
        right = hmac.compare_digest(code_hash(crm, row["id"] if row else UUID(int=0), digits), expected)
        if row is None or not right or row["subject_id"] is None:
            return None
        await crm.data.fetch("UPDATE consent_token SET used_at = ? WHERE id = ?", now(), row["id"])
        bearers = await _bearers_now(crm, row)
        if not bearers:
            return None
        if len(bearers) == 1:
            return Entered(session=await make_token(crm, bearers[0].row["id"], "session"))
        naming, moment = secrets.token_urlsafe(32), now()
        columns = {name: row[name] for name in ("subject_id", "purpose", "channel", "address_mark")}
        await insert_token(
            crm, naming, {**columns, "action": "naming", "created_at": moment, "expires_at": moment + LIFE["naming"]}
        )
        return Entered(naming=naming)


async def say_who(crm: Installation, naming: str, name: str) -> str | None:
    """The secret of a session of the one who has this full name, of all who share the address that was proved.

    None if it is nobody's or that of two, or after three tries. Opens those contacts.
    """
    async with crm.data.transaction():
        row = await _one_try(crm, naming, "naming")
        meant = only_one(await _bearers_now(crm, row), name) if row and name.strip() else None
        if row is None or meant is None:
            return None
        await crm.data.fetch("UPDATE consent_token SET used_at = ? WHERE id = ?", now(), row["id"])
        return await make_token(crm, meant.row["id"], "session")


async def _one_try(crm: Installation, secret: str, action: str) -> Row | None:
    rows = await crm.data.fetch(
        "UPDATE consent_token SET tries = tries + 1 WHERE token_hash = ? AND action = ? AND used_at IS NULL "
        "AND expires_at > ? AND tries < ? RETURNING *",
        hash_of(secret), action, now(), TRIES,
    )  # fmt: skip
    return rows[0] if rows else None


async def _bearers_now(crm: Installation, row: Row) -> list[Bearer]:
    """Everybody who has the proved address at this moment; found by how it is written with whom the mail went to."""
    mark = bytes(row["address_mark"])
    contacts = await crm.records.rows(CONTACT, [row["subject_id"]])
    first = await crm.door.open_one(INSIDE, CONTACT, contacts[0]) if contacts else None
    address = address_in(crm, first.content, mark) if first else ""
    return await bearers_of(crm, await candidates_at(crm, address), mark) if address else []


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
