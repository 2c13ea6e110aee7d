"""Lists, statements and figures: every view of the same invoices and payments comes to the same."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from confida_core.api import Access, Actor, InvalidContent, NotFound
from confida_sales.billing.credits import credit_lines, credit_notes_of
from confida_sales.billing.figures import CurrencyFigures, billing_of
from confida_sales.billing.invoices import (
    PaymentDraft,
    bookkeeping,
    issue_credit_note,
    open_amount,
    payments_of,
    record_payment,
)
from confida_sales.billing.listing import STATES, find_invoices, list_invoices, sums_of
from confida_sales.billing.payments import reverse_payment, taken_back
from confida_sales.billing.recurring import today_of
from confida_sales.billing.statement import statement_of
from confida_sales.content import PaperContent
from confida_sales.tests.billing_cast import BOAT, issued, row_of

pytestmark = pytest.mark.anyio
WHOLE = PaperContent(name="Ada", lines=(BOAT,))


async def pay(crm: Any, access: Access, invoice: Any, amount: int, days_ago: int = 0) -> Any:
    draft = PaymentDraft(amount=amount, paid_on=today_of(crm) - timedelta(days=days_ago))
    return await record_payment(crm, bookkeeping(access), invoice, draft)


async def test_each_list_has_its_invoices_in_order(crm: Any, access: Access, contact: Any) -> None:
    ada, books, today = await contact("Ada Lovelace"), bookkeeping(access), today_of(crm)
    late, later = await issued(crm, access, ada, days_ago=9), await issued(crm, access, ada, days_ago=20)
    due, paid, much = [await issued(crm, access, ada, currency=one) for one in ("EUR", "EUR", "JPY")]
    await pay(crm, access, paid, 238_00)
    await pay(crm, access, much, 240_00)
    note = await issue_credit_note(crm, books, late, WHOLE, today)
    found = {
        state: [one.row["id"] for one in (await list_invoices(crm, books, state, today)).items] for state in STATES
    }
    assert found == {
        "open": [later, due],
        "overdue": [later],
        "paid": [much, paid, late],
        "overpaid": [much],
        "all": [note, much, paid, due, late, later],
    }
    assert {state: await sums_of(crm, books, state, today) for state in ("open", "overdue", "overpaid")} == {
        "open": [(476_00, "EUR")],
        "overdue": [(238_00, "EUR")],
        "overpaid": [(2_00, "JPY")],
    }


async def test_pages_follow_each_other_without_a_gap(crm: Any, access: Access, contact: Any, queries: Any) -> None:
    ada, books, today = await contact("Ada Lovelace"), replace(bookkeeping(access), deferred=True), today_of(crm)
    made = [await issued(crm, access, ada) for _ in range(5)]
    for state, order in (("open", made), ("all", made[::-1])):
        seen, cursor = [], ""
        while True:
            page = await list_invoices(crm, books, state, today, cursor=cursor, limit=2)
            seen += [one.row["id"] for one in page.items]
            if not (cursor := page.next):
                break
        assert seen == order
    counts = []
    for limit in (1, 3):
        with queries() as asked:
            await list_invoices(crm, books, "open", today, limit=limit)
        counts.append(len(asked))
    assert counts == [2, 2]


async def test_invoice_is_found_by_its_number(crm: Any, access: Access, contact: Any) -> None:
    books = bookkeeping(access)
    made = [await issued(crm, access, await contact("Ada Lovelace")) for _ in range(2)]
    number = (await row_of(crm, made[1]))["number"]
    for typed, expected in ((number, [made[1]]), (number.lower(), [made[1]]), (" 2 ", [made[1]]), ("3", []), ("", [])):
        assert [one.row["id"] for one in await find_invoices(crm, books, typed)] == expected


async def test_wrong_entry_is_taken_back_once_by_another(crm: Any, access: Access, contact: Any) -> None:
    books = bookkeeping(access)
    made = await issued(crm, access, await contact("Ada Lovelace"))
    wrong = await pay(crm, access, made, 238_00)
    assert (await row_of(crm, made))["settled_at"] is not None
    back = await reverse_payment(crm, books, wrong, today_of(crm))
    row = await row_of(crm, made)
    assert (row["paid"], row["settled_at"]) == (0, None)
    payments = await payments_of(crm, books, [made])
    assert [one.row["amount"] for one in payments] == [238_00, -238_00]
    assert taken_back(payments) == {wrong}
    for again in (wrong, back):
        with pytest.raises(InvalidContent):
            await reverse_payment(crm, books, again, today_of(crm))


async def test_statement_runs_from_what_was_open_before_to_what_is_open_now(
    crm: Any, access: Access, contact: Any, queries: Any
) -> None:
    ada, books, today = await contact("Ada Lovelace"), replace(bookkeeping(access), deferred=True), today_of(crm)
    old = await issued(crm, access, ada, days_ago=40)
    await pay(crm, access, old, 38_00, days_ago=35)
    await issued(crm, access, ada, days_ago=5, currency="JPY")
    new = await issued(crm, access, ada, days_ago=5)
    await issue_credit_note(crm, books, new, WHOLE, today - timedelta(days=1))
    await pay(crm, access, old, 300_00)
    await pay(crm, access, old, -100_00)
    with queries() as asked:
        found = await statement_of(crm, books, ada, today - timedelta(days=30), today)
    euros, yen = found.accounts
    assert (found.name, euros.currency, euros.opening, yen.opening) == ("Ada Lovelace", "EUR", 200_00, 0)
    assert [(one.kind, one.amount, one.balance) for one in euros.entries] == [
        ("invoice", 238_00, 438_00), ("credit_note", -238_00, 200_00), ("payment", -300_00, -100_00),
        ("refund", 100_00, 0),
    ]  # fmt: skip
    assert (euros.closing, yen.closing, len(asked)) == (0, 238_00, 3)
    figures = await billing_of(crm, books, ada)
    assert figures.currencies == (
        CurrencyFigures(currency="EUR", billed=238_00, paid=238_00, open=0, overdue=0, credit=0),
        CurrencyFigures(currency="JPY", billed=238_00, paid=0, open=238_00, overdue=238_00, credit=0),
    )
    assert (figures.invoices, figures.open_invoices, figures.overdue_invoices) == (3, 1, 1)
    assert figures.last_on == today - timedelta(days=5)


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
async def test_whatever_is_paid_and_credited_every_view_comes_to_the_same(
    crm: Any, access: Access, contact: Any, currency: str
) -> None:
    ada, books, today = await contact("Ada Lovelace"), replace(bookkeeping(access), deferred=True), today_of(crm)
    chance = random.Random(currency)
    made = [await issued(crm, access, ada, days_ago=chance.randrange(60), currency=currency) for _ in range(3)]
    for _ in range(14):
        invoice, amount = chance.choice(made), chance.choice([1, 7_13, 100_00, 238_00, -1, -50_00])
        with suppress(InvalidContent):
            if chance.random() < 0.25:
                await credit_lines(crm, books, invoice, [chance.randrange(1, 900)], issued_on=today)
            elif chance.random() < 0.2 and (entries := await payments_of(crm, books, [invoice])):
                await reverse_payment(crm, books, chance.choice(entries).row["id"], today)
            else:
                await pay(crm, access, invoice, amount, days_ago=chance.randrange(40))
    rows = [await row_of(crm, invoice) for invoice in made]
    for row in rows:
        assert row["paid"] == sum(one.row["amount"] for one in await payments_of(crm, books, [row["id"]])) >= 0
        assert (
            row["credited"]
            == sum(one.row["gross"] for one in await credit_notes_of(crm, books, row["id"]))
            <= row["gross"]
        )
        assert (row["settled_at"] is not None) == (open_amount(row) <= 0)
    (account,) = (await statement_of(crm, books, ada, today - timedelta(days=20), today)).accounts
    (figures,) = (await billing_of(crm, books, ada)).currencies
    assert account.closing == sum(open_amount(row) for row in rows) == figures.open - figures.credit
    assert account.closing == account.opening + sum(entry.amount for entry in account.entries)
    assert sum(amount for amount, _ in await sums_of(crm, books, "open", today)) == figures.open


async def test_restricted_people_are_billed_and_pay_but_nothing_else(crm: Any, access: Access, contact: Any) -> None:
    ada, books = await contact("Ada Lovelace"), bookkeeping(access)
    made = await issued(crm, access, ada)
    await crm.orders.give("restriction", ada)
    await pay(crm, access, made, 38_00)
    assert (await billing_of(crm, books, ada)).currencies[0].open == 200_00
    await issued(crm, access, ada)
    with pytest.raises(NotFound):
        await billing_of(crm, access, ada)


async def test_statement_is_nobody_elses(crm: Any, access: Access, contact: Any) -> None:
    ada, zoe, today = await contact("Ada Lovelace"), await contact("Zoe Zander"), today_of(crm)
    await issued(crm, access, ada)
    own = replace(bookkeeping(access), actor=Actor(id=zoe, kind="subject"))
    with pytest.raises(NotFound):
        await statement_of(crm, own, ada, today, today)
    assert (await statement_of(crm, own, zoe, today, today)).accounts == ()
