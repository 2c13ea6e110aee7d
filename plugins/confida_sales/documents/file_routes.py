"""Papers as files: for colleagues, and for the person whose they are."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_core.api import NotFound
from confida_sales.billing.invoices import bookkeeping, visible_invoice
from confida_sales.documents.copy_content import CopyContent
from confida_sales.documents.einvoice.building import NotExpressible
from confida_sales.documents.gathering import reminded_of, reminder_pdf, statement_pdf
from confida_sales.documents.making import invoice_file, offer_pdf, own_invoice_file
from confida_sales.documents.pages import NoFilePage, NoOwnFilePage
from confida_sales.offers.offers import visible_offer
from confida_sales.offers.own import own_offer
from confida_web.api import NO_PRESS, NoPDF, access_for, disposition, mark, page, show_portal, whole_number

PURPOSE = "relationship"
# The organisation's details, and the page that says what they lack.
REMEDIES = ((mark("Papers and mails"), "/x/sales/papers"), (mark("Organisation"), "/settings/organisation"))
ASK_US = mark("This file cannot be made at the moment. Please write to us, and we send it to you.")


def download(file: CopyContent) -> Response[Any]:
    return Response(file.data, media_type=file.media_type, headers={"Content-Disposition": disposition(file.name)})


async def answered(request: Request[Any, Any, Any], making: Awaitable[CopyContent]) -> Response[Any]:
    """The file, or a page that says why there is none and what can be done."""
    try:
        return download(await making)
    except NotExpressible as refused:
        return page(request, NoFilePage(sentences=refused.sentences, remedies=REMEDIES), status=409)
    except NoPDF as refused:
        remedies = () if refused.sentence == NO_PRESS else REMEDIES[:1]
        return page(request, NoFilePage(sentences=(refused.sentence,), remedies=remedies), status=409)


async def answered_to_person(request: Request[Any, Any, Any], making: Awaitable[CopyContent]) -> Response[Any]:
    try:
        return download(await making)
    except (NotExpressible, NoPDF):
        return show_portal(request, NoOwnFilePage(sentences=(ASK_US,)), status=409)


@get("/x/sales/invoices/{invoice_id:uuid}/paper.pdf", permission="sales.read")
async def invoice_paper(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    access = access_for(request, PURPOSE)
    return await answered(request, invoice_file(request.state.crm, access, invoice_id, "pdf"))


@get("/x/sales/invoices/{invoice_id:uuid}/ubl.xml", permission="sales.read")
async def invoice_xml(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    access = access_for(request, PURPOSE)
    return await answered(request, invoice_file(request.state.crm, access, invoice_id, "xml"))


@get("/x/sales/invoices/{invoice_id:uuid}/reminder.pdf", permission="sales.read")
async def reminder_paper(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, bookkeeping(access_for(request, PURPOSE))
    opened = await visible_invoice(crm, access, invoice_id)
    step = whole_number(request.query_params.get("step", ""), 1, lowest=1, highest=99)
    reminded = await reminded_of(crm, access, invoice_id, step)
    return await answered(request, reminder_pdf(crm, opened, reminded))


@get("/x/sales/offers/{offer_id:uuid}/paper.pdf", permission="sales.read")
async def offer_paper(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_offer(request.state.crm, access_for(request, PURPOSE), offer_id)
    return await answered(request, offer_pdf(request.state.crm, opened))


@get("/x/sales/contacts/{contact_id:uuid}/statement.pdf", permission="sales.read")
async def statement_paper(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    since, until = (day_of(request, name) for name in ("since", "until"))
    return await answered(request, statement_pdf(crm, access, contact_id, since, until))


def day_of(request: Request[Any, Any, Any], name: str) -> date | None:
    """Of the address; None for what is no day."""
    try:
        return date.fromisoformat(request.query_params.get(name, ""))
    except ValueError:
        return None


@get("/my/x/sales/invoices/{invoice_id:uuid}/paper.pdf", person=True)
async def own_invoice_paper(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    access = access_for(request, PURPOSE)
    return await answered_to_person(request, own_invoice_file(request.state.crm, access, invoice_id, "pdf"))


@get("/my/x/sales/invoices/{invoice_id:uuid}/ubl.xml", person=True)
async def own_invoice_xml(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    access = access_for(request, PURPOSE)
    return await answered_to_person(request, own_invoice_file(request.state.crm, access, invoice_id, "xml"))


@get("/my/x/sales/offers/{offer_id:uuid}/paper.pdf", person=True)
async def own_offer_paper(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        opened = await own_offer(crm, access, offer_id, "quote")
    except NotFound:
        opened = await own_offer(crm, access, offer_id, "order")
    return await answered_to_person(request, offer_pdf(crm, opened))


ROUTES = (invoice_paper, invoice_xml, reminder_paper, offer_paper, statement_paper)
PORTAL_ROUTES = (own_invoice_paper, own_invoice_xml, own_offer_paper)
