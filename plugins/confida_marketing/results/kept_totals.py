"""Figures of campaigns whose days of effect are over, written down for good: they are looked at for years, and stay true
when people who were written to are erased, of whom nothing is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Installation, new_id, now, plugin_settings
from confida_marketing.settings import MarketingSettings

# A row for all parts and versions together; those of one part have its key.
WHOLE = ""
# Clicks are counted on for as long as links are opened.
KEPT = frozenset({"addressed", "held_out", "sent", "bounced", "complained", "refused", "replied", "ended"})
AT_ONCE = 50


async def kept_of(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """What was written down, of those of which something was; one query."""
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT source_id, what, figure FROM marketing_total WHERE source_id IN ({marks}) AND part = ? AND variant = ?",
        *ids, WHOLE, WHOLE,
    )  # fmt: skip
    found: dict[UUID, dict[str, int]] = {}
    for row in rows:
        if row["what"] in KEPT:
            found.setdefault(row["source_id"], {})[row["what"]] = int(row["figure"])
    return found


async def write_down(crm: Installation) -> None:
    """Count those that are through, and keep it. Can be repeated; a day is left for what is noted late."""
    from confida_marketing.results.counting import counted

    days = (await plugin_settings(crm, MarketingSettings)).effect_days + 1
    rows = await crm.data.fetch(
        "SELECT c.id FROM marketing_campaign c WHERE c.state IN ('done', 'stopped') AND c.ended_at < ? AND NOT EXISTS "
        "(SELECT 1 FROM marketing_total t WHERE t.source_id = c.id AND t.part = ? AND t.variant = ? AND t.what = 'addressed') "
        "ORDER BY c.ended_at LIMIT ?",
        now() - timedelta(days=days), WHOLE, WHOLE, AT_ONCE,
    )  # fmt: skip
    for source_id, counts in (await counted(crm, [row["id"] for row in rows])).items():
        figures = {name: number for name, number in asdict(counts).items() if name in KEPT}
        await keep(crm, source_id, figures)


async def keep(crm: Installation, source_id: Any, figures: dict[str, int]) -> None:
    await crm.data.execute_many(
        "INSERT INTO marketing_total (id, source_id, part, variant, what, figure) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (source_id, part, variant, what) DO NOTHING",
        [(new_id(), source_id, WHOLE, WHOLE, name, number) for name, number in figures.items()],
    )
