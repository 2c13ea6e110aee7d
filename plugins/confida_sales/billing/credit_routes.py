"""Credit notes: some lines of an invoice, or all that is left of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    InvalidAmount,
    InvalidContent,
    display_names,
    read_number,
    shown_amount,
)
from confida_sales.billing.credits import Creditable, credit_lines, creditable
from confida_sales.billing.pages import CreditLine, CreditPage
from confida_sales.billing.showing import BOOKS, person_of
from confida_sales.billing.typed import typed_day
from confida_sales.papers_form import reader_of
from confida_sales.papers_shown import plain_number
from confida_web.api import FormData, Toast, access_for, page, parse_form, redirect

ONE = "/x/sales/invoices/{invoice_id:uuid}/credit"


@get(ONE, permission="sales.bill")
async def ask_to_credit(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    found = await creditable(request.state.crm, access_for(request, BOOKS), invoice_id)
    locale = reader_of(request).locale
    typed = {f"quantity-{at}": plain_number(left, 3, locale) for at, left in enumerate(found.left)}
    return page(request, await credit_page(request, found, typed | {"issued_on": reader_of(request).today.isoformat()}))


async def credit_page(
    request: Request[Any, Any, Any], found: Creditable, typed: dict[str, str], errors: dict[str, str] | None = None
) -> CreditPage:
    row, locale = found.invoice.row, reader_of(request).locale
    names = await display_names(request.state.crm, access_for(request, BOOKS), [row["contact_id"]])
    lines = (
        CreditLine(
            name=line.name,
            quantity=" ".join(filter(None, (plain_number(line.quantity, 3, locale), line.unit))),
            left=plain_number(left, 3, locale),
            price=shown_amount(line.price, row["currency"], locale),
            typed=typed.get(f"quantity-{at}", ""),
        )
        for at, (line, left) in enumerate(zip(found.paper.lines, found.left, strict=True))
    )
    return CreditPage(
        id=str(row["id"]),
        number=row["number"],
        contact=person_of(row["contact_id"], found.paper.name, names),
        lines=tuple(lines),
        left=found.gross,
        currency=row["currency"],
        day=typed.get("issued_on", ""),
        reason=typed.get("reason", ""),
        errors=errors or {},
    )


@post(ONE, permission="sales.bill", status_code=200)
async def credit(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    crm, access, form = request.state.crm, access_for(request, BOOKS), await parse_form(request)
    found, errors = await creditable(crm, access, invoice_id), dict[str, str]()
    quantities = read_quantities(form, len(found.left), reader_of(request).locale, errors)
    day = typed_day(form.get("issued_on"), "issued_on", errors)
    if len(form.get("reason")) > 2_000:
        errors["reason"] = "At most 2000 characters, please."
    try:
        if day is not None and not errors:
            made = await credit_lines(crm, access, invoice_id, quantities, issued_on=day, reason=form.get("reason"))
            return redirect(request, f"/x/sales/invoices/{made}", Toast(message="The credit note is issued."))
    except InvalidContent as wrong:
        errors = dict(wrong.errors)
    shown = await credit_page(request, found, dict(form.fields), errors)
    return page(request, shown, block="form", status=422)


def read_quantities(form: FormData, lines: int, locale: str, errors: dict[str, str]) -> list[int]:
    """Thousandths of each line; nothing typed is nothing taken back."""
    found = []
    for at in range(lines):
        text = form.get(f"quantity-{at}").strip()
        try:
            found.append(read_number(text, 3, locale) if text else 0)
        except InvalidAmount as wrong:
            errors[f"quantity-{at}"] = str(wrong)
            found.append(0)
    return found


ROUTES = (ask_to_credit, credit)
