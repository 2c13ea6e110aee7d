"""Drafts of invoices: written, looked at, issued for good, or discarded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, Opened, VersionConflict, display_names, plugin_settings, visible_contact
from confida_sales.billing.drafts import (
    DraftTerms,
    change_draft,
    discard_draft,
    draft_of_order,
    issue_draft,
    make_draft,
    restore_draft,
    visible_draft,
)
from confida_sales.billing.forms import again, asked_contact, found_contacts, owner_options, refusal, values_of
from confida_sales.billing.numbering import next_of
from confida_sales.billing.pages import BillFormPage, DraftPage, ForWhomPage
from confida_sales.billing.showing import BOOKS, person_of
from confida_sales.billing.typed import typed_day
from confida_sales.content import PaperContent
from confida_sales.offers.billing_details import paper_for
from confida_sales.papers_form import TypedPaper, read_paper, reader_of, show_paper
from confida_sales.papers_read import read_of
from confida_sales.papers_shown import read_id
from confida_sales.settings import SalesSettings
from confida_web.api import FormData, Toast, access_for, page, parse_form, redirect

NEW = "/x/sales/invoices/new"
DRAFTS = "/x/sales/invoices/drafts"
CHANGED = "Somebody changed this while you were writing. Saving again puts what stands here in its place."
DAYS = "14"


@get(NEW, permission="sales.bill")
async def new_invoice(request: Request[Any, Any, Any]) -> Response[Any]:
    contact = await asked_contact(request)
    if contact is None:
        return page(request, ForWhomPage(what="invoice", action=NEW))
    crm = request.state.crm
    settings = await plugin_settings(crm, SalesSettings)
    paper = await paper_for(crm, access_for(request, BOOKS), contact)
    shown = await show_paper(crm, reader_of(request), paper, settings.currency)
    content = BillFormPage(
        what="invoice",
        new=True,
        action=f"{NEW}?contact={contact.row['id']}",
        cancel_href="/x/sales/invoices",
        contact=person_of(contact.row["id"], contact.content.display_name, {contact.row["id"]: ""}),
        paper=shown,
        values={"days": DAYS},
        owners=await owner_options(request, str(request.state.actor.id)),
    )
    return page(request, content)


@post(NEW, permission="sales.bill", status_code=200)
async def save_new_invoice(request: Request[Any, Any, Any]) -> Response[Any]:
    contact, form = await asked_contact(request), await parse_form(request)
    if contact is None:
        return await found_contacts(request, "invoice", NEW, form.get("q"))
    crm, access = request.state.crm, access_for(request, BOOKS)
    typed = await read_paper(crm, reader_of(request), form, base=await paper_for(crm, access, contact))
    terms, errors = read_terms(form, typed)
    shown = BillFormPage(
        what="invoice",
        new=True,
        action=f"{NEW}?contact={contact.row['id']}",
        cancel_href="/x/sales/invoices",
        contact=person_of(contact.row["id"], contact.content.display_name, {contact.row["id"]: ""}),
        paper=typed.shown,
        values=values_of(form, "days"),
        owners=await owner_options(request, form.get("owner")),
    )
    if typed.block or typed.errors or errors:
        return again(request, shown, typed, errors)
    try:
        made = await make_draft(crm, access, contact.row["id"], typed.paper, terms)
    except InvalidContent as wrong:
        return again(request, shown, typed, refusal(wrong))
    return redirect(
        request, f"{DRAFTS}/{made}", Toast(message="The draft is saved. It has no number until you issue it.")
    )


def read_terms(form: FormData, typed: TypedPaper) -> tuple[DraftTerms, dict[str, str]]:
    text = form.get("days", DAYS).strip() or DAYS
    known = text.isascii() and text.isdigit() and len(text) < 6
    terms = DraftTerms(currency=typed.currency, days=int(text) if known else 0, owner_id=read_id(form.get("owner")))
    return terms, {} if known else {"days": "A number of days, please."}


@get(DRAFTS + "/{draft_id:uuid}", permission="sales.read")
async def show_draft(request: Request[Any, Any, Any], draft_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_draft(request.state.crm, access_for(request, BOOKS), draft_id)
    return page(request, await draft_page(request, opened))


async def draft_page(request: Request[Any, Any, Any], opened: Opened[PaperContent], **more: Any) -> DraftPage:
    crm, row, reader = request.state.crm, opened.row, reader_of(request)
    names = await display_names(crm, access_for(request, BOOKS), [row["contact_id"]])
    return DraftPage(
        id=str(row["id"]),
        contact=person_of(row["contact_id"], opened.content.name, names),
        paper=read_of(opened.content, row["currency"], reader.locale),
        days=row["days"],
        version=row["version"],
        next_number=(await next_of(crm, "invoice", reader.today)).text,
        may_bill=request.state.actor.may("sales.bill"),
        **({"day": reader.today.isoformat()} | more),
    )


@get(DRAFTS + "/{draft_id:uuid}/edit", permission="sales.bill")
async def edit_draft(request: Request[Any, Any, Any], draft_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_draft(request.state.crm, access_for(request, BOOKS), draft_id)
    paper = await show_paper(request.state.crm, reader_of(request), opened.content, opened.row["currency"])
    values = {"days": str(opened.row["days"])}
    return page(
        request, await form_page(request, opened, paper=paper, values=values, owner=str(opened.row["owner_id"]))
    )


async def form_page(
    request: Request[Any, Any, Any], opened: Opened[PaperContent], *, owner: str, **more: Any
) -> BillFormPage:
    row = opened.row
    contact = await visible_contact(request.state.crm, access_for(request, BOOKS), row["contact_id"])
    return BillFormPage(
        what="invoice",
        new=False,
        action=f"{DRAFTS}/{row['id']}/edit",
        cancel_href=f"{DRAFTS}/{row['id']}",
        contact=person_of(row["contact_id"], contact.content.display_name, {row["contact_id"]: ""}),
        owners=await owner_options(request, owner),
        **({"version": row["version"]} | more),
    )


@post(DRAFTS + "/{draft_id:uuid}/edit", permission="sales.bill", status_code=200)
async def save_draft(request: Request[Any, Any, Any], draft_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, BOOKS)
    opened, form = await visible_draft(crm, access, draft_id), await parse_form(request)
    typed = await read_paper(crm, reader_of(request), form, base=opened.content)
    terms, errors = read_terms(form, typed)
    shown = await form_page(
        request, opened, paper=typed.shown, values=values_of(form, "days"), owner=form.get("owner"),
        version=form.integer("version"),
    )  # fmt: skip
    if typed.block or typed.errors or errors:
        return again(request, shown, typed, errors)
    try:
        await change_draft(crm, access, draft_id, typed.paper, terms, seen=form.integer("version"))
    except InvalidContent as wrong:
        return again(request, shown, typed, refusal(wrong))
    except VersionConflict as conflict:
        return again(request, replace(shown, version=conflict.current or 0), typed, {"": CHANGED}, status=409)
    return redirect(request, f"{DRAFTS}/{draft_id}", Toast(message="Saved."))


@get(DRAFTS + "/{draft_id:uuid}/issue", permission="sales.bill")
async def ask_to_issue(request: Request[Any, Any, Any], draft_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_draft(request.state.crm, access_for(request, BOOKS), draft_id)
    return page(request, await draft_page(request, opened, issuing=True))


@post(DRAFTS + "/{draft_id:uuid}/issue", permission="sales.bill", status_code=200)
async def issue(request: Request[Any, Any, Any], draft_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, BOOKS)
    opened, form = await visible_draft(crm, access, draft_id), await parse_form(request)
    errors: dict[str, str] = {}
    day = typed_day(form.get("issued_on"), "issued_on", errors)
    try:
        if day is not None:
            made = await issue_draft(crm, access, draft_id, day, seen=form.integer("version"))
            return redirect(request, f"/x/sales/invoices/{made}", Toast(message="The invoice is issued."))
    except InvalidContent as wrong:
        errors = dict(wrong.errors)
    except VersionConflict:
        # Somebody changed it while it was looked at: what is asked again is what stands there now.
        opened = await visible_draft(crm, access, draft_id)
        errors = {"": "Somebody has just changed this draft. Please look at it again before you issue it."}
    shown = await draft_page(request, opened, issuing=True, errors=errors, day=form.get("issued_on"))
    return page(request, shown, status=422)


@post(DRAFTS + "/{draft_id:uuid}/discard", permission="sales.bill")
async def discard(request: Request[Any, Any, Any], draft_id: FromPath[UUID]) -> Response[Any]:
    await discard_draft(request.state.crm, access_for(request, BOOKS), draft_id)
    return redirect(
        request, DRAFTS, Toast(message="The draft is thrown away.", undo_url=f"{DRAFTS}/{draft_id}/restore")
    )


@post(DRAFTS + "/{draft_id:uuid}/restore", permission="sales.bill")
async def restore(request: Request[Any, Any, Any], draft_id: FromPath[UUID]) -> Response[Any]:
    await restore_draft(request.state.crm, access_for(request, BOOKS), draft_id)
    return redirect(request, f"{DRAFTS}/{draft_id}", Toast(message="The draft is back."))


@post("/x/sales/orders/{order_id:uuid}/invoice", permission="sales.bill")
async def draft_for_order(request: Request[Any, Any, Any], order_id: FromPath[UUID]) -> Response[Any]:
    made = await draft_of_order(request.state.crm, access_for(request, BOOKS), order_id)
    return redirect(
        request, f"{DRAFTS}/{made}", Toast(message="The draft is saved. It has no number until you issue it.")
    )


ROUTES = (
    new_invoice, save_new_invoice, show_draft, edit_draft, save_draft, ask_to_issue, issue, discard, restore,
    draft_for_order,
)  # fmt: skip
