"""One invoice or credit note: read, printed, paid, held."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, Opened, VersionConflict
from confida_sales.billing.holds import hold_invoice, lift_hold
from confida_sales.billing.invoices import PaymentDraft, open_amount, record_payment, visible_invoice
from confida_sales.billing.pages import PrintPage
from confida_sales.billing.payments import reverse_payment, visible_payment
from confida_sales.billing.showing import BOOKS, facts_of, invoice_page, related
from confida_sales.billing.typed import typed_amount, typed_day
from confida_sales.content import PaperContent
from confida_sales.documents.seller import seller_of
from confida_sales.papers_form import reader_of
from confida_sales.papers_read import read_of
from confida_web.api import FormData, Toast, access_for, page, parse_form, redirect

HERE = "/x/sales/invoices"
ONE = HERE + "/{invoice_id:uuid}"


@get(ONE, permission="sales.read")
async def invoice(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_invoice(request.state.crm, access_for(request, BOOKS), invoice_id)
    return page(request, await invoice_page(request, opened), block="invoice")


@get(ONE + "/print", permission="sales.read")
async def print_invoice(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, BOOKS)
    opened = await visible_invoice(crm, access, invoice_id)
    reader, facts = reader_of(request), facts_of(opened.row, opened.content, reader_of(request).today)
    about = await related(crm, access, opened.row) if opened.row["corrects_id"] else ()
    names = ("id", "kind", "number", "issued_on", "due_on", "delivered_on")
    content = PrintPage(
        **{name: facts[name] for name in names},
        corrects=about[0][1] if about else "",
        paper=read_of(opened.content, opened.row["currency"], reader.locale),
        seller=await letterhead(request),
    )
    return page(request, content)


async def letterhead(request: Request[Any, Any, Any]) -> tuple[str, ...]:
    """Name, address and numbers of whoever issues invoices here, line by line."""
    seller = await seller_of(request.state.crm)
    place = " ".join(filter(None, (seller.postal_code, seller.locality)))
    lines = (seller.name, *seller.street, place, seller.vat_id or seller.tax_number, seller.iban)
    return tuple(line for line in lines if line)


@post(ONE + "/payments", permission="sales.bill", status_code=200)
async def pay(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    """`way`: `in` for money that came in, `back` for money that went back."""
    crm, access, form = request.state.crm, access_for(request, BOOKS), await parse_form(request)
    opened = await visible_invoice(crm, access, invoice_id)
    draft, errors = read_payment(request, form, opened.row["currency"])
    if draft is None:
        return await with_errors(request, opened, form, errors)
    try:
        await record_payment(crm, access, invoice_id, draft)
    except InvalidContent as wrong:
        return await with_errors(request, opened, form, dict(wrong.errors))
    after = await visible_invoice(crm, access, invoice_id)
    return redirect(request, f"{HERE}/{invoice_id}", Toast(message=said_of(draft.amount, open_amount(after.row))))


def said_of(amount: int, left: int) -> str:
    if amount < 0:
        return "Noted that it went back."
    if left < 0:
        return "The payment is noted. It is more than was open; the rest stands as credit."
    return "The payment is noted." if left else "The payment is noted, and the invoice is paid."


def read_payment(
    request: Request[Any, Any, Any], form: FormData, currency: str
) -> tuple[PaymentDraft | None, dict[str, str]]:
    errors: dict[str, str] = {}
    amount = typed_amount(form.get("amount"), currency, reader_of(request).locale, errors)
    paid_on = typed_day(form.get("paid_on"), "paid_on", errors)
    if amount < 0:
        errors["amount"] = "Without a minus, please."
    for name, longest in (("reference", 500), ("note", 20_000)):
        if len(form.get(name)) > longest:
            errors[name] = f"At most {longest} characters, please."
    if paid_on is None or errors:
        return None, errors
    signed = -amount if form.get("way") == "back" else amount
    draft = PaymentDraft(
        amount=signed,
        paid_on=paid_on,
        method=form.get("method"),
        reference=form.get("reference"),
        note=form.get("note"),
    )
    return draft, errors


async def with_errors(
    request: Request[Any, Any, Any], opened: Opened[PaperContent], form: FormData, errors: dict[str, str]
) -> Response[Any]:
    shown = await invoice_page(request, opened, errors=errors, typed=dict(form.fields))
    return page(request, shown, block="invoice", status=422)


@post("/x/sales/payments/{payment_id:uuid}/reverse", permission="sales.bill")
async def reverse(request: Request[Any, Any, Any], payment_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, BOOKS)
    back = f"{HERE}/{(await visible_payment(crm, access, payment_id)).row['invoice_id']}"
    try:
        await reverse_payment(crm, access, payment_id, reader_of(request).today)
    except InvalidContent as wrong:
        return redirect(request, back, Toast(message=" ".join(wrong.errors.values()), tone="problem"))
    return redirect(request, back, Toast(message="Taken back by another entry."))


@post(ONE + "/hold", permission="sales.bill", status_code=200)
async def hold(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    crm, access, form = request.state.crm, access_for(request, BOOKS), await parse_form(request)
    opened = await visible_invoice(crm, access, invoice_id)
    errors: dict[str, str] = {}
    until = typed_day(form.get("until"), "until", errors, needed=False)
    try:
        if not errors:
            today = reader_of(request).today
            await hold_invoice(crm, access, invoice_id, form.get("hold"), until=until, today=today)
            undo = f"{HERE}/{invoice_id}/lift"
            return redirect(
                request, f"{HERE}/{invoice_id}", Toast(message="Nobody is reminded of it for now.", undo_url=undo)
            )
    except InvalidContent as wrong:
        errors = dict(wrong.errors)
    return await with_errors(request, opened, form, errors)


@post(ONE + "/lift", permission="sales.bill")
async def lift(request: Request[Any, Any, Any], invoice_id: FromPath[UUID]) -> Response[Any]:
    try:
        await lift_hold(request.state.crm, access_for(request, BOOKS), invoice_id, reader_of(request).today)
        toast = Toast(message="Reminders go on.")
    except VersionConflict:
        toast = Toast(message="There is no such invoice any more.", tone="problem")
    return redirect(request, f"{HERE}/{invoice_id}", toast)


ROUTES = (invoice, print_invoice, pay, reverse, hold, lift)
