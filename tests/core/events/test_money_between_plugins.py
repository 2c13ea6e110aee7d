"""Money that one plugin tells of is counted by another, though neither knows of the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_sales.billing.invoices import PaymentDraft, bookkeeping, record_payment
from confida_sales.tests.billing_cast import issued, row_of
from confida_web.app import load_everything
from tests.mail_sink import tell_events, work

pytestmark = pytest.mark.anyio


@pytest.fixture
def confida_plugins() -> tuple[str, ...]:
    return ("sales", "marketing")


@pytest.fixture
def confida_registry() -> Any:
    return load_everything


async def test_paid_invoice_counts_once_without_tax(crm: Any, access: Any, contact: Any) -> None:
    ada = UUID(str(await contact("Ada Lovelace")))
    await tell_events(crm)
    paid, waits = [await issued(crm, access, ada) for _ in range(2)]
    row = await row_of(crm, paid)
    for invoice, amount in ((paid, row["gross"]), (waits, row["gross"] - 1)):
        draft = PaymentDraft(amount=amount, paid_on=row["issued_on"])
        await record_payment(crm, bookkeeping(access), invoice, draft)
    await crm.data.fetch("DELETE FROM job")
    for _ in range(2):
        await tell_events(crm)
        await work(crm)
    found = await crm.data.fetch("SELECT contact_id, amount, currency, what, occasion FROM marketing_revenue")
    assert [tuple(one.values()) for one in found] == [(ada, row["net"], "EUR", "sales.invoice_paid", paid)]
