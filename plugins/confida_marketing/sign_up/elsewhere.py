"""Forms, events and donations on a contact's timeline."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import Access, Installation, Place, TimelineItem, shown_amount
from confida_marketing.campaigns.limits import house_zone
from confida_marketing.sign_up.content import DONATION, EVENT, REGISTRATION
from confida_marketing.sign_up.donations import noon
from confida_marketing.sign_up.events import INSIDE
from confida_marketing.sign_up.pages import DONATIONS, EVENTS

EVENT_KIND, DONATION_KIND = "marketing_event", "marketing_donation"
STATES = {"in": "Has a place", "waiting": "On the waiting list", "cancelled": "Cancelled"}


async def event_items(
    crm: Installation, access: Access, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
) -> list[TimelineItem]:
    """Places at events, the newest first, older than `before`. Two statements."""
    if (kinds and EVENT_KIND not in kinds) or not access.actor.may("marketing.read"):
        return []
    older = " AND (created_at, id) < (?, ?)" if before else ""
    rows = await crm.data.fetch(
        f"SELECT * FROM marketing_registration WHERE contact_id = ?{older} ORDER BY created_at DESC, id DESC LIMIT ?",
        contact_id, *(before or ()), limit,
    )  # fmt: skip
    events = await crm.door.open(
        INSIDE, EVENT, await crm.records.rows(EVENT, sorted({row["event_id"] for row in rows}))
    )
    titles = {one.row["id"]: one.content.title for one in events}
    return [
        TimelineItem(
            id=one.row["id"],
            at=one.row["created_at"],
            kind=EVENT_KIND,
            kind_label="Event",
            icon="calendar",
            subject=titles.get(one.row["event_id"], ""),
            outcome="Came" if one.row["checked_in_at"] else STATES[one.row["state"]],
            people=(contact_id,),
            href=f"{EVENTS}/{one.row['event_id']}",
        )
        for one in await crm.door.open(access, REGISTRATION, rows)
    ]


async def donation_items(
    crm: Installation, access: Access, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
) -> list[TimelineItem]:
    """Donations at noon of their days, the newest first, older than `before`. One statement."""
    if (kinds and DONATION_KIND not in kinds) or not access.actor.may("marketing.read"):
        return []
    # Days are compared, and what is left too new by its hour falls away afterwards.
    older = " AND on_day <= ?" if before else ""
    rows = await crm.data.fetch(
        f"SELECT * FROM marketing_donation WHERE contact_id = ?{older} ORDER BY on_day DESC, id DESC LIMIT ?",
        contact_id, *((before.at.astimezone(house_zone(crm)).date(),) if before else ()), limit + 50,
    )  # fmt: skip
    items = [
        TimelineItem(
            id=one.row["id"],
            at=noon(crm, one.row["on_day"]),
            kind=DONATION_KIND,
            kind_label="Donation",
            icon="payment",
            subject=shown_amount(one.row["amount"], one.row["currency"]),
            body=one.content.note,
            outcome=one.content.source,
            people=(contact_id,),
            href=f"{DONATIONS}?contact={contact_id}",
        )
        for one in await crm.door.open(access, DONATION, rows)
    ]
    return [one for one in items if before is None or one.place < before][:limit]
