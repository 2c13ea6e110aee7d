"""Invoices on the page of the opportunity they came from."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.api import Access, Installation
from confida_sales.billing.invoices import bookkeeping
from confida_sales.billing.recurring import today_of
from confida_sales.billing.showing import state_of
from confida_sales.content import INVOICE
from confida_sales.opportunities.related import RelatedPaper

MOST = 50


async def invoices_of_opportunity(crm: Installation, access: Access, opportunity_id: UUID) -> Sequence[RelatedPaper]:
    """The newest first. One query and one opening."""
    rows = await crm.data.fetch(
        "SELECT * FROM sales_invoice WHERE opportunity_id = ? ORDER BY issued_on DESC, id DESC LIMIT ?",
        opportunity_id, MOST,
    )  # fmt: skip
    today = today_of(crm)
    return [
        RelatedPaper(
            kind="Invoice" if one.row["kind"] == "invoice" else "Credit note",
            number=one.row["number"],
            href=f"/x/sales/invoices/{one.row['id']}",
            state=state_of(one.row, today).label,
            day=one.row["issued_on"],
            amount=one.row["gross"] if one.row["kind"] == "invoice" else -one.row["gross"],
            currency=one.row["currency"],
        )
        for one in await crm.door.open(bookkeeping(access), INVOICE, rows)
    ]
