"""Invoices and payments for programs, such as the one an accountant uses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from confida_core.api import Access, Installation, InvalidContent, LineText, LongText, NotFound, Opened
from confida_sales.billing.drafts import issue_draft, visible_draft
from confida_sales.billing.invoices import PaymentDraft, open_amount, record_payment, visible_invoice
from confida_sales.billing.payments import visible_payment
from confida_sales.billing.recurring import today_of
from confida_sales.content import INVOICE, PAYMENT, PaperContent, PaymentContent
from confida_web.api import (
    ApiResource,
    Entity,
    Given,
    ListPage,
    ListQuery,
    Parameter,
    open_place,
    seal_place,
)

PURPOSES = ("relationship", "sales.bookkeeping")
FIRST = UUID(int=0)
Minor = Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)]
Method = Literal["transfer", "card", "cash", "debit", "rounding", "other"]


class InvoiceLine(Struct, frozen=True, kw_only=True):
    """quantity: thousandths. price: minor units without tax. discount, tax_rate: hundredths of a percent."""

    name: str
    description: str
    sku: str
    unit: str
    quantity: int
    price: int
    discount: int
    tax_category: str
    tax_rate: int


class InvoiceEntity(Entity, frozen=True, kw_only=True):
    """An issued invoice or credit note. Amounts are minor units of its currency. open: below nothing if too much was paid."""

    contact_id: UUID
    kind: str
    number: str
    currency: str
    net: int
    tax: int
    gross: int
    paid: int
    credited: int
    open: int
    issued_on: date
    due_on: date | None
    settled_at: datetime | None
    corrects_id: UUID | None
    order_id: UUID | None
    subscription_id: UUID | None
    name: str
    reference: str
    discount: int
    lines: list[InvoiceLine]


class IssuedDraft(Given, frozen=True, kw_only=True):
    """draft_id: of the draft that gets its number now, for good. draft_version: the one that was looked at; else the newest."""

    draft_id: UUID
    issued_on: date | None = None
    draft_version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class PaymentEntity(Entity, frozen=True, kw_only=True):
    """Money that came in, or with a minus went back. reverses_id: the wrong entry that it takes back."""

    contact_id: UUID
    invoice_id: UUID
    amount: int
    currency: str
    paid_on: date
    method: str
    reference: str
    note: str
    reverses_id: UUID | None
    created_at: datetime


class NewPayment(Given, frozen=True, kw_only=True):
    """amount: minor units of the invoice's currency, less than nothing for money that went back."""

    invoice_id: UUID
    amount: Minor
    paid_on: date
    method: Method = "transfer"
    reference: LineText = ""
    note: LongText = ""


def invoice_entity(one: Opened[PaperContent]) -> InvoiceEntity:
    row, paper = one.row, one.content
    same = (
        "id", "version", "contact_id", "kind", "number", "currency", "net", "tax", "gross", "paid", "credited", "issued_on",
        "due_on", "settled_at", "corrects_id", "order_id", "subscription_id",
    )  # fmt: skip
    names = InvoiceLine.__struct_fields__
    return InvoiceEntity(
        **{name: row[name] for name in same},
        open=open_amount(row),
        name=paper.name,
        reference=paper.reference,
        discount=paper.discount,
        lines=[InvoiceLine(**{name: getattr(line, name) for name in names}) for line in paper.lines],
    )


def payment_entity(one: Opened[PaymentContent]) -> PaymentEntity:
    same = (
        "id", "version", "contact_id", "invoice_id", "amount", "currency", "paid_on", "method", "reverses_id", "created_at",
    )  # fmt: skip
    return PaymentEntity(
        **{name: one.row[name] for name in same}, reference=one.content.reference, note=one.content.note
    )


