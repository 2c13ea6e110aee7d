"""Invoices of which nobody is reminded for a while: because they are disputed, or because it was agreed so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, NotFound, Row
from confida_sales.billing.invoices import open_amount, visible_invoice
from confida_sales.content import INVOICE, REMINDER
from confida_web.api import mark

HOLDS: Mapping[str, str] = {
    "disputed": mark("They dispute it"),
    "agreed": mark("Paid later, as agreed"),
    "other": mark("Another reason"),
}
UNTIL_LIFTED = date(9999, 12, 31)


def held(row: Row, today: date) -> bool:
    """Whether nobody is reminded of this invoice today."""
    return bool(row["hold"]) and (row["held_until"] or UNTIL_LIFTED) >= today


async def hold_invoice(
    crm: Installation, access: Access, invoice_id: UUID, reason: str, *, until: date | None, today: date
) -> None:
    """until: the last day; None until somebody lifts it. What was proposed already is left out. Raises Forbidden, NotFound,
    InvalidContent.
    """
    access.actor.require("sales.bill")
    row = await open_invoice(crm, access, invoice_id)
    errors = {} if reason in HOLDS else {"hold": "Please say why."}
    if until is not None and until < today:
        errors["until"] = "This day is over."
    if errors:
        raise InvalidContent(errors)
    async with crm.data.transaction():
        proposed = await crm.data.fetch(
            "SELECT id FROM sales_reminder WHERE invoice_id = ? AND state = 'proposed'", invoice_id
        )
        for one in proposed:
            await crm.records.delete(REMINDER, one["id"], [row["contact_id"]])
        await crm.records.set_columns(
            INVOICE, invoice_id, row["contact_id"], hold=reason, held_until=until or UNTIL_LIFTED,
            remind_on=until + timedelta(days=1) if until else None,
        )  # fmt: skip


async def lift_hold(crm: Installation, access: Access, invoice_id: UUID, today: date) -> None:
    """Reminders go on from where they were. Raises Forbidden and NotFound."""
    access.actor.require("sales.bill")
    row = await open_invoice(crm, access, invoice_id)
    await crm.records.set_columns(
        INVOICE, invoice_id, row["contact_id"], hold="", held_until=None, remind_on=max(today, row["due_on"])
    )


async def open_invoice(crm: Installation, access: Access, invoice_id: UUID) -> Row:
    opened = await visible_invoice(crm, access, invoice_id)
    if open_amount(opened.row) <= 0:
        raise NotFound
    return opened.row
