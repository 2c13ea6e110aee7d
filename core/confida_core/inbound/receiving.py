"""One message from another system: is it from whom it says, and did it come already? Then it is handed on, once."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import structlog

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.inbound.declarations import InboundRefused, InboundWebhook
from confida_core.inbound.hooks import InboundContent, hash_of, open_hook
from confida_core.installation import Installation
from confida_core.outbound.webhooks.signing import BadSignature, verify
from confida_core.vault.access import system_access
from confida_core.vault.door import Opened

Reply = Literal["accepted", "refused", "unfit", "too_many", "later"]

MOST_A_MINUTE = 300
# Who stopped in the middle is believed to be at it for so long; then the sender's next attempt is taken.
BUSY = timedelta(seconds=60)
# Longer than any sender tries.
KEPT = timedelta(days=7)
_NOBODY = hash_of("")


async def receive_message(crm: Installation, key: str, token: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """Check it and hand it on. headers: names in lower case.

    "accepted" also for what came before; "refused" for a wrong address, token, secret or time, without saying which; "unfit"
    for what the listener will never take; "too_many" and "later" ask the sender to try again.
    """
    declared: InboundWebhook | None = crm.registry.inbound_webhooks.get(key)
    opened = await open_hook(crm, key) if declared is not None else None
    # Compared in any case, so that the time it takes does not tell which addresses there are.
    known = hmac.compare_digest(hash_of(token), opened.row["token_hash"] if opened else _NOBODY)
    if declared is None or opened is None or not known or len(body) > declared.most_bytes:
        return "refused"
    message = _identified(declared, opened, headers, body)
    if message is None:
        return "refused"
    if await _crowded(crm, opened.row["id"]):
        return "too_many"
    claimed = await _claim(crm, opened.row["id"], message)
    if isinstance(claimed, str):
        return claimed
    return await _hand_on(crm, declared, claimed, headers, body)


def _identified(
    declared: InboundWebhook, opened: Opened[InboundContent], headers: Mapping[str, str], body: bytes
) -> bytes | None:
    """What tells this message from every other one; None if it is not signed as it must be."""
    if declared.signature == "token":
        return hash_of(headers["webhook-id"]) if headers.get("webhook-id") else hashlib.sha256(body).digest()
    try:
        return hash_of(verify(opened.content.secrets_at(now()), headers, body, now()))
    except BadSignature:
        return None


async def _crowded(crm: Installation, hook_id: UUID) -> bool:
    since = now() - timedelta(minutes=1)
    query = "SELECT count(*) AS came FROM inbound_message WHERE hook_id = ? AND at > ?"
    return bool((await crm.data.fetch(query, hook_id, since))[0]["came"] >= MOST_A_MINUTE)


async def _claim(crm: Installation, hook_id: UUID, message: bytes) -> UUID | Reply:
    """The row of a message that is ours to deal with; else what to answer."""
    moment = now()
    taken = await crm.data.fetch(
        "INSERT INTO inbound_message (id, hook_id, message_hash, at, done) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (hook_id, message_hash) DO NOTHING RETURNING id",
        new_id(), hook_id, message, moment, False,
    )  # fmt: skip
    if not taken:
        taken = await crm.data.fetch(
            "UPDATE inbound_message SET at = ? WHERE hook_id = ? AND message_hash = ? AND done = ? AND at < ? RETURNING id",
            moment, hook_id, message, False, moment - BUSY,
        )  # fmt: skip
    if taken:
        row_id: UUID = taken[0]["id"]
        return row_id
    done = await crm.data.fetch(
        "SELECT done FROM inbound_message WHERE hook_id = ? AND message_hash = ?", hook_id, message
    )
    return "accepted" if done and done[0]["done"] else "later"


async def _hand_on(
    crm: Installation, declared: InboundWebhook, row_id: UUID, headers: Mapping[str, str], body: bytes
) -> Reply:
    access = system_access(f"webhook {declared.key}", declared.purpose)
    try:
        await declared.receive(crm, access, body, headers)
    except Exception as error:
        await crm.data.fetch("DELETE FROM inbound_message WHERE id = ?", row_id)
        structlog.get_logger().warning("inbound_webhook_failed", hook=declared.key, error=type(error).__name__)
        return "unfit" if isinstance(error, InboundRefused) else "later"
    await crm.data.fetch("UPDATE inbound_message SET done = ? WHERE id = ?", True, row_id)
    return "accepted"


async def forget_messages(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: whoever sent something a week ago does not send it again."""
    await crm.data.fetch("DELETE FROM inbound_message WHERE at < ?", now() - KEPT)
