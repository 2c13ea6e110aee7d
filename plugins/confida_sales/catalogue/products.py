"""Products, their variants and bundles, and what they cost on which list. Nothing here is about people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from confida_core.api import (
    LARGEST_AMOUNT,
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    Row,
    UniqueViolation,
    minor_digits,
    new_id,
)
from confida_sales.totals import RATE_PARTS, UNTAXED

LONGEST = {"sku": 60, "name": 200, "description": 5_000, "unit": 20}
MOST_MONTHS = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductDraft:
    """tax_rate: hundredths of a percent. recurs_months: 0 for bought once, 1 for monthly, 12 for yearly."""

    sku: str
    name: str
    description: str = ""
    unit: str = ""
    variant_of: UUID | None = None
    tax_category: str = "S"
    tax_rate: int = 0
    recurs_months: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class BundlePart:
    """quantity: thousandths of the product in one bundle."""

    product_id: UUID
    quantity: int


async def product(crm: Installation, product_id: UUID) -> Row:
    """Raises NotFound."""
    rows = await crm.data.fetch("SELECT * FROM sales_product WHERE id = ?", product_id)
    if not rows:
        raise NotFound
    return rows[0]


async def products(crm: Installation, words: str = "", limit: int = 50, after: str = "") -> list[Row]:
    """In use, by SKU, from the one after `after` on. words: found anywhere in name or SKU, whatever their case."""
    wanted = f"%{words.strip().lower().replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    return await crm.data.fetch(
        "SELECT * FROM sales_product WHERE archived = ? AND sku > ? AND (lower(name) LIKE ? ESCAPE '!' "
        "OR lower(sku) LIKE ? ESCAPE '!') ORDER BY sku LIMIT ?",
        False, after, wanted, wanted, limit,
    )  # fmt: skip


async def save_product(crm: Installation, access: Access, draft: ProductDraft, product_id: UUID | None = None) -> UUID:
    """Make a product, or put this in the place of what it was; returns its id. Raises Forbidden, NotFound, InvalidContent."""
    access.actor.require("sales.manage")
    await check_product(crm, draft, product_id)
    values = (
        draft.sku.strip(), draft.name.strip(), draft.description.strip(), draft.unit.strip(), draft.variant_of,
        draft.tax_category, draft.tax_rate, draft.recurs_months,
    )  # fmt: skip
    try:
        if product_id is None:
            product_id = new_id()
            await crm.data.fetch(
                "INSERT INTO sales_product (sku, name, description, unit, variant_of, tax_category, tax_rate, recurs_months, "
                "id, archived) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *values, product_id, False,
            )  # fmt: skip
        elif not await crm.data.fetch(
            "UPDATE sales_product SET sku = ?, name = ?, description = ?, unit = ?, variant_of = ?, tax_category = ?, "
            "tax_rate = ?, recurs_months = ? WHERE id = ? RETURNING id",
            *values, product_id,
        ):  # fmt: skip
            raise NotFound
    except UniqueViolation:
        raise InvalidContent({"sku": "Another product has this number already."}) from None
    return product_id


async def check_product(crm: Installation, draft: ProductDraft, product_id: UUID | None) -> None:
    """Raises InvalidContent naming every field that is wrong."""
    errors = {
        name: f"At most {most} characters, please."
        for name, most in LONGEST.items()
        if len(getattr(draft, name)) > most
    }
    errors |= {name: "Please fill this in." for name in ("sku", "name") if not getattr(draft, name).strip()}
    taxed = draft.tax_category == "S"
    if not (taxed or draft.tax_category in UNTAXED) or not 0 <= draft.tax_rate <= (RATE_PARTS if taxed else 0):
        errors["tax"] = "Please choose one of the taxes."
    if not 0 <= draft.recurs_months <= MOST_MONTHS:
        errors["recurs_months"] = f"From 0 to {MOST_MONTHS} months."
    if draft.variant_of is not None and not await may_be_variant(crm, draft.variant_of, product_id):
        errors["variant_of"] = "A variant belongs to a product that is no variant itself."
    if errors:
        raise InvalidContent(errors)


async def may_be_variant(crm: Installation, of: UUID, product_id: UUID | None) -> bool:
    """One level deep: a product with variants is none, and a variant has none."""
    rows = await crm.data.fetch("SELECT variant_of FROM sales_product WHERE id = ?", of)
    if not rows or rows[0]["variant_of"] is not None or of == product_id:
        return False
    own = await crm.data.fetch("SELECT id FROM sales_product WHERE variant_of = ? LIMIT 1", product_id)
    return not own


async def archive_product(crm: Installation, access: Access, product_id: UUID) -> None:
    """Nobody is offered it any more; what was sold stays. Raises Forbidden, NotFound."""
    access.actor.require("sales.manage")
    if not await crm.data.fetch("UPDATE sales_product SET archived = ? WHERE id = ? RETURNING id", True, product_id):
        raise NotFound


async def save_bundle(crm: Installation, access: Access, bundle_id: UUID, parts: Sequence[BundlePart]) -> None:
    """What one bundle holds; nothing makes it a plain product again. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("sales.manage")
    await product(crm, bundle_id)
    ids = [part.product_id for part in parts]
    known = await among(crm, "SELECT id FROM sales_product WHERE id", ids)
    nested = await among(crm, "SELECT bundle_id FROM sales_bundle_item WHERE bundle_id", ids)
    if len(set(ids)) != len(ids) or len(known) != len(ids) or bundle_id in ids or nested:
        raise InvalidContent({"parts": "Each part is another product, once, and no bundle itself."})
    if any(part.quantity <= 0 for part in parts):
        raise InvalidContent({"parts": "More than nothing of each part, please."})
    async with crm.data.transaction():
        await crm.data.fetch("DELETE FROM sales_bundle_item WHERE bundle_id = ?", bundle_id)
        await crm.data.execute_many(
            "INSERT INTO sales_bundle_item (id, bundle_id, product_id, quantity) VALUES (?, ?, ?, ?)",
            [(new_id(), bundle_id, part.product_id, part.quantity) for part in parts],
        )


