"""Invoices and credit notes: issued once, never changed; corrected by a credit note, settled by payments.

Opens and seals under the purpose `sales.bookkeeping`, which stays open for people whose processing is restricted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from confida_core.api import (
    LARGEST_AMOUNT,
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    Opened,
    Row,
    enqueue,
    minor_digits,
    new_id,
    now,
    visible_contact,
)
from confida_sales.billing.numbering import next_number
from confida_sales.content import INVOICE, PAYMENT, PaperContent, PaymentContent
from confida_sales.papers import check_paper
from confida_sales.totals import Totals

METHODS = {
    "transfer": "Transfer",
    "card": "Card",
    "cash": "Cash",
    "debit": "Direct debit",
    "rounding": "Rounding difference",
    "other": "Other",
}
MOST_DAYS = 3_650


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """issued_on: the day on the paper. days: until it is due, counted from then. period_on: of a subscription."""

    currency: str
    issued_on: date
    days: int = 14
    order_id: UUID | None = None
    opportunity_id: UUID | None = None
    owner_id: UUID | None = None
    subscription_id: UUID | None = None
    period_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentDraft:
    """amount: minor units of the invoice's currency; less than nothing for money that went back."""

    amount: int
    paid_on: date
    method: str = "transfer"
    reference: str = ""
    note: str = ""


def bookkeeping(access: Access) -> Access:
    """The same reader, for the purpose of bookkeeping; both write the same read log."""
    return replace(access, purpose="sales.bookkeeping")


async def visible_invoice(crm: Installation, access: Access, invoice_id: UUID) -> Opened[PaperContent]:
    """The gate to one invoice or credit note: opened through the door, or NotFound, whatever the reason. Raises Forbidden."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch("SELECT * FROM sales_invoice WHERE id = ?", invoice_id)
    opened = await crm.door.open_one(access, INVOICE, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def issue_invoice(crm: Installation, access: Access, contact_id: UUID, paper: PaperContent, terms: Terms) -> UUID:
    """Give it its number and make it final; returns its id. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("sales.bill")
    await visible_contact(crm, access, contact_id)
    sums = check_paper(paper)
    check_terms(terms)
    return await store_issued(
        crm, "invoice", columns_of(sums, terms) | due(terms) | {"contact_id": contact_id}, paper, sums
    )


def due(terms: Terms) -> dict[str, date]:
    """When an invoice of these terms is to be paid, and from when on somebody looks whether to remind of it."""
    due_on = terms.issued_on + timedelta(days=terms.days)
    return {"due_on": due_on, "remind_on": due_on + timedelta(days=1)}


async def issue_credit_note(
    crm: Installation, access: Access, invoice_id: UUID, paper: PaperContent, issued_on: date
) -> UUID:
    """Take back all or a part of an invoice; returns the id of the note, whose amounts are positive.

    Raises Forbidden, NotFound, and InvalidContent for more than is left of the invoice.
    """
    access.actor.require("sales.bill")
    opened = await visible_invoice(crm, access, invoice_id)
    if opened.row["kind"] != "invoice":
        raise NotFound
    sums = check_paper(paper)
    terms = Terms(
        currency=opened.row["currency"], issued_on=issued_on, days=0, order_id=opened.row["order_id"],
        opportunity_id=opened.row["opportunity_id"], owner_id=opened.row["owner_id"],
    )  # fmt: skip
    columns = columns_of(sums, terms) | {"contact_id": opened.row["contact_id"], "corrects_id": invoice_id}
    await crm.keyring.ensure([opened.row["contact_id"]], INVOICE.retention_class)
    async with crm.data.transaction():
        # The sum is compared in the statement that adds it, so two at once cannot both have the rest.
        taken = await crm.data.fetch(
            "UPDATE sales_invoice SET credited = credited + ? WHERE id = ? AND credited + ? <= gross RETURNING *",
            sums.gross, invoice_id, sums.gross,
        )  # fmt: skip
        if not taken:
            raise InvalidContent({"lines": "This is more than is left of the invoice."})
        await note_settled(crm, taken[0])
        return await store_issued(crm, "credit_note", columns, paper, sums)


async def note_settled(crm: Installation, row: Row) -> None:
    """After its payments or credit notes changed, in the same transaction: since when nothing is open, if nothing is."""
    settled_at = (row["settled_at"] or now()) if open_amount(row) <= 0 else None
    await crm.records.set_columns(INVOICE, row["id"], row["contact_id"], settled_at=settled_at)


async def store_issued(
    crm: Installation, kind: str, columns: dict[str, Any], paper: PaperContent, sums: Totals
) -> UUID:
    invoice_id = new_id()
    await crm.keyring.ensure([columns["contact_id"]], INVOICE.retention_class)
    async with crm.data.transaction():
        place = await next_number(crm, kind, columns["issued_on"])
        numbered = {"number": place.text, "series_year": place.year, "series_number": place.number}
        await crm.records.insert(INVOICE, columns | numbered | {"id": invoice_id, "kind": kind}, paper)
        await insert_lines(crm, columns | {"id": invoice_id, "kind": kind}, paper, sums)
        # Its files say what was true on this day, whatever the organisation changes before somebody asks for them.
        await enqueue(crm, "sales.keep_paper", {"invoice_id": invoice_id})
    return invoice_id


