"""What time does to interactions: the trash is emptied, and an erased contact's part is taken out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.interactions.interactions import destroy_interactions
from confida_core.storage.sealed_files import delete_files

TRASH_DAYS = 30


async def empty_trash(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: destroy what has been in the trash for 30 days, with its files."""
    while True:
        rows = await crm.data.fetch(
            "SELECT id FROM interaction WHERE deleted_at < ? ORDER BY id LIMIT 200",
            now() - timedelta(days=TRASH_DAYS),
        )
        if not rows:
            return
        await destroy_interactions(crm, [row["id"] for row in rows])


async def take_out_person(crm: Installation, contact_id: UUID) -> int:
    """Erase one contact's part of every interaction; what was about others too stays theirs, what was not is destroyed.

    Returns how many interactions it was about. The contact's own keys are destroyed by the caller; the wraps that stood
    under them are removed here, and links, so that nothing says any more that this person took part.
    """
    rows = await crm.data.fetch("SELECT interaction_id FROM interaction_participant WHERE contact_id = ?", contact_id)
    for row in rows:
        interaction_id = row["interaction_id"]
        async with crm.data.transaction():
            left = await crm.data.fetch(
                "SELECT contact_id FROM interaction_participant WHERE interaction_id = ? AND contact_id <> ? LIMIT 1",
                interaction_id, contact_id,
            )  # fmt: skip
            if not left:
                await destroy_interactions(crm, [interaction_id])
                continue
            await crm.data.fetch(
                "DELETE FROM interaction_participant WHERE interaction_id = ? AND contact_id = ?",
                interaction_id, contact_id,
            )  # fmt: skip
            await crm.data.fetch(
                "DELETE FROM shared_key WHERE subject_id = ? AND (record_id = ? OR record_id IN "
                "(SELECT id FROM sealed_file WHERE owner_id = ?))",
                contact_id, interaction_id, interaction_id,
            )  # fmt: skip
    await delete_own_files(crm, contact_id)
    return len(rows)


async def delete_own_files(crm: Installation, contact_id: UUID) -> None:
    """Files that belong to the contact itself, such as its picture."""
    files = await crm.data.fetch("SELECT id FROM sealed_file WHERE owner_id = ?", contact_id)
    await delete_files(crm, [row["id"] for row in files])
