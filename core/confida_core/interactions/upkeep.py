"""What time does to interactions: the trash is emptied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.interactions.interactions import destroy_interactions

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
