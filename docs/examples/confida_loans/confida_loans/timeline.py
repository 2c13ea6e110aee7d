"""Loans on a contact's timeline."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import Access, Installation, Place, TimelineItem
from confida_loans.loans import LOAN

KIND = "loan"


async def loan_items(
    crm: Installation, access: Access, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
) -> list[TimelineItem]:
    """The newest first, older than `before`."""
    if (kinds and KIND not in kinds) or not access.actor.may("loans.read"):
        return []
    older = " AND (created_at, id) < (?, ?)" if before else ""
    query = f"SELECT * FROM loans_loan WHERE contact_id = ?{older} ORDER BY created_at DESC, id DESC LIMIT ?"
    rows = await crm.data.fetch(query, contact_id, *(before or ()), limit)
    return [
        TimelineItem(
            id=one.row["id"],
            at=one.row["created_at"],
            kind=KIND,
            kind_label="Loan",
            icon="outgoing",
            subject=one.content.thing,
            body=one.content.note,
            outcome=f"Back on {one.row['returned_on']}" if one.row["returned_on"] else "",
            people=(contact_id,),
            created_by=one.row["created_by"],
        )
        for one in await crm.door.open(access, LOAN, rows)
    ]
