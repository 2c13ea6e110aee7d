"""Invoices found by their number, from everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from confida_core.api import (
    Access,
    Installation,
    shown_amount,
)
from confida_sales.billing.invoices import bookkeeping
from confida_sales.billing.listing import find_invoices
from confida_web.api import Found


async def find_by_number(crm: Installation, access: Access, words: tuple[str, ...], limit: int) -> Sequence[Found]:
    """The whole number in any case, or its last digits."""
    found = await find_invoices(crm, bookkeeping(access), " ".join(words), limit)
    return [
        Found(
            label=one.row["number"],
            href=f"/x/sales/invoices/{one.row['id']}",
            detail=f"{one.content.name}, {shown_amount(one.row['gross'], one.row['currency'])}",
            icon="invoice",
        )
        for one in found
    ]
