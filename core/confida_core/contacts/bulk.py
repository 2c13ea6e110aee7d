"""The same done to many contacts, as one operation that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.content import ContactContent, changed
from confida_core.contacts.history import entry_of, write_change
from confida_core.contacts.people import BATCH
from confida_core.contacts.records import CHANGE, CONTACT, FieldChange
from confida_core.contacts.validation import validate_content
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.storage.database import VersionConflict
from confida_core.vault.access import Access
from confida_core.vault.door import Opened
from confida_core.vault.keyring import KeyDestroyed

# Somebody else's save may come between reading and writing; more often than this it is not chance.
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Tagging:
    """What is done to the tags of each contact, and as part of which operation."""

    add: frozenset[str]
    remove: frozenset[str]
    operation_id: UUID


async def tag_contacts(
    crm: Installation, access: Access, ids: Sequence[UUID], *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> tuple[UUID, int]:
    """Add and remove tags; returns the operation (for `undo_operation`) and how many contacts changed."""
    access.actor.require("contacts.write")
    operation_id = new_id()
    count = 0
    tagging = Tagging(frozenset(add), frozenset(remove), operation_id)
    for batch in batches(ids, BATCH):
        count += await _tag(crm, access, batch, tagging)
    return operation_id, count


async def archive_contacts(crm: Installation, access: Access, ids: Sequence[UUID]) -> tuple[UUID, int]:
    """Archive many; returns the operation and how many contacts changed."""
    access.actor.require("contacts.write")
    operation_id = new_id()
    count = 0
    for batch in batches(ids, BATCH):
        opened = [one for one in await _open(crm, access, batch) if one.row["archived_at"] is None]
        await _archive(crm, access, opened, True, operation_id)
        count += len(opened)
    return operation_id, count


async def undo_operation(crm: Installation, access: Access, operation_id: UUID) -> int:
    """Take back what an operation did where it still stands; what was changed since stays. Returns how many."""
    access.actor.require("contacts.write")
    rows = await crm.data.fetch("SELECT * FROM contact_change WHERE operation_id = ? ORDER BY id", operation_id)
    entries = {
        opened.row["subject_id"]: entry_of(opened)
        for batch in batches(rows, BATCH)
        for opened in await crm.door.open(access, CHANGE, batch)
    }
    undoing, count = new_id(), 0
    for batch in batches(list(entries), BATCH):
        archived = [one for one in await _open(crm, access, batch) if entries[one.row["id"]].kind == "archived"]
        await _archive(crm, access, [one for one in archived if one.row["archived_at"]], False, undoing)
        count += len(archived)
        for contact_id in batch:
            before, after = _tags(entries[contact_id].changes)
            if before != after:
                count += await _tag(crm, access, [contact_id], Tagging(before - after, after - before, undoing))
    return count


def _tags(changes: Sequence[FieldChange]) -> tuple[frozenset[str], frozenset[str]]:
    for change in changes:
        if change.field == "tags":
            return frozenset(change.before or ()), frozenset(change.after or ())
    return frozenset(), frozenset()


async def _open(crm: Installation, access: Access, ids: Sequence[UUID]) -> list[Opened[ContactContent]]:
    rows = [row for row in await crm.records.rows(CONTACT, list(dict.fromkeys(ids))) if row["deleted_at"] is None]
    return await crm.door.open(access, CONTACT, rows)


async def _tag(crm: Installation, access: Access, ids: Sequence[UUID], tagging: Tagging) -> int:
    for attempt in range(ATTEMPTS):
        try:
            return await _tag_once(crm, access, ids, tagging)
        except (VersionConflict, KeyDestroyed):
            if attempt == ATTEMPTS - 1:
                raise
    return 0


async def _tag_once(crm: Installation, access: Access, ids: Sequence[UUID], tagging: Tagging) -> int:
    opened = await _open(crm, access, ids)
    await crm.keyring.ensure([one.row["id"] for one in opened], CONTACT.retention_class)
    count = 0
    async with crm.data.transaction():
        for one in opened:
            before = one.content
            after = validate_content(changed(before, tags=sorted((set(before.tags) | tagging.add) - tagging.remove)))
            if after.tags == before.tags:
                continue
            change = FieldChange(field="tags", before=before.tags, after=after.tags)
            columns = {"id": one.row["id"], "updated_at": now()}
            version = await crm.records.update(CONTACT, columns, after, seen=one.row["version"])
            operation = tagging.operation_id
            await write_change(crm, access, one.row["id"], "tagged", version, changes=[change], operation_id=operation)
            count += 1
    return count


async def _archive(
    crm: Installation, access: Access, opened: Sequence[Opened[ContactContent]], archived: bool, operation_id: UUID
) -> None:
    ids = [one.row["id"] for one in opened]
    try:
        await crm.keyring.ensure(ids, CONTACT.retention_class)
    except KeyDestroyed as erased:
        # Whoever was erased since the list was read is left out; the others are still to be done.
        opened = [one for one in opened if one.row["id"] not in erased.subjects]
    kind, moment = ("archived", now()) if archived else ("unarchived", None)
    async with crm.data.transaction():
        for one in opened:
            contact_id = one.row["id"]
            await crm.records.set_columns(CONTACT, contact_id, contact_id, archived_at=moment)
            await write_change(crm, access, contact_id, kind, one.row["version"], operation_id=operation_id)
