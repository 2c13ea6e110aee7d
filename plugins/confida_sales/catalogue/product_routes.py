"""Products: found, made, changed, put away; what they cost and what a bundle holds."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    InvalidContent,
    NotFound,
    plugin_settings,
    shown_amount,
)
from confida_sales.catalogue.forms import price_rows, product_draft, read_parts, read_price
from confida_sales.catalogue.pages import LinkRow, ProductPage, ProductRow, ProductsPage
from confida_sales.catalogue.products import (
    archive_product,
    prices_of,
    products,
    save_bundle,
    save_product,
    set_price,
)
from confida_sales.catalogue.shelf import WholeProduct, price_lists, restore_product, shelf, whole_product
from confida_sales.papers_choices import rhythm_label, rhythm_options, tax_options, usual_tax
from confida_sales.papers_form import reader_of
from confida_sales.papers_shown import plain_number, read_id, tax_label
from confida_sales.settings import SalesSettings
from confida_web.api import Option, Tab, Toast, access_for, page, parse_form, redirect

PURPOSE = "relationship"
ON_PAGE = 50
HOME = "/x/sales/products"
TEXTS = ("sku", "name", "description", "unit")


@get(HOME, permission="sales.read")
async def product_list(request: Request[Any, Any, Any]) -> Response[Any]:
    words, after = (str(request.query_params.get(name, ""))[:200] for name in ("q", "after"))
    archived = request.query_params.get("archived", "") == "yes"
    crm = request.state.crm
    found = await shelf(crm, access_for(request, PURPOSE), words, archived=archived, after=after, limit=ON_PAGE + 1)
    kept = {"q": words} if words else {}
    kept |= {"archived": "yes"} if archived else {}
    more = f"{HOME}?{urlencode(kept | {'after': found[ON_PAGE - 1]['sku']})}" if len(found) > ON_PAGE else None
    tabs = (
        Tab(label="In use", href=HOME, current=not archived),
        Tab(label="Put away", href=f"{HOME}?archived=yes", current=archived),
    )
    shown = ProductsPage(
        q=words,
        archived=archived,
        tabs=tabs,
        rows=await product_rows(request, found[:ON_PAGE]),
        more_href=more,
        may_manage=request.state.actor.may("sales.manage"),
    )
    return page(request, shown, block="list")


async def product_rows(request: Request[Any, Any, Any], found: list[Any]) -> tuple[ProductRow, ...]:
    reader = reader_of(request)
    currency = (await plugin_settings(request.state.crm, SalesSettings)).currency
    prices = await prices_of(
        request.state.crm, [(row["id"], 1_000) for row in found], currency=currency, day=reader.today
    )
    return tuple(
        ProductRow(
            href=f"{HOME}/{row['id']}",
            sku=row["sku"],
            name=row["name"],
            price="" if price is None else shown_amount(price, currency, reader.locale),
            tax=tax_label(row["tax_category"], row["tax_rate"], reader.locale),
            rhythm=rhythm_label(row["recurs_months"]) if row["recurs_months"] else "",
            variant=row["variant_of"] is not None,
            parts=row["parts"],
        )
        for row, price in zip(found, prices, strict=True)
    )


@get(f"{HOME}/new", permission="sales.manage")
async def new_product(request: Request[Any, Any, Any]) -> Response[Any]:
    settings = await plugin_settings(request.state.crm, SalesSettings)
    values = {"tax": usual_tax(settings), "recurs": "0"} | dict.fromkeys(TEXTS, "")
    parent_id = read_id(str(request.query_params.get("variant_of", "")))
    parent = await whole_product(request.state.crm, access_for(request, PURPOSE), parent_id) if parent_id else None
    if parent is not None:
        values |= values_of(parent) | {"sku": f"{parent.row['sku']}-", "variant_of": str(parent_id)}
    return page(request, await product_page(request, None, values))


def values_of(whole: WholeProduct) -> dict[str, str]:
    row = whole.row
    return {name: row[name] for name in TEXTS} | {
        "tax": f"{row['tax_category']}-{row['tax_rate']}",
        "recurs": str(row["recurs_months"]),
        "variant_of": str(row["variant_of"] or ""),
    }


async def product_page(
    request: Request[Any, Any, Any], whole: WholeProduct | None, values: Mapping[str, str], **more: Any
) -> ProductPage:
    crm, reader = request.state.crm, reader_of(request)
    settings = await plugin_settings(crm, SalesSettings)
    href = f"{HOME}/{whole.row['id']}" if whole else ""
    shown = {
        "href": href,
        "action": href or f"{HOME}/new",
        "values": {"variant_of": "", **values},
        "taxes": tax_options(settings, reader.locale, [values["tax"]]),
        "rhythms": rhythm_options([values["recurs"]]),
        "may_manage": request.state.actor.may("sales.manage"),
    }
    if whole is not None:
        shown |= await belongings(request, whole)
    return ProductPage(**{**shown, **more})


async def belongings(request: Request[Any, Any, Any], whole: WholeProduct) -> dict[str, Any]:
    crm, locale = request.state.crm, reader_of(request).locale
    lists = await price_lists(crm, access_for(request, PURPOSE))
    return {
        "archived": bool(whole.row["archived"]),
        "parent": link_to(whole.parent) if whole.parent else None,
        "variants": tuple(map(link_to, whole.variants)),
        "parts": tuple((part["sku"], plain_number(part["quantity"], 3, locale)) for part in whole.parts),
        "prices": price_rows(whole.prices, locale),
        "price_lists": tuple(Option(value=str(one["id"]), label=f"{one['name']} ({one['currency']})") for one in lists),
        "products": tuple((one["sku"], one["name"]) for one in await products(crm, limit=300)),
    }


def link_to(row: Any) -> LinkRow:
    return LinkRow(href=f"{HOME}/{row['id']}", label=row["name"], detail=row["sku"])


@post(f"{HOME}/new", permission="sales.manage", status_code=200)
async def make_product(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved(request, None)


@get(f"{HOME}/{{product_id:uuid}}", permission="sales.read")
async def show_product(request: Request[Any, Any, Any], product_id: FromPath[UUID]) -> Response[Any]:
    whole = await whole_product(request.state.crm, access_for(request, PURPOSE), product_id)
    return page(request, await product_page(request, whole, values_of(whole)))


@post(f"{HOME}/{{product_id:uuid}}", permission="sales.manage", status_code=200)
async def change_product(request: Request[Any, Any, Any], product_id: FromPath[UUID]) -> Response[Any]:
    return await saved(request, product_id)


async def saved(request: Request[Any, Any, Any], product_id: UUID | None) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    form = await parse_form(request)
    values = {name: form.get(name) for name in (*TEXTS, "tax", "recurs", "variant_of")}
    try:
        made = await save_product(crm, access, product_draft(values), product_id)
    except InvalidContent as wrong:
        whole = await whole_product(crm, access, product_id) if product_id else None
        return page(request, await product_page(request, whole, values, errors=dict(wrong.errors)), status=422)
    return redirect(request, f"{HOME}/{made}", Toast(message="Saved."))


@post(f"{HOME}/{{product_id:uuid}}/archive", permission="sales.manage", status_code=200)
async def put_away(request: Request[Any, Any, Any], product_id: FromPath[UUID]) -> Response[Any]:
    await archive_product(request.state.crm, access_for(request, PURPOSE), product_id)
    undo = f"{HOME}/{product_id}/restore"
    return redirect(request, HOME, Toast(message="Put away. What was sold stays as it is.", undo_url=undo))


@post(f"{HOME}/{{product_id:uuid}}/restore", permission="sales.manage", status_code=200)
async def bring_back(request: Request[Any, Any, Any], product_id: FromPath[UUID]) -> Response[Any]:
    await restore_product(request.state.crm, access_for(request, PURPOSE), product_id)
    return redirect(request, f"{HOME}/{product_id}", Toast(message="It is offered again."))


@post(f"{HOME}/{{product_id:uuid}}/bundle", permission="sales.manage", status_code=200)
async def change_bundle(request: Request[Any, Any, Any], product_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    form = await parse_form(request)
    typed = tuple(zip_longest(form.all("part"), form.all("part_quantity"), fillvalue=""))
    try:
        await save_bundle(crm, access, product_id, await read_parts(crm, typed, reader_of(request).locale))
    except InvalidContent as wrong:
        whole = await whole_product(crm, access, product_id)
        shown = await product_page(request, whole, values_of(whole), errors=dict(wrong.errors), parts=typed)
        return page(request, shown, status=422)
    return redirect(request, f"{HOME}/{product_id}", Toast(message="Saved."))


@post(f"{HOME}/{{product_id:uuid}}/prices", permission="sales.manage", status_code=200)
async def change_price(request: Request[Any, Any, Any], product_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    form = await parse_form(request)
    try:
        list_id = read_id(form.get("list"))
        if list_id is None:
            raise InvalidContent({"list": "Please choose a price list."})
        price, from_quantity = await read_price(crm, form, list_id, reader_of(request).locale)
        await set_price(crm, access, list_id, product_id, price, from_quantity=from_quantity)
    except InvalidContent as wrong:
        whole = await whole_product(crm, access, product_id)
        values = values_of(whole) | {name: form.get(name) for name in ("list", "from_quantity", "price")}
        return page(request, await product_page(request, whole, values, errors=dict(wrong.errors)), status=422)
    except NotFound:
        return redirect(request, f"{HOME}/{product_id}", Toast(message="This list is gone.", tone="problem"))
    return redirect(request, f"{HOME}/{product_id}", Toast(message="Saved."))


ROUTES = (
    product_list, new_product, make_product, show_product, change_product, put_away, bring_back, change_bundle,
    change_price,
)  # fmt: skip
