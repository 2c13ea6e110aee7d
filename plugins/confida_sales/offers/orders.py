"""What an order goes through: open, agreed to by the customer's typed name, cancelled. `billing.drafts` bills it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from confida_core.api import Access, Installation, InvalidContent, UniqueViolation, now
from confida_sales.content import OFFER
from confida_sales.offers.offers import changeable, set_state
from confida_sales.offers.quotes import LONGEST_NAME


async def agree_to_order(crm: Installation, access: Access, order_id: UUID, name: str, *, seen: int) -> None:
    """The customer's own name, typed at their place, and the time. Raises Forbidden, NotFound, InvalidContent, VersionConflict."""
    opened = await changeable(crm, access, order_id, "order", ("open",))
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise InvalidContent({"accepted_by": "Please type the customer's full name."})
    paper = msgspec.structs.replace(opened.content, accepted_by=name.strip())
    await crm.keyring.ensure([opened.row["contact_id"]], OFFER.retention_class)
    async with crm.data.transaction():
        # The name stands for what was on the screen, so it must not stand for what a colleague wrote meanwhile.
        await crm.records.hold(OFFER, order_id, seen)
        await set_state(crm, opened, "open", paper, decided_at=now(), decided_by=access.actor.id)


async def cancel_order(crm: Installation, access: Access, order_id: UUID) -> None:
    """Raises Forbidden, NotFound, InvalidContent and VersionConflict."""
    await set_state(crm, await changeable(crm, access, order_id, "order", ("open",)), "cancelled")


async def reopen_order(crm: Installation, access: Access, order_id: UUID) -> None:
    """Take a cancellation back. Raises Forbidden, NotFound, VersionConflict, and InvalidContent where its quote has another order."""
    opened = await changeable(crm, access, order_id, "order", ("cancelled",))
    try:
        await set_state(crm, opened, "open")
    except UniqueViolation:
        raise InvalidContent({"": "The quote has another order by now."}) from None
