"""Customers by value, and having it computed anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from confida_core.api import NotFound, plugin_settings
from confida_sales.bought.computing import JOBS, compute_now, progress_of
from confida_sales.bought.customers import Order, currencies, customers
from confida_sales.bought.pages import CustomersPage
from confida_sales.settings import SalesSettings
from confida_web.api import Option, Tab, Toast, access_for, page, redirect

PURPOSE = "relationship"
PLACE = "/x/sales/customers"
HEADINGS: dict[Order, str] = {"valuable": "Most valuable customers", "slipping": "Customers who slip away"}


@get(PLACE, permission="sales.read")
async def valuable_customers(request: Request[Any, Any, Any]) -> Response[Any]:
    return await shown(request, "valuable")


@get(f"{PLACE}/slipping", permission="sales.read")
async def slipping_customers(request: Request[Any, Any, Any]) -> Response[Any]:
    return await shown(request, "slipping")


async def shown(request: Request[Any, Any, Any], order: Order) -> Response[Any]:
    crm = request.state.crm
    known = await currencies(crm)
    usual = (await plugin_settings(crm, SalesSettings)).currency
    currency = request.query_params.get("currency", "") or (usual if usual in known or not known else known[0])
    found = await customers(crm, access_for(request, PURPOSE), order, currency, place_of(request))
    here = PLACE if order == "valuable" else f"{PLACE}/slipping"
    content = CustomersPage(
        heading=HEADINGS[order],
        slipping=order == "slipping",
        tabs=tuple(
            Tab(label=label, href=f"{href}?currency={currency}", current=href == here)
            for label, href in (("Most valuable", PLACE), ("Slipping away", f"{PLACE}/slipping"))
        ),
        currency=currency,
        currencies=tuple(Option(value=one, label=one, chosen=one == currency) for one in known),
        found=found,
        next_href=f"{here}?currency={currency}&after={found.following}" if found.following else "",
        progress=await progress_of(crm, "value"),
        may_compute=request.state.actor.may("sales.write"),
    )
    return page(request, content, block="progress")


def place_of(request: Request[Any, Any, Any]) -> UUID | None:
    """Raises NotFound for what is no id."""
    after = request.query_params.get("after", "")
    try:
        return UUID(after) if after else None
    except ValueError:
        raise NotFound from None


@post(f"{PLACE}/compute", permission="sales.write")
async def compute(request: Request[Any, Any, Any]) -> Response[Any]:
    access = access_for(request, PURPOSE)
    begun = [await compute_now(request.state.crm, access, key) for key in JOBS]
    return redirect(
        request, PLACE, Toast(message="It is being computed." if any(begun) else "It is under way already.")
    )


ROUTES = (valuable_customers, slipping_customers, compute)
