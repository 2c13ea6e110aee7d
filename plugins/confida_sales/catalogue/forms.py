"""What the forms of products and price lists post, read into what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import (
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    Row,
    read_amount,
    read_number,
    shown_amount,
)
from confida_sales.catalogue.pages import PriceRow
from confida_sales.catalogue.products import BundlePart, PriceListDraft, ProductDraft
from confida_sales.catalogue.shelf import product_named
from confida_sales.papers_shown import plain_number, read_id
from confida_web.api import FormData


def product_draft(values: Mapping[str, str]) -> ProductDraft:
    """Whether it may be is for `save_product` to say, which takes the fields by the same names."""
    category, _, rate = values["tax"].partition("-")
    whole = values["recurs"].isascii() and values["recurs"].isdigit() and len(values["recurs"]) <= 3
    return ProductDraft(
        sku=values["sku"],
        name=values["name"],
        description=values["description"],
        unit=values["unit"],
        variant_of=read_id(values["variant_of"]),
        tax_category=category[:2],
        tax_rate=int(rate) if rate.isascii() and rate.isdigit() and len(rate) <= 5 else -1,
        recurs_months=int(values["recurs"]) if whole else -1,
    )


async def read_parts(crm: Installation, typed: Sequence[tuple[str, str]], locale: str) -> list[BundlePart]:
    """(number or name of a product, quantity) as typed; empty rows are passed over. Raises InvalidContent."""
    found = []
    for name, quantity in typed:
        if not name.strip():
            continue
        product_id = await product_named(crm, name)
        if product_id is None:
            raise InvalidContent({"parts": "Each part is named by the number of a product."})
        try:
            found.append(BundlePart(product_id=product_id, quantity=read_number(quantity or "1", 3, locale)))
        except InvalidAmount as wrong:
            raise InvalidContent({"parts": str(wrong)}) from None
    return found


async def read_price(crm: Installation, form: FormData, list_id: UUID, locale: str) -> tuple[int | None, int]:
    """(price in minor units, from so many thousandths on); None takes it off. Raises InvalidContent and NotFound."""
    rows = await crm.data.fetch("SELECT currency FROM sales_price_list WHERE id = ?", list_id)
    if not rows:
        raise NotFound
    errors = {}
    price = from_quantity = 0
    try:
        from_quantity = read_number(form.get("from_quantity") or "0", 3, locale)
    except InvalidAmount as wrong:
        errors["from_quantity"] = str(wrong)
    if form.flag("remove"):
        return None, from_quantity
    try:
        price = read_amount(form.get("price"), rows[0]["currency"], locale)
    except InvalidAmount as wrong:
        errors["price"] = str(wrong)
    if errors:
        raise InvalidContent(errors)
    return price, from_quantity


def price_list_draft(form: FormData) -> PriceListDraft:
    """Raises InvalidContent for days that are none."""
    errors: dict[str, str] = {}

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(form.get(name)) if form.get(name) else None
        except ValueError:
            errors[name] = "Please write the day as 2026-12-31."
            return None

    draft = PriceListDraft(
        name=form.get("name"),
        currency=form.get("currency").strip().upper(),
        valid_from=day("valid_from"),
        valid_until=day("valid_until"),
        standard=form.flag("standard"),
    )
    if errors:
        raise InvalidContent(errors)
    return draft


def price_rows(prices: Sequence[Row], locale: str, *, of_list: Row | None = None) -> tuple[PriceRow, ...]:
    """of_list: the list whose prices these are; else they are of one product, on several lists."""
    return tuple(price_row(one, locale, of_list) for one in prices)


def price_row(one: Row, locale: str, of_list: Row | None) -> PriceRow:
    step = plain_number(one["from_quantity"], 3, locale)
    fields: dict[str, Any] = {"from_quantity": step, "remove": "yes"}
    if of_list is None:
        href, label, currency = f"/x/sales/price-lists/{one['list_id']}", one["name"], one["currency"]
        fields["list"] = str(one["list_id"])
    else:
        href, label = f"/x/sales/products/{one['product_id']}", f"{one['name']} ({one['sku']})"
        currency = of_list["currency"]
        fields["product"] = one["sku"]
    return PriceRow(
        label=label,
        href=href,
        from_quantity=step if one["from_quantity"] else "",
        price=shown_amount(one["price"], currency, locale),
        remove=fields,
    )
