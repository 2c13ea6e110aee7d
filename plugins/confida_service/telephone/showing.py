"""Calls as one colleague may see them: whoever they may not see has neither name nor number here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    NotFound,
    Opened,
    Row,
    account_names,
    contacts_with_number,
    display_names,
    now,
    read_timeline,
)
from confida_service.telephone.content import CALL, CallContent
from confida_service.telephone.pages import Card, LastContact, ShownCall
from confida_service.telephone.phones import known_extensions, rung
from confida_service.tickets.listing import WAITING, shown_tickets
from confida_web.api import Option, PersonRef

# A call of which the end was never told is over after so long.
UNDER_WAY = timedelta(hours=3)
RINGING = timedelta(minutes=10)
JUST_ENDED = timedelta(seconds=90)
MOST_AT_ONCE = 5
MOST_LAST, LONGEST_LAST = 3, 120
# The call itself, and what is planned: the timeline shows that first.
MOST_AHEAD = 5


async def visible_call(crm: Installation, access: Access, call_id: UUID) -> ShownCall:
    """The gate to one call. Raises Forbidden and NotFound, also where it is about somebody who is hidden."""
    access.actor.require("service.read")
    rows = await crm.data.fetch("SELECT * FROM service_call WHERE id = ?", call_id)
    shown = (await shown_calls(crm, access, rows, candidates=True)) if rows else []
    if not shown or shown[0].closed:
        raise NotFound
    return shown[0]


async def shown_calls(
    crm: Installation, access: Access, rows: Sequence[Row], *, candidates: bool = False
) -> list[ShownCall]:
    """In the order given. candidates: look up, too, who has the number of those that are nobody's yet. Raises Forbidden."""
    access.actor.require("service.read")
    opened = {one.row["id"]: one for one in await crm.door.open(access, CALL, rows)}
    ids = [row["contact_id"] for row in rows if row["contact_id"]]
    names = await display_names(crm, access, list(dict.fromkeys(ids))) if ids and sees_people(access) else {}
    agents = list(dict.fromkeys(row["agent_id"] for row in rows if row["agent_id"]))
    colleagues = await account_names(crm, agents) if agents else {}
    shown = []
    for row in rows:
        visible = row["contact_id"] is None or row["contact_id"] in names
        one = opened.get(row["id"]) if visible else None
        found = await candidates_of(crm, access, one) if candidates and one and row["contact_id"] is None else ()
        call = shown_call(row, one, names.get(row["contact_id"], ""), found)
        agent = colleagues.get(row["agent_id"], "")
        shown.append(replace(call, agent=agent, mine=row["agent_id"] == access.actor.id))
    return shown


def sees_people(access: Access) -> bool:
    return bool(access.actor.may("contacts.read"))


def shown_call(row: Row, one: Opened[CallContent] | None, person: str, candidates: tuple[Option, ...]) -> ShownCall:
    """one: None for a call that may not be seen. person: their name, "" where the call is nobody's."""
    contact_id = row["contact_id"] if one is not None else None
    content = one.content if one is not None else CallContent()
    return ShownCall(
        id=row["id"], direction=row["direction"], state=row["state"], outcome=row["outcome"], number=content.number,
        name=content.name if contact_id is None else "", note=content.note, closed=one is None, contact_id=contact_id,
        person=PersonRef(name=person, href=f"/contacts/{contact_id}") if contact_id else None,
        candidates=candidates, started_at=row["started_at"], answered_at=row["answered_at"], ended_at=row["ended_at"],
        handled_at=row["handled_at"], version=row["version"],
    )  # fmt: skip


async def candidates_of(crm: Installation, access: Access, one: Opened[CallContent]) -> tuple[Option, ...]:
    """Those who have the number and whom this colleague may see."""
    if not one.content.number or not sees_people(access):
        return ()
    ids = await contacts_with_number(crm, one.content.number)
    names = await display_names(crm, access, ids) if ids else {}
    return tuple(Option(value=str(key), label=names[key]) for key in ids if key in names)


async def cards_of(crm: Installation, access: Access) -> tuple[Card, ...]:
    """What concerns this colleague now: what rings for them, and what they have or had just now. The latest first."""
    moment = now()
    rows = await crm.data.fetch(
        "SELECT * FROM service_call WHERE started_at > ? AND (state <> 'ended' OR ended_at > ?) "
        "ORDER BY started_at DESC, id DESC LIMIT 200",
        moment - UNDER_WAY, moment - JUST_ENDED,
    )  # fmt: skip
    known = await known_extensions(crm) if rows else {}
    own = [
        row
        for row in rows
        if row["agent_id"] == access.actor.id
        or (row["agent_id"] is None and access.actor.id in rung(known, row["extensions"].split()))
    ]
    fresh = [row for row in own if row["state"] != "ringing" or row["started_at"] > moment - RINGING]
    calls = await shown_calls(crm, access, fresh[:MOST_AT_ONCE], candidates=True)
    return tuple([await card_of(crm, access, one) for one in calls])


async def card_of(crm: Installation, access: Access, call: ShownCall) -> Card:
    """With the person's open tickets and last contacts, where somebody is known and may be seen."""
    if call.contact_id is None:
        return Card(call=call)
    rows = await crm.data.fetch(
        f"SELECT * FROM service_ticket WHERE contact_id = ? AND {WAITING} ORDER BY touched_at DESC, id DESC LIMIT 3",
        call.contact_id,
    )
    return Card(
        call=call,
        tickets=tuple(await shown_tickets(crm, access, rows)),
        last=await last_contacts(crm, access, call),
    )


async def last_contacts(crm: Installation, access: Access, call: ShownCall) -> tuple[LastContact, ...]:
    if call.contact_id is None or not access.actor.may("interactions.read"):
        return ()
    page = await read_timeline(crm, access, call.contact_id, limit=MOST_LAST + MOST_AHEAD)
    moment = now()
    return tuple(
        LastContact(
            at=one.at, label=one.kind_label or one.kind.capitalize(), text=" ".join((one.subject or one.body).split())[:LONGEST_LAST],
            href=one.href,
        )
        for one in page.items
        if one.id != call.id and one.at <= moment
    )[:MOST_LAST]  # fmt: skip
