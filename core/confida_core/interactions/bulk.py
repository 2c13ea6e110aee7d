"""Many interactions at once, for imports and demo data."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.interactions.content import InteractionDraft, checked, columns_of
from confida_core.interactions.interactions import INTERACTION, require_somebody
from confida_core.interactions.participants import add_participants
from confida_core.vault.access import Access

BATCH = 200


async def log_many(
    crm: Installation, access: Access, drafts: Sequence[InteractionDraft], *, created_by: UUID | None = None
) -> list[UUID]:
    """Write down many, 200 per transaction, in order; returns their ids.

    The caller made the contacts, or has passed the gate to each; they are not opened again. created_by: another account
    than the actor's. Raises InvalidContent before anything of its batch is written, Forbidden.
    """
    access.actor.require("interactions.write")
    ids: list[UUID] = []
    for start in range(0, len(drafts), BATCH):
        ids += await log_batch(crm, drafts[start : start + BATCH], created_by or access.actor.id)
    return ids


async def log_batch(crm: Installation, drafts: Sequence[InteractionDraft], created_by: UUID) -> list[UUID]:
    """All of them or none."""
    rows = []
    for draft in drafts:
        require_somebody(draft.people, allowed=draft.planned)
        columns = {"id": new_id(), "created_by": created_by, "created_at": now(), **columns_of(draft)}
        rows.append((columns, checked(draft), tuple(dict.fromkeys(draft.people))))
    people = {person for _, _, everybody in rows for person in everybody}
    await crm.keyring.ensure(people or {crm.keyring.installation_id}, INTERACTION.retention_class)
    async with crm.data.transaction():
        await crm.records.insert_shared_many(INTERACTION, rows)
        await add_participants(crm, [(columns, everybody) for columns, _, everybody in rows])
    return [columns["id"] for columns, _, _ in rows]