async def among(crm: Installation, query: str, ids: Sequence[UUID]) -> list[Row]:
    """The query's rows whose column, its last word, is one of these."""
    return await crm.data.fetch(f"{query} IN ({', '.join('?' * len(ids))})", *ids) if ids else []


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceListDraft:
    """valid_from, valid_until: both ends count; None is without end. standard: used where nobody chose another."""

    name: str
    currency: str
    valid_from: date | None = None
    valid_until: date | None = None
    standard: bool = False


async def save_price_list(
    crm: Installation, access: Access, draft: PriceListDraft, list_id: UUID | None = None
) -> UUID:
    """Returns its id. The newest standard list of a currency takes the place of the one before. Raises Forbidden, NotFound, InvalidContent."""
    access.actor.require("sales.manage")
    check_price_list(draft)
    values = (draft.name.strip(), draft.currency, draft.valid_from, draft.valid_until, draft.standard)
    async with crm.data.transaction():
        if draft.standard:
            await crm.data.fetch("UPDATE sales_price_list SET standard = ? WHERE currency = ?", False, draft.currency)
        if list_id is None:
            list_id = new_id()
            await crm.data.fetch(
                "INSERT INTO sales_price_list (name, currency, valid_from, valid_until, standard, id) VALUES (?, ?, ?, ?, ?, ?)",
                *values, list_id,
            )  # fmt: skip
        elif not await crm.data.fetch(
            "UPDATE sales_price_list SET name = ?, currency = ?, valid_from = ?, valid_until = ?, standard = ? WHERE id = ? "
            "RETURNING id",
            *values, list_id,
        ):  # fmt: skip
            raise NotFound
    return list_id


