"""What one endpoint is told of one event: put together when it is sent, about whom it may be sent, and never kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from confida_core.events.declarations import EventKind
from confida_core.installation import Installation
from confida_core.outbound.declarations import Verdict
from confida_core.outbound.gates import verdicts_of
from confida_core.outbound.webhooks.content import EndpointContent
from confida_core.vault.access import Access, system_access
from confida_core.vault.door import Opened

TEST = "webhook.test"
IDENTIFIER = "Id"
# Whoever was told of somebody is told when that ends (GDPR Art. 7(3), 19), whatever the gates say by then.
DUTY = "legal_obligation"


class NothingToTell(Exception):
    """There is nothing, or nothing any more, to tell this endpoint. reason: a code of `content.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AllRefused(Exception):
    """Nobody whom it is about may be told of there."""

    def __init__(self, verdicts: Mapping[UUID, Verdict]) -> None:
        super().__init__("refused")
        self.verdicts = verdicts


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """body: JSON. told: whose data are in it, and why they may be. refused: who was left out. fields: kinds of data in it."""

    body: bytes
    told: Mapping[UUID, Verdict] = field(default_factory=dict)
    refused: Mapping[UUID, Verdict] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    kind: EventKind | None = None


def handing_over() -> Access:
    """How content is opened for webhooks; each hand-over stands in the register of disclosures instead of the read log."""
    return system_access("job webhooks.deliver", purpose="import_export")


async def parcel_of(crm: Installation, endpoint: Opened[EndpointContent], delivery: Mapping[str, Any]) -> Parcel:
    """What is sent now. Opens sealed data. Raises NothingToTell, AllRefused, and whatever a plugin's field raises."""
    if delivery["test"]:
        return Parcel(body=body_of(TEST, delivery, {"message": "This is a test."}))
    kind: EventKind | None = crm.registry.event_kinds.get(delivery["kind"])
    if kind is None:
        raise NothingToTell("kind_gone")
    if kind.key not in endpoint.content.kinds:
        raise NothingToTell("not_chosen")
    data: dict[str, Any] = {"id": str(delivery["record_id"])}
    if kind.change == "deleted":
        return Parcel(body=body_of(kind.key, delivery, data), kind=kind)
    opened = await _opened(crm, kind, delivery["record_id"])
    if kind.purpose is not None and kind.purpose(opened.row) != endpoint.row["purpose"]:
        raise NothingToTell("other_purpose")
    told, refused = await _asked(crm, kind, endpoint, opened.people)
    if opened.people and kind.goes != "always" and not told:
        raise AllRefused(refused)
    if crm.registry.records[kind.record_table].subject != "id":
        data["people"] = [str(one) for one in told]
    chosen = [one for one in kind.fields if one.key in endpoint.content.kinds[kind.key]]
    # A text about several people tells of each of them: it leaves only if all of them may be told of.
    sent = [one for one in chosen if not (one.sealed and refused)]
    data |= {one.key: one.value(opened.row, opened.content) for one in sent}
    return Parcel(
        body=body_of(kind.key, delivery, data),
        told=told,
        refused=refused,
        fields=(IDENTIFIER, *(one.label for one in sent)),
        kind=kind,
    )


def body_of(kind: str, delivery: Mapping[str, Any], data: Mapping[str, Any]) -> bytes:
    """As Standard Webhooks wants it: what, when, and the data."""
    return msgspec.json.encode({"type": kind, "timestamp": delivery["happened_at"], "data": data})


async def _opened(crm: Installation, kind: EventKind, record_id: UUID) -> Opened[Any]:
    declaration = crm.registry.records[kind.record_table]
    rows = await crm.records.rows(declaration, [record_id])
    opened = await crm.door.open_one(handing_over(), declaration, rows[0]) if rows else None
    if opened is None:
        raise NothingToTell("erased")
    if kind.goes == "permitted" and opened.row.get("deleted_at") is not None:
        raise NothingToTell("in_trash")
    return opened


async def _asked(
    crm: Installation, kind: EventKind, endpoint: Opened[EndpointContent], people: Sequence[UUID]
) -> tuple[dict[UUID, Verdict], dict[UUID, Verdict]]:
    """Who may be told of, and who may not."""
    if kind.goes == "always":
        return {}, {}
    verdicts = await verdicts_of(crm, people, endpoint.row["purpose"], endpoint.row["channel"])
    if kind.goes == "follows":
        before = await told_before(crm, endpoint.row["id"], people)
        verdicts = {
            one: Verdict(allowed=True, basis=DUTY, event_id=verdict.event_id)
            if one in before and not verdict.allowed
            else verdict
            for one, verdict in verdicts.items()
        }
    told = {one: verdict for one, verdict in verdicts.items() if verdict.allowed}
    return told, {one: verdict for one, verdict in verdicts.items() if not verdict.allowed}


async def still_allowed(crm: Installation, endpoint: Opened[EndpointContent], parcel: Parcel) -> bool:
    """Whether nobody in it has said no, or was erased, since it was put together."""
    if parcel.kind is None or not parcel.told:
        return True
    told, _ = await _asked(crm, parcel.kind, endpoint, list(parcel.told))
    return told.keys() == parcel.told.keys()


async def told_before(crm: Installation, endpoint_id: UUID, people: Sequence[UUID]) -> set[UUID]:
    if not people:
        return set()
    marks = ", ".join("?" * len(people))
    rows = await crm.data.fetch(
        f"SELECT contact_id FROM webhook_told WHERE endpoint_id = ? AND contact_id IN ({marks})", endpoint_id, *people
    )
    return {row["contact_id"] for row in rows}
