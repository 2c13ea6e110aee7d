"""Signed-in browsers: begun, found, renewed and ended on the server.

The cookie holds 256 random bits, the table their SHA-256 only. Every look-up reads role and state of the account anew, so
that a change of rights counts at once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from confida_core.accounts.audit import record_event
from confida_core.accounts.content import AccountContent, SessionContent
from confida_core.accounts.roles import permissions_of
from confida_core.accounts.sealed import ACCOUNT, SESSION
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access, Actor, NotFound, system_access

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
FRESH = timedelta(minutes=5)
# Noting each request would cost a commit per page; a minute is fine enough for a limit of thirty.
TOUCH_AFTER = timedelta(minutes=1)
INSIDE = system_access("session", "security")

FIND = (
    "SELECT a.*, s.id AS session_id, s.created_at AS session_created_at, s.seen_at, s.fresh_at, "
    "(SELECT value FROM setting WHERE key = 'organisation_name') AS organisation_name, "
    "(SELECT value FROM setting WHERE key = 'recovery_key_confirmed_at') AS recovery_confirmed "
    "FROM session s JOIN account a ON a.id = s.account_id "
    "WHERE s.secret_hash = ? AND a.state = 'active' AND s.seen_at > ? AND s.created_at > ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is behind a request. actor: with the permissions of the role as it is now. fresh: signed in within five minutes.

    csrf_token: bound to this session; it changes whenever the session's id does.
    """

    session_id: UUID
    actor: Actor
    role: str
    account: AccountContent
    csrf_token: str
    fresh: bool
    organisation_name: str
    recovery_key_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """One of somebody's own sessions, for the list."""

    id: UUID
    device: str
    address: str
    created_at: datetime
    seen_at: datetime


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def csrf_token_of(crm: Installation, secret: str) -> str:
    """The token of the session with this cookie."""
    return hmac.new(crm.keyring.hashing_key("csrf"), hash_of(secret), "sha256").hexdigest()


async def start_session(crm: Installation, account_id: UUID, seen: SessionContent | None = None) -> str:
    """A new session with a new id; returns the secret for the cookie, which is stored nowhere else."""
    secret, moment = secrets.token_urlsafe(32), now()
    columns = {
        "id": new_id(),
        "account_id": account_id,
        "secret_hash": hash_of(secret),
        "created_at": moment,
        "seen_at": moment,
        "fresh_at": moment,
    }
    await crm.keyring.ensure([account_id], SESSION.retention_class)
    async with crm.data.transaction():
        await crm.records.insert(SESSION, columns, seen or SessionContent())
        await record_event(crm, "session.started", actor_id=account_id, target_id=account_id, target_kind="account")
    return secret


async def find_session(crm: Installation, secret: str) -> SignedIn | None:
    """Who this cookie belongs to; None if it is unknown, too old, idle too long, or its account is not active.

    One query; opens the sealed content of the account; notes the visit at most once a minute.
    """
    moment = now()
    rows = await crm.data.fetch(FIND, hash_of(secret), moment - IDLE, moment - ABSOLUTE)
    if not rows:
        return None
    row = rows[0]
    opened = await crm.door.open_one(INSIDE, ACCOUNT, row)
    if opened is None:
        return None
    if moment - row["seen_at"] > TOUCH_AFTER:
        await crm.data.fetch("UPDATE session SET seen_at = ? WHERE id = ?", moment, row["session_id"])
    return signed_in(crm, row, opened.content, secret, moment)


def signed_in(crm: Installation, row: Row, account: AccountContent, secret: str, moment: datetime) -> SignedIn:
    return SignedIn(
        session_id=row["session_id"],
        actor=Actor(id=row["id"], permissions=permissions_of(crm.registry, row["role"])),
        role=row["role"],
        account=account,
        csrf_token=csrf_token_of(crm, secret),
        fresh=moment - row["fresh_at"] <= FRESH,
        organisation_name=row["organisation_name"] or "",
        recovery_key_confirmed=row["recovery_confirmed"] is not None,
    )


async def renew_session(crm: Installation, session_id: UUID) -> str:
    """After a new proof of identity: the same session under a new id, fresh again; returns the new secret.

    The absolute limit counts on from the first log-in. Raises NotFound if the session has ended meanwhile.
    """
    secret = secrets.token_urlsafe(32)
    renewed = await crm.data.fetch(
        "UPDATE session SET secret_hash = ?, fresh_at = ? WHERE id = ? RETURNING id", hash_of(secret), now(), session_id
    )
    if not renewed:
        raise NotFound("session")
    return secret


async def end_session(crm: Installation, session_id: UUID, account_id: UUID) -> bool:
    """End one session of this account; false if there is none."""
    async with crm.data.transaction():
        ended = await crm.data.fetch(
            "DELETE FROM session WHERE id = ? AND account_id = ? RETURNING id", session_id, account_id
        )
        if ended:
            await record_event(crm, "session.ended", actor_id=account_id, target_id=account_id, target_kind="account")
    return bool(ended)


async def end_sessions_of(crm: Installation, account_id: UUID, *, but: UUID | None = None) -> int:
    """End all sessions of an account, except one; returns how many. Joins a running transaction."""
    ended = await crm.data.fetch(
        "DELETE FROM session WHERE account_id = ? AND id <> ? RETURNING id", account_id, but or UUID(int=0)
    )
    return len(ended)


async def end_all_sessions(crm: Installation, access: Access) -> int:
    """Everybody signs in again. Raises Forbidden."""
    access.actor.require("accounts.manage")
    async with crm.data.transaction():
        ended = await crm.data.fetch("DELETE FROM session RETURNING id")
        await record_event(crm, "session.all_ended", actor_id=access.actor.id, serious=True)
    return len(ended)


async def list_sessions(crm: Installation, account_id: UUID) -> list[SessionLine]:
    """The account's living sessions, the last used first. Opens sealed content: the account's own."""
    moment = now()
    rows = await crm.data.fetch(
        "SELECT * FROM session WHERE account_id = ? AND seen_at > ? AND created_at > ? ORDER BY seen_at DESC",
        account_id, moment - IDLE, moment - ABSOLUTE,
    )  # fmt: skip
    return [line_of(item.row, item.content) for item in await crm.door.open(INSIDE, SESSION, rows)]


def line_of(row: Row, content: SessionContent) -> SessionLine:
    return SessionLine(
        id=row["id"],
        device=content.device,
        address=content.address,
        created_at=row["created_at"],
        seen_at=row["seen_at"],
    )


async def last_seen(crm: Installation, account_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each account was last seen in a session that still exists. One query."""
    if not account_ids:
        return {}
    marks = ", ".join("?" * len(account_ids))
    rows = await crm.data.fetch(
        f"SELECT account_id, seen_at FROM session WHERE account_id IN ({marks}) ORDER BY seen_at", *account_ids
    )
    return {row["account_id"]: row["seen_at"] for row in rows}


async def remove_old_sessions(crm: Installation) -> int:
    """Delete what can no longer be used; a job calls it."""
    moment = now()
    ended = await crm.data.fetch(
        "DELETE FROM session WHERE seen_at <= ? OR created_at <= ? RETURNING id", moment - IDLE, moment - ABSOLUTE
    )
    return len(ended)
