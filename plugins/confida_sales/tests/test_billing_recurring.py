"""What is billed again and again: each period once, on the right day, also after a long night."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cases import in_one_installation

from confida_core.api import Access, InvalidContent, NotFound, now
from confida_sales.billing.invoices import bookkeeping
from confida_sales.billing.recurring import (
    Plan,
    bill_due,
    change_subscription,
    coming_days,
    end_subscription,
    list_subscriptions,
    pause_subscription,
    resume_subscription,
    start_subscription,
    visible_subscription,
)
from confida_sales.billing.recurring_days import day_after_months, period_days
from confida_sales.tests.billing_cast import PAPER

pytestmark = pytest.mark.anyio
PLAN = Plan(currency="EUR", anchor_on=date(2026, 1, 31))


def test_end_of_month_comes_back_after_a_short_one() -> None:
    days = period_days(date(2027, 1, 31), 1)
    assert [next(days) for _ in range(4)] == [
        date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30),
    ]  # fmt: skip
    assert day_after_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert day_after_months(date(2028, 2, 29), 48) == date(2032, 2, 29)


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.integers(0, 2_000))
def test_day_is_the_same_or_the_last_of_its_month(first: date, months: int) -> None:
    found = day_after_months(first, months)
    assert (found.year - first.year) * 12 + found.month - first.month == months
    assert found.day == first.day or (found.day < first.day and (found + timedelta(days=1)).day == 1)


async def billed(crm: Any) -> list[date]:
    rows = await crm.data.fetch("SELECT period_on FROM sales_invoice ORDER BY period_on")
    return [row["period_on"] for row in rows]


async def test_missed_periods_are_caught_up_and_each_is_billed_once(crm: Any, access: Access, contact: Any) -> None:
    made = await start_subscription(crm, bookkeeping(access), await contact("Ada Lovelace"), PAPER, PLAN)
    await asyncio.gather(*(bill_due(crm, date(2026, 3, 30)) for _ in range(4)))
    assert await billed(crm) == [date(2026, 1, 31), date(2026, 2, 28)]
    assert await bill_due(crm, date(2026, 3, 30)) == 0
    row = (await visible_subscription(crm, bookkeeping(access), made)).row
    assert (row["next_on"], coming_days(row, 2)) == (date(2026, 3, 31), [date(2026, 3, 31), date(2026, 4, 30)])
    numbers = await crm.data.fetch("SELECT number, due_on FROM sales_invoice ORDER BY number")
    assert [(row["number"], row["due_on"]) for row in numbers] == [
        ("I-2026-00001", date(2026, 4, 13)), ("I-2026-00002", date(2026, 4, 13)),
    ]  # fmt: skip


async def test_pause_is_never_billed_and_the_end_ends_it(crm: Any, access: Access, contact: Any) -> None:
    books = bookkeeping(access)
    made = await start_subscription(crm, books, await contact("Ada Lovelace"), PAPER, PLAN)
    await bill_due(crm, date(2026, 1, 31))
    await pause_subscription(crm, books, made)
    assert await bill_due(crm, date(2026, 5, 1)) == 0
    await resume_subscription(crm, books, made, date(2026, 5, 1))
    await end_subscription(crm, books, made, date(2026, 6, 30))
    while await bill_due(crm, date(2026, 12, 31)):
        pass
    assert await billed(crm) == [date(2026, 1, 31), date(2026, 5, 31), date(2026, 6, 30)]
    assert (await visible_subscription(crm, books, made)).row["state"] == "ended"
    with pytest.raises(NotFound):
        await pause_subscription(crm, books, made)


async def test_contact_in_the_trash_is_not_billed_until_it_is_back(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    await start_subscription(crm, bookkeeping(access), ada, PAPER, PLAN)
    await crm.data.fetch("UPDATE contact SET deleted_at = ? WHERE id = ?", now(), ada)
    assert await bill_due(crm, date(2026, 3, 1)) == 0
    await crm.data.fetch("UPDATE contact SET deleted_at = NULL WHERE id = ?", ada)
    assert await bill_due(crm, date(2026, 3, 1)) == 2


async def test_change_counts_from_its_own_day_and_not_from_what_was_billed(
    crm: Any, access: Access, contact: Any
) -> None:
    books = bookkeeping(access)
    made = await start_subscription(crm, books, await contact("Ada Lovelace"), PAPER, PLAN)
    await bill_due(crm, date(2026, 2, 28))
    with pytest.raises(InvalidContent) as refused:
        await change_subscription(crm, books, made, PAPER, replace(PLAN, anchor_on=date(2026, 2, 28)), seen=1)
    assert set(refused.value.errors) == {"anchor_on"}
    plan = replace(PLAN, anchor_on=date(2026, 3, 15), every_months=3)
    await change_subscription(crm, books, made, PAPER, plan, seen=1)
    await bill_due(crm, date(2026, 7, 1))
    assert (await billed(crm))[2:] == [date(2026, 3, 15), date(2026, 6, 15)]


@in_one_installation(
    ("changes", "fields"),
    [
        ({"every_months": 0}, {"every_months"}),
        ({"ends_on": date(2025, 1, 1)}, {"ends_on"}),
        ({"currency": "XXXX", "days": -1}, {"currency", "days"}),
        ({"anchor_on": date(1, 1, 1)}, {"anchor_on"}),
    ],
)
async def test_plan_that_cannot_be_is_refused_by_field(
    crm: Any, access: Access, contact: Any, changes: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(InvalidContent) as refused:
        await start_subscription(crm, bookkeeping(access), await contact("Ada"), PAPER, replace(PLAN, **changes))
    assert set(refused.value.errors) == fields


async def test_subscriptions_are_listed_page_by_page(crm: Any, access: Access, contact: Any, queries: Any) -> None:
    books = replace(bookkeeping(access), deferred=True)
    ada = await contact("Ada Lovelace")
    made = [await start_subscription(crm, books, ada, PAPER, PLAN) for _ in range(3)]
    await end_subscription(crm, books, made[1], None)
    with queries() as asked:
        page = await list_subscriptions(crm, books, state="running", limit=1)
    rest = await list_subscriptions(crm, books, state="running", contact_id=ada, after=page.after)
    assert [one.row["id"] for one in (*page.items, *rest.items)] == [made[2], made[0]]
    assert len(asked) == 1
