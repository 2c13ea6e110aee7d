"""Reminders: by the steps, each once, never of what is held, and only through the sending door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.cases import in_one_installation

from confida_core.api import Access, InvalidContent
from confida_sales.billing.holds import hold_invoice, lift_hold
from confida_sales.billing.invoices import PaymentDraft, bookkeeping, record_payment
from confida_sales.billing.recurring import today_of
from confida_sales.billing.reminder_steps import StepDraft, remove_step, save_step, save_suggested, steps_of
from confida_sales.billing.reminders import list_reminders, note_overdue, propose_reminders, reminders_of
from confida_sales.billing.reminding import leave_out, run_send, send_reminders, take_up
from confida_sales.tests.billing_cast import issued, row_of

pytestmark = pytest.mark.anyio
STEP = StepDraft(
    days=7, name="First", subject="Invoice {number}", text="Dear {name}, {open} and {fee} is {total}.", fee=5_00,
    channel="post",
)  # fmt: skip


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    return {"region": "DE", "mail_from": "crm@example.org", "smtp_host": "mail.example.org"}


async def with_steps(crm: Any, access: Access) -> None:
    today = today_of(crm)
    await save_step(crm, access, STEP, today)
    second = StepDraft(days=17, name="Second", subject="Again {number}", text="{days}", channel="post")
    await save_step(crm, access, second, today)


async def proposed(crm: Any, access: Access) -> list[UUID]:
    await propose_reminders(crm, today_of(crm))
    found = await list_reminders(crm, bookkeeping(access), "proposed")
    return [one.row["invoice_id"] for one in found.items]


async def sent(crm: Any, access: Access, *reminder_ids: UUID) -> int:
    """How many were queued; and the jobs have run."""
    queued = await send_reminders(crm, bookkeeping(access), reminder_ids)
    for reminder_id in reminder_ids:
        await run_send(crm, {"reminder_id": reminder_id})
    return queued


async def test_what_is_due_by_a_step_is_proposed_once_with_its_words(crm: Any, access: Access, contact: Any) -> None:
    await with_steps(crm, access)
    ada = await contact("Ada Lovelace", email="ada@example.org")
    late, early = await issued(crm, access, ada, days_ago=8), await issued(crm, access, ada, days_ago=6)
    assert await proposed(crm, access) == [late]
    assert await proposed(crm, access) == [late]
    (one,) = await reminders_of(crm, bookkeeping(access), late)
    number = (await row_of(crm, late))["number"]
    assert (one.content.subject, one.content.text) == (
        f"Invoice {number}", "Dear Ada Lovelace, €238.00 and €5.00 is €243.00.",
    )  # fmt: skip
    assert (await row_of(crm, early))["remind_on"] == today_of(crm) + timedelta(days=1)


async def test_sent_reminder_is_a_step_and_the_next_comes_in_its_time(crm: Any, access: Access, contact: Any) -> None:
    await with_steps(crm, access)
    late = await issued(crm, access, await contact("Ada Lovelace", email="ada@example.org"), days_ago=40)
    today, books = today_of(crm), bookkeeping(access)
    await proposed(crm, access)
    (one,) = await reminders_of(crm, books, late)
    assert await sent(crm, access, one.row["id"], one.row["id"]) == 1
    row = await row_of(crm, late)
    assert (row["reminded"], row["remind_on"]) == (1, today + timedelta(days=10))
    assert await proposed(crm, access) == []
    await propose_reminders(crm, today + timedelta(days=10))
    (second,) = (await list_reminders(crm, books, "proposed")).items
    assert (second.row["step"], second.content.text) == (2, "50")
    await sent(crm, access, second.row["id"])
    assert (await row_of(crm, late))["remind_on"] is None


async def test_nobody_is_reminded_of_what_is_held_or_paid_or_too_little(crm: Any, access: Access, contact: Any) -> None:
    await with_steps(crm, access)
    ada, today, books = await contact("Ada Lovelace"), today_of(crm), bookkeeping(access)
    held, paid, little, lifted, open_one = [await issued(crm, access, ada, days_ago=9) for _ in range(5)]
    await hold_invoice(crm, books, held, "disputed", until=today + timedelta(days=3), today=today)
    await hold_invoice(crm, books, lifted, "other", until=None, today=today)
    await lift_hold(crm, books, lifted, today)
    await record_payment(crm, books, paid, PaymentDraft(amount=238_00, paid_on=today))
    await record_payment(crm, books, little, PaymentDraft(amount=233_01, paid_on=today))
    assert set(await proposed(crm, access)) == {lifted, open_one}
    await propose_reminders(crm, today + timedelta(days=4))
    waiting = {one.row["invoice_id"] for one in (await list_reminders(crm, books, "proposed")).items}
    assert waiting == {held, lifted, open_one}


async def test_what_is_paid_or_held_after_it_was_proposed_is_not_sent(crm: Any, access: Access, contact: Any) -> None:
    await with_steps(crm, access)
    ada, today, books = await contact("Ada Lovelace", email="ada@example.org"), today_of(crm), bookkeeping(access)
    paid, held = await issued(crm, access, ada, days_ago=9), await issued(crm, access, ada, days_ago=9)
    await proposed(crm, access)
    ids = [one.row["id"] for one in (await list_reminders(crm, books, "proposed")).items]
    await record_payment(crm, books, paid, PaymentDraft(amount=238_00, paid_on=today))
    await hold_invoice(crm, books, held, "disputed", until=None, today=today)
    assert await sent(crm, access, *ids) == 1
    assert await crm.data.fetch("SELECT id FROM outbound_message") == []
    assert await crm.data.fetch("SELECT id FROM sales_reminder") == []


# A mail has its letter printed, which takes seconds; that is the same on both engines.
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_mail_leaves_through_the_door_with_its_letter(crm: Any, access: Access, contact: Any) -> None:
    await save_step(crm, access, replace(STEP, channel="email"), today_of(crm))
    late = await issued(crm, access, await contact("Ada Lovelace", email="ada@example.org"), days_ago=9)
    await proposed(crm, access)
    (one,) = await reminders_of(crm, bookkeeping(access), late)
    assert await sent(crm, access, one.row["id"]) == 1
    messages = await crm.data.fetch("SELECT id, purpose, state FROM outbound_message")
    (one,) = (await list_reminders(crm, bookkeeping(access), "sent")).items
    assert [(row["id"], row["purpose"], row["state"]) for row in messages] == [
        (one.row["message_id"], "sales.billing", "queued")
    ]


async def test_what_the_door_refuses_stands_with_its_reason_and_can_be_sent_again(
    crm: Any, access: Access, contact: Any
) -> None:
    await with_steps(crm, access)
    ada = await contact("Ada Lovelace")
    late = await issued(crm, access, ada, days_ago=9)
    await proposed(crm, access)
    await crm.orders.give("restriction", ada)
    (one,) = await reminders_of(crm, bookkeeping(access), late)
    assert await sent(crm, access, one.row["id"]) == 1
    (one,) = (await list_reminders(crm, bookkeeping(access), "refused")).items
    assert (one.row["reason"], (await row_of(crm, late))["reminded"]) == ("restricted", 0)
    assert await sent(crm, access, one.row["id"]) == 1


async def test_job_that_was_killed_while_sending_does_not_send_again(crm: Any, access: Access, contact: Any) -> None:
    await with_steps(crm, access)
    late = await issued(crm, access, await contact("Ada Lovelace"), days_ago=9)
    await proposed(crm, access)
    await crm.data.fetch("UPDATE sales_reminder SET state = 'sending'")
    (one,) = await reminders_of(crm, bookkeeping(access), late)
    await run_send(crm, {"reminder_id": one.row["id"]})
    assert await sent(crm, access, one.row["id"]) == 0
    assert [row["state"] for row in await crm.data.fetch("SELECT state FROM sales_reminder")] == ["sending"]


async def test_left_out_reminder_can_be_taken_up_again(crm: Any, access: Access, contact: Any) -> None:
    await with_steps(crm, access)
    late = await issued(crm, access, await contact("Ada Lovelace"), days_ago=9)
    books, today = bookkeeping(access), today_of(crm)
    await proposed(crm, access)
    (one,) = await reminders_of(crm, books, late)
    await leave_out(crm, books, one.row["id"], today)
    assert (await row_of(crm, late))["reminded"] == 1
    await take_up(crm, books, one.row["id"])
    assert (await row_of(crm, late))["reminded"] == 0
    assert await proposed(crm, access) == [late]


async def test_overdue_is_noted_once(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    late = await issued(crm, access, ada, days_ago=1)
    await issued(crm, access, ada)
    assert [await note_overdue(crm, today_of(crm)) for _ in range(2)] == [1, 0]
    rows = await crm.data.fetch("SELECT id FROM sales_invoice WHERE told_overdue_at IS NOT NULL")
    assert [row["id"] for row in rows] == [late]


async def test_new_step_looks_at_old_invoices_and_a_removed_one_ends_it(crm: Any, access: Access, contact: Any) -> None:
    late = await issued(crm, access, await contact("Ada Lovelace"), days_ago=400)
    assert await proposed(crm, access) == []
    await save_suggested(crm, access, "EUR", today_of(crm))
    assert [step["days"] for step in await steps_of(crm)] == [7, 21, 35]
    for step in await steps_of(crm):
        await remove_step(crm, access, step["id"], today_of(crm))
    assert await proposed(crm, access) == []
    await with_steps(crm, access)
    assert await proposed(crm, access) == [late]


@in_one_installation(
    ("changes", "fields"),
    [
        ({"days": 0}, {"days"}),
        ({"fee": -1, "fee_currency": "XXXX"}, {"fee", "fee_currency"}),
        ({"channel": "pigeon", "name": " "}, {"channel", "name"}),
        ({"text": "{number.__class__}"}, {"text"}),
        ({"subject": "{iban}", "text": "{number"}, {"subject", "text"}),
    ],
)
async def test_step_that_cannot_be_is_refused_by_field(
    crm: Any, access: Access, changes: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(InvalidContent) as refused:
        await save_step(crm, access, replace(STEP, **changes), today_of(crm))
    assert set(refused.value.errors) == fields
