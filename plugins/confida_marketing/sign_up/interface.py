"""Events and donations for programs, to read."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, Opened, display_names
from confida_marketing.sign_up.content import DONATION, EVENT, DonationContent, EventContent
from confida_marketing.sign_up.donations import visible_donation
from confida_marketing.sign_up.events import visible_event
from confida_web.api import ApiResource, Entity, Instant, ListPage, ListQuery, Parameter, open_place, seal_place

FIRST = UUID(int=0)
EVENTS_PLACE, DONATIONS_PLACE = "marketing events api", "marketing donations api"
EVENT_COLUMNS = ("id", "version", "slug", "active", "starts_at", "ends_at", "capacity", "taken", "waiting_list")
DONATION_COLUMNS = ("id", "version", "contact_id", "amount", "currency", "on_day", "recurring", "campaign_id")
BY_CONTACT = Parameter(name="contact", type="uuid", description="Only those of this contact.")


class EventEntity(Entity, frozen=True, kw_only=True):
    """slug: the end of its public address. active: people can sign up. capacity: 0 for as many as like. taken: seats given."""

    title: str
    place: str
    description: str
    price: str
    slug: str
    active: bool
    starts_at: Instant
    ends_at: Instant
    capacity: int
    taken: int
    waiting_list: bool


class DonationEntity(Entity, frozen=True, kw_only=True):
    """amount: minor units of the currency. recurring: given again and again. campaign_id: what it came of."""

    contact_id: UUID
    amount: int
    currency: str
    on_day: date
    recurring: bool
    campaign_id: UUID | None
    source: str
    note: str


def event_entity(opened: Opened[EventContent]) -> EventEntity:
    row, content = opened.row, opened.content
    return EventEntity(
        title=content.title, place=content.place, description=content.description, price=content.price,
        **{name: row[name] for name in EVENT_COLUMNS} | {"active": bool(row["active"]), "waiting_list": bool(row["waiting_list"])},
    )  # fmt: skip


def donation_entity(opened: Opened[DonationContent]) -> DonationEntity:
    row = opened.row
    columns = {name: row[name] for name in DONATION_COLUMNS} | {"recurring": bool(row["recurring"])}
    return DonationEntity(source=opened.content.source, note=opened.content.note, **columns)


async def list_events(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """In the order in which they were written. Raises Forbidden, InvalidCursor."""
    access.actor.require("marketing.read")
    start = open_place(crm, EVENTS_PLACE, query.cursor, tuple[UUID])[0] if query.cursor else FIRST
    rows = await crm.data.fetch(
        "SELECT * FROM marketing_event WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?", start, query.limit + 1
    )
    more, rows = len(rows) > query.limit, rows[: query.limit]
    items = [event_entity(one) for one in await crm.door.open(access, EVENT, rows)]
    return ListPage(items=items, next=seal_place(crm, EVENTS_PLACE, [rows[-1]["id"]]) if more else "")


async def list_donations(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """Of people who may be seen, in the order in which they were written down. Raises Forbidden, InvalidCursor."""
    access.actor.require("marketing.read")
    contact = query.given.get("contact")
    if contact is not None and contact not in await display_names(crm, access, [contact]):
        # That there is a next page would tell of somebody who is hidden.
        return ListPage(items=[], next="")
    values: list[Any] = [open_place(crm, DONATIONS_PLACE, query.cursor, tuple[UUID])[0] if query.cursor else FIRST]
    only = ""
    if contact is not None:
        only, values = " AND contact_id = ?", [*values, contact]
    rows = await crm.data.fetch(
        f"SELECT * FROM marketing_donation WHERE id > ?{only} ORDER BY id LIMIT ?", *values, query.limit + 1
    )
    more, rows = len(rows) > query.limit, rows[: query.limit]
    opened = await crm.door.open(access, DONATION, rows)
    visible = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    items = [donation_entity(one) for one in opened if one.row["contact_id"] in visible]
    return ListPage(items=items, next=seal_place(crm, DONATIONS_PLACE, [rows[-1]["id"]]) if more else "")


async def get_event(crm: Installation, access: Access, event_id: UUID) -> EventEntity:
    return event_entity(await visible_event(crm, access, event_id))


async def get_donation(crm: Installation, access: Access, donation_id: UUID) -> DonationEntity:
    return donation_entity(await visible_donation(crm, access, donation_id))


RESOURCES = (
    ApiResource(
        key="events",
        label="Events",
        summary="What people can sign up for, with its seats.",
        read="marketing.read",
        shape=EventEntity,
        list_items=list_events,
        get_item=get_event,
    ),
    ApiResource(
        key="donations",
        label="Donations",
        summary="What people gave, on which day and for which campaign.",
        read="marketing.read",
        shape=DonationEntity,
        parameters=(BY_CONTACT,),
        list_items=list_donations,
        get_item=get_donation,
    ),
)
