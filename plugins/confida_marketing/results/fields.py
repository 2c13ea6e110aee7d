"""What segments and journeys may ask of clicks: of those people alone who agreed that theirs are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from confida_core.api import IndexField, Installation
from confida_marketing.results.content import CLICK


async def numbers_of_clicks(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, float]:
    if not contact_ids:
        return {}
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        f"SELECT contact_id, count(*) AS number FROM marketing_click WHERE contact_id IN ({marks}) GROUP BY contact_id",
        *contact_ids,
    )
    return {row["contact_id"]: float(row["number"]) for row in rows}


async def last_clicks(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, date]:
    if not contact_ids:
        return {}
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        f"SELECT contact_id, at FROM marketing_click WHERE contact_id IN ({marks}) ORDER BY at", *contact_ids
    )
    return {row["contact_id"]: row["at"].date() for row in rows}


INDEX_FIELDS = (
    IndexField(
        key="marketing.clicks", type="number", label="Links of e-mails they opened", gather=numbers_of_clicks,
        follows=(CLICK.name,),
    ),
    IndexField(
        key="marketing.last_click", type="date", label="Last opened a link of an e-mail", gather=last_clicks,
        follows=(CLICK.name,),
    ),
)  # fmt: skip
