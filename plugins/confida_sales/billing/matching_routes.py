"""Payments entered from a file of the bank: matched, looked at, entered together."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from confida_core.api import (
    LARGEST_AMOUNT,
    InvalidContent,
    NotFound,
    plugin_settings,
)
from confida_sales.billing.account_pages import MatchPage, MatchRow
from confida_sales.billing.bank_files import MOST_ENTRIES, BankEntry, read_bank_file
from confida_sales.billing.invoices import open_amount
from confida_sales.billing.matching import Matched, enter_matched, match_entries
from confida_sales.billing.showing import BOOKS
from confida_sales.billing.typed import typed_day
from confida_sales.papers_shown import read_id
from confida_sales.settings import SalesSettings
from confida_web.api import FormData, Toast, access_for, ngettext, page, parse_form, redirect

HERE = "/x/sales/payments/match"


@get(HERE, permission="sales.bill")
async def ask_for_file(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, MatchPage())


@post(HERE, permission="sales.bill", status_code=200)
async def show_matches(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, form = request.state.crm, await parse_form(request)
    files = form.files_of("file")
    settings = await plugin_settings(crm, SalesSettings)
    try:
        if not files:
            raise InvalidContent({"file": "Please choose the file of your bank."})
        entries = read_bank_file(files[0].saved, settings.currency)
    except InvalidContent as wrong:
        return page(request, MatchPage(errors=dict(wrong.errors)), status=422)
    found = await match_entries(crm, access_for(request, BOOKS), entries)
    return page(request, MatchPage(rows=tuple(row_of(one) for one in found)))


def row_of(one: Matched) -> MatchRow:
    row = one.invoice.row if one.invoice else None
    return MatchRow(
        on=one.entry.on,
        amount=one.entry.amount,
        currency=one.entry.currency,
        text=one.entry.text,
        invoice_id=str(row["id"]) if row else "",
        number=row["number"] if row else "",
        name=one.invoice.content.name if one.invoice else "",
        open=open_amount(row) if row else 0,
        sure=one.sure,
        known=one.known,
    )


@post(f"{HERE}/enter", permission="sales.bill")
async def enter(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    chosen = [found for at in form.all("take") if (found := read_row(form, at))]
    try:
        entered, known = await enter_matched(request.state.crm, access_for(request, BOOKS), chosen[:MOST_ENTRIES])
    except (InvalidContent, NotFound):
        return redirect(request, HERE, Toast(message="One of them could not be entered.", tone="problem"))
    said = ngettext("%(num)s payment is entered.", "%(num)s payments are entered.", entered)
    more = ngettext(" %(num)s was there already.", " %(num)s were there already.", known) if known else ""
    return redirect(request, "/x/sales/invoices?state=paid", Toast(message=said + more))


def read_row(form: FormData, at: str) -> tuple[UUID, BankEntry] | None:
    """As our own page wrote it."""
    invoice_id = read_id(form.get(f"invoice-{at}"))
    day: date | None = typed_day(form.get(f"on-{at}"), "on", {})
    amount = form.integer(f"amount-{at}", 0, lowest=0, highest=LARGEST_AMOUNT)
    if invoice_id is None or day is None or not amount:
        return None
    entry = BankEntry(
        on=day, amount=amount, currency=form.get(f"currency-{at}"), text=form.get(f"text-{at}").strip()[:400]
    )
    return invoice_id, entry


ROUTES = (ask_for_file, show_matches, enter)
