"""From invoices to what their pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request

from confida_core.api import Access, Installation, Opened, Row, account_names, display_names
from confida_sales.billing.credits import credit_notes_of
from confida_sales.billing.holds import HOLDS, UNTIL_LIFTED, held
from confida_sales.billing.invoices import METHODS, open_amount, payments_of
from confida_sales.billing.pages import InvoicePage, InvoiceRow, PaymentRow, ReminderRow, ShownState
from confida_sales.billing.payments import taken_back
from confida_sales.billing.reminder_steps import CHANNELS
from confida_sales.billing.reminders import reminders_of
from confida_sales.content import PaperContent, PaymentContent, ReminderContent
from confida_sales.documents.mailing import mails_about
from confida_sales.papers_form import reader_of
from confida_sales.papers_read import read_of
from confida_sales.papers_shown import plain_amount
from confida_web.api import Option, PersonRef, access_for, formatter, mark

BOOKS = "sales.bookkeeping"
MAIL_STATES: Mapping[str, str] = {
    "queued": mark("waits to leave"),
    "sending": mark("is leaving"),
    "sent": mark("sent"),
    "refused": mark("not allowed"),
    "failed": mark("could not be sent"),
    "cancelled": mark("called off"),
}
REMINDER_STATES: Mapping[str, ShownState] = {
    "proposed": ShownState(label=mark("To be looked at"), tone="ask"),
    "queued": ShownState(label=mark("On its way"), tone="quiet"),
    "sending": ShownState(label=mark("Perhaps sent"), tone="must-not"),
    "sent": ShownState(label=mark("Sent"), tone="may"),
    "refused": ShownState(label=mark("Not sent"), tone="must-not"),
    "left_out": ShownState(label=mark("Left out"), tone="quiet"),
}
REASONS: Mapping[str, str] = {
    "no_address": mark("There is no e-mail address. Send a letter, or add an address."),
    "restricted": mark("Processing of their data is restricted."),
    "suppressed": mark("Their address is on the list of those who get nothing."),
    "in_trash": mark("The contact is in the trash."),
    "no_contact": mark("The contact does not exist any more."),
    "not_set_up": mark("No mail server is set up."),
    "objected": mark("They objected."),
    "no_pdf": mark("The letter could not be printed."),
}


def state_of(row: Row, today: date) -> ShownState:
    if row["kind"] == "credit_note":
        return ShownState(label=mark("Credit note"), tone="quiet")
    left = open_amount(row)
    if left < 0:
        return ShownState(label=mark("Too much paid"), tone="ask")
    if left == 0:
        credited = row["paid"] == 0 and row["gross"] > 0
        return (
            ShownState(label=mark("Credited"), tone="quiet") if credited else ShownState(label=mark("Paid"), tone="may")
        )
    if held(row, today):
        return ShownState(label=mark("On hold"), tone="ask")
    if row["due_on"] < today:
        return ShownState(label=mark("Overdue"), tone="must-not")
    return ShownState(label=mark("Partly paid") if row["paid"] else mark("Open"), tone="ask")


def person_of(contact_id: UUID, name: str, names: Mapping[UUID, str]) -> PersonRef:
    """By the name on the paper; it leads to the contact if this access may see it."""
    return PersonRef(name=name, href=f"/contacts/{contact_id}" if contact_id in names else None)


async def invoice_rows(
    crm: Installation, access: Access, found: Sequence[Opened[PaperContent]], today: date
) -> tuple[InvoiceRow, ...]:
    """One query, for the names."""
    names = await display_names(crm, access, [one.row["contact_id"] for one in found])
    return tuple(invoice_row(one, names, today) for one in found)


def invoice_row(one: Opened[PaperContent], names: Mapping[UUID, str], today: date) -> InvoiceRow:
    row = one.row
    left = open_amount(row)
    return InvoiceRow(
        id=str(row["id"]),
        number=row["number"],
        contact=person_of(row["contact_id"], one.content.name, names),
        state=state_of(row, today),
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        late=left > 0 and row["due_on"] is not None and row["due_on"] < today,
        gross=row["gross"] if row["kind"] == "invoice" else -row["gross"],
        open=left,
        currency=row["currency"],
    )


async def invoice_page(request: Request[Any, Any, Any], opened: Opened[PaperContent], **more: Any) -> InvoicePage:
    """Everything about one. more: errors, and what was typed with them."""
    crm, access, row = request.state.crm, access_for(request, BOOKS), opened.row
    reader, left = reader_of(request), open_amount(opened.row)
    names = await display_names(crm, access, [row["contact_id"]])
    owners = await account_names(crm, [row["owner_id"]]) if row["owner_id"] else {}
    payments = await payments_of(crm, access, [row["id"]])
    wrong = taken_back(payments)
    return InvoicePage(
        **facts_of(row, opened.content, reader.today),
        contact=person_of(row["contact_id"], opened.content.name, names),
        paper=read_of(opened.content, row["currency"], reader.locale),
        owner=owners.get(row["owner_id"], ""),
        payments=tuple(payment_row(one, wrong) for one in payments),
        reminders=tuple(reminder_row(one) for one in await reminders_of(crm, access, row["id"])),
        related=await related(crm, access, row),
        mails=await mails_said(request, row["id"]),
        methods=options(METHODS, "transfer"),
        holds=options(HOLDS, "disputed"),
        today=reader.today.isoformat(),
        open_typed=plain_amount(left, row["currency"], reader.locale) if left > 0 else "",
        too_much_typed=plain_amount(-left, row["currency"], reader.locale) if left < 0 else "",
        may_bill=request.state.actor.may("sales.bill"),
        **more,
    )


async def mails_said(request: Request[Any, Any, Any], invoice_id: UUID) -> tuple[str, ...]:
    """What became of the mails with this paper, the newest first."""
    known = formatter(request.state.frame.lang, request.state.frame.time_zone)
    mails = await mails_about(request.state.crm, access_for(request, BOOKS), [invoice_id])
    return tuple(
        f"{known.at(one.at)}: {MAIL_STATES.get(one.state.value, one.state.value)}{f', {one.sentence}' if one.sentence else ''}"
        for one in mails.get(invoice_id, ())
    )


def facts_of(row: Row, paper: PaperContent, today: date) -> dict[str, Any]:
    left, on_hold = open_amount(row), held(row, today)
    until = row["held_until"]
    return {
        "id": str(row["id"]), "kind": row["kind"], "number": row["number"], "customer_id": str(row["contact_id"]),
        "state": state_of(row, today), "issued_on": row["issued_on"], "due_on": row["due_on"],
        "delivered_on": paper.delivered_on, "late": left > 0 and row["due_on"] < today, "currency": row["currency"],
        "gross": row["gross"], "paid": row["paid"], "credited": row["credited"], "open": left,
        "hold": HOLDS.get(row["hold"], "") if on_hold else "",
        "held_until": until if on_hold and until != UNTIL_LIFTED else None,
        "order_href": f"/x/sales/orders/{row['order_id']}" if row["order_id"] else "",
        "subscription_href": f"/x/sales/subscriptions/{row['subscription_id']}" if row["subscription_id"] else "",
    }  # fmt: skip


def options(words: Mapping[str, str], chosen: str = "") -> tuple[Option, ...]:
    return tuple(Option(value=key, label=label, chosen=key == chosen) for key, label in words.items())


async def related(crm: Installation, access: Access, row: Row) -> tuple[tuple[str, str, int], ...]:
    """Credit notes of an invoice, or the invoice of a credit note: (address, number, minor units)."""
    if row["corrects_id"]:
        rows = await crm.data.fetch("SELECT id, number, gross FROM sales_invoice WHERE id = ?", row["corrects_id"])
    else:
        rows = [note.row for note in await credit_notes_of(crm, access, row["id"])]
    return tuple((f"/x/sales/invoices/{one['id']}", one["number"], one["gross"]) for one in rows)


def payment_row(one: Opened[PaymentContent], wrong: frozenset[UUID]) -> PaymentRow:
    row = one.row
    return PaymentRow(
        id=str(row["id"]),
        on=row["paid_on"],
        amount=row["amount"],
        method=METHODS.get(row["method"], ""),
        reference=one.content.reference,
        note=one.content.note,
        wrong=row["id"] in wrong,
        takes_back=row["reverses_id"] is not None,
    )


def reminder_row(one: Opened[ReminderContent], contact: PersonRef | None = None) -> ReminderRow:
    row = one.row
    state = REMINDER_STATES[row["state"]]
    return ReminderRow(
        id=str(row["id"]),
        step=row["step"],
        name=one.content.subject,
        state=state,
        reason=REASONS.get(row["reason"], mark("The sending door refused it.")) if row["state"] == "refused" else "",
        on=(row["sent_at"] or row["created_at"]).date(),
        fee=row["fee"],
        open=row["open"],
        currency=row["currency"],
        channel=CHANNELS.get(row["channel"], row["channel"]),
        invoice_href=f"/x/sales/invoices/{row['invoice_id']}",
        number=one.content.number,
        contact=contact,
        subject=one.content.subject,
        text=one.content.text,
    )
