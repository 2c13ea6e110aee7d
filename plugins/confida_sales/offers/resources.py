"""Quotes and orders for programs: read, and begun; what follows is for people to decide."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    LineText,
    LongText,
    NotFound,
    ShortText,
    account_names,
    visible_contact,
)
from confida_sales.content import OFFER, PaperLine
from confida_sales.offers.billing_details import paper_for
from confida_sales.offers.offers import (
    SEEN,
    Offered,
    OfferTerms,
    create_order,
    create_quote,
    state_of,
    today,
    visible_offer,
)
from confida_sales.papers_shown import read_id
from confida_web.api import ApiResource, Entity, Given, ListPage, ListQuery, Parameter, open_place, seal_place

FIRST = UUID(int=0)
Whole = Annotated[int, Meta(ge=0, le=2**53 - 1)]
STATES = {
    "quote": ("draft", "sent", "accepted", "declined", "replaced", "expired"),
    "order": ("open", "billed", "cancelled"),
}
SAME = (
    "id", "version", "contact_id", "opportunity_id", "owner_id", "number", "revision", "from_id", "currency", "net", "tax",
    "gross", "expires_on", "created_at", "sent_at", "decided_at",
)  # fmt: skip


class OfferLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """quantity: thousandths. price: minor units without tax. discount, tax_rate: hundredths of a percent. product: its id, or "".

    tax_category: of UNCL 5305, such as S, Z, E or AE. recurs_months: 0 for charged once.
    """

    name: LineText
    price: Whole
    quantity: Whole = 1_000
    product: ShortText = ""
    sku: ShortText = ""
    description: LongText = ""
    unit: ShortText = ""
    discount: Whole = 0
    tax_category: ShortText = "S"
    tax_rate: Whole = 0
    recurs_months: Annotated[int, Meta(ge=0, le=120)] = 0


class OfferEntity(Entity, frozen=True, kw_only=True):
    """A quote or order. Amounts are minor units of its currency. number: "" of a draft. from_id: what it revises, or came from."""

    contact_id: UUID
    opportunity_id: UUID | None
    owner_id: UUID | None
    number: str
    revision: int
    state: str
    from_id: UUID | None
    currency: str
    net: int
    tax: int
    gross: int
    expires_on: date | None
    created_at: datetime
    sent_at: datetime | None
    decided_at: datetime | None
    name: str
    reference: str
    discount: int
    accepted_by: str
    declined_because: str
    lines: list[OfferLine]


class NewOffer(Given, frozen=True, kw_only=True):
    """It is made out to the billing details or the address of the contact. discount: minor units off the whole."""

    contact_id: UUID
    currency: Annotated[str, Meta(min_length=3, max_length=3)]
    lines: Annotated[list[OfferLine], Meta(min_length=1, max_length=500)]
    opportunity_id: UUID | None = None
    owner_id: UUID | None = None
    expires_on: date | None = None
    reference: ShortText = ""
    discount: Whole = 0
    opening: LongText = ""
    closing: LongText = ""


def entity(one: Offered, day: date) -> OfferEntity:
    paper, names = one.content, OfferLine.__struct_fields__
    return OfferEntity(
        **{name: one.row[name] for name in SAME},
        state=state_of(one.row, day),
        **{name: getattr(paper, name) for name in ("name", "reference", "discount", "accepted_by", "declined_because")},
        lines=[OfferLine(**{name: getattr(line, name) for name in names}) for line in paper.lines],
    )


async def list_items(kind: str, crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """In the order of their making. Raises Forbidden and InvalidCursor."""
    access.actor.require("sales.read")
    place = f"{kind}s of programs"
    after = open_place(crm, place, query.cursor, tuple[UUID])[0] if query.cursor else FIRST
    where, values = "kind = ? AND id > ? AND state <> 'discarded'", [kind, after]
    for name, column in (("contact", "contact_id"), ("opportunity", "opportunity_id")):
        if name in query.given:
            where, values = f"{where} AND {column} = ?", [*values, query.given[name]]
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_offer WHERE {where}{SEEN} ORDER BY id LIMIT ?", *values, query.limit + 1
    )
    more, rows = len(rows) > query.limit, rows[: query.limit]
    opened = await crm.door.open(access, OFFER, rows)
    # That there is a next page would tell of somebody who is hidden.
    hidden = "contact" in query.given and not opened
    day = today(crm)
    following = seal_place(crm, place, [rows[-1]["id"]]) if more and not hidden else ""
    return ListPage(items=[entity(one, day) for one in opened], next=following)


async def get_item(kind: str, crm: Installation, access: Access, offer_id: UUID) -> OfferEntity:
    return entity(await visible_offer(crm, access, offer_id, kind), today(crm))


async def create_item(kind: str, crm: Installation, access: Access, given: NewOffer) -> UUID:
    try:
        contact = await visible_contact(crm, access, given.contact_id)
    except NotFound:
        raise InvalidContent({"contact_id": "There is no such contact."}) from None
    if given.owner_id is not None and given.owner_id not in await account_names(crm, [given.owner_id]):
        raise InvalidContent({"owner_id": "There is no such account."})
    paper = msgspec.structs.replace(
        await paper_for(crm, access, contact),
        lines=tuple(line_of(line) for line in given.lines),
        discount=given.discount,
        opening=given.opening,
        closing=given.closing,
        **({"reference": given.reference} if given.reference else {}),
    )
    terms = OfferTerms(
        currency=given.currency,
        expires_on=given.expires_on,
        opportunity_id=given.opportunity_id,
        owner_id=given.owner_id,
    )
    create = create_quote if kind == "quote" else create_order
    try:
        return await create(crm, access, given.contact_id, paper, terms)
    except NotFound:
        raise InvalidContent({"opportunity_id": "This contact has no such opportunity."}) from None


def line_of(given: OfferLine) -> PaperLine:
    values: dict[str, Any] = {name: getattr(given, name) for name in OfferLine.__struct_fields__}
    return PaperLine(**values | {"product": given.product if read_id(given.product) else ""})


def resource(kind: str, label: str, summary: str) -> ApiResource:
    def of_kind(function: Callable[..., Awaitable[Any]]) -> Any:
        return partial(function, kind)

    return ApiResource(
        key=f"{kind}s",
        label=label,
        summary=summary,
        read="sales.read",
        write="sales.write",
        shape=OfferEntity,
        new_shape=NewOffer,
        list_items=of_kind(list_items),
        get_item=of_kind(get_item),
        create_item=of_kind(create_item),
        parameters=(
            Parameter(name="contact", type="uuid", description="Only those of this contact."),
            Parameter(name="opportunity", type="uuid", description="Only those of this opportunity."),
        ),
        example={
            "contact_id": "01890c4e-5e5f-7b11-9a6b-1f2a3b4c5d6e",
            "currency": "EUR",
            "lines": [{"name": "Green tea", "quantity": 2000, "price": 1290, "tax_rate": 700}],
        },
    )


API_RESOURCES = (
    resource("quote", "Quotes", "What was offered. A POST makes a draft; only people send it."),
    resource("order", "Orders", "What was ordered. A POST makes an open order with its number."),
)
