"""Products, variants, bundles and prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.cases import in_one_installation

from confida_core.api import Access, Actor, Forbidden, InvalidContent, NotFound, new_id
from confida_sales.catalogue.products import (
    BundlePart,
    PriceListDraft,
    ProductDraft,
    archive_product,
    price_of,
    product,
    products,
    save_bundle,
    save_price_list,
    save_product,
    set_price,
)

pytestmark = pytest.mark.anyio
TEA = ProductDraft(sku="T-1", name="Tea 50 %", tax_rate=700)
DAY = date(2026, 11, 22)


async def test_product_is_found_by_any_part_of_name_or_number(crm: Any, access: Access) -> None:
    await save_product(crm, access, TEA)
    await save_product(crm, access, ProductDraft(sku="P_1", name="Pot"))
    found = {words: [row["sku"] for row in await products(crm, words)] for words in ("", "TEA", "p_", "50 %", "%", "x")}
    assert found == {"": ["P_1", "T-1"], "TEA": ["T-1"], "p_": ["P_1"], "50 %": ["T-1"], "%": ["T-1"], "x": []}


async def test_archived_product_is_offered_no_more(crm: Any, access: Access) -> None:
    made = await save_product(crm, access, TEA)
    await archive_product(crm, access, made)
    assert await products(crm) == []
    assert (await product(crm, made))["name"] == "Tea 50 %"


async def test_number_of_another_product_is_refused_and_nothing_changes(crm: Any, access: Access) -> None:
    await save_product(crm, access, TEA)
    pot = await save_product(crm, access, ProductDraft(sku="P-1", name="Pot"))
    for id_ in (None, pot):
        with pytest.raises(InvalidContent) as refused:
            await save_product(crm, access, replace(TEA, name="Other"), id_)
        assert set(refused.value.errors) == {"sku"}
    assert [row["name"] for row in await products(crm)] == ["Pot", "Tea 50 %"]


@in_one_installation(
    ("changes", "fields"),
    [
        ({"sku": " "}, {"sku"}),
        ({"name": ""}, {"name"}),
        ({"name": "x" * 201}, {"name"}),
        ({"tax_category": "Q"}, {"tax"}),
        ({"tax_category": "E"}, {"tax"}),
        ({"recurs_months": -1}, {"recurs_months"}),
        ({"variant_of": new_id()}, {"variant_of"}),
    ],
)
async def test_product_that_cannot_be_is_refused(crm: Any, access: Access, changes: Any, fields: set[str]) -> None:
    with pytest.raises(InvalidContent) as refused:
        await save_product(crm, access, replace(TEA, **changes))
    assert set(refused.value.errors) == fields


async def test_variants_are_one_level_deep(crm: Any, access: Access) -> None:
    tea = await save_product(crm, access, TEA)
    green = await save_product(crm, access, ProductDraft(sku="T-2", name="Green", variant_of=tea))
    for draft, id_ in (
        (ProductDraft(sku="T-3", name="Greener", variant_of=green), None),
        (replace(TEA, variant_of=tea), tea),
        (replace(TEA, variant_of=await save_product(crm, access, ProductDraft(sku="P", name="Pot"))), tea),
    ):
        with pytest.raises(InvalidContent) as refused:
            await save_product(crm, access, draft, id_)
        assert set(refused.value.errors) == {"variant_of"}


async def test_price_is_that_of_the_quantity_the_day_and_the_list(crm: Any, access: Access) -> None:
    tea = await save_product(crm, access, TEA)
    green = await save_product(crm, access, ProductDraft(sku="T-2", name="Green", variant_of=tea))
    usual = await save_price_list(crm, access, PriceListDraft(name="Usual", currency="EUR", standard=True))
    friends = await save_price_list(
        crm, access, PriceListDraft(name="Friends", currency="EUR", valid_until=date(2026, 12, 31))
    )
    await set_price(crm, access, usual, tea, 500)
    await set_price(crm, access, usual, tea, 450, from_quantity=10_000)
    await set_price(crm, access, usual, green, 600)
    await set_price(crm, access, friends, tea, 300)

    async def price(of: Any, quantity: int, chosen: Any = None, day: date = DAY, currency: str = "EUR") -> int | None:
        return await price_of(crm, of, quantity, currency=currency, day=day, list_id=chosen)

    assert [await price(tea, quantity) for quantity in (1_000, 9_999, 10_000, 99_000)] == [500, 500, 450, 450]
    assert (await price(tea, 10_000, friends), await price(tea, 1_000, friends, date(2027, 1, 1))) == (300, 500)
    assert (await price(green, 1_000), await price(green, 1_000, friends)) == (600, 300)
    assert await price(tea, 1_000, currency="USD") is None
    await set_price(crm, access, usual, green, None)
    assert await price(green, 1_000) == 500


async def test_one_list_of_a_currency_is_the_standard(crm: Any, access: Access) -> None:
    for name, currency in (("A", "EUR"), ("B", "USD"), ("C", "EUR")):
        await save_price_list(crm, access, PriceListDraft(name=name, currency=currency, standard=True))
    rows = await crm.data.fetch("SELECT name FROM sales_price_list WHERE standard = ? ORDER BY name", True)
    assert [row["name"] for row in rows] == ["B", "C"]


async def test_bundle_holds_other_products_and_no_bundles(crm: Any, access: Access) -> None:
    tea = await save_product(crm, access, TEA)
    pot = await save_product(crm, access, ProductDraft(sku="P", name="Pot"))
    gift = await save_product(crm, access, ProductDraft(sku="G", name="Gift"))
    await save_bundle(
        crm, access, gift, [BundlePart(product_id=tea, quantity=2_000), BundlePart(product_id=pot, quantity=1_000)]
    )
    for id_, parts in (
        (gift, [BundlePart(product_id=gift, quantity=1)]),
        (gift, [BundlePart(product_id=tea, quantity=1)] * 2),
        (gift, [BundlePart(product_id=new_id(), quantity=1)]),
        (gift, [BundlePart(product_id=tea, quantity=0)]),
        (pot, [BundlePart(product_id=gift, quantity=1)]),
    ):
        with pytest.raises(InvalidContent) as refused:
            await save_bundle(crm, access, id_, parts)
        assert set(refused.value.errors) == {"parts"}
    rows = await crm.data.fetch(
        "SELECT product_id, quantity FROM sales_bundle_item WHERE bundle_id = ? ORDER BY quantity", gift
    )
    assert [(row["product_id"], row["quantity"]) for row in rows] == [(pot, 1_000), (tea, 2_000)]
    await save_bundle(crm, access, gift, [])
    assert await crm.data.fetch("SELECT id FROM sales_bundle_item") == []


@in_one_installation(
    ("draft", "fields"),
    [
        (PriceListDraft(name=" ", currency="EUR"), {"name"}),
        (PriceListDraft(name="A", currency="EURO"), {"currency"}),
        (PriceListDraft(name="A", currency="EUR", valid_from=DAY, valid_until=date(2026, 1, 1)), {"valid_until"}),
    ],
)
async def test_price_list_that_cannot_be_is_refused(
    crm: Any, access: Access, draft: PriceListDraft, fields: set[str]
) -> None:
    with pytest.raises(InvalidContent) as refused:
        await save_price_list(crm, access, draft)
    assert set(refused.value.errors) == fields


async def test_only_who_sets_up_sales_changes_products(crm: Any, access: Access) -> None:
    tea = await save_product(crm, access, TEA)
    usual = await save_price_list(crm, access, PriceListDraft(name="Usual", currency="EUR"))
    seller = replace(access, actor=Actor(id=access.actor.id, permissions=frozenset({"sales.read", "sales.write"})))
    for work in (
        save_product(crm, seller, TEA),
        archive_product(crm, seller, tea),
        save_bundle(crm, seller, tea, []),
        save_price_list(crm, seller, PriceListDraft(name="Mine", currency="EUR")),
        set_price(crm, seller, usual, tea, 1),
    ):
        with pytest.raises(Forbidden):
            await work
    for missing in (set_price(crm, access, usual, new_id(), 1), set_price(crm, access, new_id(), tea, 1)):
        with pytest.raises(NotFound):
            await missing
