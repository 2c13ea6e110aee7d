"""The trash of opportunities: what somebody threw away can be taken out again for a while, then it goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, now
from confida_sales.content import OPPORTUNITY
from confida_sales.opportunities.opportunities import DELETED, stage_of, visible_opportunity

TRASH_DAYS = 30


async def delete_opportunity(crm: Installation, access: Access, opportunity_id: UUID, *, seen: int) -> None:
    """Into the trash, from which it can be taken for `TRASH_DAYS`. Raises Forbidden, NotFound and VersionConflict."""
    access.actor.require("sales.write")
    opened = await visible_opportunity(crm, access, opportunity_id)
    columns = {
        "id": opportunity_id,
        "contact_id": opened.row["contact_id"],
        "outcome": DELETED,
        "closed_at": now(),
    }
    await crm.records.update(OPPORTUNITY, columns, opened.content, seen=seen)


async def restore_opportunity(crm: Installation, access: Access, opportunity_id: UUID) -> None:
    """Out of the trash, as it was. Raises Forbidden and NotFound."""
    access.actor.require("sales.write")
    opened = await visible_opportunity(crm, access, opportunity_id, trashed=True)
    if opened.row["outcome"] != DELETED:
        return
    stage = await stage_of(crm, opened)
    columns = {
        "id": opportunity_id,
        "contact_id": opened.row["contact_id"],
        "outcome": stage.outcome,
        "closed_at": None if stage.outcome == "open" else opened.row["stage_since"],
    }
    await crm.records.update(OPPORTUNITY, columns, opened.content, seen=opened.row["version"])


async def purge_deleted(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: what lay in the trash for its days goes for good, with its steps. What a run leaves, the next one takes."""
    query = "SELECT id, contact_id FROM sales_opportunity WHERE outcome = ? AND closed_at < ? ORDER BY id LIMIT 500"
    for row in await crm.data.fetch(query, DELETED, now() - timedelta(days=TRASH_DAYS)):
        async with crm.data.transaction():
            await crm.records.delete(OPPORTUNITY, row["id"], [row["contact_id"]])
            await crm.data.fetch("DELETE FROM sales_stage_change WHERE opportunity_id = ?", row["id"])
