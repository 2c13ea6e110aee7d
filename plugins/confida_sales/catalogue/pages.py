"""What the pages of products and price lists show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from confida_web.api import Option, Page, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductRow:
    """price: shown, "" where the standard list has none. rhythm: "" for sold once. parts: of a bundle."""

    href: str
    sku: str
    name: str
    price: str
    tax: str
    rhythm: str
    variant: bool
    parts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceRow:
    """One price. label: of the list, or the product. remove: fields of the form that takes it off."""

    label: str
    href: str
    from_quantity: str
    price: str
    remove: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkRow:
    href: str
    label: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class ProductsPage(Page):
    template: ClassVar[str] = "sales/catalogue/products.html"
    title: ClassVar[str] = "Products"
    blocks: ClassVar[tuple[str, ...]] = ("list",)
    q: str
    archived: bool
    tabs: tuple[Tab, ...]
    rows: tuple[ProductRow, ...]
    more_href: str | None
    may_manage: bool


@dataclass(frozen=True, kw_only=True)
class ProductPage(Page):
    """A product and its form; new where `href` is "". values: of the form, as typed. parts: (product, quantity) of a bundle."""

    template: ClassVar[str] = "sales/catalogue/product.html"
    title: ClassVar[str] = "Product"
    href: str
    action: str
    values: Mapping[str, str]
    taxes: tuple[Option, ...]
    rhythms: tuple[Option, ...]
    may_manage: bool
    archived: bool = False
    parent: LinkRow | None = None
    variants: tuple[LinkRow, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    prices: tuple[PriceRow, ...] = ()
    price_lists: tuple[Option, ...] = ()
    products: tuple[tuple[str, str], ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceListRow:
    href: str
    name: str
    currency: str
    valid_from: date | None
    valid_until: date | None
    standard: bool
    prices: int


@dataclass(frozen=True, kw_only=True)
class PriceListsPage(Page):
    template: ClassVar[str] = "sales/catalogue/price_lists.html"
    title: ClassVar[str] = "Price lists"
    rows: tuple[PriceListRow, ...]
    may_manage: bool


@dataclass(frozen=True, kw_only=True)
class PriceListPage(Page):
    """A price list and its form; new where `href` is ""."""

    template: ClassVar[str] = "sales/catalogue/price_list.html"
    title: ClassVar[str] = "Price list"
    href: str
    action: str
    values: Mapping[str, str]
    currencies: tuple[str, ...]
    may_manage: bool
    prices: tuple[PriceRow, ...] = ()
    products: tuple[tuple[str, str], ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ImportPage(Page):
    """Products from a file. rows: (row of the file, what is wrong with it); 0 is the whole file."""

    template: ClassVar[str] = "sales/catalogue/import.html"
    title: ClassVar[str] = "Products from a file"
    rows: tuple[tuple[int, str], ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
