"""The editor of papers: what is typed is kept, read in the reader's way of writing numbers, and added up; its buttons change lines."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.cases import in_one_installation

from confida_core.api import Access, ContactContent, EmailAddress, PostalAddress
from confida_sales.catalogue.products import (
    BundlePart,
    PriceListDraft,
    ProductDraft,
    save_bundle,
    save_price_list,
    save_product,
    set_price,
)
from confida_sales.content import PaperContent, PaperLine
from confida_sales.papers_form import addressed_to, read_paper, show_paper
from confida_sales.papers_lines import MOST_TYPED
from confida_sales.papers_shown import Reader
from confida_web.api import FormData

pytestmark = pytest.mark.anyio
GERMAN = Reader(locale="de", today=date(2026, 11, 22))
ENGLISH = Reader(locale="en_GB", today=date(2026, 11, 22))
TEA = {"lines-0-name": "Tea", "lines-0-quantity": "2,5", "lines-0-price": "10,00", "lines-0-tax": "S-700"}


def form(*more: dict[str, str], **fields: str) -> FormData:
    values = {"name": "Ada Lovelace", **fields}
    for one in more:
        values |= one
    return FormData(tuple(values.items()))


async def stocked(crm: Any, access: Access) -> UUID:
    """Tea at 5 euros, from ten on 4; returns its id."""
    tea = await save_product(crm, access, ProductDraft(sku="T-1", name="Green tea", unit="box", tax_rate=700))
    usual = await save_price_list(crm, access, PriceListDraft(name="Usual", currency="EUR", standard=True))
    await set_price(crm, access, usual, tea, 500)
    await set_price(crm, access, usual, tea, 400, from_quantity=10_000)
    return tea


async def test_typed_paper_is_read_in_the_reader_s_numbers(crm: Any) -> None:
    typed = await read_paper(
        crm, GERMAN, form(TEA, {"lines-0-discount": "10 %"}, discount="2,50", street="Long Row 1", country="gb")
    )
    assert (typed.errors, typed.block, typed.currency) == ({}, "", "EUR")
    assert typed.paper == PaperContent(
        name="Ada Lovelace",
        address=PostalAddress(street="Long Row 1", country="GB"),
        lines=(PaperLine(name="Tea", quantity=2_500, price=1_000, discount=1_000, tax_rate=700),),
        discount=250,
    )
    assert typed.shown.sums is not None
    assert typed.shown.sums.gross == "21,40\N{NO-BREAK SPACE}€"


async def test_discount_in_percent_is_of_all_lines(crm: Any) -> None:
    typed = await read_paper(crm, GERMAN, form(TEA, discount="5,5 %"))
    assert (typed.errors, typed.paper.discount) == ({}, 138)


@in_one_installation(
    ("changes", "fields"),
    [
        ({"name": " "}, {"name"}),
        ({"lines-0-price": "ten"}, {"lines-0-price"}),
        ({"lines-0-price": "1,005"}, {"lines-0-price"}),
        ({"lines-0-quantity": "0"}, {"lines-0-quantity"}),
        ({"lines-0-quantity": "-1"}, {"lines-0-quantity"}),
        ({"lines-0-name": ""}, {"lines-0-name"}),
        ({"lines-0-tax": "S-20000"}, {"lines-0-tax"}),
        ({"lines-0-tax": ""}, {"lines-0-tax"}),
        ({"lines-0-discount": "101"}, {"lines-0-discount"}),
        ({"discount": "100"}, {"discount"}),
        ({"discount": "200 %"}, {"discount"}),
        ({"reference": "x" * 201}, {"reference"}),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_kept(
    crm: Any, changes: dict[str, str], fields: set[str]
) -> None:
    typed = await read_paper(crm, GERMAN, form(TEA, changes))
    assert set(typed.errors) == set(typed.shown.errors) == fields
    assert typed.shown.texts["name"] == changes.get("name", "Ada Lovelace")
    assert typed.shown.lines[0].price == changes.get("lines-0-price", "10,00")


async def test_paper_without_lines_is_refused(crm: Any) -> None:
    typed = await read_paper(crm, GERMAN, form({"lines-0-quantity": "1", "lines-0-tax": "S-1900"}))
    assert (set(typed.errors), typed.shown.lines) == ({"lines"}, ())


async def test_product_brings_its_price_and_follows_the_quantity(crm: Any, access: Access) -> None:
    tea = await stocked(crm, access)
    first = await read_paper(crm, ENGLISH, form(pick="t-1", _do="pick"))
    line = first.shown.lines[0]
    assert (line.product, line.name, line.unit, line.price, line.tax) == (str(tea), "Green tea", "box", "5.00", "S-700")
    assert (first.block, first.shown.focus, first.errors) == ("paper", "lines-0-quantity", {})
    typed = {"lines-0-product": line.product, "lines-0-name": "Tea", "lines-0-tax": line.tax, "lines-0-quantity": "10"}
    kept = {"5.00": "4.00", "4.50": "4.50", "": "4.00"}
    for price, expected in kept.items():
        again = await read_paper(
            crm, ENGLISH, form(typed, {"lines-0-listed": "5.00", "lines-0-price": price}, _do="recalculate")
        )
        assert again.shown.lines[0].price == expected


async def test_product_is_searched_and_chosen(crm: Any, access: Access) -> None:
    await stocked(crm, access)
    pot = await save_product(crm, access, ProductDraft(sku="P-1", name="Tea pot"))
    several = await read_paper(crm, ENGLISH, form(pick="tea"))
    assert [name for _, name in several.shown.picks] == ["Tea pot (P-1)", "Green tea (T-1)"]
    chosen = await read_paper(crm, ENGLISH, form(pick="tea", _do=f"pick-{pot}"))
    assert [(line.sku, line.price) for line in chosen.shown.lines] == [("P-1", "")]
    for words, button in (("coffee", "pick"), ("", "pick")):
        missing = await read_paper(crm, ENGLISH, form(pick=words, _do=button))
        assert (set(missing.shown.errors), missing.shown.lines) == ({"pick"}, ())
    unknown = await read_paper(crm, ENGLISH, form(_do="pick-00000000-0000-0000-0000-000000000000"))
    assert unknown.shown.lines == ()


async def test_bundle_says_what_it_holds(crm: Any, access: Access) -> None:
    tea = await stocked(crm, access)
    gift = await save_product(crm, access, ProductDraft(sku="G", name="Gift", description="Wrapped"))
    await save_bundle(crm, access, gift, [BundlePart(product_id=tea, quantity=1_500)])
    typed = await read_paper(crm, ENGLISH, form(pick="G", _do="pick"))
    assert typed.shown.lines[0].description == "Wrapped\n1.5 × Green tea"


@in_one_installation(
    ("button", "names", "focus"),
    [
        ("up-2", ["A", "C", "B"], "lines-1-up"),
        ("up-0", ["A", "B", "C"], "lines-0-up"),
        ("down-0", ["B", "A", "C"], "lines-1-down"),
        ("remove-1", ["A", "C"], "lines-1-name"),
        ("remove-9", ["A", "B", "C"], ""),
        ("add", ["A", "B", "C", ""], "lines-3-name"),
        ("nonsense", ["A", "B", "C"], ""),
    ],
)
async def test_buttons_move_remove_and_add_lines(crm: Any, button: str, names: list[str], focus: str) -> None:
    # The numbers of the fields may have gaps, and what is blank is gone.
    lines = {f"lines-{n}-name": name for n, name in zip((0, 2, 3, 7), ("A", "B", "", "C"), strict=True)}
    typed = await read_paper(crm, ENGLISH, form(lines, _do=button))
    assert ([line.name for line in typed.shown.lines], typed.shown.focus) == (names, focus)
    assert typed.block == "paper"


async def test_stored_paper_is_shown_as_it_would_be_typed(crm: Any) -> None:
    paper = PaperContent(
        name="Ada",
        address=PostalAddress(locality="London"),
        discount=5,
        lines=(PaperLine(name="Oil", quantity=1_250, price=123_456, discount=250, tax_rate=770, recurs_months=5),),
    )
    shown = await show_paper(crm, GERMAN, paper, "KWD")
    line = shown.lines[0]
    assert (line.quantity, line.price, line.discount, line.tax) == ("1,25", "123,456", "2,5", "S-770")
    assert [option.label for option in shown.taxes if option.value == line.tax] == ["7,7 %"]
    assert [option.label for option in shown.rhythms if option.value == line.recurs] == ["every 5 months"]
    fields = {
        f"lines-0-{part}": getattr(line, part) for part in ("name", "quantity", "price", "discount", "tax", "recurs")
    }
    again = await read_paper(crm, GERMAN, FormData(tuple({**shown.texts, **fields, "currency": "KWD"}.items())))
    assert (again.errors, again.paper) == ({}, paper)


async def test_paper_is_addressed_to_the_contact(crm: Any) -> None:
    home = PostalAddress(street="Long Row 1")
    ada = ContactContent(display_name="Ada", addresses=[home], emails=[EmailAddress(address="ada@example.org")])
    assert addressed_to(ada) == PaperContent(name="Ada", address=home, email="ada@example.org")


async def test_editor_holds_no_more_lines_than_a_form_can_send(crm: Any) -> None:
    lines = {f"lines-{n}-name": f"Line {n}" for n in range(MOST_TYPED)}
    full = await read_paper(crm, ENGLISH, form(lines, _do="add"))
    assert (len(full.shown.lines), set(full.shown.errors)) == (MOST_TYPED, {"pick"})


async def test_texts_are_stored_in_one_form(crm: Any) -> None:
    typed = await read_paper(
        crm, GERMAN, form(TEA, {"lines-0-name": " Cafe\u0301\t au  lait "}, opening="a\r\nb\u0007 ")
    )
    assert (typed.paper.lines[0].name, typed.paper.opening) == ("Café au lait", "a\nb")
