"""Endpoints of webhooks: made, changed, paused, and their secrets changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.text import UnstorableText, clean_line
from confida_core.contacts.validation import InvalidContent
from confida_core.events.declarations import EventKind
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.outbound.gates import check_keys, purposes_to_choose
from confida_core.outbound.states import restores_of
from confida_core.outbound.webhooks.addresses import AddressRefused, networks, target_of
from confida_core.outbound.webhooks.content import (
    ENDPOINT,
    REASONS,
    EndpointContent,
    EndpointSecret,
    EndpointState,
    with_new_secret,
)
from confida_core.outbound.webhooks.signing import new_secret, new_signing_key, public_key_of
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound, system_access
from confida_core.vault.door import Opened

PERMISSION = "webhooks.manage"
PATH = "webhook"
OVERLAP = timedelta(hours=24)
MOST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointDraft:
    """An endpoint as a form gives it. kinds: event kind -> keys of the chosen fields. purpose, channel: as the gates know them."""

    name: str
    url: str
    recipient: str
    purpose: str
    channel: str
    kinds: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """One endpoint, opened. secrets_until: when the former secret ends, None if there is just one. public_key: of v1a."""

    id: UUID
    version: int
    state: EndpointState
    reason: str
    name: str
    url: str
    recipient: str
    purpose: str
    channel: str
    kinds: Mapping[str, tuple[str, ...]]
    public_key: str
    secrets_until: datetime | None
    failures: int
    succeeded_at: datetime | None
    failed_at: datetime | None
    created_at: datetime


async def open_endpoints(crm: Installation, where: str = "", *values: Any) -> list[Opened[EndpointContent]]:
    """Every endpoint, secrets included, for the program's own use. where: SQL after WHERE."""
    rows = await crm.data.fetch(
        f"SELECT * FROM webhook_endpoint {f'WHERE {where}' if where else ''} ORDER BY created_at, id", *values
    )
    return await crm.door.open(system_access("webhooks"), ENDPOINT, rows)


async def recipients_by_purpose(crm: Installation) -> dict[str, list[str]]:
    """Who is told something for which purpose, for the register of processing; without those that are switched off."""
    found: dict[str, list[str]] = {}
    for one in await open_endpoints(crm, "state <> ?", EndpointState.DISABLED.value):
        names = found.setdefault(one.row["purpose"], [])
        if one.content.recipient not in names:
            names.append(one.content.recipient)
    return found


async def list_endpoints(crm: Installation, access: Access) -> list[Endpoint]:
    """All of them, the oldest first, without their secrets. Raises Forbidden."""
    access.actor.require(PERMISSION)
    return [endpoint_of(one.row, one.content) for one in await open_endpoints(crm)]


async def endpoint(crm: Installation, access: Access, endpoint_id: UUID) -> Endpoint:
    """One, without its secrets. Raises Forbidden and NotFound."""
    opened = await _opened(crm, access, endpoint_id)
    return endpoint_of(opened.row, opened.content)


async def _opened(crm: Installation, access: Access, endpoint_id: UUID) -> Opened[EndpointContent]:
    access.actor.require(PERMISSION)
    found = await open_endpoints(crm, "id = ?", endpoint_id)
    if not found:
        raise NotFound
    return found[0]


def endpoint_of(row: Row, content: EndpointContent) -> Endpoint:
    same = ("id", "version", "reason", "purpose", "channel", "failures", "succeeded_at", "failed_at", "created_at")
    ends = [one.until for one in content.secrets if one.until is not None and one.until > now()]
    return Endpoint(
        **{name: row[name] for name in same},
        state=EndpointState(row["state"]),
        name=content.name,
        url=content.url,
        recipient=content.recipient,
        kinds={kind: tuple(chosen) for kind, chosen in content.kinds.items()},
        public_key=public_key_of(content.signing_key),
        secrets_until=max(ends, default=None),
    )


async def create_endpoint(crm: Installation, access: Access, draft: EndpointDraft) -> tuple[UUID, str]:
    """A new endpoint that is told of everything from now on; its id, and its secret, which is not shown again.

    Raises Forbidden, InvalidContent naming the fields.
    """
    access.actor.require(PERMISSION)
    fields = await checked(crm, draft)
    if len(await crm.data.fetch("SELECT id FROM webhook_endpoint LIMIT ?", MOST)) >= MOST:
        raise InvalidContent({"name": f"There are {MOST} webhooks already; remove one first."})
    endpoint_id, secret = new_id(), new_secret()
    content = EndpointContent(**fields, secrets=[EndpointSecret(value=secret)], signing_key=new_signing_key())
    row = {
        "id": endpoint_id,
        "state": EndpointState.ACTIVE.value,
        "reason": "",
        "purpose": draft.purpose,
        "channel": draft.channel,
        "since": await crm.feed.head(),
        "away_until": None,
        "failures": 0,
        "restores": await restores_of(crm),
        "succeeded_at": None,
        "failed_at": None,
        "created_at": now(),
        "created_by": access.actor.id,
    }
    async with crm.data.transaction():
        await crm.records.insert(ENDPOINT, row, content)
        await _note(crm, access, "webhook.created", endpoint_id)
    return endpoint_id, secret


