"""The pages of invoices: what one does from a draft to a paid invoice, and who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access
from confida_sales.billing.invoices import bookkeeping
from confida_sales.billing.recurring import Plan, start_subscription, today_of
from confida_sales.billing.reminder_steps import save_suggested, steps_of
from confida_sales.billing.reminders import list_reminders, propose_reminders
from confida_sales.billing.reminding import run_send
from confida_sales.tests.billing_cast import PAPER, drafted, issued, row_of

pytestmark = pytest.mark.anyio
INVOICES = "/x/sales/invoices"
LINES = {
    "name": "Ada Lovelace", "currency": "EUR", "lines-0-name": "Boat", "lines-0-quantity": "2", "lines-0-price": "100",
    "lines-0-tax": "S-1900",
}  # fmt: skip


async def only(crm: Any, table: str) -> UUID:
    (row,) = await crm.data.fetch(f"SELECT id FROM {table}")
    found: UUID = row["id"]
    return found


async def test_invoice_is_drafted_issued_paid_and_credited(client: Any, crm: Any, contact: Any) -> None:
    ada = await contact("Ada Lovelace", email="ada@example.org")
    new = f"{INVOICES}/new?contact={ada}"
    assert "Ada Lovelace" in (await client.get(new)).text
    refused = await client.post(new, data=LINES | {"lines-0-price": "a lot", "days": "soon"})
    assert (refused.status_code, refused.text.count('aria-invalid="true"')) == (422, 2)
    made = await client.post(new, data=LINES | {"days": "30"})
    draft = await only(crm, "sales_invoice_draft")
    assert made.headers["location"] == f"{INVOICES}/drafts/{draft}"
    asked = (await client.get(f"{INVOICES}/drafts/{draft}/issue")).text
    number = f"I-{today_of(crm).year}-00001"
    assert "can not be changed or deleted any more" in asked
    assert number in asked
    day = today_of(crm).isoformat()
    late = await client.post(f"{INVOICES}/drafts/{draft}/issue", data={"issued_on": "2062-01-01", "version": "1"})
    assert late.status_code == 422
    await client.post(f"{INVOICES}/drafts/{draft}/issue", data={"issued_on": day, "version": "1"})
    invoice = await only(crm, "sales_invoice")
    here = f"{INVOICES}/{invoice}"
    assert "€238.00" in (await client.get(here)).text
    too_little = await client.post(
        f"{here}/payments", data={"way": "in", "amount": "x", "paid_on": day, "method": "card"}
    )
    assert (too_little.status_code, 'value="x"' in too_little.text) == (422, True)
    await client.post(f"{here}/payments", data={"way": "in", "amount": "240", "paid_on": day, "method": "card"})
    assert "€2.00 more was paid than was billed" in (await client.get(here)).text
    await client.post(f"{here}/payments", data={"way": "back", "amount": "2", "paid_on": day, "method": "card"})
    assert (await row_of(crm, invoice))["paid"] == 238_00
    payments = await crm.data.fetch("SELECT id FROM sales_payment ORDER BY id")
    await client.post(f"/x/sales/payments/{payments[1]['id']}/reverse")
    await client.post(f"/x/sales/payments/{payments[0]['id']}/reverse")
    assert (await row_of(crm, invoice))["paid"] == 0
    assert 'value="2"' in (await client.get(f"{here}/credit")).text
    wrong = await client.post(f"{here}/credit", data={"quantity-0": "3", "issued_on": day})
    assert (wrong.status_code, 'value="3"' in wrong.text) == (422, True)
    await client.post(f"{here}/credit", data={"quantity-0": "1", "issued_on": day, "reason": "Broken"})
    assert (await row_of(crm, invoice))["credited"] == 119_00
    assert number in (await client.get(f"{here}/print")).text


async def test_lists_show_what_they_are_about(client: Any, crm: Any, access: Access, contact: Any) -> None:
    ada, zoe = await contact("Ada Lovelace"), await contact("Zoe Zander")
    empty = (await client.get(INVOICES)).text
    assert "Nothing is open" in empty
    await issued(crm, access, ada, days_ago=9)
    await issued(crm, access, zoe, days=9)
    await drafted(crm, access, zoe)
    for address, rows in ((INVOICES, 2), (f"{INVOICES}?state=overdue", 1), (f"{INVOICES}?state=paid", 0),
                          (f"{INVOICES}?state=all", 2), (f"{INVOICES}/drafts", 1)):  # fmt: skip
        assert (await client.get(address)).text.count(f'<th scope="row"><a href="{INVOICES}/') == rows
    found = await client.post(f"{INVOICES}/search", data={"q": "2"})
    assert (found.text.count(f'<th scope="row"><a href="{INVOICES}/'), "00002" in found.text) == (1, True)


async def test_list_takes_as_many_queries_for_three_rows_as_for_one(
    client: Any, crm: Any, access: Access, contact: Any, queries: Any
) -> None:
    counts = []
    for _ in range(2):
        await issued(crm, access, await contact("Ada Lovelace"))
        await issued(crm, access, await contact("Zoe Zander"))
        await client.get(INVOICES)
        with queries() as asked:
            await client.get(INVOICES)
        counts.append(len([sql for sql in asked if "sales_invoice" in sql]))
    assert counts == [3, 3]


async def test_subscription_is_begun_paused_changed_and_ended(client: Any, crm: Any, contact: Any) -> None:
    ada, day = await contact("Ada Lovelace"), today_of(crm)
    new = f"/x/sales/subscriptions/new?contact={ada}"
    plan = {"anchor_on": day.isoformat(), "every_months": "1", "days": "14"}
    old = await client.post(new, data=LINES | plan | {"anchor_on": "2001-01-01"})
    assert (old.status_code, "every period since then" in old.text) == (422, True)
    await client.post(new, data=LINES | plan)
    here = f"/x/sales/subscriptions/{await only(crm, 'sales_subscription')}"
    assert "Running" in (await client.get(here)).text
    await client.post(f"{here}/pause")
    assert "Nothing is billed while it is paused" in (await client.get(here)).text
    await client.post(f"{here}/resume")
    changed = await client.post(f"{here}/edit", data=LINES | plan | {"lines-0-price": "50", "version": "1"})
    assert changed.status_code == 409
    version = (await crm.data.fetch("SELECT version FROM sales_subscription"))[0]["version"]
    await client.post(f"{here}/edit", data=LINES | plan | {"lines-0-price": "50", "version": str(version)})
    assert "€119.00" in (await client.get("/x/sales/subscriptions?state=running")).text
    await client.post(f"{here}/end", data={"ends_on": ""})
    assert "Ended" in (await client.get(here)).text


async def test_reminders_are_looked_at_and_sent_together(client: Any, crm: Any, access: Access, contact: Any) -> None:
    assert "Nobody is reminded yet" in (await client.get("/x/sales/reminders")).text
    step = {"days": "7", "name": "First", "subject": "Invoice {number}", "text": "Dear {name}", "fee_currency": "EUR"}
    await client.post("/x/sales/settings/reminders", data=step | {"channel": "post"})
    ada = await contact("Ada Lovelace")
    await issued(crm, access, ada, days_ago=8)
    await issued(crm, access, ada, days_ago=8)
    await client.post("/x/sales/reminders/look")
    page = (await client.get("/x/sales/reminders")).text
    assert page.count('name="ids"') == 2
    found = await list_reminders(crm, bookkeeping(access), "proposed")
    first, second = (str(one.row["id"]) for one in found.items)
    await client.post(f"/x/sales/reminders/{first}/leave-out")
    await client.post(f"/x/sales/reminders/{first}/take-up")
    await client.post("/x/sales/reminders/send", data={"ids": [second]})
    assert (await client.get("/x/sales/reminders?state=queued")).text.count('class="bill-line"') == 1
    await run_send(crm, {"reminder_id": UUID(second)})
    assert (await client.get("/x/sales/reminders?state=sent")).text.count('class="bill-line"') == 1
    assert (await client.get("/x/sales/reminders")).text.count('name="ids"') == 1


async def test_steps_of_reminding_keep_what_was_typed(client: Any, crm: Any) -> None:
    wrong = {"days": "x", "name": "First", "subject": "{iban}", "text": "Dear {name}", "fee_currency": "EUR"}
    refused = await client.post("/x/sales/settings/reminders", data=wrong | {"channel": "email"})
    assert (refused.status_code, 'value="{iban}"' in refused.text) == (422, True)
    right = wrong | {"days": "9", "subject": "Invoice {number}", "fee": "5.50", "channel": "post"}
    await client.post("/x/sales/settings/reminders", data=right)
    (step,) = await crm.data.fetch("SELECT * FROM sales_reminder_step")
    assert (step["days"], step["fee"], step["channel"]) == (9, 5_50, "post")
    await client.post(f"/x/sales/settings/reminders/{step['id']}", data=right | {"days": "10"})
    assert (await crm.data.fetch("SELECT days FROM sales_reminder_step"))[0]["days"] == 10
    await client.post(f"/x/sales/settings/reminders/{step['id']}/remove")
    assert await steps_of(crm) == []
    await client.post(f"/x/sales/settings/reminders/{step['id']}/restore")
    assert [one["id"] for one in await steps_of(crm)] == [step["id"]]
    await client.post(f"/x/sales/settings/reminders/{step['id']}/remove")
    await client.post("/x/sales/settings/reminders", data=right | {"days": "10"})
    await client.post(f"/x/sales/settings/reminders/{step['id']}/restore")
    assert [one["days"] for one in await steps_of(crm)] == [10]
    for one in await steps_of(crm):
        await client.post(f"/x/sales/settings/reminders/{one['id']}/remove")
    await client.post("/x/sales/settings/reminders/suggested")
    assert [one["days"] for one in await steps_of(crm)] == [7, 21, 35]


async def test_pattern_is_tried_before_it_is_saved(client: Any, crm: Any) -> None:
    numbers, year = "/x/sales/settings/numbers", today_of(crm).year
    shown = await client.post(numbers, data={"kind": "invoice", "pattern": "RE{year}/{number}", "_preview": "yes"})
    assert f"RE{year}/00001" in shown.text
    assert await crm.data.fetch("SELECT kind FROM sales_series") == []
    refused = await client.post(numbers, data={"kind": "invoice", "pattern": "C-{year}-{number}"})
    assert (refused.status_code, "Another kind of paper" in refused.text) == (422, True)
    await client.post(numbers, data={"kind": "invoice", "pattern": "RE{year}/{number}"})
    assert f"RE{year}/00001" in (await client.get(numbers)).text


async def test_statement_shows_the_running_balance(client: Any, crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    await issued(crm, access, ada, days_ago=1)
    here = f"/x/sales/customers/{ada}/statement"
    since = (today_of(crm) - timedelta(days=30)).isoformat()
    assert (await client.get(f"{here}?since={since}")).text.count("€238.00") == 4
    assert "The first day is after the last." in (await client.get(f"{here}?since=2030-01-01&until=2029-01-01")).text


async def test_who_may_only_read_sees_no_way_to_change_anything(
    as_role: Any, crm: Any, access: Access, contact: Any
) -> None:
    ada = await contact("Ada Lovelace")
    invoice, draft = await issued(crm, access, ada, days_ago=9), await drafted(crm, access, ada)
    plan = Plan(currency="EUR", anchor_on=today_of(crm))
    subscription = await start_subscription(crm, bookkeeping(access), ada, PAPER, plan)
    await save_suggested(crm, access, "EUR", today_of(crm))
    await propose_reminders(crm, today_of(crm))
    (reminder,) = (await list_reminders(crm, bookkeeping(access), "proposed")).items
    reader, staff = await as_role("readonly"), await as_role("staff")
    one, kept = f"{INVOICES}/{invoice}", f"{INVOICES}/drafts/{draft}"
    recurring, remind = f"/x/sales/subscriptions/{subscription}", f"/x/sales/reminders/{reminder.row['id']}"
    for address in (INVOICES, f"{INVOICES}/drafts", one, f"{one}/print", kept, "/x/sales/subscriptions", recurring,
                    "/x/sales/reminders", f"/x/sales/customers/{ada}/statement"):  # fmt: skip
        assert (await reader.get(address)).status_code == 200
    for address in (f"{INVOICES}/new", f"{kept}/edit", f"{kept}/issue", f"{one}/credit", "/x/sales/subscriptions/new",
                    f"{recurring}/edit"):  # fmt: skip
        assert [(await who.get(address)).status_code for who in (reader, staff)] == [404, 200]
    for address in (f"{INVOICES}/new", f"{kept}/edit", f"{kept}/issue", f"{kept}/discard", f"{kept}/restore",
                    f"{one}/payments", f"{one}/hold", f"{one}/lift", f"{one}/credit", f"{recurring}/pause",
                    f"{recurring}/resume", f"{recurring}/end", f"{recurring}/edit", "/x/sales/subscriptions/new",
                    "/x/sales/reminders/look", "/x/sales/reminders/send", f"{remind}/leave-out", f"{remind}/take-up",
                    f"/x/sales/payments/{invoice}/reverse", f"/x/sales/orders/{invoice}/invoice"):  # fmt: skip
        assert (await reader.post(address)).status_code == 404
    for address in ("/x/sales/settings/numbers", "/x/sales/settings/reminders"):
        assert [(await who.get(address)).status_code for who in (reader, staff)] == [404, 404]
        assert (await staff.post(address)).status_code == 404


JUNK = (
    "x",
    "-1",
    "0000-00-00",
    "9999-12-31",
    "1e999",
    "NaN",
    "9" * 40,
    "\N{ARABIC-INDIC DIGIT THREE}",
    "\u202e'\"<b>",
    "{number}",
)


async def test_rubbish_is_never_a_fault_of_ours(client: Any, crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    invoice, draft = await issued(crm, access, ada, days_ago=9), await drafted(crm, access, ada)
    subscription = await start_subscription(
        crm, bookkeeping(access), ada, PAPER, Plan(currency="EUR", anchor_on=today_of(crm))
    )
    one, kept, recurring = (
        f"{INVOICES}/{invoice}",
        f"{INVOICES}/drafts/{draft}",
        f"/x/sales/subscriptions/{subscription}",
    )
    read = (INVOICES, f"{INVOICES}/drafts", f"{INVOICES}/new", "/x/sales/subscriptions", "/x/sales/subscriptions/new",
            "/x/sales/reminders", f"/x/sales/customers/{ada}/statement")  # fmt: skip
    write = {
        f"{INVOICES}/search": ("q",),
        f"{INVOICES}/new?contact={ada}": ("days", "owner", *LINES),
        f"{kept}/issue": ("issued_on",),
        f"{one}/payments": ("amount", "paid_on", "method", "way"),
        f"{one}/hold": ("hold", "until"),
        f"{one}/credit": ("quantity-0", "issued_on"),
        f"{recurring}/edit": ("anchor_on", "every_months", "ends_on", "days", *LINES),
        f"{recurring}/end": ("ends_on",),
        "/x/sales/reminders/send": ("ids",),
        "/x/sales/settings/numbers": ("pattern",),
        "/x/sales/settings/reminders": ("days", "fee", "fee_currency", "channel", "text", "subject", "name"),
    }
    faults = []
    for junk in JUNK:
        asked = dict.fromkeys(("after", "state", "contact", "order", "since", "until"), junk)
        faults += [(address, junk) for address in read if (await client.get(address, params=asked)).status_code >= 500]
        for address, names in write.items():
            kind = {"kind": "invoice"} if address.endswith("numbers") else {}
            if (await client.post(address, data=dict.fromkeys(names, junk) | kind)).status_code >= 500:
                faults.append((address, junk))
    assert [place + junk[:9] for place, junk in faults] == []
