"""Credit notes by lines: whatever the parts are, they never come to more than the invoice, and all of them to all of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_core.api import (
    Access,
    InvalidContent,
    Opened,
    minor_digits,
)
from confida_sales.billing.credits import Creditable, credit_lines, credit_paper, creditable, left_of
from confida_sales.billing.invoices import Terms, bookkeeping, issue_invoice, open_amount
from confida_sales.billing.recurring import today_of
from confida_sales.content import PaperContent, PaperLine
from confida_sales.papers import added_up
from confida_sales.tests.billing_cast import BOAT, OAR, row_of

pytestmark = pytest.mark.anyio
ROUNDING = 12
"""Minor units: half of one for each line and each rate of each part, at most."""

some_paper = st.builds(
    PaperContent,
    name=st.just("Ada"),
    lines=st.lists(
        st.builds(
            PaperLine,
            name=st.sampled_from(["Boat", "Oar"]),
            quantity=st.integers(1, 10_000),
            price=st.integers(0, 10**6),
            discount=st.sampled_from([0, 0, 333]),
            tax_rate=st.sampled_from([0, 700, 1900]),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)


def whole(paper: PaperContent, credited: list[PaperContent]) -> Creditable:
    gross = added_up(paper).gross - sum(added_up(note).gross for note in credited)
    left = left_of(paper.lines, [line for note in credited for line in note.lines])
    discount = max(0, paper.discount - sum(note.discount for note in credited))
    return Creditable(invoice=Opened({}, paper, (UUID(int=1),)), left=left, gross=gross, discount=discount)


@settings(max_examples=60, deadline=None)
@given(some_paper, st.integers(0, 100), st.data())
def test_parts_come_to_the_whole_and_never_to_more(paper: PaperContent, percent: int, data: Any) -> None:
    paper = msgspec.structs.replace(paper, discount=added_up(paper).net * percent // 200)
    notes: list[PaperContent] = []
    for _ in range(2):
        found = whole(paper, notes)
        quantities = [data.draw(st.integers(0, left)) for left in found.left]
        if any(quantities):
            notes.append(credit_paper(found, quantities))
            assert 0 <= added_up(notes[-1]).gross <= found.gross
    rest = whole(paper, notes)
    if any(rest.left):
        notes.append(credit_paper(rest, rest.left))
    last = whole(paper, notes)
    assert last.left == (0,) * len(paper.lines)
    assert 0 <= last.gross <= ROUNDING


@given(some_paper)
def test_whole_at_once_is_the_invoice_again(paper: PaperContent) -> None:
    found = whole(paper, [])
    assert credit_paper(found, found.left) == paper


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
async def test_lines_are_taken_back_one_after_the_other(crm: Any, access: Access, contact: Any, currency: str) -> None:
    assert minor_digits(currency) in {0, 2, 3}
    ada, books, today = await contact("Ada Lovelace"), bookkeeping(access), today_of(crm)
    paper = PaperContent(name="Ada", lines=(BOAT, OAR), discount=1_00)
    made = await issue_invoice(crm, books, ada, paper, Terms(currency=currency, issued_on=today))
    await credit_lines(crm, books, made, [1_000, 0], issued_on=today, reason="One was broken.")
    assert (await creditable(crm, books, made)).left == (1_000, 3_000)
    with pytest.raises(InvalidContent) as refused:
        await credit_lines(crm, books, made, [1_001, 0], issued_on=today)
    assert set(refused.value.errors) == {"quantity-0"}
    await credit_lines(crm, books, made, [1_000, 3_000], issued_on=today)
    assert (await creditable(crm, books, made)).left == (0, 0)
    assert 0 <= open_amount(await row_of(crm, made)) <= ROUNDING
    rows = await crm.data.fetch("SELECT gross, currency FROM sales_invoice WHERE corrects_id = ?", made)
    assert sum(row["gross"] for row in rows) == (await row_of(crm, made))["credited"]
    assert {row["currency"] for row in rows} == {currency}


async def test_nothing_is_no_credit_note(crm: Any, access: Access, contact: Any) -> None:
    books, today = bookkeeping(access), today_of(crm)
    paper = PaperContent(name="Ada", lines=(BOAT,))
    made = await issue_invoice(crm, books, await contact("Ada Lovelace"), paper, Terms(currency="EUR", issued_on=today))
    for quantities, field in (([0], "lines"), ([-1], "quantity-0"), ([1, 1], "lines")):
        with pytest.raises(InvalidContent) as refused:
            await credit_lines(crm, books, made, quantities, issued_on=today)
        assert set(refused.value.errors) == {field}
