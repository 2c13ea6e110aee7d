"""What programs, the timeline, the search and handlers of events are told of invoices."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from confida_core.api import Access, Place
from confida_sales.billing.happenings import EVENT_KINDS
from confida_sales.billing.invoices import PaymentDraft, bookkeeping, record_payment
from confida_sales.billing.recurring import today_of
from confida_sales.billing.reminders import note_overdue
from confida_sales.billing.searching import find_by_number
from confida_sales.billing.timeline import billing_items
from confida_sales.tests.billing_cast import drafted, issued, row_of

pytestmark = pytest.mark.anyio
API = "/api/v1/x/sales"


async def test_program_issues_a_draft_and_enters_a_payment(
    as_program: Any, crm: Any, access: Access, contact: Any
) -> None:
    ada = await contact("Ada Lovelace")
    draft = await drafted(crm, access, ada)
    program = await as_program("sales.read", "sales.bill", "contacts.read", purpose="sales.bookkeeping")
    made = await program.post(f"{API}/invoices", json={"draft_id": str(draft)})
    number = f"I-{today_of(crm).year}-00001"
    assert (made.status_code, made.json()["number"], made.json()["open"]) == (201, number, 238_00)
    again = await program.post(f"{API}/invoices", json={"draft_id": str(draft)})
    assert again.status_code == 422
    payment = {"invoice_id": made.json()["id"], "amount": 38_00, "paid_on": today_of(crm).isoformat()}
    paid = await program.post(f"{API}/payments", json=payment)
    assert (paid.status_code, paid.json()["method"]) == (201, "transfer")
    (listed,) = (await program.get(f"{API}/invoices?contact={ada}&kind=invoice")).json()["items"]
    assert (listed["open"], [line["name"] for line in listed["lines"]]) == (200_00, ["Boat"])
    assert len((await program.get(f"{API}/payments?invoice={listed['id']}")).json()["items"]) == 1
    assert (await program.get(f"{API}/payments/{paid.json()['id']}")).json()["amount"] == 38_00


async def test_program_that_only_reads_changes_nothing(as_program: Any, crm: Any, access: Access, contact: Any) -> None:
    draft = await drafted(crm, access, await contact("Ada Lovelace"))
    reader = await as_program("sales.read", "contacts.read", purpose="relationship")
    assert (await reader.get(f"{API}/invoices")).json()["items"] == []
    refused = await reader.post(f"{API}/invoices", json={"draft_id": str(draft)})
    assert refused.status_code in {403, 404}
    assert await crm.data.fetch("SELECT id FROM sales_invoice") == []


async def test_timeline_has_invoices_and_payments_page_by_page(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    made = [await issued(crm, access, ada) for _ in range(2)]
    payment = await record_payment(
        crm, bookkeeping(access), made[0], PaymentDraft(amount=238_00, paid_on=today_of(crm))
    )
    items, before = list[Any](), None
    while found := await billing_items(crm, access, ada, kinds=frozenset(), before=before, limit=2):
        items += found
        before = Place(found[-1].at, found[-1].id)
    assert [item.id for item in items] == [payment, made[1], made[0]]
    assert [(item.kind, item.outcome) for item in items] == [
        ("payment", ""), ("invoice", "€238.00 open"), ("invoice", "Paid"),
    ]  # fmt: skip
    only = await billing_items(crm, access, ada, kinds=frozenset({"payment"}), before=None, limit=9)
    assert [item.id for item in only] == [payment]
    nobody = replace(access, actor=replace(access.actor, permissions=frozenset({"contacts.read"})))
    assert await billing_items(crm, nobody, ada, kinds=frozenset(), before=None, limit=9) == []


async def test_search_finds_an_invoice_by_its_number(crm: Any, access: Access, contact: Any) -> None:
    made = await issued(crm, access, await contact("Ada Lovelace"))
    number = (await row_of(crm, made))["number"]
    for words in ((number.lower(),), ("1",)):
        (found,) = await find_by_number(crm, access, words, 8)
        assert (found.label, found.href, found.detail) == (
            number, f"/x/sales/invoices/{made}", "Ada Lovelace, €238.00",
        )  # fmt: skip
    assert await find_by_number(crm, access, ("ada",), 8) == []


async def test_events_are_told_when_they_are_true(crm: Any, access: Access, contact: Any) -> None:
    issued_kind, paid_kind, overdue_kind = EVENT_KINDS
    made = await issued(crm, access, await contact("Ada Lovelace"), days_ago=2)

    async def told() -> list[bool]:
        row = await row_of(crm, made)
        return [kind.told(row) for kind in (issued_kind, paid_kind, overdue_kind)]

    assert await told() == [True, False, False]
    await note_overdue(crm, today_of(crm))
    assert await told() == [True, False, True]
    draft = PaymentDraft(amount=238_00, paid_on=today_of(crm) - timedelta(days=1))
    await record_payment(crm, bookkeeping(access), made, draft)
    assert await told() == [True, True, False]
