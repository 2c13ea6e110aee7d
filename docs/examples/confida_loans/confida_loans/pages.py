"""What the panel and the box on "My day" show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation
from confida_loans.loans import loans_of, overdue


async def panel_data(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    """For the panel on a contact's page."""
    return {
        "loans": await loans_of(crm, access, contact_id),
        "lend": f"/x/loans/contacts/{contact_id}",
        "may_write": access.actor.may("loans.write"),
    }


async def overdue_data(crm: Installation, access: Access) -> Mapping[str, Any]:
    """For the box on "My day"."""
    return {"loans": await overdue(crm, access)}
