"""Quotes and orders: what both are. `quotes` and `orders` say what each goes through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from confida_core.api import (
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    Opened,
    Row,
    minor_digits,
    new_id,
    now,
    visible_contact,
)
from confida_sales.billing.numbering import next_number
from confida_sales.content import OFFER, PaperContent
from confida_sales.opportunities.opportunities import visible_opportunity
from confida_sales.papers import check_paper
from confida_sales.totals import Totals

Offered = Opened[PaperContent]
SEEN = " AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = sales_offer.contact_id AND c.deleted_at IS NOT NULL)"
"""For queries: without those of contacts in the trash, which nobody sees any more."""
CLOSED = {"quote": "A quote that was sent is never changed; revise it instead.", "order": "This order is closed."}


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferTerms:
    """expires_on: the last day on which a quote may be accepted; None is without end."""

    currency: str
    expires_on: date | None = None
    opportunity_id: UUID | None = None
    owner_id: UUID | None = None


def today(crm: Installation) -> date:
    """Where the organisation is, because its quotes end there."""
    return now().astimezone(ZoneInfo(crm.settings.time_zone)).date()


def expired(row: Row, day: date) -> bool:
    """Whether it waits for an answer that comes too late."""
    return row["state"] == "sent" and row["expires_on"] is not None and row["expires_on"] < day


def state_of(row: Row, day: date) -> str:
    """As people call it: the stored state, or `expired`."""
    return "expired" if expired(row, day) else str(row["state"])


async def visible_offer(crm: Installation, access: Access, offer_id: UUID, kind: str = "") -> Offered:
    """The gate to one quote or order for colleagues: opened through the door, or NotFound, whatever the reason. Raises Forbidden."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch(f"SELECT * FROM sales_offer WHERE id = ?{SEEN}", offer_id)
    if not rows or (kind and rows[0]["kind"] != kind):
        raise NotFound
    opened = await crm.door.open_one(access, OFFER, rows[0])
    if opened is None:
        raise NotFound
    return opened


async def changeable(crm: Installation, access: Access, offer_id: UUID, kind: str, states: Sequence[str]) -> Offered:
    """One that may be worked on now. Raises Forbidden, NotFound, and InvalidContent in any other state."""
    access.actor.require("sales.write")
    opened = await visible_offer(crm, access, offer_id, kind)
    if opened.row["state"] not in states:
        raise InvalidContent({"": f"This cannot be done: the {kind} is {state_of(opened.row, today(crm))} by now."})
    return opened


async def listed_offers(
    crm: Installation,
    access: Access,
    kind: str,
    *,
    state: str = "",
    contact_id: UUID | None = None,
    opportunity_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Offered]:
    """The newest first, older than `before`. state: also `expired`; "" for all that nobody threw away or replaced. One query."""
    access.actor.require("sales.read")
    where, args = state_condition(state, today(crm))
    for column, value in (("contact_id", contact_id), ("opportunity_id", opportunity_id)):
        if value is not None:
            where, args = f"{where} AND {column} = ?", [*args, value]
    if before:
        where, args = f"{where} AND (created_at, id) < (?, ?)", [*args, *before]
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_offer WHERE kind = ? AND {where}{SEEN} ORDER BY created_at DESC, id DESC LIMIT ?",
        kind, *args, limit,
    )  # fmt: skip
    return await crm.door.open(access, OFFER, rows)


def state_condition(state: str, day: date) -> tuple[str, list[Any]]:
    if state == "expired":
        return "state = 'sent' AND expires_on < ?", [day]
    if state == "sent":
        return "state = 'sent' AND (expires_on IS NULL OR expires_on >= ?)", [day]
    return ("state = ?", [state]) if state else ("state NOT IN ('discarded', 'replaced')", [])


