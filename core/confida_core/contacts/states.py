"""States of a contact that stand in the clear: archived, restricted, whose care it is in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.history import write_change
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.people import column_change, visible_contact
from confida_core.contacts.records import CONTACT
from confida_core.index.query import IndexQuery
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.vault.access import Access, NotFound


async def archive_contact(
    crm: Installation, access: Access, contact_id: UUID, *, operation_id: UUID | None = None
) -> None:
    """Take it out of the daily lists; nothing else changes. Archiving twice changes nothing."""
    await _set_archived(crm, access, contact_id, True, operation_id)


async def unarchive_contact(
    crm: Installation, access: Access, contact_id: UUID, *, operation_id: UUID | None = None
) -> None:
    await _set_archived(crm, access, contact_id, False, operation_id)


async def _set_archived(
    crm: Installation, access: Access, contact_id: UUID, archived: bool, operation_id: UUID | None
) -> None:
    access.actor.require("contacts.write")
    row = (await visible_contact(crm, access, contact_id)).row
    if (row["archived_at"] is not None) == archived:
        return
    kind = "archived" if archived else "unarchived"
    await crm.keyring.ensure([contact_id], CONTACT.retention_class)
    async with crm.data.transaction():
        await crm.records.set_columns(CONTACT, contact_id, contact_id, archived_at=now() if archived else None)
        await write_change(crm, access, contact_id, kind, row["version"], operation_id=operation_id)


async def assign_contact(
    crm: Installation, access: Access, contact_id: UUID, *, owner_id: UUID | None, team_id: UUID | None
) -> None:
    """Say whose care it is in; None for nobody's."""
    access.actor.require("contacts.write")
    row = (await visible_contact(crm, access, contact_id)).row
    columns: dict[str, Any] = {"owner_id": owner_id, "team_id": team_id}
    changes = [column_change(name, row[name], value) for name, value in columns.items() if row[name] != value]
    if not changes:
        return
    await crm.keyring.ensure([contact_id], CONTACT.retention_class)
    async with crm.data.transaction():
        await crm.records.set_columns(CONTACT, contact_id, contact_id, **columns)
        await write_change(crm, access, contact_id, "assigned", row["version"], changes=changes)


async def restrict_contact(crm: Installation, access: Access, contact_id: UUID) -> None:
    """Restrict processing (GDPR Art. 18): a standing order, so that a restored backup obeys it too.

    Needs `contacts.restrict`. From now on only purposes that are allowed for restricted subjects open the contact.
    """
    await _set_restricted(crm, access, contact_id, True)


async def unrestrict_contact(crm: Installation, access: Access, contact_id: UUID) -> None:
    """Lift every restriction. access: for a purpose that may open a restricted contact."""
    await _set_restricted(crm, access, contact_id, False)


async def _set_restricted(crm: Installation, access: Access, contact_id: UUID, restricted: bool) -> None:
    access.actor.require("contacts.restrict")
    rows = await crm.data.fetch("SELECT version FROM contact WHERE id = ? AND deleted_at IS NULL", contact_id)
    if not rows:
        raise NotFound
    await crm.orders.refresh()
    if crm.orders.restricted(contact_id) == restricted:
        return
    # The order comes first: if anything fails afterwards, too little may be done with the contact, not too much.
    if restricted:
        await crm.orders.give("restriction", contact_id)
    kind = "restricted" if restricted else "unrestricted"
    await crm.keyring.ensure([contact_id], CONTACT.retention_class)
    async with crm.data.transaction():
        await write_change(crm, access, contact_id, kind, rows[0]["version"])
        crm.feed.append(CONTACT.name, contact_id, contact_id)
    if not restricted:
        await crm.orders.lift("restriction", contact_id)
        # Once more, because the index must not project the contact before the order is gone.
        async with crm.data.transaction():
            crm.feed.append(CONTACT.name, contact_id, contact_id)


async def settle_restrictions(crm: Installation) -> None:
    """At every start: have the index say of everybody what the orders say.

    An order is given in the keyring and told to the data afterwards; a crash in between would leave the contact countable.
    """
    await crm.orders.refresh()
    differing = sorted(crm.orders.restricted_subjects() ^ await _restricted_in_index(crm))
    if not differing:
        return
    async with crm.data.transaction():
        for batch in batches(differing):
            marks = ", ".join("?" * len(batch))
            sql = f"SELECT id FROM contact WHERE id IN ({marks}) AND deleted_at IS NULL"
            for row in await crm.data.fetch(sql, *batch):
                crm.feed.append(CONTACT.name, row["id"], row["id"])
    await crm.index.catch_up(ContactSource(crm))


async def _restricted_in_index(crm: Installation) -> set[UUID]:
    found: set[UUID] = set()
    cursor: str | None = None
    while True:
        page = await crm.index.page(IndexQuery(archived=None, restricted=True, cursor=cursor, limit=500))
        found |= set(page.ids)
        cursor = page.next_cursor
        if cursor is None:
            return found