async def insert_lines(crm: Installation, invoice: dict[str, Any], paper: PaperContent, sums: Totals) -> None:
    """Lines as reports count them. A discount on the whole is not theirs: reports of products show what was charged for each."""
    sign = -1 if invoice["kind"] == "credit_note" else 1
    await crm.data.execute_many(
        "INSERT INTO sales_invoice_line (id, invoice_id, contact_id, product_id, issued_on, currency, quantity, net) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                new_id(), invoice["id"], invoice["contact_id"], UUID(line.product) if line.product else None,
                invoice["issued_on"], invoice["currency"], sign * line.quantity, sign * net,
            )
            for line, net in zip(paper.lines, sums.lines, strict=True)
        ],
    )  # fmt: skip


def columns_of(sums: Totals, terms: Terms) -> dict[str, Any]:
    return {
        "corrects_id": None,
        "order_id": terms.order_id,
        "opportunity_id": terms.opportunity_id,
        "owner_id": terms.owner_id,
        "subscription_id": terms.subscription_id,
        "period_on": terms.period_on,
        "issued_on": terms.issued_on,
        "due_on": None,
        "currency": terms.currency,
        "net": sums.net,
        "tax": sums.tax,
        "gross": sums.gross,
        "paid": 0,
        "credited": 0,
        "reminded": 0,
        "remind_on": None,
        "hold": "",
        "settled_at": None if sums.gross else now(),
        "created_at": now(),
    }


def check_terms(terms: Terms) -> None:
    errors = {}
    try:
        minor_digits(terms.currency)
    except InvalidAmount as wrong:
        errors["currency"] = str(wrong)
    if not 0 <= terms.days <= MOST_DAYS:
        errors["days"] = f"From 0 to {MOST_DAYS} days."
    if errors:
        raise InvalidContent(errors)


async def record_payment(
    crm: Installation, access: Access, invoice_id: UUID, draft: PaymentDraft, *, reverses_id: UUID | None = None
) -> UUID:
    """Note money that came in or went back, all or a part; returns the payment's id.

    More than is open may come in: people do pay twice, and it has to go back. Less than nothing in all cannot.
    reverses_id: the wrong entry that this one takes back. Raises Forbidden, NotFound and InvalidContent.
    """
    access.actor.require("sales.bill")
    opened = await visible_invoice(crm, access, invoice_id)
    if opened.row["kind"] != "invoice":
        raise NotFound
    check_payment(draft)
    payment_id, contact_id = new_id(), opened.row["contact_id"]
    columns = {
        "id": payment_id, "invoice_id": invoice_id, "contact_id": contact_id, "paid_on": draft.paid_on,
        "amount": draft.amount, "currency": opened.row["currency"], "method": draft.method, "created_at": now(),
        "reverses_id": reverses_id,
    }  # fmt: skip
    content = PaymentContent(reference=draft.reference.strip(), note=draft.note.strip())
    await crm.keyring.ensure([contact_id], PAYMENT.retention_class)
    async with crm.data.transaction():
        added = await crm.data.fetch(
            "UPDATE sales_invoice SET paid = paid + ? WHERE id = ? AND paid + ? >= 0 RETURNING *",
            draft.amount, invoice_id, draft.amount,
        )  # fmt: skip
        if not added:
            raise InvalidContent({"amount": "More would have gone back than came in."})
        await note_settled(crm, added[0])
        await crm.records.insert(PAYMENT, columns, content)
    return payment_id


def check_payment(draft: PaymentDraft) -> None:
    errors = {}
    if draft.amount == 0 or abs(draft.amount) > LARGEST_AMOUNT:
        errors["amount"] = "Please say how much."
    if draft.method not in METHODS:
        errors["method"] = "Please choose one of the ways."
    if errors:
        raise InvalidContent(errors)


def open_amount(row: Row) -> int:
    """What is still to be paid, in minor units; below nothing if too much came in. A credit note has nothing open."""
    return int(row["gross"] - row["paid"] - row["credited"]) if row["kind"] == "invoice" else 0


async def invoices_of(crm: Installation, access: Access, contact_id: UUID) -> list[Opened[PaperContent]]:
    """All of a contact, the newest first; one query. Raises Forbidden and NotFound."""
    access.actor.require("sales.read")
    await visible_contact(crm, access, contact_id)
    rows = await crm.data.fetch(
        "SELECT * FROM sales_invoice WHERE contact_id = ? ORDER BY issued_on DESC, id DESC", contact_id
    )
    return await crm.door.open(access, INVOICE, rows)


async def payments_of(crm: Installation, access: Access, invoice_ids: Sequence[UUID]) -> list[Opened[PaymentContent]]:
    """The payments on these invoices, the oldest first; one query. Raises Forbidden."""
    access.actor.require("sales.read")
    if not invoice_ids:
        return []
    marks = ", ".join("?" * len(invoice_ids))
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_payment WHERE invoice_id IN ({marks}) ORDER BY paid_on, id", *invoice_ids
    )
    return await crm.door.open(access, PAYMENT, rows)


def whole_of(paper: PaperContent) -> PaperContent:
    """What a credit note over a whole invoice says: the same lines and discount."""
    return msgspec.structs.replace(paper, opening="", closing="", accepted_by="")