def check_price_list(draft: PriceListDraft) -> None:
    errors = {} if 1 <= len(draft.name.strip()) <= 80 else {"name": "Please give it a name."}
    try:
        minor_digits(draft.currency)
    except InvalidAmount as wrong:
        errors["currency"] = str(wrong)
    if draft.valid_from and draft.valid_until and draft.valid_until < draft.valid_from:
        errors["valid_until"] = "This is before it begins."
    if errors:
        raise InvalidContent(errors)


async def set_price(
    crm: Installation, access: Access, list_id: UUID, product_id: UUID, price: int | None, *, from_quantity: int = 0
) -> None:
    """price: minor units for one, without tax; None takes it off the list. from_quantity: thousandths.

    Raises Forbidden, NotFound and InvalidContent.
    """
    access.actor.require("sales.manage")
    await product(crm, product_id)
    if not await crm.data.fetch("SELECT id FROM sales_price_list WHERE id = ?", list_id):
        raise NotFound
    if (price is not None and not 0 <= price <= LARGEST_AMOUNT // 1_000) or from_quantity < 0:
        raise InvalidContent({"price": "This price is too large, or less than nothing."})
    async with crm.data.transaction():
        await crm.data.fetch(
            "DELETE FROM sales_price WHERE list_id = ? AND product_id = ? AND from_quantity = ?",
            list_id, product_id, from_quantity,
        )  # fmt: skip
        if price is not None:
            await crm.data.fetch(
                "INSERT INTO sales_price (id, list_id, product_id, from_quantity, price) VALUES (?, ?, ?, ?, ?)",
                new_id(), list_id, product_id, from_quantity, price,
            )  # fmt: skip


async def price_of(
    crm: Installation, product_id: UUID, quantity: int, *, currency: str, day: date, list_id: UUID | None = None
) -> int | None:
    """As `prices_of`, for one."""
    return (await prices_of(crm, [(product_id, quantity)], currency=currency, day=day, list_id=list_id))[0]


async def prices_of(
    crm: Installation, wanted: Sequence[tuple[UUID, int]], *, currency: str, day: date, list_id: UUID | None = None
) -> list[int | None]:
    """Minor units for one of each (product, quantity in thousandths); None if no list that holds on the day has a price.

    list_id: of the list that was chosen; where it has none, and without it, the standard list of the currency counts.
    A variant without a price of its own costs what its product does. One query.
    """
    ids = list(dict.fromkeys(product_id for product_id, _ in wanted))
    if not ids:
        return []
    rows = await crm.data.fetch(
        "SELECT p.price, p.product_id, p.from_quantity, l.id AS list_id, v.id AS asked FROM sales_product v "
        "JOIN sales_price p ON p.product_id = v.id OR p.product_id = v.variant_of "
        "JOIN sales_price_list l ON l.id = p.list_id "
        f"WHERE v.id IN ({', '.join('?' * len(ids))}) AND l.currency = ? AND (l.standard = ? OR l.id = ?) "
        "AND (l.valid_from IS NULL OR l.valid_from <= ?) AND (l.valid_until IS NULL OR l.valid_until >= ?) "
        "ORDER BY p.from_quantity DESC",
        *ids, currency, True, list_id or ids[0], day, day,
    )  # fmt: skip
    return [best_price(rows, product_id, quantity, list_id) for product_id, quantity in wanted]


def best_price(rows: Sequence[Row], product_id: UUID, quantity: int, list_id: UUID | None) -> int | None:
    """rows: the largest quantity first. The chosen list goes before the standard one, the variant before its product."""
    fitting = [row for row in rows if row["asked"] == product_id and row["from_quantity"] <= quantity]
    ranked = sorted(fitting, key=lambda row: (row["list_id"] != list_id, row["product_id"] != product_id))
    return int(ranked[0]["price"]) if ranked else None
