"""The tables of what is sold, and for how much."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Date, Integer, Text, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Product(Table, tablename="sales_product", db=DATA):
    """variant_of: the product this is a variant of. tax_rate: hundredths of a percent. recurs_months: 0 for bought once."""

    id = UUID(primary_key=True)
    sku = Varchar(length=60, unique=True)
    name = Varchar(length=200)
    description = Text()
    unit = Varchar(length=20)
    variant_of = UUID(null=True, default=None, index=True)
    tax_category = Varchar(length=2)
    tax_rate = Integer()
    recurs_months = Integer()
    archived = Boolean(default=False)


class BundleItem(Table, tablename="sales_bundle_item", db=DATA):
    """quantity: thousandths of the product in one bundle."""

    id = UUID(primary_key=True)
    bundle_id = UUID(index=True)
    product_id = UUID()
    quantity = Integer()


class PriceList(Table, tablename="sales_price_list", db=DATA):
    """standard: used where nobody chose another one of the currency."""

    id = UUID(primary_key=True)
    name = Varchar(length=80)
    currency = Varchar(length=3)
    valid_from = Date(null=True, default=None)
    valid_until = Date(null=True, default=None)
    standard = Boolean(default=False)


class Price(Table, tablename="sales_price", db=DATA):
    """price: minor units for one, without tax, from so many thousandths on."""

    id = UUID(primary_key=True)
    list_id = UUID(index=True)
    product_id = UUID(index=True)
    from_quantity = Integer()
    price = BigInt()
