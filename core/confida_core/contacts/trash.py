"""The trash: thirty days in which a deleted contact can come back, then its keys are destroyed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.history import write_change
from confida_core.contacts.people import visible_contact
from confida_core.contacts.records import CONTACT, RELATIONSHIP
from confida_core.declarations import RecordDeclaration
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_core.vault.door import Opened

DAYS = 30
HOLD_TRASHED = "UPDATE contact SET deleted_at = deleted_at WHERE id = ? AND deleted_at < ? RETURNING id"


async def trash_contact(
    crm: Installation, access: Access, contact_id: UUID, *, operation_id: UUID | None = None
) -> None:
    """Put a contact into the trash: gone from lists, search and its own page, but not yet erased."""
    access.actor.require("contacts.delete")
    row = (await visible_contact(crm, access, contact_id)).row
    await _set_deleted(crm, access, row, "trashed", operation_id)


async def restore_contact(
    crm: Installation, access: Access, contact_id: UUID, *, operation_id: UUID | None = None
) -> None:
    """Take a contact out of the trash; does nothing if it is not there."""
    access.actor.require("contacts.delete")
    row = (await visible_contact(crm, access, contact_id, trashed=True)).row
    if row["deleted_at"] is not None:
        await _set_deleted(crm, access, row, "restored", operation_id)


async def _set_deleted(
    crm: Installation, access: Access, row: Mapping[str, Any], kind: str, operation_id: UUID | None
) -> None:
    contact_id = row["id"]
    await crm.keyring.ensure([contact_id], CONTACT.retention_class)
    async with crm.data.transaction():
        deleted_at = now() if kind == "trashed" else None
        await crm.records.set_columns(CONTACT, contact_id, contact_id, deleted_at=deleted_at)
        await write_change(crm, access, contact_id, kind, row["version"], operation_id=operation_id)


async def list_trash(crm: Installation, access: Access, *, limit: int = 100) -> list[Opened[ContactContent]]:
    """What is in the trash, last deleted first."""
    access.actor.require("contacts.delete")
    rows = await crm.data.fetch(
        "SELECT * FROM contact WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, id LIMIT ?", limit
    )
    return await crm.door.open(access, CONTACT, rows)


async def purge_trash(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: erase every contact whose thirty days are over."""
    due = now() - timedelta(days=DAYS)
    while rows := await crm.data.fetch("SELECT id FROM contact WHERE deleted_at < ? LIMIT 100", due):
        for row in rows:
            # Held from here on: somebody may have taken it back since the list was read, or be about to.
            async with crm.data.transaction():
                if await crm.data.fetch(HOLD_TRASHED, row["id"], due):
                    await purge_contact(crm, row["id"])


async def purge_contact(crm: Installation, contact_id: UUID) -> None:
    """Destroy the contact's relationship key, then remove its rows; other people keep what they share with it.

    For jobs and for undoing an import: asks for no permission. Can be repeated until it has succeeded; what goes wrong
    after the key is destroyed leaves rows that nobody can open.
    """
    await crm.keyring.destroy(contact_id, [CONTACT.retention_class])
    async with crm.data.transaction():
        await _remove_relationships(crm, contact_id)
        await _remove_shared(crm, contact_id)
        for declaration in crm.registry.records.values():
            if _ends_with_relationship(declaration):
                await crm.data.fetch(f"DELETE FROM {declaration.name} WHERE {declaration.subject} = ?", contact_id)
        for table in crm.registry.all("tables"):
            if table.subject:
                await crm.data.fetch(f"DELETE FROM {table.table._meta.tablename} WHERE {table.subject} = ?", contact_id)
        crm.feed.append(CONTACT.name, contact_id, contact_id, "deleted")


def _ends_with_relationship(declaration: RecordDeclaration) -> bool:
    return (
        declaration.subject is not None
        and declaration.retention_class == CONTACT.retention_class
        and declaration.erasure == "delete"
    )


async def _remove_relationships(crm: Installation, contact_id: UUID) -> None:
    rows = await crm.data.fetch("SELECT id, from_id, to_id FROM relationship WHERE ? IN (from_id, to_id)", contact_id)
    for row in rows:
        await crm.records.delete(RELATIONSHIP, row["id"], [row["from_id"], row["to_id"]])


async def _remove_shared(crm: Installation, contact_id: UUID) -> None:
    """Take this person's wrap off shared records; a record that was nobody else's goes altogether."""
    rows = await crm.data.fetch(
        "SELECT record_id FROM shared_key mine WHERE subject_id = ? AND NOT EXISTS "
        "(SELECT 1 FROM shared_key other WHERE other.record_id = mine.record_id AND other.subject_id <> mine.subject_id)",
        contact_id,
    )
    alone = [row["record_id"] for row in rows]
    await crm.data.fetch("DELETE FROM shared_key WHERE subject_id = ?", contact_id)
    for declaration in crm.registry.records.values():
        if declaration.subject is None and declaration.erasure == "delete":
            await _delete_rows(crm, declaration.name, alone)


async def _delete_rows(crm: Installation, table: str, ids: Sequence[UUID]) -> None:
    for start in range(0, len(ids), 500):
        batch = ids[start : start + 500]
        marks = ", ".join("?" * len(batch))
        await crm.data.fetch(f"DELETE FROM {table} WHERE id IN ({marks})", *batch)
