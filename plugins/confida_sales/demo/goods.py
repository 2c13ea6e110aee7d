"""What the invented organisation sells."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, Installation
from confida_sales.catalogue.products import (
    BundlePart,
    PriceListDraft,
    ProductDraft,
    save_bundle,
    save_price_list,
    save_product,
    set_price,
)

CURRENCY, PRICES = "EUR", "Prices of the demonstration"
MARK = "DEMO-"
"""SKUs of invented products begin with it, so that they can be found again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Good:
    """price: minor units. after: SKUs of what people often buy with it or after it."""

    sku: str
    name: str
    price: int
    rate: int = 1_900
    unit: str = "piece"
    recurs_months: int = 0
    variant_of: str = ""
    parts: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


GOODS = (
    Good(sku="BED", name="Raised bed kit", price=189_00, after=("SOIL", "SEEDS", "TOOLS")),
    Good(sku="BED-L", name="Raised bed kit, large", price=259_00, variant_of="BED", after=("SOIL", "SEEDS")),
    Good(sku="SOIL", name="Compost, 60 litres", price=14_90, rate=700, unit="bag"),
    Good(sku="SEEDS", name="Seed box for a year", price=39_00, rate=700, unit="box"),
    Good(sku="TOOLS", name="Hand tools, set of five", price=74_50, unit="set", after=("SHARPEN",)),
    Good(sku="SHARPEN", name="Sharpening of tools", price=22_00, unit="set"),
    Good(sku="COURSE", name="Course: a garden in a day", price=95_00, unit="person", after=("BOOK", "SEEDS")),
    Good(sku="BOOK", name="Handbook of the vegetable year", price=28_00, rate=700, unit="copy"),
    Good(sku="PLAN", name="Planning of a garden on site", price=340_00, unit="visit", after=("BED", "CARE")),
    Good(sku="CARE", name="Care of the garden, monthly", price=120_00, unit="month", recurs_months=1),
    Good(sku="START", name="Everything to begin with", price=299_00, unit="set", parts=("BED", "SOIL", "SEEDS", "TOOLS")),
)  # fmt: skip
BY_SKU = {good.sku: good for good in GOODS}


async def stock(crm: Installation, access: Access) -> dict[str, UUID]:
    """Makes them, with a list of prices; ids by SKU without its mark."""
    list_id = await save_price_list(crm, access, PriceListDraft(name=PRICES, currency=CURRENCY, standard=True))
    made: dict[str, UUID] = {}
    for good in GOODS:
        draft = ProductDraft(
            sku=MARK + good.sku,
            name=good.name,
            unit=good.unit,
            variant_of=made.get(good.variant_of),
            tax_rate=good.rate,
            recurs_months=good.recurs_months,
        )
        made[good.sku] = await save_product(crm, access, draft)
        await set_price(crm, access, list_id, made[good.sku], good.price)
        if good.price < 50_00:
            await set_price(crm, access, list_id, made[good.sku], good.price * 9 // 10, from_quantity=10_000)
        if good.parts:
            parts = [BundlePart(product_id=made[sku], quantity=1_000) for sku in good.parts]
            await save_bundle(crm, access, made[good.sku], parts)
    return made