async def save_endpoint(crm: Installation, access: Access, endpoint_id: UUID, draft: EndpointDraft, seen: int) -> None:
    """Change it. seen: the version that was read. Raises Forbidden, NotFound, InvalidContent, VersionConflict."""
    opened = await _opened(crm, access, endpoint_id)
    content = msgspec.structs.replace(opened.content, **await checked(crm, draft))
    columns = {"id": endpoint_id, "purpose": draft.purpose, "channel": draft.channel}
    async with crm.data.transaction():
        await crm.records.update(ENDPOINT, columns, content, seen=seen)
        if content.recipient != opened.content.recipient and content.url != opened.content.url:
            # Somebody else: of nobody who was told of before, and so not of how that ends. One of the two alone is a new
            # name or a move.
            await crm.data.fetch("DELETE FROM webhook_told WHERE endpoint_id = ?", endpoint_id)
        await _note(crm, access, "webhook.changed", endpoint_id)


async def rotate_secret(
    crm: Installation, access: Access, endpoint_id: UUID, *, overlap: timedelta = OVERLAP
) -> tuple[str, datetime]:
    """A new secret, not shown again, and until when the former one signs beside it. Raises as `save_endpoint`."""
    opened = await _opened(crm, access, endpoint_id)
    secret, moment = new_secret(), now()
    async with crm.data.transaction():
        content = with_new_secret(opened.content, secret, moment, overlap)
        await crm.records.update(ENDPOINT, {"id": endpoint_id}, content, seen=opened.row["version"])
        await _note(crm, access, "webhook.rotated", endpoint_id)
    return secret, moment + overlap


async def set_state(crm: Installation, access: Access, endpoint_id: UUID, state: EndpointState) -> None:
    """Pause it, let it go on, or switch it off; what was kept while it was paused is sent when it goes on.

    Raises Forbidden and NotFound.
    """
    from confida_core.outbound.webhooks.queueing import queue_waiting

    opened = await _opened(crm, access, endpoint_id)
    columns: dict[str, Any] = {"state": state.value, "reason": ""}
    if state is EndpointState.ACTIVE:
        columns |= {"failures": 0, "away_until": None, "restores": await restores_of(crm)}
        if opened.row["state"] == EndpointState.DISABLED.value:
            # What happened while it was off is nobody's business there.
            columns["since"] = await crm.feed.head()
    async with crm.data.transaction():
        await crm.records.set_columns(ENDPOINT, endpoint_id, None, **columns)
        await _note(crm, access, f"webhook.{state.value}", endpoint_id)
        if state is EndpointState.ACTIVE:
            await queue_waiting(crm, endpoint_id)


async def remove_endpoint(crm: Installation, access: Access, endpoint_id: UUID) -> None:
    """Remove it with its log; the register of disclosures stays. Raises Forbidden and NotFound."""
    await _opened(crm, access, endpoint_id)
    async with crm.data.transaction():
        for table in ("webhook_delivery", "webhook_told"):
            await crm.data.fetch(f"DELETE FROM {table} WHERE endpoint_id = ?", endpoint_id)
        await crm.records.delete(ENDPOINT, endpoint_id, ())
        await _note(crm, access, "webhook.removed", endpoint_id)


async def _note(crm: Installation, access: Access, kind: str, endpoint_id: UUID) -> None:
    await record_event(
        crm,
        kind,
        actor_id=access.actor.id,
        target_id=endpoint_id,
        target_kind="webhook",
        serious=kind != "webhook.paused",
    )


async def checked(crm: Installation, draft: EndpointDraft) -> dict[str, Any]:
    """What is sealed of a draft. Raises InvalidContent with an error for each field that is wrong."""
    errors: dict[str, str] = {}
    kinds = checked_kinds(crm, draft.kinds)
    try:
        target = target_of(draft.url.strip())
        if target.scheme != "https" and not networks(crm.settings.webhook_private_addresses):
            errors["url"] = REASONS["not_https"]
    except AddressRefused as refused:
        errors["url"] = REASONS[refused.reason]
    lines = {name: _line(getattr(draft, name), longest) for name, longest in (("name", 200), ("recipient", 500))}
    errors |= {name: "Write it in one line." for name, value in lines.items() if not value}
    if draft.purpose not in await purposes_to_choose(crm):
        errors["purpose"] = "Choose what it is for."
    try:
        check_keys("x", draft.channel, PATH)
    except ValueError:
        errors["channel"] = "Choose in which way it is used."
    if not kinds:
        errors["kinds"] = "Choose at least one event."
    if errors:
        raise InvalidContent(errors)
    return {**lines, "url": draft.url.strip(), "kinds": kinds}


def _line(text: str, longest: int) -> str:
    try:
        line = clean_line(text)
    except UnstorableText:
        return ""
    return line if len(line) <= longest else ""


def checked_kinds(crm: Installation, chosen: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Known kinds and fields only, in the order in which they are declared."""
    known: Mapping[str, EventKind] = crm.registry.event_kinds
    return {
        key: [field.key for field in kind.fields if field.key in chosen[key]]
        for key, kind in known.items()
        if key in chosen
    }
