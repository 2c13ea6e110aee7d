"""The job that takes what was sent, by a form or for an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from confida_core.api import Installation, now
from confida_marketing.sign_up.arriving import arrived, take_submission
from confida_marketing.sign_up.content import ARRIVAL
from confida_marketing.sign_up.registering import take_registration

# What no job could take within that time is nobody's, and must not lie there for ever.
LONGEST = timedelta(days=7)


async def take_arrival(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """arrival_id: of what waits. Run again after a crash it begins anew; what was taken is gone."""
    arrival_id = arguments["arrival_id"]
    content = await arrived(crm, arrival_id)
    if content is not None and content.form_id is not None:
        await take_submission(crm, arrival_id, content)
    elif content is not None:
        await take_registration(crm, arrival_id, content)


async def forget_arrivals(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: what was sent a week ago and could not be taken."""
    rows = await crm.data.fetch(
        "SELECT id FROM marketing_form_arrival WHERE created_at < ? LIMIT 1000", now() - LONGEST
    )
    for row in rows:
        await crm.records.delete(ARRIVAL, row["id"], ())
