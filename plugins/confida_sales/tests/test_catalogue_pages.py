"""The pages of products and price lists, and products for programs."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.api import Access
from confida_sales.catalogue.products import PriceListDraft, ProductDraft, save_price_list, save_product, set_price

pytestmark = pytest.mark.anyio
TEA = {"sku": "T-1", "name": "Green tea", "unit": "box", "description": "", "tax": "S-700", "recurs": "0"}


async def test_product_is_made_changed_priced_and_put_away(client: Any, crm: Any, access: Access) -> None:
    usual = await save_price_list(crm, access, PriceListDraft(name="Usual", currency="EUR", standard=True))
    wrong = await client.post("/x/sales/products/new", data=TEA | {"sku": "", "tax": "X-1"})
    assert (wrong.status_code, wrong.text.count('class="error"'), 'value="Green tea"' in wrong.text) == (422, 2, True)
    where = (await client.post("/x/sales/products/new", data=TEA)).headers["location"]
    assert (await client.post(where, data=TEA | {"name": "Black tea"})).headers["location"] == where
    unpriced = await client.post(f"{where}/prices", data={"list": str(usual), "price": "x", "from_quantity": "10"})
    assert (unpriced.status_code, 'value="x"' in unpriced.text) == (422, True)
    assert (await client.post(f"{where}/prices", data={"list": "", "price": "5"})).status_code == 422
    for price, step in (("5.00", ""), ("4.50", "10")):
        await client.post(f"{where}/prices", data={"list": str(usual), "price": price, "from_quantity": step})
    shown = (await client.get(where)).text
    assert ("€5.00" in shown, "€4.50" in shown) == (True, True)
    await client.post(f"{where}/prices", data={"list": str(usual), "from_quantity": "10", "remove": "yes"})
    assert "€4.50" not in (await client.get(where)).text
    assert "€5.00" in (await client.get("/x/sales/products")).text
    assert (await client.post(f"{where}/archive")).headers["location"] == "/x/sales/products"
    listed = [where in (await client.get(f"/x/sales/products{query}")).text for query in ("", "?archived=yes")]
    assert listed == [False, True]
    await client.post(f"{where}/restore")
    assert where in (await client.get("/x/sales/products?q=BLACK")).text
    assert where not in (await client.get("/x/sales/products?q=green")).text


async def test_variant_and_bundle_are_made_on_the_page_of_the_product(client: Any, crm: Any, access: Access) -> None:
    tea = await save_product(crm, access, ProductDraft(sku="T-1", name="Tea"))
    where = f"/x/sales/products/{tea}"
    form = await client.get(f"/x/sales/products/new?variant_of={tea}")
    assert ('value="T-1-"' in form.text, f'value="{tea}"' in form.text) == (True, True)
    variant = (await client.post("/x/sales/products/new", data=TEA | {"sku": "T-1-XL", "variant_of": str(tea)})).headers
    assert variant["location"] in (await client.get(where)).text
    await save_product(crm, access, ProductDraft(sku="G", name="Gift"))
    for parts, status in (({"part": ["G", "nonsense"]}, 422), ({"part": ["g", ""], "part_quantity": ["1.5", ""]}, 303)):
        assert (await client.post(f"{where}/bundle", data=parts)).status_code == status
    rows = await crm.data.fetch("SELECT quantity FROM sales_bundle_item WHERE bundle_id = ?", tea)
    assert [row["quantity"] for row in rows] == [1_500]
    assert "Bundle of 1" in (await client.get("/x/sales/products")).text


async def test_price_list_is_made_and_filled(client: Any, crm: Any, access: Access) -> None:
    await save_product(crm, access, ProductDraft(sku="T-1", name="Tea"))
    fields = {"name": "Winter", "currency": "chf", "valid_from": "2026-12-01", "valid_until": "2027-02-28"}
    wrong = await client.post("/x/sales/price-lists/new", data=fields | {"valid_until": "soon"})
    assert (wrong.status_code, 'value="Winter"' in wrong.text) == (422, True)
    where = (await client.post("/x/sales/price-lists/new", data=fields | {"standard": "yes"})).headers["location"]
    unknown = await client.post(f"{where}/prices", data={"product": "coffee", "price": "1"})
    assert (unknown.status_code, 'value="coffee"' in unknown.text) == (422, True)
    await client.post(f"{where}/prices", data={"product": "tea", "price": "6.00", "from_quantity": "2.5"})
    shown = (await client.get(where)).text
    assert ("CHF6.00" in shown, ">2.5<" in shown) == (True, True)
    listed = (await client.get("/x/sales/price-lists")).text
    assert ("Winter" in listed, "Standard" in listed, "CHF" in listed) == (True, True, True)


async def test_lists_ask_the_same_for_one_and_for_three(client: Any, crm: Any, access: Access, queries: Any) -> None:
    usual = await save_price_list(crm, access, PriceListDraft(name="Usual", currency="EUR", standard=True))
    asked = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            made = await save_product(crm, access, ProductDraft(sku=f"T-{number}", name=f"Tea {number}"))
            await set_price(crm, access, usual, made, number)
        await client.get("/x/sales/products")
        with queries() as products:
            await client.get("/x/sales/products")
        with queries() as prices:
            await client.get(f"/x/sales/price-lists/{usual}")
        asked.append((len(products), len(prices)))
    assert asked[0] == asked[1]


async def test_colleague_reads_and_only_who_sets_up_sales_changes(as_role: Any, crm: Any, access: Access) -> None:
    tea = await save_product(crm, access, ProductDraft(sku="T-1", name="Tea"))
    usual = await save_price_list(crm, access, PriceListDraft(name="Usual", currency="EUR"))
    staff = await as_role("staff")
    for path in ("products", f"products/{tea}", "price-lists", f"price-lists/{usual}"):
        shown = await staff.get(f"/x/sales/{path}")
        assert (shown.status_code, "/archive" in shown.text, "/prices" in shown.text) == (200, False, False)
    for path in (
        "products/new", f"products/{tea}", f"products/{tea}/archive", f"products/{tea}/restore", f"products/{tea}/bundle",
        f"products/{tea}/prices", "price-lists/new", f"price-lists/{usual}", f"price-lists/{usual}/prices",
    ):  # fmt: skip
        assert (await staff.post(f"/x/sales/{path}")).status_code == 404


async def test_shop_keeps_products_by_program(as_program: Any) -> None:
    shop = await as_program("sales.read", "sales.manage", role="owner")
    made = await shop.post("/api/v1/x/sales/products", json={"sku": "T-1", "name": "Tea", "tax_rate": 700})
    assert made.status_code == 201
    where = f"/api/v1/x/sales/products/{made.json()['id']}"
    again = await shop.post("/api/v1/x/sales/products", json={"sku": "T-1", "name": "Other"})
    assert again.status_code == 422
    changed = await shop.change(where, {"name": "Black tea", "archived": True}, made.json()["etag"])
    assert (changed.status_code, changed.json()["name"], changed.json()["archived"]) == (200, "Black tea", True)
    lists = [
        (await shop.get(f"/api/v1/x/sales/products?{query}")).json()["items"] for query in ("q=tea", "archived=true")
    ]
    assert [[one["sku"] for one in items] for items in lists] == [[], ["T-1"]]
