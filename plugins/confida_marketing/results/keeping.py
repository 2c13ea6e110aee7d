"""What is kept no longer than it is of use, or than the person wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_consent.api import may_many
from confida_core.api import Installation, JobDeclaration, now, plugin_settings
from confida_marketing.results.content import CLICK, MEASURING, PROFILING
from confida_marketing.results.kept_totals import write_down
from confida_marketing.settings import MarketingSettings

CLICKS_KEPT = timedelta(days=365)
REVENUE_KEPT = timedelta(days=3 * 365)


async def forget(crm: Installation, _: Mapping[str, Any]) -> None:
    """Write down what is over, and forget the rest in time. Can be repeated.

    Clicks go after a year, or as soon as the person no longer agrees or the house no longer wants them; amounts after three years.
    """
    await write_down(crm)
    rows = await crm.data.fetch("SELECT id, contact_id, at FROM marketing_click")
    agreed = await those_measured(crm, list({row["contact_id"] for row in rows}))
    for row in rows:
        if row["contact_id"] not in agreed or row["at"] < now() - CLICKS_KEPT:
            await crm.records.delete(CLICK, row["id"], [row["contact_id"]])
    await crm.data.fetch("DELETE FROM marketing_revenue WHERE at < ?", now() - REVENUE_KEPT)


async def those_measured(crm: Installation, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Nobody, where the house does not want it any more."""
    if not (await plugin_settings(crm, MarketingSettings)).measure_people:
        return set()
    answers = await may_many(crm, contact_ids, MEASURING, PROFILING)
    return {one for one, answer in answers.items() if answer.allowed}


JOBS = (
    JobDeclaration(
        key="marketing.forget_results", run=forget, label="Forget old results", every=24 * 3600, background=True
    ),
)
