"""The trash: thirty days in which a deleted contact can come back, then its keys are destroyed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.erasing import erase_stores, erased_classes, remove_rows
from confida_core.contacts.history import write_change
from confida_core.contacts.people import visible_contact
from confida_core.contacts.records import CONTACT
from confida_core.contacts.shared_erasing import redact_shared
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_core.vault.door import Opened

DAYS = 30
HELD = "A legal hold keeps it."
RESTRICTED = "Processing is restricted; the person may need the data for a claim."
HOLD_TRASHED = "UPDATE contact SET deleted_at = deleted_at WHERE id = ? AND deleted_at < ? RETURNING id"


async def trash_contact(
    crm: Installation,
    access: Access,
    contact_id: UUID,
    *,
    operation_id: UUID | None = None,
    seen: int | None = None,
) -> None:
    """Put a contact into the trash: gone from lists, search and its own page, but not yet erased.

    seen: the version that was read; raises VersionConflict if it is another now. None: whatever it is.
    """
    access.actor.require("contacts.delete")
    row = (await visible_contact(crm, access, contact_id)).row
    await _set_deleted(crm, access, row, "trashed", operation_id, seen=seen)


async def restore_contact(
    crm: Installation, access: Access, contact_id: UUID, *, operation_id: UUID | None = None
) -> None:
    """Take a contact out of the trash; does nothing if it is not there.

    Raises InvalidContent with the reason under "" if it must not come back, because it is being erased.
    """
    access.actor.require("contacts.delete")
    row = (await visible_contact(crm, access, contact_id, trashed=True)).row
    if row["deleted_at"] is not None:
        await _set_deleted(crm, access, row, "restored", operation_id)


async def _set_deleted(
    crm: Installation,
    access: Access,
    row: Mapping[str, Any],
    kind: str,
    operation_id: UUID | None,
    *,
    seen: int | None = None,
) -> None:
    contact_id = row["id"]
    await crm.keyring.ensure([contact_id], CONTACT.retention_class)
    async with crm.data.transaction():
        if seen is not None:
            await crm.records.hold(CONTACT, contact_id, seen)
        deleted_at = now() if kind == "trashed" else None
        # Holds the row, so that no guard changes its mind meanwhile.
        await crm.records.set_columns(CONTACT, contact_id, contact_id, deleted_at=deleted_at)
        if deleted_at is None and (reason := (await gone_for_good(crm, [contact_id])).get(contact_id)):
            raise InvalidContent({"": reason})
        await write_change(crm, access, contact_id, kind, row["version"], operation_id=operation_id)


async def list_trash(crm: Installation, access: Access, *, limit: int = 100) -> list[Opened[ContactContent]]:
    """What is in the trash, last deleted first."""
    access.actor.require("contacts.delete")
    rows = await crm.data.fetch(
        "SELECT * FROM contact WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, id LIMIT ?", limit
    )
    return await crm.door.open(access, CONTACT, rows)


async def gone_for_good(crm: Installation, contact_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Those of them that nobody can take out of the trash any more, each with the first reason that was found."""
    found: dict[UUID, str] = {}
    for guard in crm.registry.trash_guards.values():
        if guard.gone is not None:
            found = {**await guard.gone(crm, contact_ids), **found}
    return found


async def kept_from_purge(crm: Installation, contact_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Those of them that are not erased yet whatever their age, each with the first reason that was found.

    Under a legal hold or a restriction, or because a guard says so. Opens nothing.
    """
    await crm.orders.refresh()
    found: dict[UUID, str] = {}
    for one in contact_ids:
        if crm.orders.held(one):
            found[one] = HELD
        elif crm.orders.restricted(one):
            found[one] = RESTRICTED
    for guard in crm.registry.trash_guards.values():
        found = {**await guard.stays(crm, contact_ids), **found}
    return found


async def purge_trash(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: erase every contact whose thirty days are over, but for those that something keeps for now."""
    due, last = now() - timedelta(days=DAYS), UUID(int=0)
    while rows := await crm.data.fetch(
        "SELECT id FROM contact WHERE deleted_at < ? AND id > ? ORDER BY id LIMIT 100", due, last
    ):
        kept = await kept_from_purge(crm, [row["id"] for row in rows])
        for row in rows:
            if row["id"] not in kept:
                await purge_due(crm, row["id"], due)
        last = rows[-1]["id"]


async def purge_due(crm: Installation, contact_id: UUID, due: datetime) -> None:
    """Erase one, unless somebody has taken it back since the list was read, or something keeps it since then."""
    classes = erased_classes(crm.registry.records.values())
    # In a transaction of its own: once the key is destroyed, nobody knows any more what to redact.
    async with crm.data.transaction():
        if not await _still_due(crm, contact_id, due):
            return
        await redact_shared(crm, contact_id, classes)
    # Held from here on, against somebody who is about to take it back.
    async with crm.data.transaction():
        if await _still_due(crm, contact_id, due):
            await purge_contact(crm, contact_id)


async def _still_due(crm: Installation, contact_id: UUID, due: datetime) -> bool:
    """Holds the row for the rest of the transaction, if it is."""
    held = await crm.data.fetch(HOLD_TRASHED, contact_id, due)
    return bool(held) and not await kept_from_purge(crm, [contact_id])


async def purge_contact(crm: Installation, contact_id: UUID) -> None:
    """Destroy the contact's keys, then remove its rows and files; other people keep what they share with it, without
    what identifies it.

    For jobs and for demo data: asks for no permission. Can be repeated until it has succeeded; what goes wrong after the
    keys are destroyed leaves rows that nobody can open. Raises StoreFailed.
    """
    classes = erased_classes(crm.registry.records.values())
    await redact_shared(crm, contact_id, classes)
    await crm.keyring.destroy(contact_id, classes)
    async with crm.data.transaction():
        await remove_rows(crm, contact_id)
        await erase_stores(crm, contact_id)
