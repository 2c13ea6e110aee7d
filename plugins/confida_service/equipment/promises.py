"""What contracts promise to those who ask something."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from confida_core.api import Installation


async def promised_priority(crm: Installation, contact_id: UUID, today: date) -> int:
    """The priority with which tickets of this contact begin at least, 0 where no contract that runs says so. One query."""
    rows = await crm.data.fetch(
        "SELECT max(priority) AS highest FROM service_contract WHERE contact_id = ? AND deleted_at IS NULL AND starts_on <= ? "
        "AND (ends_on IS NULL OR ends_on >= ? OR renews_months > 0)",
        contact_id, today, today,
    )  # fmt: skip
    return int(rows[0]["highest"] or 0)
