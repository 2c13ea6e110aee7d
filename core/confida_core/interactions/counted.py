"""How many interactions somebody had, for lists and segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from confida_core.declarations import IndexField
from confida_core.installation import Installation
from confida_core.interactions.interactions import INTERACTION


async def interactions_done(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Without what is planned, cancelled or in the trash."""
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        "SELECT contact_id, count(*) AS done FROM interaction_participant "
        f"WHERE contact_id IN ({marks}) AND state = 'done' GROUP BY contact_id",
        *contact_ids,
    )
    return {row["contact_id"]: row["done"] for row in rows}


INDEX_FIELDS = (
    IndexField(
        key="interactions", type="number", label="Interactions", gather=interactions_done, follows=(INTERACTION.name,)
    ),
)
