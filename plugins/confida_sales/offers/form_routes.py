"""Quotes and orders being written: for whom, then what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    ContactContent,
    InvalidContent,
    Opened,
    VersionConflict,
    likely_contacts,
    plugin_settings,
    visible_contact,
)
from confida_sales.offers.billing_details import paper_for
from confida_sales.offers.offers import (
    CLOSED,
    Offered,
    OfferTerms,
    change_offer,
    create_order,
    create_quote,
    visible_offer,
)
from confida_sales.offers.pages import ForWhomPage, OfferFormPage
from confida_sales.offers.showing import PURPOSE, contact_ref, href_of, numbered, owner_options
from confida_sales.opportunities.opportunities import visible_opportunity
from confida_sales.papers_form import TypedPaper, read_paper, reader_of, show_paper
from confida_sales.papers_lines import MOST_TYPED, TOO_MANY
from confida_sales.papers_shown import read_id
from confida_sales.settings import SalesSettings
from confida_web.api import FormData, Toast, access_for, page, parse_form, redirect

MOST_FOUND = 12
CHANGED = "Somebody changed this while you were writing. Saving again puts what stands here in its place."


async def new_form(request: Request[Any, Any, Any], kind: str) -> Response[Any]:
    contact, opportunity = await whose(request)
    if contact is None:
        return page(request, ForWhomPage(kind=kind, action=f"/x/sales/{kind}s/new"))
    crm = request.state.crm
    paper = await paper_for(crm, access_for(request, PURPOSE), contact)
    settings = await plugin_settings(crm, SalesSettings)
    shown = await show_paper(
        crm, reader_of(request), paper, opportunity.row["currency"] if opportunity else settings.currency
    )
    ends = reader_of(request).today + timedelta(days=settings.quote_days)
    return page(
        request,
        OfferFormPage(
            kind=kind,
            heading="",
            action=action_of(kind, contact, opportunity),
            cancel_href=f"/x/sales/{kind}s",
            contact=contact_ref(contact.row["id"], {contact.row["id"]: contact.content.display_name}),
            paper=shown,
            expires_on=ends.isoformat() if kind == "quote" and settings.quote_days else "",
            owners=await owner_options(crm, request.state.actor.id),
        ),
    )


async def whose(request: Request[Any, Any, Any]) -> tuple[Opened[ContactContent] | None, Opened[Any] | None]:
    """The contact, and the opportunity if it is one's, that the address names. Raises NotFound."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opportunity_id, contact_id = (
        read_id(str(request.query_params.get(name, ""))) for name in ("opportunity", "contact")
    )
    opportunity = await visible_opportunity(crm, access, opportunity_id) if opportunity_id else None
    if opportunity is not None:
        contact_id = opportunity.row["contact_id"]
    return (await visible_contact(crm, access, contact_id) if contact_id else None), opportunity


def action_of(kind: str, contact: Opened[ContactContent], opportunity: Opened[Any] | None) -> str:
    if opportunity is not None:
        return f"/x/sales/{kind}s/new?opportunity={opportunity.row['id']}"
    return f"/x/sales/{kind}s/new?contact={contact.row['id']}"


async def save_new(request: Request[Any, Any, Any], kind: str) -> Response[Any]:
    contact, opportunity = await whose(request)
    form = await parse_form(request)
    if contact is None:
        return await find_contacts(request, kind, form.get("q"))
    crm, access = request.state.crm, access_for(request, PURPOSE)
    typed = await read_paper(crm, reader_of(request), form, base=await paper_for(crm, access, contact))
    shown = OfferFormPage(
        kind=kind,
        heading="",
        action=action_of(kind, contact, opportunity),
        cancel_href=f"/x/sales/{kind}s",
        contact=contact_ref(contact.row["id"], {contact.row["id"]: contact.content.display_name}),
        paper=typed.shown,
        expires_on=form.get("expires_on"),
        owners=await owner_options(crm, read_id(form.get("owner"))),
    )
    terms, errors = read_terms(form, typed, opportunity.row["id"] if opportunity else None)
    if typed.block or typed.errors or errors:
        return again(request, shown, typed, errors)
    create = create_quote if kind == "quote" else create_order
    try:
        made = await create(crm, access, contact.row["id"], typed.paper, terms)
    except InvalidContent as wrong:
        return again(request, shown, typed, dict(wrong.errors))
    return redirect(request, f"/x/sales/{kind}s/{made}", Toast(message="Saved."))


async def find_contacts(request: Request[Any, Any, Any], kind: str, words: str) -> Response[Any]:
    text = words.strip()[:200]
    found = (
        await likely_contacts(request.state.crm, access_for(request, PURPOSE), text, limit=MOST_FOUND) if text else ()
    )
    action = f"/x/sales/{kind}s/new"
    hits = tuple(
        (f"{action}?contact={one.row['id']}", one.content.display_name,
         one.content.organisation or next((mail.address for mail in one.content.emails), ""))
        for one in found
    )  # fmt: skip
    return page(request, ForWhomPage(kind=kind, action=action, q=text, found=hits), block="found")


