"""What the tests of billing share: a paper, a day, and an access for the books."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Access
from confida_sales.billing.drafts import DraftTerms, issue_draft, make_draft
from confida_sales.billing.invoices import Terms, bookkeeping, issue_invoice
from confida_sales.billing.recurring import today_of
from confida_sales.content import PaperContent, PaperLine

BOAT = PaperLine(name="Boat", quantity=2_000, price=100_00, tax_category="S", tax_rate=1_900)
OAR = PaperLine(name="Oar", quantity=3_000, price=9_99, tax_category="S", tax_rate=700)
PAPER = PaperContent(name="Ada Lovelace", lines=(BOAT,))


async def issued(crm: Any, access: Access, contact_id: UUID, *, days_ago: int = 0, **changes: Any) -> UUID:
    """An invoice over 238.00 euros that was issued so many days ago, and due at once unless `days` says otherwise."""
    given: dict[str, Any] = {
        "currency": "EUR",
        "issued_on": today_of(crm) - timedelta(days=days_ago),
        "days": 0,
    } | changes
    return await issue_invoice(crm, bookkeeping(access), contact_id, PAPER, Terms(**given))


async def row_of(crm: Any, invoice_id: UUID) -> dict[str, Any]:
    rows: list[dict[str, Any]] = await crm.data.fetch("SELECT * FROM sales_invoice WHERE id = ?", invoice_id)
    return rows[0]


async def drafted(crm: Any, access: Access, contact_id: UUID, paper: PaperContent = PAPER, **terms: Any) -> UUID:
    return await make_draft(crm, bookkeeping(access), contact_id, paper, DraftTerms(**({"currency": "EUR"} | terms)))


async def issue(crm: Any, access: Access, draft_id: UUID, day: date | None = None, seen: int = 1) -> UUID:
    return await issue_draft(crm, bookkeeping(access), draft_id, day or today_of(crm), seen=seen)
