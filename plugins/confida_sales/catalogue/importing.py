"""Products from a CSV file: all of it or nothing, so that a file can be mended and sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    UnreadableFile,
    read_amount,
    read_named_columns,
    read_number,
)
from confida_sales.catalogue.products import ProductDraft, save_product, set_price
from confida_sales.totals import UNTAXED

MOST_ROWS = 2_000
MOST_ERRORS = 50
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sku": ("sku", "number", "item number", "nummer", "artikelnummer"),
    "name": ("name", "product", "title", "bezeichnung", "produkt"),
    "description": ("description", "beschreibung"),
    "unit": ("unit", "einheit"),
    "tax": ("tax", "vat", "tax rate", "steuer", "mwst"),
    "months": ("months", "recurs", "monate"),
    "price": ("price", "net price", "preis", "nettopreis"),
}
"""Our name of a column -> what its head may say, in any case."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedProduct:
    """row: as the file counts, its head being 1. price: minor units of the list's currency; None leaves prices as they are."""

    row: int
    draft: ProductDraft
    price: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """list_id: where prices go; None where there is no standard list of the currency."""

    currency: str
    list_id: UUID | None
    usual_tax: int


class UnreadableProducts(Exception):
    """errors: (row, sentence), at most fifty; row 0 is the whole file."""

    def __init__(self, errors: Sequence[tuple[int, str]]) -> None:
        super().__init__("the file has rows that cannot be products")
        self.errors = tuple(errors[:MOST_ERRORS])


def read_products(content: bytes, locale: str, target: Target) -> list[ImportedProduct]:
    """Raises UnreadableProducts, naming every row that is wrong."""
    try:
        table = read_named_columns(content, COLUMNS, MOST_ROWS)
    except UnreadableFile as wrong:
        raise UnreadableProducts([(0, str(wrong))]) from None
    if not {"sku", "name"} <= table.columns:
        raise UnreadableProducts([(1, "There must be a column “number” and a column “name”.")])
    found, errors = list[ImportedProduct](), [(one.row, one.reason) for one in table.errors]
    for row in table.rows:
        try:
            found.append(product_of(row.number, row.values, locale, target))
        except InvalidAmount as wrong:
            errors.append((row.number, str(wrong)))
    errors += repeated(found)
    if errors or not found:
        raise UnreadableProducts(errors or [(0, "There is no product in this file.")])
    return found


def repeated(products: Sequence[ImportedProduct]) -> list[tuple[int, str]]:
    first: dict[str, int] = {}
    rows = [(one.row, first.setdefault(one.draft.sku, one.row)) for one in products]
    return [(row, f"Row {before} has this number already.") for row, before in rows if row != before]


def product_of(row: int, values: Mapping[str, str], locale: str, target: Target) -> ImportedProduct:
    category, rate = tax_of(values.get("tax", ""), locale, target)
    months, price = values.get("months", ""), values.get("price", "")
    if price and target.list_id is None:
        raise InvalidAmount(f"There is no standard price list in {target.currency} to put this price on.")
    draft = ProductDraft(
        sku=values["sku"],
        name=values["name"],
        description=values.get("description", ""),
        unit=values.get("unit", ""),
        tax_category=category,
        tax_rate=rate,
        recurs_months=read_number(months, 0, locale) if months else 0,
    )
    return ImportedProduct(row=row, draft=draft, price=read_amount(price, target.currency, locale) if price else None)


def tax_of(typed: str, locale: str, target: Target) -> tuple[str, int]:
    """A percentage, or one of the codes of UNCL 5305."""
    if not typed:
        return "S", target.usual_tax
    if typed.upper() in UNTAXED:
        return typed.upper(), 0
    return "S", read_number(typed.removesuffix("%"), 2, locale)


async def store_products(
    crm: Installation, access: Access, products: Sequence[ImportedProduct], target: Target
) -> tuple[int, int]:
    """(made, changed), by their number; all or nothing. Raises Forbidden and UnreadableProducts."""
    access.actor.require("sales.manage")
    rows = await crm.data.fetch("SELECT id, sku, variant_of FROM sales_product")
    known = {row["sku"]: row for row in rows}
    made, errors = 0, list[tuple[int, str]]()
    async with crm.data.transaction():
        for one in products:
            before = known.get(one.draft.sku)
            try:
                await store_product(crm, access, one, target, before)
            except (InvalidContent, NotFound) as wrong:
                said = (
                    " ".join(wrong.errors.values()) if isinstance(wrong, InvalidContent) else "The price list is gone."
                )
                errors.append((one.row, said))
                if isinstance(wrong, InvalidContent) and "sku" in wrong.errors:
                    # The database said so, because somebody made it just now; in this transaction it answers nothing more.
                    break
            made += before is None
        if errors:
            # Leaving by an exception takes back what was stored before the first row that is wrong.
            raise UnreadableProducts(errors)
    return made, len(products) - made


async def store_product(
    crm: Installation, access: Access, one: ImportedProduct, target: Target, before: Mapping[str, UUID] | None
) -> None:
    draft = one.draft
    if before is not None and before["variant_of"] is not None:
        draft = replace(draft, variant_of=before["variant_of"])
    product_id = await save_product(crm, access, draft, before["id"] if before else None)
    if one.price is not None and target.list_id is not None:
        await set_price(crm, access, target.list_id, product_id, one.price)
