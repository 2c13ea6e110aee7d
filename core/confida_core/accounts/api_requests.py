"""Idempotency keys: a request that a program sends again, because it never saw the answer, is carried out once.

Neither the request nor its answer is kept, only what it made; whoever asks again is shown that as it is now, through the
door. So nothing personal outlasts an erasure, a restriction or a change of rights here.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation

KEPT = timedelta(days=1)
SHAPE = re.compile("[!-~]([ -~]{0,253}[!-~])?")

# Marks of what this process is at; they are hashes under an installation's own key, so several share the set safely.
_running: set[bytes] = set()


class InvalidKey(ValueError):
    """An idempotency key is 1 to 255 printable characters of ASCII."""


class KeyReused(ValueError):
    """The key was used for another request before; nothing was done."""


class StillRunning(Exception):
    """The same request is being carried out at this moment; nothing was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A request that may come more than once. key: as the program chose it; each token has its own.

    content: everything by which two requests differ: method, address, body.
    """

    token_id: UUID
    key: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """id: of what was made. repeated: an earlier request made it."""

    id: UUID
    repeated: bool


async def make_once(crm: Installation, asked: Repeated, work: Callable[[], Awaitable[UUID]]) -> Made:
    """Do the work and remember its result for a day in one transaction, or give the result of the first time.

    A work that raises leaves nothing behind, and its key can be used again.
    Raises InvalidKey, KeyReused, StillRunning, and whatever the work raises.
    """
    if not SHAPE.fullmatch(asked.key):
        raise InvalidKey("an idempotency key is 1 to 255 printable characters of ASCII")
    key_mark = mark(crm, asked.token_id.bytes + asked.key.encode("ascii"))
    if key_mark in _running:
        raise StillRunning
    _running.add(key_mark)
    try:
        async with crm.data.transaction():
            await hold(crm, key_mark)
            return await made_before(crm, asked, key_mark) or await make(crm, asked, key_mark, work)
    finally:
        _running.discard(key_mark)


def mark(crm: Installation, value: bytes) -> bytes:
    return hmac.new(crm.keyring.hashing_key("idempotency"), value, "sha256").digest()


async def hold(crm: Installation, key_mark: bytes) -> None:
    """Keep other processes away from this key until the transaction ends; SQLite has but one writer anyway."""
    if crm.data.engine == "postgres":
        number = int.from_bytes(key_mark[:8], "big", signed=True)
        if not (await crm.data.fetch("SELECT pg_try_advisory_xact_lock(?) AS held", number))[0]["held"]:
            raise StillRunning


async def made_before(crm: Installation, asked: Repeated, key_mark: bytes) -> Made | None:
    await crm.data.fetch("DELETE FROM api_request WHERE key_mark = ? AND at <= ?", key_mark, now() - KEPT)
    rows = await crm.data.fetch("SELECT content_mark, made_id FROM api_request WHERE key_mark = ?", key_mark)
    if not rows:
        return None
    if not hmac.compare_digest(bytes(rows[0]["content_mark"]), mark(crm, asked.content)):
        raise KeyReused
    return Made(rows[0]["made_id"], repeated=True)


async def make(crm: Installation, asked: Repeated, key_mark: bytes, work: Callable[[], Awaitable[UUID]]) -> Made:
    made = await work()
    await crm.data.fetch(
        "INSERT INTO api_request (id, token_id, key_mark, content_mark, made_id, at) VALUES (?, ?, ?, ?, ?, ?)",
        new_id(), asked.token_id, key_mark, mark(crm, asked.content), made, now(),
    )  # fmt: skip
    return Made(made, repeated=False)


async def remove_old_requests(crm: Installation) -> int:
    """A job calls it."""
    removed = await crm.data.fetch("DELETE FROM api_request WHERE at <= ? RETURNING id", now() - KEPT)
    return len(removed)
