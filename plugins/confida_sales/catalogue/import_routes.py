"""Products from a file."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from confida_core.api import plugin_settings
from confida_sales.catalogue.importing import Target, UnreadableProducts, read_products, store_products
from confida_sales.catalogue.pages import ImportPage
from confida_sales.papers_choices import rates
from confida_sales.papers_form import reader_of
from confida_sales.settings import SalesSettings
from confida_web.api import Toast, access_for, ngettext, page, parse_form, redirect

HOME = "/x/sales/products/import"


@get(HOME, permission="sales.manage")
async def choose_file(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, ImportPage())


@post(HOME, permission="sales.manage", status_code=200)
async def import_products(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    files = (await parse_form(request)).files_of("file")
    if not files:
        return page(request, ImportPage(errors={"file": "Please choose a file."}), status=422)
    target = await target_of(request)
    try:
        products = read_products(files[0].saved, reader_of(request).locale, target)
        made, changed = await store_products(crm, access_for(request, "relationship"), products, target)
    except UnreadableProducts as wrong:
        return page(request, ImportPage(rows=wrong.errors), status=422)
    said = ngettext("%(num)s new product", "%(num)s new products", made)
    return redirect(request, "/x/sales/products", Toast(message=f"{said}, {changed} changed."))


async def target_of(request: Request[Any, Any, Any]) -> Target:
    settings = await plugin_settings(request.state.crm, SalesSettings)
    rows = await request.state.crm.data.fetch(
        "SELECT id FROM sales_price_list WHERE standard = ? AND currency = ?", True, settings.currency
    )
    return Target(
        currency=settings.currency,
        list_id=rows[0]["id"] if rows else None,
        usual_tax=next(iter(rates(settings)), 0),
    )


ROUTES = (choose_file, import_products)
