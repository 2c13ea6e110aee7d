"""Tokens with which programs use the API: each in the name of one account, for one purpose, with few rights, for a time.

`cfd_` and 49 letters and digits: 43 random ones, which hold 256 bits, and a checksum, so that scanners for leaked secrets
know one without asking us, and a mistyped one is refused without asking the database. Only a keyed hash is stored.
"""

from __future__ import annotations

import hmac
import re
import secrets
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from confida_core.accounts.audit import record_event
from confida_core.accounts.content import ApiTokenContent
from confida_core.accounts.revoked_tokens import remember_revoked
from confida_core.accounts.roles import permissions_of
from confida_core.accounts.sealed import API_TOKEN
from confida_core.accounts.sessions import INSIDE
from confida_core.clock import now
from confida_core.contacts.text import UnstorableText, clean_line
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import DatabaseError
from confida_core.vault.access import Access, Actor, NotFound

PREFIX = "cfd_"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM, CHECK = 43, 6
SHAPE = re.compile(f"{PREFIX}[0-9A-Za-z]{{{RANDOM + CHECK}}}")
USUAL_DAYS, MOST_DAYS, MOST_TOKENS = 90, 365, 50
# A token that ran out stays in the list for a while, so that whoever wonders why a program stopped finds the reason.
KEPT = timedelta(days=30)
# The program's own work, and looking after accounts, is nothing that a program from outside does.
INWARD_PURPOSES = frozenset({"operation", "security"})
INWARD_SCOPES = frozenset({"account.own", "accounts.manage", "api.use", "settings.manage", "system.manage"})

FIND = (
    "SELECT t.id, t.secret_mark, t.purpose, t.scopes, t.last_used_on, a.id AS account_id, a.role FROM api_token t "
    "JOIN account a ON a.id = t.account_id WHERE t.secret_mark = ? AND t.expires_at > ? AND a.state = 'active'"
)


class InvalidToken(ValueError):
    """The token cannot be made as asked for. errors: field -> one sentence that does not repeat the value."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiGrant:
    """What a token allows now. actor: the account that made it, with its role's rights as far as the token's scopes reach.

    purpose: what the door opens for. scopes: as chosen, whether or not the role still holds them.
    """

    token_id: UUID
    actor: Actor
    purpose: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """What is asked for. label: what people call it; scopes: keys of permissions; days: until it runs out."""

    label: str
    purpose: str
    scopes: Sequence[str]
    days: int = USUAL_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """One token, for lists; nothing in it lets anybody in. last_used_on: the day only, None if it never was."""

    id: UUID
    account_id: UUID
    label: str
    purpose: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None

    @property
    def expired(self) -> bool:
        return self.expires_at <= now()


def new_secret() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return f"{PREFIX}{body}{checksum(body)}"


def checksum(body: str) -> str:
    """Six digits of base 62 from CRC-32; it keeps nobody out and finds typing errors."""
    number, digits = zlib.crc32(body.encode("ascii")), ""
    for _ in range(CHECK):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def looks_like_a_token(bearer: str) -> bool:
    return SHAPE.fullmatch(bearer) is not None and checksum(bearer[len(PREFIX) : -CHECK]) == bearer[-CHECK:]


def mark_of(crm: Installation, secret: str) -> bytes:
    return hmac.new(crm.keyring.hashing_key("api tokens"), secret.encode("ascii"), "sha256").digest()


def purposes_for(crm: Installation, actor: Actor) -> tuple[str, ...]:
    """Keys of the purposes for which this actor's tokens may open data.

    Those that show restricted people are for whoever may restrict them (GDPR Art. 18(2)).
    """
    return tuple(
        key
        for key, purpose in crm.registry.purposes.items()
        if key not in INWARD_PURPOSES and (not purpose.allowed_when_restricted or actor.may("contacts.restrict"))
    )


def scopes_for(crm: Installation, actor: Actor) -> tuple[str, ...]:
    """Keys of the permissions that this actor may hand on to a token."""
    return tuple(key for key in crm.registry.permissions if key not in INWARD_SCOPES and actor.may(key))


async def make_token(crm: Installation, access: Access, wanted: NewToken) -> tuple[UUID, str]:
    """A new token of the actor's own account, and its secret, which is stored nowhere. Raises Forbidden, InvalidToken."""
    access.actor.require("api.use")
    account_id, moment, token_id, secret = access.actor.id, now(), new_id(), new_secret()
    content = valid(crm, access.actor, wanted)
    columns = {
        "id": token_id,
        "account_id": account_id,
        "secret_mark": mark_of(crm, secret),
        "purpose": wanted.purpose,
        "scopes": " ".join(sorted(set(wanted.scopes))),
        "created_at": moment,
        "expires_at": moment + timedelta(days=wanted.days),
        "last_used_on": None,
    }
    await crm.keyring.ensure([account_id], API_TOKEN.retention_class)
    async with crm.data.transaction():
        await make_room(crm, account_id)
        await crm.records.insert(API_TOKEN, columns, content)
        await note(crm, "token.made", access, token_id)
    return token_id, secret


