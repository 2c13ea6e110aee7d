"""Webhooks in, switched on and off; their addresses and secrets are shown once, when they are made."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.content import Sealed
from confida_core.declarations import InAnswer, RecordDeclaration
from confida_core.ids import new_id
from confida_core.inbound.declarations import InboundWebhook
from confida_core.inbound.tables import InboundHook
from confida_core.installation import Installation
from confida_core.outbound.webhooks.content import EndpointSecret
from confida_core.outbound.webhooks.endpoints import PERMISSION
from confida_core.outbound.webhooks.signing import new_secret
from confida_core.vault.access import Access, NotFound, system_access
from confida_core.vault.door import Opened

OVERLAP = timedelta(hours=24)


class InboundContent(Sealed, frozen=True):
    """secrets: whsec_…, the newest first; empty for one that does not sign."""

    secrets: list[EndpointSecret] = []

    def secrets_at(self, at: datetime) -> list[str]:
        return [one.value for one in self.secrets if one.until is None or one.until > at]


HOOK = RecordDeclaration(
    table=InboundHook,
    content=InboundContent,
    subject=None,
    retention_class="relationship",
    purpose="operation",
    label="Webhooks in",
    clear={"hook": "Key of a declared webhook.", "token_hash": "Hash of a random token."},
    answer=InAnswer(left_out={"*": "Settings of this installation; it names no contact."}),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbound:
    """One declared webhook. since: when it was switched on, None if it is off. received_at: when the last message came.

    secrets_until: when the former secret ends, None if there is just one.
    """

    declared: InboundWebhook
    since: datetime | None
    received_at: datetime | None
    secrets_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What is shown once. path: of the address, "" if it stays as it was. secret: "" for one that does not sign."""

    path: str
    secret: str


def path_of(key: str, token: str) -> str:
    plugin, _, name = key.partition(".")
    return f"/hooks/in/{plugin}/{name}/{token}"


def hash_of(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


async def open_hook(crm: Installation, key: str) -> Opened[InboundContent] | None:
    """One that is on, with its secrets, for the program's own use."""
    rows = await crm.data.fetch("SELECT * FROM inbound_hook WHERE hook = ?", key)
    if not rows or rows[0]["generation"] != await _generation(crm, key):
        return None
    return await crm.door.open_one(system_access("inbound webhooks"), HOOK, rows[0])


def _fact(key: str) -> str:
    """Names of such facts are short."""
    return f"inbound {hash_of(key).hex()[:24]}"


async def _generation(crm: Installation, key: str) -> int:
    number, _ = await crm.keyring.remembered(_fact(key)) or (0, "")
    return number


async def _next_generation(crm: Installation, key: str) -> int:
    """Durable before anything else: from here on former secrets are void, also those in any backup."""
    number = await _generation(crm, key) + 1
    await crm.keyring.remember(_fact(key), number)
    return number


async def list_inbound(crm: Installation, access: Access) -> list[Inbound]:
    """All that are declared, on or off. Raises Forbidden."""
    access.actor.require(PERMISSION)
    found = []
    for declared in crm.registry.inbound_webhooks.values():
        opened = await open_hook(crm, declared.key)
        found.append(await _inbound(crm, declared, opened))
    return found


async def _inbound(crm: Installation, declared: InboundWebhook, opened: Opened[InboundContent] | None) -> Inbound:
    if opened is None:
        return Inbound(declared=declared, since=None, received_at=None, secrets_until=None)
    # No max(): SQLite gives an aggregate back without its type.
    last = await crm.data.fetch(
        "SELECT at FROM inbound_message WHERE hook_id = ? ORDER BY at DESC LIMIT 1", opened.row["id"]
    )
    ends = [one.until for one in opened.content.secrets if one.until is not None and one.until > now()]
    return Inbound(
        declared=declared,
        since=opened.row["created_at"],
        received_at=last[0]["at"] if last else None,
        secrets_until=max(ends, default=None),
    )


def _declared(crm: Installation, access: Access, key: str) -> InboundWebhook:
    access.actor.require(PERMISSION)
    declared: InboundWebhook | None = crm.registry.inbound_webhooks.get(key)
    if declared is None:
        raise NotFound
    return declared


async def switch_on(crm: Installation, access: Access, key: str) -> Shown:
    """A new address and a new secret; those it had before are void at once. Raises Forbidden and NotFound."""
    declared = _declared(crm, access, key)
    token = secrets.token_urlsafe(32)
    signing = [EndpointSecret(value=new_secret())] if declared.signature == "standard" else []
    hook_id = new_id()
    row = {
        "id": hook_id,
        "hook": key,
        "token_hash": hash_of(token),
        "generation": await _next_generation(crm, key),
        "created_at": now(),
        "created_by": access.actor.id,
    }
    async with crm.data.transaction():
        await _remove(crm, key)
        await crm.records.insert(HOOK, row, InboundContent(secrets=signing))
        await _note(crm, access, "inbound_webhook.on", hook_id)
    return Shown(path=path_of(key, token), secret=signing[0].value if signing else "")


async def rotate_inbound(crm: Installation, access: Access, key: str) -> Shown:
    """A new secret; the former one is taken for a day more. Raises Forbidden and NotFound, VersionConflict."""
    declared = _declared(crm, access, key)
    opened = await open_hook(crm, key)
    if opened is None or declared.signature != "standard":
        raise NotFound
    former = [msgspec.structs.replace(one, until=now() + OVERLAP) for one in opened.content.secrets[:1]]
    secret = new_secret()
    content = InboundContent(secrets=[EndpointSecret(value=secret), *former])
    columns = {"id": opened.row["id"], "generation": await _next_generation(crm, key)}
    async with crm.data.transaction():
        await crm.records.update(HOOK, columns, content, seen=opened.row["version"])
        await _note(crm, access, "inbound_webhook.rotated", opened.row["id"])
    return Shown(path="", secret=secret)


async def switch_off(crm: Installation, access: Access, key: str) -> None:
    """Nothing is taken any more. Raises Forbidden and NotFound."""
    _declared(crm, access, key)
    await _next_generation(crm, key)
    async with crm.data.transaction():
        for hook_id in await _remove(crm, key):
            await _note(crm, access, "inbound_webhook.off", hook_id)


async def forget_inbound(crm: Installation, plugin: str) -> None:
    """Remove the addresses of a plugin that is purged; whoever installs it again starts with new ones."""
    start = f"{plugin}."
    rows = await crm.data.fetch("SELECT hook FROM inbound_hook WHERE substr(hook, 1, ?) = ?", len(start), start)
    for row in rows:
        await _next_generation(crm, row["hook"])
    async with crm.data.transaction():
        for row in rows:
            await _remove(crm, row["hook"])


async def _remove(crm: Installation, key: str) -> list[UUID]:
    ids = [row["id"] for row in await crm.data.fetch("SELECT id FROM inbound_hook WHERE hook = ?", key)]
    for hook_id in ids:
        await crm.records.delete(HOOK, hook_id, ())
        await crm.data.fetch("DELETE FROM inbound_message WHERE hook_id = ?", hook_id)
    return ids


async def _note(crm: Installation, access: Access, kind: str, hook_id: UUID) -> None:
    await record_event(
        crm, kind, actor_id=access.actor.id, target_id=hook_id, target_kind="inbound_webhook", serious=True
    )
