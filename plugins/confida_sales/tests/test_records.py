"""Every record of sales is sealed, handed out and erased as declared; invoices stay, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, Sealed, new_id, now
from confida_sales.content import (
    BILLING_DETAILS,
    DRAFT,
    INVOICE,
    LEAD,
    OFFER,
    OPPORTUNITY,
    PAYMENT,
    RECORDS,
    REMINDER,
    SUBSCRIPTION,
    BillingContent,
    LeadContent,
    OpportunityContent,
    PaperContent,
    PaperLine,
    PaymentContent,
    ReminderContent,
)

pytestmark = pytest.mark.anyio
TODAY = date(2026, 11, 22)


def paper(marker: str) -> PaperContent:
    return PaperContent(name=f"{marker}-name", closing=f"{marker}-closing", lines=(PaperLine(name=f"{marker}-line"),))


def rows(ada: UUID) -> list[tuple[Any, dict[str, Any], Sealed]]:
    """One of each record, each with a marker of its own."""
    amounts = {"currency": "EUR", "net": 100, "tax": 19, "gross": 119}
    own = {"contact_id": ada}
    made = own | {"created_at": now()}
    return [
        (
            OPPORTUNITY,
            made
            | {
                "id": new_id(), "pipeline_id": new_id(), "stage_id": new_id(), "outcome": "open", "value": 100,
                "currency": "EUR", "source": "", "lost_reason": "", "stage_since": now(),
            },
            OpportunityContent(title="sealed-opportunity", lost_note="sealed-lost-note"),
        ),
        (LEAD, made | {"id": new_id(), "state": "new", "source": ""}, LeadContent(wanted="sealed-lead-wanted")),
        (
            OFFER,
            made | amounts | {"id": new_id(), "kind": "quote", "number": "Q-1", "revision": 1, "state": "draft"},
            paper("sealed-offer"),
        ),
        (BILLING_DETAILS, {"id": ada, "contact_id": ada, "updated_at": now()}, BillingContent(name="sealed-billing-name")),
        (
            SUBSCRIPTION,
            own
            | {
                "id": new_id(), "state": "running", "every_months": 1, "anchor_on": TODAY, "done": 0, "next_on": TODAY,
                "days": 14, "currency": "EUR", "net": 100, "gross": 119, "created_at": now(),
            },
            paper("sealed-subscription"),
        ),
        (DRAFT, made | amounts | {"id": new_id(), "days": 14}, paper("sealed-draft")),
        (
            REMINDER,
            made
            | {
                "id": new_id(), "invoice_id": new_id(), "step": 1, "state": "proposed", "channel": "email", "currency": "EUR",
                "fee": 0, "open": 119,
            },
            ReminderContent(number="I-1", subject="sealed-reminder-subject", text="sealed-reminder-text"),
        ),
        (
            INVOICE,
            made
            | amounts
            | {
                "id": new_id(), "kind": "invoice", "number": "I-1", "series_year": 2026, "series_number": 1,
                "issued_on": TODAY, "paid": 0, "credited": 0, "reminded": 0,
            },
            paper("sealed-invoice"),
        ),
        (
            PAYMENT,
            made
            | {
                "id": new_id(), "invoice_id": new_id(), "paid_on": TODAY, "amount": 119, "currency": "EUR",
                "method": "transfer",
            },
            PaymentContent(reference="sealed-payment"),
        ),
    ]  # fmt: skip


GOES = (
    "sealed-billing-name",
    "sealed-opportunity", "sealed-lost-note", "sealed-lead-wanted", "sealed-offer-line", "sealed-subscription-name",
    "sealed-draft-line", "sealed-draft-name", "sealed-reminder-subject", "sealed-reminder-text",
)  # fmt: skip
STAYS = ("sealed-invoice-name", "sealed-invoice-line", "sealed-payment")


async def put_in(crm: Any, ada: UUID) -> None:
    for record, columns, content in rows(ada):
        await crm.records.insert(record, columns, content)


async def test_every_record_is_sealed_and_part_of_the_answer(
    crm: Any, contact: Any, assert_sealed: Any, assert_exported: Any
) -> None:
    ada = await contact("Ada Lovelace")
    await put_in(crm, ada)
    assert len(rows(ada)) == len(RECORDS)
    await assert_sealed(*GOES, *STAYS)
    await assert_exported(ada, *GOES, *STAYS)


async def test_erasing_a_person_keeps_invoices_and_payments_and_nothing_else(
    crm: Any, contact: Any, access: Access, assert_erased: Any
) -> None:
    ada = await contact("Ada Lovelace")
    await put_in(crm, ada)
    await assert_erased(ada, *GOES)
    kept = {name: len(await crm.data.fetch(f"SELECT id FROM {name}")) for name in sorted(r.name for r in RECORDS)}
    assert kept == {
        "sales_billing_details": 0,
        "sales_invoice": 1,
        "sales_invoice_draft": 0,
        "sales_lead": 0,
        "sales_offer": 0,
        "sales_opportunity": 0,
        "sales_payment": 1,
        "sales_reminder": 0,
        "sales_subscription": 0,
    }
