"""Links that work once: set-up of the owner, invitations, new passwords. Only the SHA-256 of the secret is stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation

LinkKind = Literal["setup", "invitation", "reset"]
LIFE = {"setup": timedelta(days=1), "invitation": timedelta(days=7), "reset": timedelta(days=1)}


class LinkSpent(Exception):
    """The link was used, is too old, or never existed: the three look alike."""


@dataclass(frozen=True, slots=True)
class OpenLink:
    """account_id: whom an invitation or a new password is for; None for the set-up."""

    id: UUID
    kind: LinkKind
    account_id: UUID | None


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


async def make_link(crm: Installation, kind: LinkKind, account_id: UUID | None) -> str:
    """The secret part of a new link; earlier links of this kind for this account stop working."""
    secret = secrets.token_urlsafe(32)
    async with crm.data.transaction():
        if account_id is None:
            await crm.data.fetch("DELETE FROM one_time_link WHERE kind = ? AND account_id IS NULL", kind)
        else:
            await crm.data.fetch("DELETE FROM one_time_link WHERE account_id = ?", account_id)
        await crm.data.fetch(
            "INSERT INTO one_time_link (id, secret_hash, kind, account_id, expires_at) VALUES (?, ?, ?, ?, ?)",
            new_id(), hash_of(secret), kind, account_id, now() + LIFE[kind],
        )  # fmt: skip
    return secret


async def find_link(crm: Installation, secret: str) -> OpenLink:
    """A link that could still be used. Raises LinkSpent."""
    wanted = hash_of(secret)
    rows = await crm.data.fetch(
        "SELECT * FROM one_time_link WHERE secret_hash = ? AND used_at IS NULL AND expires_at > ?", wanted, now()
    )
    if not rows or not hmac.compare_digest(bytes(rows[0]["secret_hash"]), wanted):
        raise LinkSpent
    return OpenLink(rows[0]["id"], rows[0]["kind"], rows[0]["account_id"])


async def spend_link(crm: Installation, link: OpenLink) -> None:
    """Use it, in the transaction of what it allows; of two at once exactly one succeeds. Raises LinkSpent."""
    spent = await crm.data.fetch(
        "UPDATE one_time_link SET used_at = ? WHERE id = ? AND used_at IS NULL AND expires_at > ? RETURNING id",
        now(), link.id, now(),
    )  # fmt: skip
    if not spent:
        raise LinkSpent
