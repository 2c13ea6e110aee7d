"""The pages of customers by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from confida_sales.bought.computing import Progress
from confida_sales.bought.customers import CustomerList
from confida_web.api import Option, Page, Tab


@dataclass(frozen=True, kw_only=True)
class CustomersPage(Page):
    """GET /x/sales/customers and /x/sales/customers/slipping. Posts to /x/sales/customers/compute.

    slipping: which of the two. next_href: of the following ones, "" at the end. progress: None if it was never computed.
    """

    template: ClassVar[str] = "sales/bought/customers.html"
    title: ClassVar[str] = "Customers"
    blocks: ClassVar[tuple[str, ...]] = ("progress",)

    heading: str
    slipping: bool
    tabs: tuple[Tab, ...]
    currency: str
    currencies: tuple[Option, ...]
    found: CustomerList
    next_href: str
    progress: Progress | None
    may_compute: bool
