"""Who changed what: one sealed entry for each change of a contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.records import CHANGE, ChangeContent, FieldChange
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_core.vault.door import Opened

_PARTS = ("name", "custom")


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEntry:
    """kind: a past participle ("created", "changed", "archived"). version: of the contact after the change."""

    id: UUID
    at: datetime
    actor_id: UUID
    kind: str
    version: int
    changes: tuple[FieldChange, ...]
    detail: str
    operation_id: UUID | None


def differences(before: ContactContent, after: ContactContent) -> list[FieldChange]:
    """Field by field; the parts of the name and custom fields each by themselves. Empty if the two are equal."""
    old, new = plain_fields(before), plain_fields(after)
    return [
        FieldChange(field=field, before=old.get(field), after=new.get(field))
        for field in dict.fromkeys([*old, *new])
        if old.get(field) != new.get(field)
    ]


def plain_fields(content: ContactContent) -> dict[str, Any]:
    """Every field that holds something, by its path, as plain values that can be sealed into an entry."""
    found: dict[str, Any] = {}
    for field, value in msgspec.to_builtins(content).items():
        if field in _PARTS:
            found |= {f"{field}.{part}": each for part, each in value.items()}
        else:
            found[field] = value
    return found


async def write_change(
    crm: Installation,
    access: Access,
    contact_id: UUID,
    kind: str,
    version: int,
    *,
    changes: Sequence[FieldChange] = (),
    detail: str = "",
    operation_id: UUID | None = None,
) -> None:
    """Note one change; inside the transaction that makes it."""
    row = change_row(access, contact_id, kind, version, operation_id=operation_id)
    await crm.records.insert(CHANGE, row, ChangeContent(changes=list(changes), detail=detail))


def change_row(
    access: Access, contact_id: UUID, kind: str, version: int, *, operation_id: UUID | None = None
) -> dict[str, Any]:
    """The operational columns of an entry made now."""
    return {
        "id": new_id(),
        "subject_id": contact_id,
        "record_id": contact_id,
        "at": now(),
        "actor_id": access.actor.id,
        "kind": kind,
        "contact_version": version,
        "operation_id": operation_id,
    }


async def changes_of(
    crm: Installation, access: Access, contact_id: UUID, *, limit: int = 50, before: UUID | None = None
) -> list[HistoryEntry]:
    """Entries, newest first, older than the entry `before`. Opens them through the door; the caller has passed the gate."""
    older = "AND id < ?" if before else ""
    rows = await crm.data.fetch(
        f"SELECT * FROM contact_change WHERE subject_id = ? {older} ORDER BY id DESC LIMIT ?",
        contact_id, *([before] if before else []), limit,
    )  # fmt: skip
    return [entry_of(opened) for opened in await crm.door.open(access, CHANGE, rows)]


async def what_changed(crm: Installation, access: Access, contact_id: UUID, since_version: int) -> list[HistoryEntry]:
    """What happened to a contact after somebody read it at a version, newest first. Sealed data is opened."""
    rows = await crm.data.fetch(
        "SELECT * FROM contact_change WHERE subject_id = ? AND contact_version > ? ORDER BY id DESC LIMIT 200",
        contact_id, since_version,
    )  # fmt: skip
    return [entry_of(opened) for opened in await crm.door.open(access, CHANGE, rows)]


def entry_of(opened: Opened[ChangeContent]) -> HistoryEntry:
    row: Mapping[str, Any] = opened.row
    return HistoryEntry(
        id=row["id"],
        at=row["at"],
        actor_id=row["actor_id"],
        kind=row["kind"],
        version=row["contact_version"],
        changes=tuple(opened.content.changes),
        detail=opened.content.detail,
        operation_id=row["operation_id"],
    )


def text_of(value: Any) -> str:
    """A value of an entry as one text for people: the parts of an address after each other, several on lines."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if "month" in value:
            return "-".join(f"{value[part]:02}" for part in ("year", "month", "day") if value.get(part))
        return ", ".join(str(part) for part in value.values() if part)
    if isinstance(value, list):
        separator = "\n" if any(isinstance(item, Mapping) for item in value) else ", "
        return separator.join(text_of(item) for item in value)
    return str(value)
