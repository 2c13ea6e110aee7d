"""Customers read their own invoices, payments and account."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_core.api import Opened
from confida_sales.billing.invoice_routes import letterhead
from confida_sales.billing.invoices import open_amount
from confida_sales.billing.own import open_sums, own_invoice, own_invoices
from confida_sales.billing.pages import ShownState
from confida_sales.billing.payments import taken_back
from confida_sales.billing.portal_pages import OwnInvoicePage, OwnInvoiceRow, OwnInvoicesPage, OwnStatementPage
from confida_sales.billing.showing import BOOKS, payment_row, state_of
from confida_sales.billing.statement import statement_of
from confida_sales.billing.statement_routes import LABELS, asked_days
from confida_sales.content import PaperContent
from confida_sales.papers_form import reader_of
from confida_sales.papers_read import read_of
from confida_web.api import access_for, mark, show_portal

HERE = "/my/x/sales/invoices"


@get(HERE, person=True)
async def own_list(request: Request[Any, Any, Any]) -> Response[Any]:
    found = await own_invoices(request.state.crm, access_for(request, BOOKS))
    today = reader_of(request).today
    content = OwnInvoicesPage(rows=tuple(own_row(one, today) for one in found), open=open_sums(found))
    return show_portal(request, content)


def own_row(one: Opened[PaperContent], today: date) -> OwnInvoiceRow:
    row, left = one.row, open_amount(one.row)
    return OwnInvoiceRow(
        id=str(row["id"]),
        kind=row["kind"],
        number=row["number"],
        state=own_state(one, today),
        issued_on=row["issued_on"],
        due_on=row["due_on"] if left > 0 else None,
        gross=row["gross"] if row["kind"] == "invoice" else -row["gross"],
        open=left,
        currency=row["currency"],
    )


def own_state(one: Opened[PaperContent], today: date) -> ShownState:
    """As colleagues see it, but for what they have agreed on among themselves."""
    state = state_of(one.row | {"hold": ""}, today)
    return ShownState(label=mark("Please pay"), tone=state.tone) if state.label == "Overdue" else state


@get(HERE + "/{invoice_id:uuid}", person=True)
async def own_one(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    found = await own_invoice(request.state.crm, access_for(request, BOOKS), invoice_id)
    reader, row = reader_of(request), found.invoice.row
    wrong = taken_back(found.payments)
    content = OwnInvoicePage(
        row=own_row(found.invoice, reader.today),
        paper=read_of(found.invoice.content, row["currency"], reader.locale),
        paid=row["paid"],
        credited=row["credited"],
        delivered_on=found.invoice.content.delivered_on,
        # What was entered by mistake and taken back is no business of theirs.
        payments=tuple(
            payment_row(one, wrong)
            for one in found.payments
            if one.row["id"] not in wrong and one.row["reverses_id"] is None
        ),
        notes=tuple((f"{HERE}/{note.row['id']}", note.row["number"], note.row["gross"]) for note in found.notes),
        seller=await letterhead(request),
    )
    return show_portal(request, content)


@get("/my/x/sales/statement", person=True)
async def own_statement(request: Request[Any, Any, Any]) -> Response[Any]:
    given, today = request.query_params, reader_of(request).today
    since, until, error = asked_days(str(given.get("since", "")), str(given.get("until", "")), today)
    found = await statement_of(request.state.crm, access_for(request, BOOKS), request.state.person.id, since, until)
    content = OwnStatementPage(
        statement=found, labels=LABELS, since=since.isoformat(), until=until.isoformat(), error=error
    )
    return show_portal(request, content)


ROUTES = (own_list, own_one, own_statement)