async def create_quote(
    crm: Installation, access: Access, contact_id: UUID, paper: PaperContent, terms: OfferTerms
) -> UUID:
    """A draft; returns its id. Raises Forbidden, NotFound and InvalidContent."""
    return await store_offer(crm, "quote", await first_columns(crm, access, contact_id, paper, terms), undecided(paper))


async def create_order(
    crm: Installation, access: Access, contact_id: UUID, paper: PaperContent, terms: OfferTerms
) -> UUID:
    """Open, with its number; returns its id. Raises Forbidden, NotFound and InvalidContent."""
    return await store_offer(crm, "order", await first_columns(crm, access, contact_id, paper, terms), undecided(paper))


async def first_columns(
    crm: Installation, access: Access, contact_id: UUID, paper: PaperContent, terms: OfferTerms
) -> dict[str, Any]:
    access.actor.require("sales.write")
    await visible_contact(crm, access, contact_id)
    if terms.opportunity_id is not None:
        found = await visible_opportunity(crm, access, terms.opportunity_id)
        if found.row["contact_id"] != contact_id:
            raise NotFound
    return columns_of(check_paper(paper), terms) | {"contact_id": contact_id, "revision": 1}


async def store_offer(crm: Installation, kind: str, columns: dict[str, Any], paper: PaperContent) -> UUID:
    offer_id = new_id()
    await crm.keyring.ensure([columns["contact_id"]], OFFER.retention_class)
    async with crm.data.transaction():
        number = (await next_number(crm, "order", today(crm))).text if kind == "order" else columns.get("number", "")
        own = {
            "id": offer_id, "kind": kind, "number": number, "state": "open" if kind == "order" else "draft",
            "created_at": now(),
        }  # fmt: skip
        await crm.records.insert(OFFER, columns | own, paper)
    return offer_id


async def change_offer(
    crm: Installation, access: Access, offer_id: UUID, paper: PaperContent, terms: OfferTerms, *, seen: int
) -> int:
    """Replace what a draft or an open order says, at the version that was seen; returns the new version.

    Whoever had agreed to the order agreed to something else, so that has to be done again.
    Raises Forbidden, NotFound, InvalidContent and VersionConflict.
    """
    access.actor.require("sales.write")
    opened = await visible_offer(crm, access, offer_id)
    if opened.row["state"] not in {"draft", "open"}:
        raise InvalidContent({"": CLOSED[opened.row["kind"]]})
    columns = columns_of(check_paper(paper), terms) | {
        "id": offer_id, "contact_id": opened.row["contact_id"], "decided_at": None, "decided_by": None,
    }  # fmt: skip
    return await crm.records.update(OFFER, columns, undecided(paper), seen=seen)


def columns_of(sums: Totals, terms: OfferTerms) -> dict[str, Any]:
    """Raises InvalidContent for what is no currency."""
    try:
        minor_digits(terms.currency)
    except InvalidAmount as wrong:
        raise InvalidContent({"currency": str(wrong)}) from None
    return {
        "opportunity_id": terms.opportunity_id,
        "owner_id": terms.owner_id,
        "expires_on": terms.expires_on,
        "currency": terms.currency,
        "net": sums.net,
        "tax": sums.tax,
        "gross": sums.gross,
    }


def undecided(paper: PaperContent) -> PaperContent:
    """The same paper before anybody answered to it."""
    return msgspec.structs.replace(paper, accepted_by="", declined_because="")


def terms_of(row: Row) -> OfferTerms:
    return OfferTerms(
        currency=row["currency"],
        expires_on=row["expires_on"],
        opportunity_id=row["opportunity_id"],
        owner_id=row["owner_id"],
    )


async def set_state(
    crm: Installation, opened: Offered, state: str, paper: PaperContent | None = None, **columns: Any
) -> int:
    """The step that everything else is made of: it fails with VersionConflict if anybody took another one meanwhile."""
    own = {"id": opened.row["id"], "contact_id": opened.row["contact_id"], "state": state}
    return await crm.records.update(OFFER, own | columns, paper or opened.content, seen=opened.row["version"])
