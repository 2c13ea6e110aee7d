"""Leads by the page: filtered, counted, found. Filters stand on operational columns; a page's rows are opened at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, Opened, Row, display_names, likely_contacts, now
from confida_sales.content import LEAD, LeadContent
from confida_sales.leads.leads import OPEN_STATES

STATES: Mapping[str, str] = {
    "new": "New",
    "working": "In work",
    "converted": "Converted",
    "discarded": "Laid aside",
}
AGES = (7, 30, 90)
PER_PAGE = 50
MOST_COUNTED = 100
SEARCHED = 300
# What is in the trash is nowhere to be seen. The condition is answered by the small index of the trash alone.
NOT_TRASHED = "contact_id NOT IN (SELECT id FROM contact WHERE deleted_at IS NOT NULL)"
Place = tuple[datetime, UUID]


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadFilter:
    """states: () for all. owner: "me", "nobody", the id of an account, or "" for anybody. older_days: at least so old.

    source: "" for any. contact_id: only those about this contact.
    """

    states: tuple[str, ...] = OPEN_STATES
    owner: str = ""
    source: str = ""
    older_days: int = 0
    contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LeadPage:
    """leads: opened, the newest first. names: of their contacts. newer, older: places from which the neighbours begin."""

    leads: Sequence[Opened[LeadContent]]
    names: Mapping[UUID, str]
    newer: Place | None
    older: Place | None


async def list_leads(
    crm: Installation,
    access: Access,
    narrowed: LeadFilter,
    *,
    place: Place | None = None,
    backwards: bool = False,
    limit: int = PER_PAGE,
) -> LeadPage:
    """A page of leads; two statements beside the names of their contacts. place: where the last page ended. Raises Forbidden.

    Leads of people whom this access may not see are left out, so that a page may be shorter than the limit.
    """
    access.actor.require("sales.read")
    where, values = condition_of(narrowed, access.actor.id)
    if place is not None:
        where.append(f"(created_at, id) {'>' if backwards else '<'} (?, ?)")
        values += place
    direction = "ASC" if backwards else "DESC"
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_lead WHERE {' AND '.join(where)} ORDER BY created_at {direction}, id {direction} LIMIT ?",
        *values, limit + 1,
    )  # fmt: skip
    more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows.reverse()
    leads = await crm.door.open(access, LEAD, rows)
    names = await display_names(crm, access, [one.row["contact_id"] for one in leads]) if leads else {}
    newer, older = (more, place is not None) if backwards else (place is not None, more)
    return LeadPage(
        leads, names, place_of(rows[0]) if newer and rows else None, place_of(rows[-1]) if older and rows else None
    )


def place_of(row: Row) -> Place:
    return row["created_at"], row["id"]


def condition_of(narrowed: LeadFilter, me: UUID) -> tuple[list[str], list[Any]]:
    where, values = [NOT_TRASHED], list[Any]()
    if narrowed.states == OPEN_STATES:
        # In these very words, and with a bound that bounds nothing, the index of open leads answers, which is in order.
        where += ["state IN ('new', 'working')", "created_at < ?"]
        values.append(now() + timedelta(days=1))
    elif narrowed.states:
        where.append(f"state IN ({', '.join('?' * len(narrowed.states))})")
        values += narrowed.states
    if narrowed.owner == "nobody":
        where.append("owner_id IS NULL")
    elif narrowed.owner:
        where.append("owner_id = ?")
        values.append(me if narrowed.owner == "me" else UUID(narrowed.owner))
    if narrowed.source:
        where.append("source = ?")
        values.append(narrowed.source)
    if narrowed.older_days:
        where.append("created_at <= ?")
        values.append(now() - timedelta(days=narrowed.older_days))
    if narrowed.contact_id:
        where.append("contact_id = ?")
        values.append(narrowed.contact_id)
    return where, values


async def count_by_state(crm: Installation) -> dict[str, int]:
    """How many there are in each state. Opens nothing."""
    rows = await crm.data.fetch(f"SELECT state, count(*) AS leads FROM sales_lead WHERE {NOT_TRASHED} GROUP BY state")
    return {row["state"]: int(row["leads"]) for row in rows}


async def waiting_for(crm: Installation, access: Access) -> int:
    """New leads that are this reader's or nobody's, counted to a hundred; for the side navigation. Opens nothing."""
    rows = await crm.data.fetch(
        "SELECT count(*) AS leads FROM (SELECT 1 FROM sales_lead WHERE state = 'new' AND (owner_id = ? OR owner_id IS NULL) "
        f"AND {NOT_TRASHED} LIMIT ?) AS waiting",
        access.actor.id, MOST_COUNTED,
    )  # fmt: skip
    return int(rows[0]["leads"])


async def find_leads(crm: Installation, access: Access, text: str, limit: int) -> list[tuple[Opened[LeadContent], str]]:
    """Leads whose contact answers to these words, and open ones of the last weeks that speak of them; with the contact's name.

    The index knows contacts; of leads themselves the newest open ones are looked through. Raises Forbidden.
    """
    access.actor.require("sales.read")
    people = [one.row["id"] for one in await likely_contacts(crm, access, text, limit=limit)]
    marks = ", ".join("?" * len(people)) or "NULL"
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_lead WHERE contact_id IN ({marks}) AND {NOT_TRASHED} ORDER BY created_at DESC LIMIT ?",
        *people, limit,
    )  # fmt: skip
    lately = await crm.data.fetch(
        f"SELECT * FROM sales_lead WHERE state IN ('new', 'working') AND {NOT_TRASHED} "
        "ORDER BY created_at DESC, id DESC LIMIT ?",
        SEARCHED,
    )
    opened = await crm.door.open(access, LEAD, [*rows, *(one for one in lately if one["contact_id"] not in people)])
    words = text.casefold().split()
    found = [
        one
        for one in opened
        if one.row["contact_id"] in people
        or all(word in f"{one.content.organisation} {one.content.wanted}".casefold() for word in words)
    ][:limit]
    names = await display_names(crm, access, [one.row["contact_id"] for one in found]) if found else {}
    return [(one, names.get(one.row["contact_id"], "")) for one in found]
