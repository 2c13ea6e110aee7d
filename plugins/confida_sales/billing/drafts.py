"""Drafts of invoices: sealed like invoices, without a number, and free to be changed until they are issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    VersionConflict,
    new_id,
    now,
    visible_contact,
)
from confida_sales.billing.invoices import Terms, check_terms, columns_of, due, store_issued
from confida_sales.billing.recurring import today_of
from confida_sales.content import DRAFT, OFFER, PaperContent
from confida_sales.papers import check_paper

KEPT_DAYS = 30
EARLIEST_DAYS, LATEST_DAYS = 366, 7
BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftTerms:
    """days: until it will be due, from the day it is issued."""

    currency: str
    days: int = 14
    order_id: UUID | None = None
    opportunity_id: UUID | None = None
    owner_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftPage:
    """after: what the next page begins behind, None on the last."""

    items: list[Opened[PaperContent]] = field(default_factory=list)
    after: UUID | None = None


async def visible_draft(
    crm: Installation, access: Access, draft_id: UUID, *, discarded: bool = False
) -> Opened[PaperContent]:
    """The gate to one draft. discarded: also one that was. Raises Forbidden and NotFound."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch("SELECT * FROM sales_invoice_draft WHERE id = ?", draft_id)
    opened = await crm.door.open_one(access, DRAFT, rows[0]) if rows else None
    if opened is None or (opened.row["discarded_at"] is not None and not discarded):
        raise NotFound
    return opened


async def list_drafts(crm: Installation, access: Access, *, after: UUID | None = None, limit: int = 50) -> DraftPage:
    """The newest first, from the one after `after` on. Raises Forbidden."""
    access.actor.require("sales.read")
    older, values = (" AND id < ?", (after,)) if after else ("", ())
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_invoice_draft WHERE discarded_at IS NULL{older} ORDER BY id DESC LIMIT ?",
        *values, limit + 1,
    )  # fmt: skip
    following = rows[limit - 1]["id"] if len(rows) > limit else None
    return DraftPage(items=await crm.door.open(access, DRAFT, rows[:limit]), after=following)


