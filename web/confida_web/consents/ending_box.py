"""The box on "My day": how many consents end soon, so that somebody asks in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confida_consent.expiry import ending_count
from confida_consent.own_settings import soon_days
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_web.declarations import DashboardWidget


async def ending_soon(crm: Installation, access: Access) -> Mapping[str, Any]:
    """Counts, and opens nothing."""
    days = await soon_days(crm)
    return {"days": days, "count": await ending_count(crm, access, days)}


WIDGET = DashboardWidget(
    key="consent.ending",
    title="Consents",
    template="consents/ending_box.html",
    permission="consents.read",
    data=ending_soon,
    order=50,
)
