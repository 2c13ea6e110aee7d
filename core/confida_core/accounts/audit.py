"""The audit trail: every security event, with ids only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import SYSTEM_ID, Access


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """actor_id: None where nobody is known (a failed log-in). kind: `<thing>.<past tense>`, such as `session.started`."""

    id: UUID
    at: datetime
    kind: str
    actor_id: UUID | None
    target_id: UUID | None
    target_kind: str
    serious: bool


async def record_event(
    crm: Installation,
    kind: str,
    *,
    actor_id: UUID | None = None,
    target_id: UUID | None = None,
    target_kind: str = "",
    serious: bool = False,
) -> None:
    """Append one event; inside a transaction it stands or falls with it."""
    await crm.data.fetch(
        "INSERT INTO audit_event (id, at, kind, actor_id, target_id, target_kind, serious) VALUES (?, ?, ?, ?, ?, ?, ?)",
        new_id(), now(), kind, None if actor_id == SYSTEM_ID else actor_id, target_id, target_kind, serious,
    )  # fmt: skip


async def list_events(
    crm: Installation, access: Access, *, kind: str = "", before: UUID | None = None, limit: int = 50
) -> list[SecurityEvent]:
    """Newest first, strictly older than the event `before`. kind: the part before the dot; "" is every one.

    Raises Forbidden.
    """
    access.actor.require("audit.read")
    conditions, values = ["1 = 1"], list[object]()
    if kind:
        conditions.append("kind LIKE ?")
        values.append(f"{kind}.%")
    if before is not None:
        conditions.append("id < ?")
        values.append(before)
    rows = await crm.data.fetch(
        f"SELECT * FROM audit_event WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?", *values, limit
    )
    return events_of(rows)


def events_of(rows: Sequence[Row]) -> list[SecurityEvent]:
    return [
        SecurityEvent(
            id=row["id"],
            at=row["at"],
            kind=row["kind"],
            actor_id=row["actor_id"],
            target_id=row["target_id"],
            target_kind=row["target_kind"],
            serious=bool(row["serious"]),
        )
        for row in rows
    ]