async def make_draft(
    crm: Installation, access: Access, contact_id: UUID, paper: PaperContent, terms: DraftTerms
) -> UUID:
    """Returns its id. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("sales.bill")
    await visible_contact(crm, access, contact_id)
    columns = columns_of_draft(paper, terms) | {
        "id": new_id(), "contact_id": contact_id, "created_at": now(), "order_id": terms.order_id,
        "opportunity_id": terms.opportunity_id,
    }  # fmt: skip
    await crm.records.insert(DRAFT, columns, paper)
    made: UUID = columns["id"]
    return made


async def change_draft(
    crm: Installation, access: Access, draft_id: UUID, paper: PaperContent, terms: DraftTerms, *, seen: int
) -> None:
    """Put this in its place; what it came from stays. Raises Forbidden, NotFound, InvalidContent and VersionConflict."""
    access.actor.require("sales.bill")
    opened = await visible_draft(crm, access, draft_id)
    kept = {"id": draft_id, "contact_id": opened.row["contact_id"]}
    await crm.records.update(DRAFT, columns_of_draft(paper, terms) | kept, paper, seen=seen)


def columns_of_draft(paper: PaperContent, terms: DraftTerms) -> dict[str, Any]:
    sums = check_paper(paper)
    check_terms(Terms(currency=terms.currency, issued_on=date.min, days=terms.days))
    return {
        "currency": terms.currency, "days": terms.days, "net": sums.net, "tax": sums.tax, "gross": sums.gross,
        "owner_id": terms.owner_id,
    }  # fmt: skip


async def draft_of_order(crm: Installation, access: Access, order_id: UUID) -> UUID:
    """An invoice over an order as it stands, to be looked at before it is issued; the one that is there already, if one is.

    Raises Forbidden and NotFound.
    """
    access.actor.require("sales.bill")
    order = await visible_order(crm, access, order_id)
    waiting = await crm.data.fetch(
        "SELECT id FROM sales_invoice_draft WHERE order_id = ? AND discarded_at IS NULL ORDER BY id LIMIT 1", order_id
    )
    if waiting:
        found: UUID = waiting[0]["id"]
        return found
    terms = DraftTerms(
        currency=order.row["currency"], order_id=order_id, opportunity_id=order.row["opportunity_id"],
        owner_id=order.row["owner_id"],
    )  # fmt: skip
    return await make_draft(crm, access, order.row["contact_id"], order.content, terms)


async def visible_order(crm: Installation, access: Access, order_id: UUID) -> Opened[PaperContent]:
    """An order that holds. Raises NotFound."""
    rows = await crm.data.fetch(
        "SELECT * FROM sales_offer WHERE id = ? AND kind = 'order' AND state <> 'cancelled'", order_id
    )
    order = await crm.door.open_one(access, OFFER, rows[0]) if rows else None
    if order is None:
        raise NotFound
    return order


async def issue_draft(crm: Installation, access: Access, draft_id: UUID, issued_on: date, *, seen: int) -> UUID:
    """Give it its number and make it final; the draft is gone then. Returns the invoice's id.

    seen: the version that was looked at, so that nobody issues what somebody else has just changed. Its order counts as
    billed. Raises Forbidden, NotFound, InvalidContent and VersionConflict.
    """
    access.actor.require("sales.bill")
    opened = await visible_draft(crm, access, draft_id)
    row, paper = opened.row, opened.content
    await visible_contact(crm, access, row["contact_id"])
    sums = check_paper(paper)
    check_day(crm, issued_on)
    terms = Terms(
        currency=row["currency"], issued_on=issued_on, days=row["days"], order_id=row["order_id"],
        opportunity_id=row["opportunity_id"], owner_id=row["owner_id"],
    )  # fmt: skip
    check_terms(terms)
    columns = columns_of(sums, terms) | due(terms) | {"contact_id": row["contact_id"]}
    await crm.keyring.ensure([row["contact_id"]], "bookkeeping")
    async with crm.data.transaction():
        # Whoever presses twice has one invoice: the second finds no draft.
        await crm.records.hold(DRAFT, draft_id, seen)
        await crm.records.delete(DRAFT, draft_id, opened.people)
        if row["order_id"] is not None:
            await note_billed(crm, row["order_id"], row["contact_id"])
        return await store_issued(crm, "invoice", columns, paper, sums)


def check_day(crm: Installation, issued_on: date) -> None:
    """Raises InvalidContent: a day of a later year by mistake would begin the numbers of that year for good."""
    today = today_of(crm)
    if not today - timedelta(days=EARLIEST_DAYS) <= issued_on <= today + timedelta(days=LATEST_DAYS):
        raise InvalidContent(
            {"issued_on": "Please choose a day of the last twelve months, or one of the next seven days."}
        )


async def note_billed(crm: Installation, order_id: UUID, contact_id: UUID) -> None:
    open_still = await crm.data.fetch("SELECT id FROM sales_offer WHERE id = ? AND state = 'open'", order_id)
    if open_still:
        await crm.records.set_columns(OFFER, order_id, contact_id, state="billed")


async def discard_draft(crm: Installation, access: Access, draft_id: UUID) -> None:
    """Out of the list; it can be taken back for thirty days. Raises Forbidden and NotFound."""
    await set_discarded(crm, access, draft_id, now())


async def restore_draft(crm: Installation, access: Access, draft_id: UUID) -> None:
    """Raises Forbidden and NotFound."""
    await set_discarded(crm, access, draft_id, None)


async def set_discarded(crm: Installation, access: Access, draft_id: UUID, moment: datetime | None) -> None:
    access.actor.require("sales.bill")
    opened = await visible_draft(crm, access, draft_id, discarded=True)
    try:
        await crm.records.set_columns(DRAFT, draft_id, opened.row["contact_id"], discarded_at=moment)
    except VersionConflict:
        raise NotFound from None


async def forget_discarded(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: drafts that nobody took back in time are gone for good."""
    until = now() - timedelta(days=KEPT_DAYS)
    query = "SELECT id, contact_id FROM sales_invoice_draft WHERE discarded_at < ? ORDER BY id LIMIT ?"
    for row in await crm.data.fetch(query, until, BATCH):
        await crm.records.delete(DRAFT, row["id"], [row["contact_id"]])
