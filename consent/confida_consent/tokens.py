"""Secrets handed to a person: links, one-click addresses, sessions. 256 random bits each; only the SHA-256 is stored (CF-3).

A token is bound to one subject and one action (and purpose and channel, where the action has them). Unknown, used up,
too old, made for something else: all look alike, and cost the same one query.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import Row

Action = Literal["preferences", "confirm", "unsubscribe", "code", "session", "status", "identity", "proof", "naming"]

LIFE: Mapping[str, timedelta] = {
    "preferences": timedelta(days=30),
    "confirm": timedelta(days=7),
    # Mail is kept for years, and a link to unsubscribe that has stopped working is a complaint.
    "unsubscribe": timedelta(days=5 * 365),
    "session": timedelta(minutes=30),
    "code": timedelta(minutes=10),
    # After a right code, for who shares the address with others: to say who one is.
    "naming": timedelta(minutes=10),
    # Of a request: its subject is the request, not the person.
    "status": timedelta(days=400),
    "identity": timedelta(minutes=10),
    # That somebody has just proved, in this browser, to be the person of a request; its subject is the request too.
    "proof": timedelta(minutes=10),
}
SINGLE_USE = frozenset({"confirm", "code"})
LONGEST = 100
# Rows that nobody can use any more are of no use to us either; a day is left for whoever asks what happened.
KEPT_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGrant:
    """What a token allows. purpose, channel: "" where it is not bound to one. token_hash: SHA-256, for the evidence."""

    id: UUID
    subject_id: UUID
    action: str
    purpose: str
    channel: str
    token_hash: bytes
    created_at: datetime
    expires_at: datetime


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


async def make_token(
    crm: Installation,
    subject_id: UUID,
    action: Action,
    *,
    purpose: str = "",
    channel: str = "",
    lasts: timedelta | None = None,
) -> str:
    """A new token, which is stored nowhere else. lasts: else as LIFE says. Joins a running transaction."""
    token, moment = secrets.token_urlsafe(32), now()
    await insert_token(
        crm,
        token,
        {
            "subject_id": subject_id,
            "action": action,
            "purpose": purpose,
            "channel": channel,
            "created_at": moment,
            "expires_at": moment + (lasts or LIFE[action]),
        },
    )
    return token


async def make_tokens(
    crm: Installation, subject_ids: Sequence[UUID], action: Action, *, purpose: str = "", channel: str = ""
) -> dict[UUID, str]:
    """The same for many subjects, one each, in one statement."""
    moment = now()
    made = {one: secrets.token_urlsafe(32) for one in subject_ids}
    rows = [
        (new_id(), hash_of(token), 0, one, action, purpose, channel, moment, moment + LIFE[action])
        for one, token in made.items()
    ]
    if rows:
        await crm.data.execute_many(
            "INSERT INTO consent_token (id, token_hash, tries, subject_id, action, purpose, channel, created_at, expires_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    return made


async def insert_token(crm: Installation, token: str, columns: Mapping[str, object]) -> UUID:
    token_id = new_id()
    row = {"id": token_id, "token_hash": hash_of(token), "tries": 0, **columns}
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    await crm.data.fetch(f"INSERT INTO consent_token ({names}) VALUES ({marks})", *row.values())
    return token_id


async def find_token(crm: Installation, token: str, action: Action) -> TokenGrant | None:
    """What this token would allow now; nothing is changed, so that whoever opens links may open it (CF-1)."""
    wanted = hash_of(token[: LONGEST + 1])
    rows = await crm.data.fetch("SELECT * FROM consent_token WHERE token_hash = ?", wanted)
    row = rows[0] if rows else None
    # The look-up went by a hash of 256 random bits; the comparison is there so that nothing depends on how it did.
    same = hmac.compare_digest(bytes(row["token_hash"]) if row else bytes(32), wanted)
    if row is None or not same or row["action"] != action or row["used_at"] or row["expires_at"] <= now():
        return None
    return None if row["subject_id"] is None else grant_of(row)


async def use_token(crm: Installation, token: str, action: Action) -> TokenGrant | None:
    """As `find_token`, and uses it up where the action is for once: of two at the same moment exactly one succeeds.

    Call it in the transaction of what it allows, so that a failure leaves the token usable.
    """
    grant = await find_token(crm, token, action)
    if grant is None or action not in SINGLE_USE:
        return grant
    used = await crm.data.fetch(
        "UPDATE consent_token SET used_at = ? WHERE id = ? AND used_at IS NULL RETURNING id", now(), grant.id
    )
    return grant if used else None


async def revoke_tokens(crm: Installation, subject_id: UUID, action: Action) -> int:
    """No token of this action works for the subject any more; returns how many there were."""
    gone = await crm.data.fetch(
        "DELETE FROM consent_token WHERE subject_id = ? AND action = ? RETURNING id", subject_id, action
    )
    return len(gone)


async def lower_tokens(crm: Installation, subject_id: UUID, action: Action) -> None:
    """Tokens of this action go on working, as those do that are bound to no purpose."""
    await crm.data.fetch(
        "UPDATE consent_token SET purpose = '' WHERE subject_id = ? AND action = ? AND purpose <> ''",
        subject_id,
        action,
    )


async def hand_over_tokens(crm: Installation, loser: UUID, winner: UUID) -> None:
    """After a merge: one-click addresses in old mails go on working, for who they are now. Nothing else does, because a
    link into somebody's pages must not lead into other pages if the merge was a mistake.
    """
    await crm.data.fetch(
        "UPDATE consent_token SET subject_id = ? WHERE subject_id = ? AND action = 'unsubscribe'", winner, loser
    )


async def remove_old_tokens(crm: Installation) -> int:
    """A job calls it."""
    gone = await crm.data.fetch("DELETE FROM consent_token WHERE expires_at <= ? RETURNING id", now() - KEPT_AFTER)
    return len(gone)


def grant_of(row: Row) -> TokenGrant:
    return TokenGrant(
        id=row["id"],
        subject_id=row["subject_id"],
        action=row["action"],
        purpose=row["purpose"],
        channel=row["channel"],
        token_hash=bytes(row["token_hash"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )
