"""What is kept no longer than it is of use, or than the person wants it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from confida_consent.api import may_many
from confida_core.api import Installation, JobDeclaration, now
from confida_marketing.results.content import CLICK, MEASURING, PROFILING
from confida_marketing.results.kept_totals import write_down

CLICKS_KEPT = timedelta(days=365)
REVENUE_KEPT = timedelta(days=3 * 365)


async def forget(crm: Installation, _: Mapping[str, Any]) -> None:
    """Write down what is over; then forget clicks after a year, or as soon as the person no longer agrees, and amounts after three years.

    Can be repeated.
    """
    await write_down(crm)
    people = [row["contact_id"] for row in await crm.data.fetch("SELECT DISTINCT contact_id FROM marketing_click")]
    answers = await may_many(crm, people, MEASURING, PROFILING)
    gone = {one for one, answer in answers.items() if not answer.allowed}
    rows = await crm.data.fetch("SELECT id, contact_id, at FROM marketing_click")
    for row in rows:
        if row["contact_id"] in gone or row["at"] < now() - CLICKS_KEPT:
            await crm.records.delete(CLICK, row["id"], [row["contact_id"]])
    await crm.data.fetch("DELETE FROM marketing_revenue WHERE at < ?", now() - REVENUE_KEPT)


JOBS = (
    JobDeclaration(
        key="marketing.forget_results", run=forget, label="Forget old results", every=24 * 3600, background=True
    ),
)