def valid(crm: Installation, actor: Actor, wanted: NewToken) -> ApiTokenContent:
    """Raises InvalidToken naming every field that is wrong."""
    errors, label = {}, ""
    try:
        label = clean_line(wanted.label)
    except UnstorableText:
        errors["label"] = "This holds a character that cannot be stored."
    if "label" not in errors and not 1 <= len(label) <= 100:
        errors["label"] = "Please say in at most 100 characters what uses this token."
    if wanted.purpose not in purposes_for(crm, actor):
        errors["purpose"] = "Please choose one of the purposes."
    if not wanted.scopes or not set(wanted.scopes) <= set(scopes_for(crm, actor)):
        errors["scopes"] = "Please choose what the token may do, from the list."
    if not 1 <= wanted.days <= MOST_DAYS:
        errors["days"] = f"Please choose between 1 and {MOST_DAYS} days."
    if errors:
        raise InvalidToken(errors)
    return ApiTokenContent(label=label)


async def make_room(crm: Installation, account_id: UUID) -> None:
    """Raises InvalidToken if the account has as many as it may have; holds the account's row, so that two at once count."""
    lock = " FOR UPDATE" if crm.data.engine == "postgres" else ""
    await crm.data.fetch(f"SELECT id FROM account WHERE id = ?{lock}", account_id)
    counted = await crm.data.fetch("SELECT count(*) AS n FROM api_token WHERE account_id = ?", account_id)
    if counted[0]["n"] >= MOST_TOKENS:
        raise InvalidToken({"": f"There are {MOST_TOKENS} tokens already. Please revoke one that is not needed."})


async def note(crm: Installation, kind: str, access: Access, token_id: UUID) -> None:
    await record_event(
        crm, kind, actor_id=access.actor.id, target_id=token_id, target_kind=API_TOKEN.name, serious=True
    )


async def token_grant(crm: Installation, bearer: str) -> ApiGrant | None:
    """What this secret allows at this moment; None if it is unknown, revoked or too old, or its account is not active.

    One query; the role is read anew, so a change of rights counts at once. Notes the day of use, once a day.
    """
    if not looks_like_a_token(bearer):
        return None
    mark, moment = mark_of(crm, bearer), now()
    rows = await crm.data.fetch(FIND, mark, moment)
    # The index compares byte by byte, but of a keyed hash that nobody outside can aim; this takes the rest of the doubt.
    if not rows or not hmac.compare_digest(bytes(rows[0]["secret_mark"]), mark):
        return None
    row = rows[0]
    holder = Actor(id=row["account_id"], permissions=permissions_of(crm.registry, row["role"]))
    if not holder.may("api.use") or row["purpose"] not in purposes_for(crm, holder):
        return None
    if row["last_used_on"] != moment.date():
        # A full disk or a busy writer is no reason to refuse somebody who only reads.
        with suppress(DatabaseError):
            await crm.data.fetch("UPDATE api_token SET last_used_on = ? WHERE id = ?", moment.date(), row["id"])
    scopes = frozenset(row["scopes"].split())
    actor = Actor(id=holder.id, permissions=holder.permissions & scopes - INWARD_SCOPES)
    return ApiGrant(token_id=row["id"], actor=actor, purpose=row["purpose"], scopes=scopes)


async def list_tokens(crm: Installation, account_id: UUID) -> list[TokenLine]:
    """The account's own, the newest first. Opens sealed content: the account's own."""
    return await lines(crm, "WHERE account_id = ?", account_id)


async def all_tokens(crm: Installation, access: Access) -> list[TokenLine]:
    """Everybody's, the newest first. Opens sealed content of accounts. Raises Forbidden."""
    access.actor.require("accounts.manage")
    return await lines(crm, "")


async def lines(crm: Installation, where: str, *values: object) -> list[TokenLine]:
    rows = await crm.data.fetch(f"SELECT * FROM api_token {where} ORDER BY id DESC", *values)
    return [
        TokenLine(
            id=item.row["id"],
            account_id=item.row["account_id"],
            label=item.content.label,
            purpose=item.row["purpose"],
            scopes=tuple(item.row["scopes"].split()),
            created_at=item.row["created_at"],
            expires_at=item.row["expires_at"],
            last_used_on=item.row["last_used_on"],
        )
        for item in await crm.door.open(INSIDE, API_TOKEN, rows)
    ]


async def revoke_token(crm: Installation, access: Access, token_id: UUID) -> None:
    """It lets nobody in any more, from now on. One's own, or anybody's with `accounts.manage`. Raises NotFound."""
    rows = await crm.data.fetch("SELECT account_id FROM api_token WHERE id = ?", token_id)
    if not rows or not (access.actor.may("accounts.manage") or rows[0]["account_id"] == access.actor.id):
        raise NotFound("token")
    await remember_revoked(crm, [token_id])
    async with crm.data.transaction():
        await crm.data.fetch("DELETE FROM api_token WHERE id = ?", token_id)
        await note(crm, "token.revoked", access, token_id)


async def remove_old_tokens(crm: Installation) -> int:
    """Forget tokens that ran out a month ago; a job calls it."""
    removed = await crm.data.fetch("DELETE FROM api_token WHERE expires_at <= ? RETURNING id", now() - KEPT)
    return len(removed)
