"""Who is asking? Proved only through contact data that was stored before, never through what the request says (step 5).

A code of eight digits: ten minutes, three tries, compared in constant time. Whether anybody got one, nobody can tell from
the answer or its time. Of every other way staff keep the method and the result; the evidence itself is not kept.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from confida_consent.rights.clock import Step
from confida_consent.rights.declared import REQUEST
from confida_consent.rights.doubles import merge_doubles, split_doubles
from confida_consent.rights.letters import OpenedLetter, mail_code, print_code
from confida_consent.rights.requests_receiving import stored_address
from confida_consent.rights.requests_status import known_status_token, root_of
from confida_consent.rights.steps import (
    INSIDE,
    LINKED,
    checked_text,
    locked_request,
    move,
    opened_file,
    request_row,
    rewrite_file,
    write_step,
)
from confida_consent.rights.vocabulary import OPEN, PROVED_BY, PROVED_BY_MAIL
from confida_consent.tokens import LIFE, hash_of, insert_token, lower_tokens, revoke_tokens
from confida_consent.ways_in import client_mark
from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.people import visible_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.storage.database import Row
from confida_core.vault.access import Access

SEND_CODE: Final = "rights.send_code"
TRIES = 3
DIGITS = 8
# Nobody's mailbox is to be filled by a stranger who asks again and again.
MOST_CODES, MOST_CODES_IN_ALL, CODES_WITHIN = 3, 30, timedelta(minutes=15)
POST_LASTS = timedelta(days=30)
NOT_PROVED = "identity_failed"

# What the code itself proves; staff say so of the other ways.
STAFF_METHODS = tuple(method for method in PROVED_BY if method != "post_code")


@dataclass(frozen=True, kw_only=True, slots=True)
class Proved:
    """Somebody proved that stored contact data are theirs. status_token: shows them how the request really stands.

    verified: the request itself counts as verified now; a mandate has to be accepted by staff first.
    """

    request_id: UUID
    contact_id: UUID
    verified: bool
    status_token: str


async def start_identity(crm: Installation, request_id: UUID, client: str = "") -> str:
    """Ask for a code, from this network; returns the browser's half, without which no code can be tried.

    The same row and the same job whether or not we know anybody. Also for renewed proof, before an answer is handed over.
    """
    handle, moment = secrets.token_urlsafe(32), now()
    columns = {
        "subject_id": request_id,
        "action": "identity",
        "purpose": "",
        # "email" once a code was made.
        "channel": "",
        # No code has this hash.
        "code_hash": os.urandom(32),
        "client_mark": client_mark(crm, client),
        "created_at": moment,
        "expires_at": moment + LIFE["identity"],
    }
    async with crm.data.transaction():
        token_id = await insert_token(crm, handle, columns)
        await enqueue(crm, SEND_CODE, {"token_id": token_id, "request_id": request_id})
    return handle


async def send_identity_code(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: make the code and mail it to the stored address, if there is one; the ten minutes begin now."""
    token_id: UUID = arguments["token_id"]
    row = await request_row(crm, arguments["request_id"])
    contact_id, address = await stored_address(crm, row)
    if contact_id is None or not address or await too_many(crm, contact_id, token_id):
        return
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    await crm.keyring.ensure([contact_id], "relationship")
    # One transaction: a code whose mail was not queued has never been made, and the next attempt makes another.
    async with crm.data.transaction():
        made = await crm.data.fetch(
            "UPDATE consent_token SET code_hash = ?, channel = 'email', expires_at = ? "
            "WHERE id = ? AND channel = '' AND used_at IS NULL RETURNING id",
            code_hash(crm, token_id, contact_id, code), now() + LIFE["identity"], token_id,
        )  # fmt: skip
        if made:
            await crm.data.fetch(
                "UPDATE rights_request SET contact_id = ? WHERE id = ? AND contact_id IS NULL", contact_id, row["id"]
            )
            await mail_code(crm, {**row, "contact_id": contact_id}, address, code)


