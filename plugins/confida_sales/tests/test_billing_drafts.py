"""Drafts of invoices, and what they become."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from confida_core.api import Access, Actor, Forbidden, InvalidContent, NotFound, VersionConflict, new_id, now
from confida_sales.billing.drafts import (
    DraftTerms,
    change_draft,
    discard_draft,
    draft_of_order,
    forget_discarded,
    list_drafts,
    make_draft,
    restore_draft,
    visible_draft,
)
from confida_sales.billing.invoices import bookkeeping, visible_invoice
from confida_sales.billing.recurring import today_of
from confida_sales.content import OFFER
from confida_sales.tests.billing_cast import BOAT, OAR, PAPER, drafted, issue, row_of

pytestmark = pytest.mark.anyio


async def test_draft_has_no_number_until_it_is_issued(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    draft = await drafted(crm, access, ada, days=30)
    assert await crm.data.fetch("SELECT next FROM sales_series") == []
    made = await issue(crm, access, draft)
    row, year = await row_of(crm, made), today_of(crm).year
    assert (row["number"], row["gross"], row["due_on"]) == (
        f"I-{year}-00001",
        238_00,
        today_of(crm) + timedelta(days=30),
    )
    assert (await visible_invoice(crm, bookkeeping(access), made)).content == PAPER
    with pytest.raises(NotFound):
        await visible_draft(crm, bookkeeping(access), draft)


async def test_draft_issued_twice_at_once_is_one_invoice(crm: Any, access: Access, contact: Any) -> None:
    draft = await drafted(crm, access, await contact("Ada Lovelace"))
    results = await asyncio.gather(*(issue(crm, access, draft) for _ in range(4)), return_exceptions=True)
    assert len([one for one in results if not isinstance(one, Exception)]) == 1
    assert {type(one) for one in results if isinstance(one, Exception)} <= {NotFound, VersionConflict}
    assert len(await crm.data.fetch("SELECT id FROM sales_invoice")) == 1


async def test_what_was_changed_meanwhile_is_not_issued(crm: Any, access: Access, contact: Any) -> None:
    draft = await drafted(crm, access, await contact("Ada Lovelace"))
    two = msgspec.structs.replace(PAPER, lines=(BOAT, OAR))
    await change_draft(crm, bookkeeping(access), draft, two, DraftTerms(currency="EUR", days=7), seen=1)
    with pytest.raises(VersionConflict):
        await issue(crm, access, draft, seen=1)
    made = await issue(crm, access, draft, seen=2)
    assert (await row_of(crm, made))["net"] == 200_00 + 29_97


async def test_day_that_would_begin_a_later_year_is_refused(crm: Any, access: Access, contact: Any) -> None:
    draft = await drafted(crm, access, await contact("Ada Lovelace"))
    for days in (8, 400 * 365 // 10, -367):
        with pytest.raises(InvalidContent) as refused:
            await issue(crm, access, draft, today_of(crm) + timedelta(days=days))
        assert set(refused.value.errors) == {"issued_on"}


async def test_discarded_draft_is_out_of_the_list_until_it_is_taken_back(
    crm: Any, access: Access, contact: Any
) -> None:
    books = bookkeeping(access)
    first, second = [await drafted(crm, access, await contact("Ada Lovelace")) for _ in range(2)]
    await discard_draft(crm, books, first)
    assert [one.row["id"] for one in (await list_drafts(crm, books)).items] == [second]
    with pytest.raises(NotFound):
        await issue(crm, access, first)
    await restore_draft(crm, books, first)
    assert [one.row["id"] for one in (await list_drafts(crm, books)).items] == [second, first]
    await discard_draft(crm, books, first)
    await crm.data.fetch(
        "UPDATE sales_invoice_draft SET discarded_at = ? WHERE id = ?", now() - timedelta(days=31), first
    )
    await forget_discarded(crm, {})
    assert [row["id"] for row in await crm.data.fetch("SELECT id FROM sales_invoice_draft")] == [second]


async def test_drafts_are_listed_page_by_page(crm: Any, access: Access, contact: Any, queries: Any) -> None:
    books = replace(bookkeeping(access), deferred=True)
    ada = await contact("Ada Lovelace")
    made = [await drafted(crm, access, ada) for _ in range(3)]
    with queries() as asked:
        page = await list_drafts(crm, books, limit=2)
    rest = await list_drafts(crm, books, limit=2, after=page.after)
    assert [one.row["id"] for one in (*page.items, *rest.items)] == made[::-1]
    assert (rest.after, len(asked)) == (None, 1)


async def test_order_becomes_one_draft_and_counts_as_billed_when_it_is_issued(
    crm: Any, access: Access, contact: Any
) -> None:
    ada, order = await contact("Ada Lovelace"), new_id()
    columns = {
        "id": order, "contact_id": ada, "kind": "order", "number": "O-1", "revision": 1, "state": "open", "currency": "EUR",
        "net": 200_00, "tax": 38_00, "gross": 238_00, "created_at": now(),
    }  # fmt: skip
    await crm.records.insert(OFFER, columns, PAPER)
    draft = await draft_of_order(crm, access, order)
    assert await draft_of_order(crm, access, order) == draft
    await issue(crm, access, draft)
    assert (await crm.data.fetch("SELECT state FROM sales_offer"))[0]["state"] == "billed"


async def test_only_who_bills_drafts(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    draft = await drafted(crm, access, ada)
    reader = replace(
        bookkeeping(access), actor=Actor(id=access.actor.id, permissions=frozenset({"sales.read", "contacts.read"}))
    )
    assert (await visible_draft(crm, reader, draft)).content == PAPER
    for work in (
        make_draft(crm, reader, ada, PAPER, DraftTerms(currency="EUR")),
        change_draft(crm, reader, draft, PAPER, DraftTerms(currency="EUR"), seen=1),
        discard_draft(crm, reader, draft),
        restore_draft(crm, reader, draft),
        draft_of_order(crm, reader, draft),
        issue(crm, reader, draft),
    ):
        with pytest.raises(Forbidden):
            await work
