"""Invoices, credit notes, payments and their numbers, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cases import in_one_installation

from confida_core.api import Access, Actor, Forbidden, InvalidContent, NotFound
from confida_sales.billing.invoices import (
    PaymentDraft,
    Terms,
    bookkeeping,
    invoices_of,
    issue_credit_note,
    issue_invoice,
    open_amount,
    payments_of,
    record_payment,
    visible_invoice,
    whole_of,
)
from confida_sales.billing.numbering import check_pattern, choose_pattern, shape_of, written
from confida_sales.content import PaperContent, PaperLine

pytestmark = pytest.mark.anyio
DAY = date(2026, 11, 22)
PATTERN_PARTS = [
    "{number}",
    "{year}{number}",
    "{number}{year}",
    "2{number}",
    "{number}0",
    "R{number}",
    "R-{year}{number}",
    "#{number}",
]
TERMS = Terms(currency="EUR", issued_on=DAY)
PAPER = PaperContent(
    name="Ada Lovelace", lines=(PaperLine(name="Boat", quantity=2_000, price=100_00, tax_category="S", tax_rate=1_900),)
)


async def numbers(crm: Any, kind: str = "invoice") -> list[str]:
    rows = await crm.data.fetch("SELECT number FROM sales_invoice WHERE kind = ? ORDER BY number", kind)
    return [row["number"] for row in rows]


async def test_invoice_has_its_number_sums_and_day_of_payment(crm: Any, access: Access, contact: Any) -> None:
    made = await issue_invoice(crm, access, await contact("Ada Lovelace"), PAPER, TERMS)
    opened = await visible_invoice(crm, bookkeeping(access), made)
    row = opened.row
    assert opened.content == PAPER
    assert (row["number"], row["net"], row["tax"], row["gross"]) == ("I-2026-00001", 200_00, 38_00, 238_00)
    assert (row["due_on"], row["remind_on"]) == (date(2026, 12, 6), date(2026, 12, 7))
    assert open_amount(row) == 238_00


async def test_numbers_have_no_gap_and_no_double_when_many_issue_at_once(
    crm: Any, access: Access, contact: Any
) -> None:
    ada = await contact("Ada Lovelace")
    wrong = replace(TERMS, currency="XXXX")
    results = await asyncio.gather(
        *(issue_invoice(crm, access, ada, PAPER, wrong if n % 5 == 0 else TERMS) for n in range(25)),
        return_exceptions=True,
    )
    assert [type(result).__name__ for result in results].count("InvalidContent") == 5
    assert await numbers(crm) == [f"I-2026-{n:05}" for n in range(1, 21)]


async def issue_and_fail(crm: Any, access: Access, contact_id: UUID) -> None:
    async with crm.data.transaction():
        await issue_invoice(crm, access, contact_id, PAPER, TERMS)
        raise RuntimeError("power")


async def test_number_of_what_could_not_be_stored_is_given_to_the_next(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    with pytest.raises(RuntimeError, match="power"):
        await issue_and_fail(crm, access, ada)
    await issue_invoice(crm, access, ada, PAPER, TERMS)
    assert await numbers(crm) == ["I-2026-00001"]


async def test_series_begins_anew_with_the_year_and_never_goes_back(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    for day in (DAY, date(2027, 1, 2), DAY, date(2027, 1, 3)):
        await issue_invoice(crm, access, ada, PAPER, replace(TERMS, issued_on=day))
    assert await numbers(crm) == ["I-2026-00001", "I-2027-00001", "I-2027-00002", "I-2027-00003"]


async def test_pattern_is_chosen_and_the_count_goes_on(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    await issue_invoice(crm, access, ada, PAPER, TERMS)
    await choose_pattern(crm, access, "invoice", " RE{year}/{number} ")
    await issue_invoice(crm, access, ada, PAPER, TERMS)
    assert await numbers(crm) == ["I-2026-00001", "RE2026/00002"]


@pytest.mark.parametrize(
    "pattern",
    ["RE", "{number}{number}", "{day}-{number}", "{number:9}", "{number", "{number!r}", "x" * 40 + "{number}"],
)
def test_pattern_that_writes_two_papers_alike_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidContent) as refused:
        check_pattern(pattern)
    assert set(refused.value.errors) == {"pattern"}


async def test_pattern_that_comes_back_goes_on_where_it_ended(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    later = date(2027, 1, 2)
    for pattern, day in (
        ("X{number}", DAY),
        ("I-{year}-{number}", later),
        ("X{number}", later),
        ("I-{year}-{number}", later),
    ):
        await choose_pattern(crm, access, "invoice", pattern)
        await issue_invoice(crm, access, ada, PAPER, replace(TERMS, issued_on=day))
        await issue_invoice(crm, access, ada, PAPER, replace(TERMS, issued_on=day))
    assert await numbers(crm) == [
        "I-2027-00001", "I-2027-00002", "I-2027-00005", "I-2027-00006", "X00001", "X00002", "X00003", "X00004",
    ]  # fmt: skip


@in_one_installation("pattern", ["I-2026-{number}", "I-{number}-{year}", "C-{number}-1"])
async def test_pattern_that_may_write_what_was_written_is_refused(crm: Any, access: Access, pattern: str) -> None:
    with pytest.raises(InvalidContent) as refused:
        await choose_pattern(crm, access, "invoice", pattern)
    assert set(refused.value.errors) == {"pattern"}


@given(st.sampled_from(PATTERN_PARTS), st.integers(0, 3000), st.integers(1, 10**6))
def test_number_has_the_shape_of_its_pattern(pattern: str, year: int, number: int) -> None:
    assert shape_of(written(pattern, year, number)) == shape_of(pattern)


async def test_two_kinds_are_never_numbered_alike(crm: Any, access: Access) -> None:
    with pytest.raises(InvalidContent) as refused:
        await choose_pattern(crm, access, "credit_note", "I-{year}-{number}")
    assert set(refused.value.errors) == {"pattern"}


async def test_credit_note_over_the_whole_settles_the_invoice(crm: Any, access: Access, contact: Any) -> None:
    made = await issue_invoice(crm, access, await contact("Ada Lovelace"), PAPER, TERMS)
    note = await issue_credit_note(crm, bookkeeping(access), made, whole_of(PAPER), DAY)
    invoice = (await visible_invoice(crm, bookkeeping(access), made)).row
    credit = (await visible_invoice(crm, bookkeeping(access), note)).row
    assert (open_amount(invoice), open_amount(credit)) == (0, 0)
    assert (credit["number"], credit["corrects_id"], credit["gross"]) == ("C-2026-00001", made, 238_00)
    lines = await crm.data.fetch("SELECT net, quantity FROM sales_invoice_line ORDER BY net")
    assert [(line["net"], line["quantity"]) for line in lines] == [(-200_00, -2_000), (200_00, 2_000)]


async def test_no_more_is_credited_than_was_billed_by_whomever(crm: Any, access: Access, contact: Any) -> None:
    made = await issue_invoice(crm, access, await contact("Ada Lovelace"), PAPER, TERMS)
    half = PaperContent(name="Ada", lines=(replace_line(quantity=1_000),))
    results = await asyncio.gather(
        *(issue_credit_note(crm, bookkeeping(access), made, half, DAY) for _ in range(5)), return_exceptions=True
    )
    assert [type(result).__name__ for result in results].count("InvalidContent") == 3
    assert await numbers(crm, "credit_note") == ["C-2026-00001", "C-2026-00002"]
    assert open_amount((await visible_invoice(crm, bookkeeping(access), made)).row) == 0


def replace_line(**changes: Any) -> PaperLine:
    import msgspec

    return msgspec.structs.replace(PAPER.lines[0], **changes)


async def test_parts_are_paid_until_nothing_is_open(crm: Any, access: Access, contact: Any) -> None:
    made = await issue_invoice(crm, access, await contact("Ada Lovelace"), PAPER, TERMS)
    reader = bookkeeping(access)
    for amount, left in ((100_00, 138_00), (138_00, 0), (5_00, -5_00), (-5_00, 0)):
        await record_payment(crm, reader, made, PaymentDraft(amount=amount, paid_on=DAY, reference="I-2026-00001"))
        assert open_amount((await visible_invoice(crm, reader, made)).row) == left
    assert [item.row["amount"] for item in await payments_of(crm, reader, [made])] == [100_00, 138_00, 5_00, -5_00]


async def test_no_more_goes_back_than_came_in(crm: Any, access: Access, contact: Any) -> None:
    made = await issue_invoice(crm, access, await contact("Ada Lovelace"), PAPER, TERMS)
    reader = bookkeeping(access)
    await record_payment(crm, reader, made, PaymentDraft(amount=1_00, paid_on=DAY))
    with pytest.raises(InvalidContent) as refused:
        await record_payment(crm, reader, made, PaymentDraft(amount=-1_01, paid_on=DAY))
    assert refused.value.errors == {"amount": "More would have gone back than came in."}
    assert len(await payments_of(crm, reader, [made])) == 1


@in_one_installation(
    ("changes", "fields"),
    [
        ({"name": " "}, {"name"}),
        ({"lines": ()}, {"lines"}),
        ({"lines": (replace_line(name=""),)}, {"lines.0.name"}),
        ({"lines": (replace_line(quantity=0),)}, {"lines.0.quantity"}),
        ({"lines": (replace_line(price=-1),)}, {"lines.0.price"}),
        ({"lines": (replace_line(discount=10_001),)}, {"lines.0.discount"}),
        ({"lines": (replace_line(tax_category="X"),)}, {"lines.0.tax"}),
        ({"lines": (replace_line(tax_category="E"),)}, {"lines.0.tax"}),
        ({"discount": 200_01}, {"discount"}),
        ({"discount": -1}, {"discount"}),
    ],
)
async def test_paper_that_cannot_be_is_refused_by_field(
    crm: Any, access: Access, contact: Any, changes: dict[str, Any], fields: set[str]
) -> None:
    import msgspec

    with pytest.raises(InvalidContent) as refused:
        await issue_invoice(crm, access, await contact("Ada"), msgspec.structs.replace(PAPER, **changes), TERMS)
    assert set(refused.value.errors) == fields
    assert await numbers(crm) == []


async def test_only_who_bills_issues_and_only_invoices_are_paid(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    made = await issue_invoice(crm, access, ada, PAPER, TERMS)
    note = await issue_credit_note(crm, access, made, PAPER, DAY)
    actor = Actor(id=access.actor.id, permissions=frozenset({"sales.read", "sales.write", "contacts.read"}))
    reader = replace(access, actor=actor)
    for work in (
        issue_invoice(crm, reader, ada, PAPER, TERMS),
        issue_credit_note(crm, reader, made, PAPER, DAY),
        record_payment(crm, reader, made, PaymentDraft(amount=1, paid_on=DAY)),
    ):
        with pytest.raises(Forbidden):
            await work
    with pytest.raises(NotFound):
        await record_payment(crm, access, note, PaymentDraft(amount=1, paid_on=DAY))
    with pytest.raises(NotFound):
        await issue_credit_note(crm, access, note, PAPER, DAY)


async def test_invoices_of_a_contact_are_read_in_one_query(
    crm: Any, access: Access, contact: Any, queries: Any
) -> None:
    ada, zoe = await contact("Ada Lovelace"), await contact("Zoe Zander")
    await issue_invoice(crm, access, zoe, PAPER, TERMS)
    await issue_invoice(crm, access, ada, PAPER, TERMS)
    with queries() as one:
        assert len(await invoices_of(crm, replace(access, deferred=True), ada)) == 1
    await issue_invoice(crm, access, ada, PAPER, TERMS)
    await issue_invoice(crm, access, ada, PAPER, TERMS)
    with queries() as three:
        found = await invoices_of(crm, replace(access, deferred=True), ada)
    assert [item.row["number"] for item in found] == ["I-2026-00004", "I-2026-00003", "I-2026-00002"]
    assert len(one) == len(three) == 2