def code_hash(crm: Installation, token_id: UUID, contact_id: UUID, code: str) -> bytes:
    """Keyed, because digits alone are found by trying; bound to its row and to whom the request was about then."""
    key = crm.keyring.hashing_key("request code")
    return hmac.new(key, token_id.bytes + contact_id.bytes + code.encode("utf-8", "replace"), "sha256").digest()


async def too_many(crm: Installation, contact_id: UUID, token_id: UUID) -> bool:
    """Whether the network this code is asked from, or all together, had enough sent to this person lately."""
    asked = await crm.data.fetch("SELECT client_mark FROM consent_token WHERE id = ?", token_id)
    rows = await crm.data.fetch(
        "SELECT t.client_mark FROM consent_token AS t JOIN rights_request AS r ON r.id = t.subject_id "
        "WHERE r.contact_id = ? AND t.action = 'identity' AND t.channel = 'email' AND t.created_at > ? LIMIT ?",
        contact_id, now() - CODES_WITHIN, MOST_CODES_IN_ALL,
    )  # fmt: skip
    from_there = sum(row["client_mark"] == asked[0]["client_mark"] for row in rows) if asked else MOST_CODES
    return from_there >= MOST_CODES or len(rows) >= MOST_CODES_IN_ALL


async def prove_identity(crm: Installation, handle: str, digits: str) -> Proved | None:
    """Whose code this is, and the request verified with it; None otherwise, whatever the reason.

    The try is counted before the digits are looked at, so that many at once are no more tries than a few in a row.
    """
    typed = digits_of(digits)
    async with crm.data.transaction():
        rows = await crm.data.fetch(
            "UPDATE consent_token SET tries = tries + 1 WHERE token_hash = ? AND action = 'identity' "
            "AND channel <> 'post' AND used_at IS NULL AND expires_at > ? AND tries < ? RETURNING *",
            hash_of(handle), now(), TRIES,
        )  # fmt: skip
        # Committed even if the digits are wrong: nothing is raised here.
        return await _settled(crm, rows[0] if rows else None, typed, PROVED_BY_MAIL)


def digits_of(text: str) -> str:
    return "".join(one for one in text if one.isascii() and one.isdigit())[: DIGITS + 1]


async def _settled(crm: Installation, token: Row | None, typed: str, method: str) -> Proved | None:
    nobody = UUID(int=0)
    requests = await crm.data.fetch(
        "SELECT * FROM rights_request WHERE id = ?", token["subject_id"] if token else nobody
    )
    contact_id = (requests[0]["contact_id"] if requests else None) or nobody
    expected = bytes(token["code_hash"]) if token else bytes(32)
    right = hmac.compare_digest(code_hash(crm, token["id"] if token else nobody, contact_id, typed), expected)
    if token is None or not requests or not right:
        return None
    await crm.data.fetch("UPDATE consent_token SET used_at = ? WHERE id = ?", now(), token["id"])
    verified = await settle_identity(crm, INSIDE, requests[0], method)
    return Proved(
        request_id=requests[0]["id"],
        contact_id=contact_id,
        verified=verified,
        status_token=await known_status_token(crm, requests[0]["id"]),
    )


async def settle_identity(
    crm: Installation, access: Access, own: Row, method: str, *, mandate_accepted: bool = False
) -> bool:
    """Note the method, and verify the request, and the one it was merged into; in the caller's transaction.

    False if it is for somebody else and nobody has accepted the mandate. Of a closed request nothing is changed.
    """
    verified = False
    for request_id in dict.fromkeys(((await root_of(crm, own))["id"], own["id"])):
        row = await locked_request(crm, request_id, closed=True)
        if row["contact_id"] is None and own["contact_id"] is not None:
            # Merged while nobody was known.
            await crm.records.set_columns(REQUEST, request_id, request_id, contact_id=own["contact_id"])
        file = await opened_file(crm, INSIDE, row)
        verified = row["verified_at"] is not None or not file.mandate or mandate_accepted
        if row["verified_at"] is not None or (row["state"] not in OPEN and row["merged_into"] is None):
            continue
        if not verified:
            await write_step(crm, access, request_id, "code_right", method)
            continue
        await rewrite_file(crm, row, msgspec.structs.replace(file, identity=method))
        if row["merged_into"] is None:
            await move(crm, access, row, Step.VERIFIED, method)
        else:
            await crm.records.set_columns(REQUEST, request_id, request_id, verified_at=now())
    return verified


