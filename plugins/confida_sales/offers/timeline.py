"""Quotes and orders on a contact's timeline, and found by their number from everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    Place,
    TimelineItem,
    shown_amount,
)
from confida_sales.content import OFFER
from confida_sales.offers.offers import SEEN, Offered, state_of, today
from confida_sales.offers.showing import SHOWN, href_of, numbered
from confida_web.api import Found

KINDS = {"quote": "Quote", "order": "Order"}


async def offer_items(
    crm: Installation, access: Access, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
) -> list[TimelineItem]:
    """The newest first, older than `before`; drafts are no part of what happened yet."""
    wanted = [kind for kind in KINDS if not kinds or kind in kinds]
    if not wanted or not access.actor.may("sales.read"):
        return []
    older = " AND (created_at, id) < (?, ?)" if before else ""
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_offer WHERE contact_id = ? AND kind IN ({', '.join('?' * len(wanted))}) "
        f"AND state NOT IN ('draft', 'discarded'){older} ORDER BY created_at DESC, id DESC LIMIT ?",
        contact_id, *wanted, *(before or ()), limit,
    )  # fmt: skip
    day = today(crm)
    return [item_of(one, SHOWN[state_of(one.row, day)].label) for one in await crm.door.open(access, OFFER, rows)]


def item_of(one: Offered, state: str) -> TimelineItem:
    row = one.row
    return TimelineItem(
        id=row["id"],
        at=row["created_at"],
        kind=row["kind"],
        kind_label=KINDS[row["kind"]],
        icon=row["kind"],
        subject=f"{numbered(row)}, {shown_amount(row['gross'], row['currency'])}",
        body=one.content.declined_because,
        outcome=state,
        people=one.people,
        href=href_of(row),
    )


async def find_by_number(crm: Installation, access: Access, words: tuple[str, ...], limit: int) -> Sequence[Found]:
    """The whole number in any case, or its last digits."""
    access.actor.require("sales.read")
    typed = " ".join(words)
    where, values = "number IN (?, ?, ?)", [typed, typed.upper(), typed.lower()]
    # Only digits go through all numbers: names are typed far more often, letter by letter.
    if typed.isascii() and typed.isdigit():
        where, values = f"({where} OR number LIKE ?)", [*values, f"%{typed}"]
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_offer WHERE number <> '' AND {where} AND state <> 'discarded'{SEEN} "
        "ORDER BY created_at DESC, id DESC LIMIT ?",
        *values, limit,
    )  # fmt: skip
    return [
        Found(
            label=f"{KINDS[one.row['kind']]} {numbered(one.row)}",
            href=href_of(one.row),
            detail=f"{one.content.name}, {shown_amount(one.row['gross'], one.row['currency'])}",
            icon=one.row["kind"],
        )
        for one in await crm.door.open(access, OFFER, rows)
    ]