async def page_of(crm: Installation, access: Access, query: ListQuery, record: Any, **by: Any) -> Any:
    """The opened rows of one page in the order of their making, and the cursor of the next. by: column -> value or None."""
    access.actor.require("sales.read")
    place = f"{record.name} of programs"
    after = open_place(crm, place, query.cursor, tuple[UUID])[0] if query.cursor else FIRST
    where, values = ["id > ?"], list[Any]([after])
    for column, value in by.items():
        if value is not None:
            where.append(f"{column} = ?")
            values.append(value)
    rows = await crm.data.fetch(
        f"SELECT * FROM {record.name} WHERE {' AND '.join(where)} ORDER BY id LIMIT ?", *values, query.limit + 1
    )
    more, rows = len(rows) > query.limit, rows[: query.limit]
    opened = await crm.door.open(access, record, rows)
    # That there is a next page would tell of somebody who is hidden.
    hidden = by.get("contact_id") is not None and not opened
    return opened, seal_place(crm, place, [rows[-1]["id"]]) if more and not hidden else ""


async def list_invoices(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    found, following = await page_of(
        crm, access, query, INVOICE, contact_id=query.given.get("contact"), kind=query.given.get("kind")
    )
    return ListPage(items=[invoice_entity(one) for one in found], next=following)


async def get_invoice(crm: Installation, access: Access, invoice_id: UUID) -> InvoiceEntity:
    return invoice_entity(await visible_invoice(crm, access, invoice_id))


async def create_invoice(crm: Installation, access: Access, given: IssuedDraft) -> UUID:
    try:
        draft = await visible_draft(crm, access, given.draft_id)
    except NotFound:
        raise InvalidContent({"draft_id": "There is no such draft."}) from None
    day, seen = given.issued_on or today_of(crm), given.draft_version or draft.row["version"]
    return await issue_draft(crm, access, given.draft_id, day, seen=seen)


async def list_payments(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    found, following = await page_of(
        crm, access, query, PAYMENT, contact_id=query.given.get("contact"), invoice_id=query.given.get("invoice")
    )
    return ListPage(items=[payment_entity(one) for one in found], next=following)


async def get_payment(crm: Installation, access: Access, payment_id: UUID) -> PaymentEntity:
    return payment_entity(await visible_payment(crm, access, payment_id))


async def create_payment(crm: Installation, access: Access, given: NewPayment) -> UUID:
    draft = PaymentDraft(
        amount=given.amount, paid_on=given.paid_on, method=given.method, reference=given.reference, note=given.note
    )
    try:
        return await record_payment(crm, access, given.invoice_id, draft)
    except NotFound:
        raise InvalidContent({"invoice_id": "There is no such invoice."}) from None


BY_CONTACT = Parameter(name="contact", type="uuid", description="Only those of this contact.")
API_RESOURCES = (
    ApiResource(
        key="invoices",
        label="Invoices",
        summary="Issued invoices and credit notes. They never change; a POST issues a draft and gives it its number.",
        read="sales.read",
        write="sales.bill",
        purposes=PURPOSES,
        shape=InvoiceEntity,
        new_shape=IssuedDraft,
        list_items=list_invoices,
        get_item=get_invoice,
        create_item=create_invoice,
        parameters=(
            BY_CONTACT,
            Parameter(
                name="kind", type="choice", description="Only one of the two.", choices=("invoice", "credit_note")
            ),
        ),
        example={"draft_id": "01890c4e-5e5f-7b11-9a6b-1f2a3b4c5d6e", "issued_on": "2026-11-22"},
    ),
    ApiResource(
        key="payments",
        label="Payments",
        summary="Money that came in on invoices, or went back. Entries are never changed; a wrong one is taken back.",
        read="sales.read",
        write="sales.bill",
        purposes=PURPOSES,
        shape=PaymentEntity,
        new_shape=NewPayment,
        list_items=list_payments,
        get_item=get_payment,
        create_item=create_payment,
        parameters=(
            BY_CONTACT,
            Parameter(name="invoice", type="uuid", description="Only those on this invoice."),
        ),
        example={"invoice_id": "01890c4e-5e5f-7b11-9a6b-1f2a3b4c5d6e", "amount": 23800, "paid_on": "2026-11-22"},
    ),
)
