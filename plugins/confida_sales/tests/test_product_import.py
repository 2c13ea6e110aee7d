"""Products from a CSV file: all of it or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.api import Access
from confida_sales.catalogue.importing import Target, UnreadableProducts, read_products
from confida_sales.catalogue.products import PriceListDraft, ProductDraft, save_price_list, save_product

pytestmark = pytest.mark.anyio
NOWHERE = Target(currency="EUR", list_id=None, usual_tax=1_900)
GERMAN = "\ufeffNummer;Bezeichnung;MwSt;Monate\r\nT-1;Grüner Tee;7,5 %;\r\n;;;\r\nS-1;Pflege;;1\r\nX;Export;g;\r\n"


def test_file_is_read_as_spreadsheets_write_it() -> None:
    for content in (GERMAN.encode(), GERMAN.replace("\ufeff", "").encode("cp1252")):
        found = [(one.row, one.draft) for one in read_products(content, "de", NOWHERE)]
        assert found == [
            (2, ProductDraft(sku="T-1", name="Grüner Tee", tax_rate=750)),
            (4, ProductDraft(sku="S-1", name="Pflege", tax_rate=1_900, recurs_months=1)),
            (5, ProductDraft(sku="X", name="Export", tax_category="G")),
        ]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("", [0]),
        ("number,name\n", [0]),
        ("number,price\nT,1", [1]),
        ("number,name,tax\nT,Tea,much\nP,Pot,19\nC,Cup,x", [2, 4]),
        ("number,name,price\nT,Tea,5.00", [2]),
        ("number,name\nT,Tea\nP,Pot\nT,Other", [4]),
        ("number,name\n" + "T,Tea\n" * 2_001, [0]),
    ],
)
def test_rows_that_are_wrong_are_named(content: str, rows: list[int]) -> None:
    with pytest.raises(UnreadableProducts) as refused:
        read_products(content.encode(), "en", NOWHERE)
    assert [row for row, _ in refused.value.errors] == rows


async def test_file_makes_and_changes_products_or_does_nothing(client: Any, crm: Any, access: Access) -> None:
    usual = await save_price_list(crm, access, PriceListDraft(name="Usual", currency="EUR", standard=True))
    await save_product(crm, access, ProductDraft(sku="T-1", name="Tea"))

    async def stored() -> list[tuple[str, str]]:
        return [(row["sku"], row["name"]) for row in await crm.data.fetch("SELECT * FROM sales_product ORDER BY sku")]

    async def send(text: str) -> Any:
        return await client.post("/x/sales/products/import", files={"file": ("p.csv", text.encode(), "text/csv")})

    refused = await send("number,name,price\nP-1,Pot,5.00\nX,,1.00\n")
    assert (refused.status_code, "Row 3" in refused.text, await stored()) == (422, True, [("T-1", "Tea")])
    assert (await send("number,name,price\nP-1,Pot,5.00\nT-1,Green tea,\n")).status_code == 303
    assert await stored() == [("P-1", "Pot"), ("T-1", "Green tea")]
    prices = await crm.data.fetch("SELECT price FROM sales_price WHERE list_id = ?", usual)
    assert [row["price"] for row in prices] == [500]
    assert (await client.post("/x/sales/products/import")).status_code == 422
