"""Contacts, one at a time and by the hundred: made, changed, and found at the gate. Organisations are contacts too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.custom_fields import check_custom, custom_fields
from confida_core.contacts.history import change_row, differences, write_change
from confida_core.contacts.records import CHANGE, CONTACT, ChangeContent, FieldChange
from confida_core.contacts.validation import validate_content
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import VersionConflict
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened

BATCH = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class NewContact:
    """One of many. id: given by the caller if something else must point to it."""

    kind: ContactKind
    content: ContactContent
    id: UUID | None = None
    owner_id: UUID | None = None
    team_id: UUID | None = None
    created_at: datetime | None = None


class Unchanged:
    """Says that a column stays as it is, where None means "nobody"."""


UNCHANGED = Unchanged()


async def visible_contact(
    crm: Installation, access: Access, contact_id: UUID, *, trashed: bool = False
) -> Opened[ContactContent]:
    """The gate to one contact: opened through the door, or NotFound, whatever the reason.

    trashed: also one in the trash, for those who may delete. Raises Forbidden without `contacts.read`.
    """
    access.actor.require("contacts.read")
    rows = await crm.data.fetch("SELECT * FROM contact WHERE id = ?", contact_id)
    if not rows or (rows[0]["deleted_at"] and not (trashed and access.actor.may("contacts.delete"))):
        raise NotFound
    opened = await crm.door.open_one(access, CONTACT, rows[0])
    if opened is None:
        raise NotFound
    return opened


async def display_names(crm: Installation, access: Access, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of those contacts that this access may see; one query and one opening for all of them."""
    wanted = list(dict.fromkeys(ids))
    rows = [row for row in await crm.records.rows(CONTACT, wanted) if row["deleted_at"] is None]
    return {item.row["id"]: item.content.display_name for item in await crm.door.open(access, CONTACT, rows)}


async def create_contact(
    crm: Installation,
    access: Access,
    kind: ContactKind,
    content: ContactContent,
    *,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
) -> UUID:
    """Store a new contact at version 1; returns its id. Raises InvalidContent naming the fields."""
    access.actor.require("contacts.write")
    content = check_custom(await custom_fields(crm), kind, validate_content(content))
    contact_id = new_id()
    await crm.keyring.ensure([contact_id], CONTACT.retention_class)
    row = contact_row(access, NewContact(kind=kind, content=content, id=contact_id, owner_id=owner_id, team_id=team_id))
    async with crm.data.transaction():
        await crm.records.insert(CONTACT, row, content)
        await write_change(crm, access, contact_id, "created", 1)
    return contact_id


def contact_row(access: Access, new: NewContact) -> dict[str, Any]:
    """The operational columns of a contact made now."""
    moment = now()
    return {
        "id": new.id or new_id(),
        "kind": new.kind.value,
        "owner_id": new.owner_id,
        "team_id": new.team_id,
        "archived_at": None,
        "deleted_at": None,
        "created_at": new.created_at or moment,
        "created_by": access.actor.id,
        "updated_at": moment,
        "touched_at": None,
    }


async def create_many(
    crm: Installation,
    access: Access,
    contacts: Sequence[NewContact],
    *,
    kind: str = "imported",
    operation_id: UUID | None = None,
) -> list[UUID]:
    """Store many, 200 per transaction, in order; returns their ids.

    Every content must have passed `validate_content` already (a reader reports its own rows), custom values included.
    """
    access.actor.require("contacts.write")
    ids: list[UUID] = []
    for start in range(0, len(contacts), BATCH):
        batch = contacts[start : start + BATCH]
        rows = [(contact_row(access, new), new.content) for new in batch]
        made = [row["id"] for row, _ in rows]
        await crm.keyring.ensure(made, CONTACT.retention_class)
        entries = [(change_row(access, one, kind, 1, operation_id=operation_id), ChangeContent()) for one in made]
        async with crm.data.transaction():
            await crm.records.insert_many(CONTACT, rows)
            await crm.records.insert_many(CHANGE, entries)
        ids += made
    return ids


async def update_contact(
    crm: Installation,
    access: Access,
    contact_id: UUID,
    content: ContactContent,
    *,
    seen: int,
    owner_id: UUID | Unchanged | None = UNCHANGED,
    team_id: UUID | Unchanged | None = UNCHANGED,
    kind: str = "changed",
    operation_id: UUID | None = None,
) -> int:
    """Replace the content read at version `seen`; returns the new version, or `seen` if nothing differs.

    Raises VersionConflict (see `history.what_changed`), InvalidContent, NotFound.
    """
    access.actor.require("contacts.write")
    opened = await visible_contact(crm, access, contact_id)
    if opened.row["version"] != seen:
        raise VersionConflict(opened.row["version"])
    fields = await custom_fields(crm)
    content = check_custom(fields, ContactKind(opened.row["kind"]), validate_content(content))
    columns = {
        name: value
        for name, value in (("owner_id", owner_id), ("team_id", team_id))
        if not isinstance(value, Unchanged) and value != opened.row[name]
    }
    changes = differences(opened.content, content)
    changes += [column_change(name, opened.row[name], value) for name, value in columns.items()]
    if not changes:
        return seen
    await crm.keyring.ensure([contact_id], CONTACT.retention_class)
    async with crm.data.transaction():
        stored = {"id": contact_id, "updated_at": now(), **columns}
        version = await crm.records.update(CONTACT, stored, content, seen=seen)
        await write_change(crm, access, contact_id, kind, version, changes=changes, operation_id=operation_id)
    return version


def column_change(name: str, before: UUID | None, after: UUID | None) -> FieldChange:
    return FieldChange(field=name, before=before.hex if before else None, after=after.hex if after else None)


async def touch(crm: Installation, contact_ids: Sequence[UUID], at: datetime) -> None:
    """Note that there was contact at an instant, for those where it is the latest; inside the caller's transaction."""
    if not contact_ids:
        return
    marks = ", ".join("?" * len(contact_ids))
    touched = await crm.data.fetch(
        f"UPDATE contact SET touched_at = ? WHERE id IN ({marks}) AND (touched_at IS NULL OR touched_at < ?) RETURNING id",
        at, *contact_ids, at,
    )  # fmt: skip
    for row in touched:
        crm.feed.append(CONTACT.name, row["id"], row["id"])
