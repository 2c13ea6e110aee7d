"""Products and price lists as they are looked at: what belongs to one product, what stands on one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, Installation, NotFound, Row
from confida_sales.catalogue.products import product


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeProduct:
    """parts: (quantity, sku, name) of a bundle. prices: with the name and currency of their list, steps in order."""

    row: Row
    parent: Row | None
    variants: Sequence[Row]
    parts: Sequence[Row]
    prices: Sequence[Row]


async def whole_product(crm: Installation, access: Access, product_id: UUID) -> WholeProduct:
    """Raises Forbidden and NotFound. Four or five queries."""
    access.actor.require("sales.read")
    row = await product(crm, product_id)
    return WholeProduct(
        row=row,
        parent=await product(crm, row["variant_of"]) if row["variant_of"] else None,
        variants=await crm.data.fetch(
            "SELECT id, sku, name, archived FROM sales_product WHERE variant_of = ? ORDER BY sku", product_id
        ),
        parts=await crm.data.fetch(
            "SELECT b.product_id, b.quantity, p.sku, p.name FROM sales_bundle_item b "
            "JOIN sales_product p ON p.id = b.product_id WHERE b.bundle_id = ? ORDER BY p.sku",
            product_id,
        ),
        prices=await crm.data.fetch(
            "SELECT p.list_id, p.from_quantity, p.price, l.name, l.currency FROM sales_price p "
            "JOIN sales_price_list l ON l.id = p.list_id WHERE p.product_id = ? ORDER BY l.name, l.id, p.from_quantity",
            product_id,
        ),
    )


async def shelf(
    crm: Installation, access: Access, words: str, *, archived: bool = False, after: str = "", limit: int = 50
) -> list[Row]:
    """By SKU, from the one after `after` on, with `parts` (how many products a bundle holds). One query. Raises Forbidden."""
    access.actor.require("sales.read")
    wanted = f"%{words.strip().lower().replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    return await crm.data.fetch(
        "SELECT p.*, (SELECT count(*) FROM sales_bundle_item b WHERE b.bundle_id = p.id) AS parts FROM sales_product p "
        "WHERE p.archived = ? AND p.sku > ? AND (lower(p.name) LIKE ? ESCAPE '!' OR lower(p.sku) LIKE ? ESCAPE '!') "
        "ORDER BY p.sku LIMIT ?",
        archived, after, wanted, wanted, limit,
    )  # fmt: skip


async def price_lists(crm: Installation, access: Access) -> list[Row]:
    """All, the standard ones first, with `prices`: how many stand on each. One query. Raises Forbidden."""
    access.actor.require("sales.read")
    return await crm.data.fetch(
        "SELECT l.*, (SELECT count(*) FROM sales_price p WHERE p.list_id = l.id) AS prices FROM sales_price_list l "
        "ORDER BY l.standard DESC, l.currency, l.name, l.id"
    )


async def price_list(crm: Installation, access: Access, list_id: UUID, limit: int = 500) -> tuple[Row, list[Row]]:
    """The list and what stands on it, by SKU and step. Two queries. Raises Forbidden and NotFound."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch("SELECT * FROM sales_price_list WHERE id = ?", list_id)
    if not rows:
        raise NotFound
    prices = await crm.data.fetch(
        "SELECT p.product_id, p.from_quantity, p.price, g.sku, g.name FROM sales_price p "
        "JOIN sales_product g ON g.id = p.product_id WHERE p.list_id = ? ORDER BY g.sku, p.from_quantity LIMIT ?",
        list_id, limit,
    )  # fmt: skip
    return rows[0], prices


async def restore_product(crm: Installation, access: Access, product_id: UUID) -> None:
    """It is offered again. Raises Forbidden and NotFound."""
    access.actor.require("sales.manage")
    if not await crm.data.fetch("UPDATE sales_product SET archived = ? WHERE id = ? RETURNING id", False, product_id):
        raise NotFound


async def product_named(crm: Installation, typed: str) -> UUID | None:
    """By its exact number or name, whatever the case; None if none or several have it."""
    word = typed.strip().lower()
    rows = await crm.data.fetch("SELECT id FROM sales_product WHERE lower(sku) = ?", word)
    if not rows:
        rows = await crm.data.fetch("SELECT id FROM sales_product WHERE lower(name) = ? LIMIT 2", word)
    return UUID(str(rows[0]["id"])) if len(rows) == 1 else None
