"""Customers say where their bills go."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from confida_core.api import InvalidContent, PostalAddress, VersionConflict
from confida_sales.content import BillingContent
from confida_sales.offers.billing_details import billing_details, save_billing_details
from confida_sales.offers.portal_pages import OwnBillingPage
from confida_sales.offers.showing import PURPOSE
from confida_sales.papers_choices import countries
from confida_sales.papers_form import reader_of
from confida_sales.papers_shown import ADDRESS
from confida_web.api import access_for, parse_form, redirect, show_portal

TEXTS = ("name", "email", "tax_number", "reference")
LATE = "Somebody changed this meanwhile. Please look at it, and save it again if it is right."


@get("/my/x/sales/billing", person=True)
async def own_billing(request: Request[Any, Any, Any]) -> Response[Any]:
    content, version = await billing_details(request.state.crm, access_for(request, PURPOSE), request.state.person.id)
    address = content.address or PostalAddress()
    values = {name: getattr(content, name) for name in TEXTS} | {name: getattr(address, name) for name in ADDRESS}
    return show_portal(request, billing_page(request, values, version))


def billing_page(request: Request[Any, Any, Any], values: dict[str, str], version: int, **more: Any) -> OwnBillingPage:
    return OwnBillingPage(
        values=values,
        version=version,
        countries=countries(reader_of(request).locale),
        saved=request.query_params.get("done", "") == "saved",
        **more,
    )


@post("/my/x/sales/billing", person=True, status_code=200)
async def save_own_billing(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    values = {name: form.get(name).strip() for name in (*TEXTS, *ADDRESS)}
    crm, access, person_id = request.state.crm, access_for(request, PURPOSE), request.state.person.id
    seen = form.integer("version")
    try:
        await save_billing_details(crm, access, person_id, content_of(values), seen=seen)
    except InvalidContent as wrong:
        return show_portal(request, billing_page(request, values, seen, errors=dict(wrong.errors)), status=422)
    except VersionConflict as late:
        shown = billing_page(request, values, late.current or 0, errors={"": LATE})
        return show_portal(request, shown, status=409)
    return redirect(request, "/my/x/sales/billing?done=saved")


def content_of(values: dict[str, str]) -> BillingContent:
    address = PostalAddress(**{name: values[name] for name in ADDRESS})
    return BillingContent(
        **{name: values[name] for name in TEXTS},
        address=address if any(values[name] for name in ADDRESS) else None,
    )


ROUTES = (own_billing, save_own_billing)
