"""What other parts and plugins say of a person: papers that are unpaid, equipment, opportunities. It is what their panels show."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from litestar import Request

from confida_web.api import Panel, contact_panels, open_contact

# These stand beside the call already.
OWN = frozenset({"service.calls", "service.tickets"})
# What may be done with their data is for the contact's page; somebody is on the line.
FOR_CARDS = OWN | {"consent"}


async def panels_of(
    request: Request[Any, Any, Any], contact_id: UUID, without: Collection[str] = OWN
) -> tuple[Panel, ...]:
    """Each filled by the rights of whoever asks. Raises NotFound and Forbidden."""
    access, contact = await open_contact(request, contact_id)
    panels, _ = await contact_panels(request, access, contact)
    return tuple(one for one in panels if one.key not in without)
