"""Erasing a person leaves their invoices and payments, for the books alone, and nothing else of billing."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.api import Access
from confida_sales.billing.drafts import discard_draft
from confida_sales.billing.invoices import PaymentDraft, bookkeeping, record_payment
from confida_sales.billing.recurring import Plan, start_subscription, today_of
from confida_sales.billing.reminder_steps import save_suggested
from confida_sales.billing.reminders import propose_reminders
from confida_sales.tests.billing_cast import PAPER, drafted, issued

pytestmark = pytest.mark.anyio


async def test_erasure_leaves_invoices_and_payments_and_nothing_else(
    crm: Any, access: Access, contact: Any, assert_erased: Any
) -> None:
    ada, books, today = await contact("Ada Zwetschge"), bookkeeping(access), today_of(crm)
    await save_suggested(crm, access, "EUR", today)
    made = await issued(crm, access, ada, days_ago=9)
    await record_payment(crm, books, made, PaymentDraft(amount=38_00, paid_on=today))
    await discard_draft(crm, books, await drafted(crm, access, ada))
    await drafted(crm, access, ada)
    await start_subscription(crm, books, ada, PAPER, Plan(currency="EUR", anchor_on=today))
    await propose_reminders(crm, today)
    tables = ("sales_invoice", "sales_payment", "sales_invoice_draft", "sales_subscription", "sales_reminder")

    async def counts() -> list[int]:
        return [len(await crm.data.fetch(f"SELECT id FROM {table}")) for table in tables]

    assert await counts() == [1, 1, 2, 1, 1]
    await assert_erased(ada, "Zwetschge")
    assert await counts() == [1, 1, 0, 0, 0]
    # What stays is opened for the books alone, and what is still open can be paid.
    await record_payment(crm, books, made, PaymentDraft(amount=200_00, paid_on=today))
    assert await propose_reminders(crm, today) == 0
