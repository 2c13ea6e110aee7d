"""Products for programs, such as a shop that keeps them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from confida_core.api import Access, Installation, Row
from confida_sales.catalogue.products import ProductDraft, archive_product, product, save_product
from confida_sales.catalogue.shelf import restore_product, shelf
from confida_web.api import ApiResource, Entity, Given, ListPage, ListQuery, Parameter, open_place, seal_place

FIELDS = ("sku", "name", "description", "unit", "variant_of", "tax_category", "tax_rate", "recurs_months")
PLACE = "products of programs"


class ProductEntity(Entity, frozen=True, kw_only=True):
    """tax_rate: hundredths of a percent. recurs_months: 0 for bought once. archived: nobody is offered it any more."""

    sku: str
    name: str
    description: str
    unit: str
    variant_of: UUID | None
    tax_category: str
    tax_rate: int
    recurs_months: int
    archived: bool


class NewProduct(Given, frozen=True, kw_only=True):
    sku: Annotated[str, Meta(min_length=1, max_length=60)]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    description: Annotated[str, Meta(max_length=5_000)] = ""
    unit: Annotated[str, Meta(max_length=20)] = ""
    variant_of: UUID | None = None
    tax_category: Annotated[str, Meta(max_length=2)] = "S"
    tax_rate: Annotated[int, Meta(ge=0, le=10_000)] = 0
    recurs_months: Annotated[int, Meta(ge=0, le=120)] = 0


class ChangedProduct(NewProduct, frozen=True, kw_only=True):
    archived: bool = False


def entity(row: Row) -> ProductEntity:
    return ProductEntity(
        id=row["id"], version=1, archived=bool(row["archived"]), **{name: row[name] for name in FIELDS}
    )


async def list_items(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """By SKU. Raises Forbidden and InvalidCursor."""
    after = open_place(crm, PLACE, query.cursor, tuple[str])[0] if query.cursor else ""
    archived = bool(query.given.get("archived", False))
    rows = await shelf(crm, access, query.words, archived=archived, after=after, limit=query.limit + 1)
    more, rows = len(rows) > query.limit, rows[: query.limit]
    return ListPage(items=[entity(row) for row in rows], next=seal_place(crm, PLACE, [rows[-1]["sku"]]) if more else "")


async def get_item(crm: Installation, access: Access, product_id: UUID) -> ProductEntity:
    access.actor.require("sales.read")
    return entity(await product(crm, product_id))


def draft_of(given: Any) -> ProductDraft:
    return ProductDraft(**{name: getattr(given, name) for name in FIELDS})


async def create_item(crm: Installation, access: Access, given: NewProduct) -> UUID:
    return await save_product(crm, access, draft_of(given))


async def change_item(crm: Installation, access: Access, product_id: UUID, given: ChangedProduct, _seen: int) -> None:
    """A product has no versions: whoever writes last is right, as on its page; the framework compared what is shown before."""
    await save_product(crm, access, draft_of(given), product_id)
    if given.archived != bool((await product(crm, product_id))["archived"]):
        await (archive_product if given.archived else restore_product)(crm, access, product_id)


API_RESOURCES = (
    ApiResource(
        key="products",
        label="Products",
        summary="What is sold, with its tax and how often it is charged.",
        read="sales.read",
        write="sales.manage",
        shape=ProductEntity,
        new_shape=NewProduct,
        change_shape=ChangedProduct,
        list_items=list_items,
        get_item=get_item,
        create_item=create_item,
        change_item=change_item,
        words=True,
        parameters=(
            Parameter(name="archived", type="boolean", description="Those that are put away, instead of those in use."),
        ),
        example={"sku": "T-100", "name": "Green tea", "unit": "box", "tax_rate": 700},
    ),
)