async def record_identity(
    crm: Installation, access: Access, request_id: UUID, method: str, *, confirmed: bool, result: str = ""
) -> None:
    """What staff found out in another way than by the code. result: in a few words; the evidence itself is deleted.

    Raises InvalidContent (method; contact: nobody is linked yet; a closed request), NotFound, Forbidden.
    """
    access.actor.require("requests.decide")
    if method not in STAFF_METHODS:
        raise InvalidContent({"method": "Choose how it was checked."})
    text = ": ".join(filter(None, (PROVED_BY[method], checked_text(result, "result")[:500])))
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id)
        if confirmed and row["contact_id"] is None:
            raise InvalidContent({"contact": "First say whose data it is about."})
        if not confirmed:
            await write_step(crm, access, request_id, NOT_PROVED, text)
        else:
            await settle_identity(crm, access, row, text, mandate_accepted=method == "mandate")


async def link_contact(crm: Installation, access: Access, request_id: UUID, contact_id: UUID) -> None:
    """Say whose data a request is about, as long as nobody has proved it; what was mailed to somebody else opens nothing now.

    Raises InvalidContent once it is verified or closed, NotFound, Forbidden.
    """
    access.actor.require("requests.decide")
    await visible_contact(crm, access, contact_id)
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id)
        if row["verified_at"] is not None:
            raise InvalidContent({"contact": "It has been proved whose request this is."})
        await crm.records.set_columns(REQUEST, request_id, request_id, contact_id=contact_id)
        await revoke_tokens(crm, request_id, "identity")
        await revoke_tokens(crm, request_id, "proof")
        await lower_tokens(crm, request_id, "status")
        await split_doubles(crm, request_id, contact_id)
        await write_step(crm, access, request_id, LINKED)
    await merge_doubles(crm, request_id)


async def post_code(crm: Installation, access: Access, request_id: UUID) -> OpenedLetter:
    """A letter with a code for the postal address on file, valid for thirty days; it is shown once, so print it at once.

    Raises InvalidContent where nobody is linked or the request is closed, NotFound, Forbidden.
    """
    access.actor.require("requests.decide")
    code, moment = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", now()
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id)
        if row["contact_id"] is None:
            raise InvalidContent({"contact": "First say whose data it is about."})
        columns = {
            "subject_id": request_id,
            "action": "identity",
            "purpose": "",
            "channel": "post",
            "code_hash": os.urandom(32),
            "created_at": moment,
            "expires_at": moment + POST_LASTS,
        }
        token_id = await insert_token(crm, secrets.token_urlsafe(32), columns)
        await crm.data.fetch(
            "UPDATE consent_token SET code_hash = ? WHERE id = ?",
            code_hash(crm, token_id, row["contact_id"], code), token_id,
        )  # fmt: skip
        letter = await print_code(crm, access, row, code)
        await record_event(
            crm, "request.code_posted", actor_id=access.actor.id, target_id=request_id, target_kind="request"
        )
    return letter


async def prove_by_post(crm: Installation, access: Access, request_id: UUID, digits: str) -> bool:
    """Whether these are the digits of a letter sent for this request; three tries for each. Verifies it if they are."""
    access.actor.require("requests.decide")
    typed = digits_of(digits)
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        tokens = await crm.data.fetch(
            "UPDATE consent_token SET tries = tries + 1 WHERE subject_id = ? AND action = 'identity' "
            "AND channel = 'post' AND used_at IS NULL AND expires_at > ? AND tries < ? RETURNING *",
            request_id, now(), TRIES,
        )  # fmt: skip
        for token in tokens:
            if await _settled(crm, token, typed, PROVED_BY["post_code"]) is not None:
                return True
    return False
