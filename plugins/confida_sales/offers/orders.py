"""What an order goes through: open, agreed to by the customer's typed name, billed or cancelled."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from confida_core.api import Access, Installation, InvalidContent, UniqueViolation, now
from confida_sales.billing.invoices import Terms, bookkeeping, issue_invoice
from confida_sales.content import INVOICE, OFFER
from confida_sales.offers.offers import Offered, changeable, set_state
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


async def bill_order(
    crm: Installation, access: Access, order_id: UUID, *, issued_on: date, days: int, delivered_on: date | None = None
) -> UUID:
    """Issue the invoice of an open order; returns its id. Two who do it at once make one invoice: the other gets VersionConflict.

    Raises Forbidden, NotFound and InvalidContent.
    """
    access.actor.require("sales.bill")
    opened = await changeable(crm, access, order_id, "order", ("open",))
    await crm.keyring.ensure([opened.row["contact_id"]], OFFER.retention_class)
    await crm.keyring.ensure([opened.row["contact_id"]], INVOICE.retention_class)
    paper = msgspec.structs.replace(opened.content, opening="", closing="", delivered_on=delivered_on)
    async with crm.data.transaction():
        await set_state(crm, opened, "billed")
        return await issue_invoice(
            crm,
            bookkeeping(access),
            opened.row["contact_id"],
            paper,
            terms_of_invoice(opened, order_id, issued_on, days),
        )


def terms_of_invoice(order: Offered, order_id: UUID, issued_on: date, days: int) -> Terms:
    return Terms(
        currency=order.row["currency"],
        issued_on=issued_on,
        days=days,
        order_id=order_id,
        opportunity_id=order.row["opportunity_id"],
        owner_id=order.row["owner_id"],
    )
