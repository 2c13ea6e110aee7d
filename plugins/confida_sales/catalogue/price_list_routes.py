"""Price lists: per currency, for a time, with steps by quantity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, plugin_settings
from confida_sales.catalogue.forms import price_list_draft, price_rows, read_price
from confida_sales.catalogue.pages import PriceListPage, PriceListRow, PriceListsPage
from confida_sales.catalogue.products import products, save_price_list, set_price
from confida_sales.catalogue.shelf import price_list, price_lists, product_named
from confida_sales.papers_form import reader_of
from confida_sales.settings import SalesSettings
from confida_web.api import FormData, Toast, access_for, page, parse_form, redirect

PURPOSE = "relationship"
HOME = "/x/sales/price-lists"
FIELDS = ("name", "currency", "valid_from", "valid_until", "standard")


@get(HOME, permission="sales.read")
async def all_lists(request: Request[Any, Any, Any]) -> Response[Any]:
    rows = await price_lists(request.state.crm, access_for(request, PURPOSE))
    shown = tuple(
        PriceListRow(
            href=f"{HOME}/{row['id']}",
            name=row["name"],
            currency=row["currency"],
            valid_from=row["valid_from"],
            valid_until=row["valid_until"],
            standard=bool(row["standard"]),
            prices=row["prices"],
        )
        for row in rows
    )
    return page(request, PriceListsPage(rows=shown, may_manage=request.state.actor.may("sales.manage")))


@get(f"{HOME}/new", permission="sales.manage")
async def new_list(request: Request[Any, Any, Any]) -> Response[Any]:
    settings = await plugin_settings(request.state.crm, SalesSettings)
    values = dict.fromkeys(FIELDS, "") | {"currency": settings.currency}
    return page(request, await list_page(request, None, values))


async def list_page(
    request: Request[Any, Any, Any], list_id: UUID | None, values: Mapping[str, str] | None = None, **more: Any
) -> PriceListPage:
    """values: as typed, else as stored."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    shown: dict[str, Any] = {"href": "", "action": f"{HOME}/new"}
    settings = await plugin_settings(crm, SalesSettings)
    currencies = {settings.currency: None, "EUR": None, "CHF": None, "GBP": None, "USD": None}
    if list_id is not None:
        row, prices = await price_list(crm, access, list_id)
        shown = {
            "href": f"{HOME}/{list_id}",
            "action": f"{HOME}/{list_id}",
            "prices": price_rows(prices, reader_of(request).locale, of_list=row),
            "products": tuple((one["sku"], one["name"]) for one in await products(crm, limit=300)),
        }
        stored = {name: str(row[name] or "") for name in FIELDS} | {"standard": "yes" if row["standard"] else ""}
        values = {**stored, **(values or {})}
    return PriceListPage(
        values={"product": "", "from_quantity": "", "price": "", **(values or {})},
        currencies=tuple(currencies),
        may_manage=request.state.actor.may("sales.manage"),
        **shown,
        **more,
    )


@post(f"{HOME}/new", permission="sales.manage", status_code=200)
async def make_list(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved(request, None)


@get(f"{HOME}/{{list_id:uuid}}", permission="sales.read")
async def show_list(request: Request[Any, Any, Any], list_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await list_page(request, list_id))


@post(f"{HOME}/{{list_id:uuid}}", permission="sales.manage", status_code=200)
async def change_list(request: Request[Any, Any, Any], list_id: FromPath[UUID]) -> Response[Any]:
    return await saved(request, list_id)


async def saved(request: Request[Any, Any, Any], list_id: UUID | None) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    form = await parse_form(request)
    try:
        made = await save_price_list(crm, access, price_list_draft(form), list_id)
    except InvalidContent as wrong:
        values = {name: form.get(name) for name in FIELDS}
        return page(request, await list_page(request, list_id, values, errors=dict(wrong.errors)), status=422)
    return redirect(request, f"{HOME}/{made}", Toast(message="Saved."))


@post(f"{HOME}/{{list_id:uuid}}/prices", permission="sales.manage", status_code=200)
async def change_price(request: Request[Any, Any, Any], list_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    form = await parse_form(request)
    try:
        product_id = await chosen_product(request, form)
        price, from_quantity = await read_price(crm, form, list_id, reader_of(request).locale)
        await set_price(crm, access, list_id, product_id, price, from_quantity=from_quantity)
    except InvalidContent as wrong:
        values = {name: form.get(name) for name in ("product", "from_quantity", "price")}
        return page(request, await list_page(request, list_id, values, errors=dict(wrong.errors)), status=422)
    return redirect(request, f"{HOME}/{list_id}", Toast(message="Saved."))


async def chosen_product(request: Request[Any, Any, Any], form: FormData) -> UUID:
    found = await product_named(request.state.crm, form.get("product"))
    if found is None:
        raise InvalidContent({"product": "Please give the number of a product, or its whole name."})
    return found


ROUTES = (all_lists, new_list, make_list, show_list, change_list, change_price)