def read_terms(form: FormData, typed: TypedPaper, opportunity_id: UUID | None) -> tuple[OfferTerms, dict[str, str]]:
    errors = {}
    expires_on: date | None = None
    if text := form.get("expires_on").strip():
        try:
            expires_on = date.fromisoformat(text)
        except ValueError:
            errors["expires_on"] = "Please write the day as 2026-12-31."
    owner_id = read_id(form.get("owner"))
    terms = OfferTerms(currency=typed.currency, expires_on=expires_on, opportunity_id=opportunity_id, owner_id=owner_id)
    return terms, errors


def again(
    request: Request[Any, Any, Any], shown: OfferFormPage, typed: TypedPaper, errors: dict[str, str], status: int = 422
) -> Response[Any]:
    """The form with everything that was typed. A button of the editor is no mistake, so it shows none of the terms."""
    if typed.block:
        return page(request, shown, block=typed.block)
    paper = replace(typed.shown, errors={**typed.errors, **errors})
    return page(request, replace(shown, paper=paper), block="paper", status=status)


async def edit_form(request: Request[Any, Any, Any], kind: str, offer_id: UUID) -> Response[Any]:
    opened = await visible_offer(request.state.crm, access_for(request, PURPOSE), offer_id, kind)
    row = opened.row
    if row["state"] not in {"draft", "open"}:
        return redirect(request, href_of(row), Toast(message=CLOSED[kind], tone="problem"))
    if len(opened.content.lines) > MOST_TYPED:
        return redirect(request, href_of(row), Toast(message=TOO_MANY, tone="problem"))
    paper = await show_paper(request.state.crm, reader_of(request), opened.content, row["currency"])
    return page(request, await form_page(request, opened, paper, row["expires_on"], row["owner_id"]))


async def form_page(
    request: Request[Any, Any, Any], opened: Offered, paper: Any, expires_on: Any, owner_id: UUID | None
) -> OfferFormPage:
    row = opened.row
    contact = await visible_contact(request.state.crm, access_for(request, PURPOSE), row["contact_id"])
    return OfferFormPage(
        kind=row["kind"],
        heading=numbered(row),
        action=f"{href_of(row)}/edit",
        cancel_href=href_of(row),
        contact=contact_ref(row["contact_id"], {row["contact_id"]: contact.content.display_name}),
        paper=paper,
        expires_on=str(expires_on or ""),
        owners=await owner_options(request.state.crm, owner_id),
        version=row["version"],
        agreed=bool(row["decided_at"]),
    )


async def save_edit(request: Request[Any, Any, Any], kind: str, offer_id: UUID) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_offer(crm, access, offer_id, kind)
    form = await parse_form(request)
    typed = await read_paper(crm, reader_of(request), form, base=opened.content)
    terms, errors = read_terms(form, typed, opened.row["opportunity_id"])
    shown = await form_page(request, opened, typed.shown, form.get("expires_on"), read_id(form.get("owner")))
    seen = form.integer("version")
    if typed.block or typed.errors or errors:
        return again(request, replace(shown, version=seen), typed, errors)
    try:
        await change_offer(crm, access, offer_id, typed.paper, terms, seen=seen)
    except InvalidContent as wrong:
        return again(request, shown, typed, dict(wrong.errors))
    except VersionConflict:
        now_there = await visible_offer(crm, access, offer_id, kind)
        return again(request, replace(shown, version=now_there.row["version"]), typed, {"": CHANGED}, status=409)
    return redirect(request, f"/x/sales/{kind}s/{offer_id}", Toast(message="Saved."))


@get("/x/sales/quotes/new", permission="sales.write")
async def new_quote(request: Request[Any, Any, Any]) -> Response[Any]:
    return await new_form(request, "quote")


@post("/x/sales/quotes/new", permission="sales.write", status_code=200)
async def save_new_quote(request: Request[Any, Any, Any]) -> Response[Any]:
    return await save_new(request, "quote")


@get("/x/sales/quotes/{offer_id:uuid}/edit", permission="sales.write")
async def edit_quote(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    return await edit_form(request, "quote", offer_id)


@post("/x/sales/quotes/{offer_id:uuid}/edit", permission="sales.write", status_code=200)
async def save_quote(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    return await save_edit(request, "quote", offer_id)


@get("/x/sales/orders/new", permission="sales.write")
async def new_order(request: Request[Any, Any, Any]) -> Response[Any]:
    return await new_form(request, "order")


@post("/x/sales/orders/new", permission="sales.write", status_code=200)
async def save_new_order(request: Request[Any, Any, Any]) -> Response[Any]:
    return await save_new(request, "order")


@get("/x/sales/orders/{offer_id:uuid}/edit", permission="sales.write")
async def edit_order(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    return await edit_form(request, "order", offer_id)


@post("/x/sales/orders/{offer_id:uuid}/edit", permission="sales.write", status_code=200)
async def save_order(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    return await save_edit(request, "order", offer_id)


ROUTES = (
    new_quote, save_new_quote, edit_quote, save_quote, new_order, save_new_order, edit_order, save_order,
)  # fmt: skip
