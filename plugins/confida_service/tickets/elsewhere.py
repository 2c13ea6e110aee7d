"""Tickets elsewhere: on a contact's page and timeline, on "My day", in the search and in the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    IndexField,
    Installation,
    Place,
    TimelineItem,
    TimelineSource,
    system_access,
)
from confida_service.content import MESSAGE, TICKET
from confida_service.tickets.listing import SUBJECTS, WAITING, TicketQuery, shown_tickets, with_words
from confida_web.api import Found

KIND = "service_message"
LONGEST_BODY = 2_000
SAID = {
    ("in", True): "They called",
    ("out", True): "We called",
    ("in", False): "They wrote",
    ("out", False): "We answered",
}
ICONS = {"email": "mail", "phone": "phone", "chat": "chat", "post": "letter"}


async def panel_data(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    """For the panel on a contact's page: what waits first, then the latest."""
    rows = await crm.data.fetch(
        "SELECT * FROM service_ticket WHERE contact_id = ? ORDER BY CASE WHEN state IN ('new', 'open', 'pending', 'on_hold') "
        "THEN 0 ELSE 1 END, touched_at DESC, id DESC LIMIT 6",
        contact_id,
    )  # fmt: skip
    return {
        "found": await shown_tickets(crm, access, rows),
        "new_href": f"/x/service/tickets/new?contact={contact_id}",
        "may_write": access.actor.may("service.write"),
    }


async def widget_data(crm: Installation, access: Access) -> Mapping[str, Any]:
    """For "My day": what one has to answer, the most urgent first."""
    rows = await crm.data.fetch(
        f"SELECT * FROM service_ticket WHERE {WAITING} AND state IN ('new', 'open') AND assignee_id = ? "
        "ORDER BY (4 - priority), touched_at, id LIMIT 10",
        access.actor.id,
    )
    return {"found": await shown_tickets(crm, access, rows), "own_id": access.actor.id}


async def unassigned(crm: Installation, access: Access) -> int:
    """For the navigation: new ones that nobody has."""
    access.actor.require("service.read")
    rows = await crm.data.fetch(
        f"SELECT count(*) AS number FROM service_ticket WHERE {WAITING} AND state = 'new' AND assignee_id IS NULL"
    )
    return int(rows[0]["number"])


async def find(crm: Installation, access: Access, words: tuple[str, ...], limit: int) -> Sequence[Found]:
    """For the search: by number, subject or person."""
    access.actor.require("service.read")
    found = await with_words(crm, access, TicketQuery(text=" ".join(words)))
    return [
        Found(
            label=f"#{one.number} {one.subject}", href=one.href, detail=f"{one.contact}, {one.state_label}", icon="chat"
        )
        for one in found[:limit]
    ]


async def timeline(
    crm: Installation, access: Access, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
) -> list[TimelineItem]:
    """What a contact wrote and was answered, the latest first; notes stay in their tickets."""
    if (kinds and KIND not in kinds) or not access.actor.may("service.read"):
        return []
    older = " AND (at, id) < (?, ?)" if before else ""
    rows = await crm.data.fetch(
        f"SELECT * FROM service_message WHERE contact_id = ? AND direction <> 'note'{older} ORDER BY at DESC, id DESC LIMIT ?",
        contact_id, *(before or ()), limit,
    )  # fmt: skip
    opened = await crm.door.open(access, MESSAGE, rows)
    tickets = await crm.records.rows(TICKET, list(dict.fromkeys(one.row["ticket_id"] for one in opened)))
    subjects = {
        one.row["id"]: f"#{one.row['number']} {one.content.subject}"
        for one in await crm.door.open(access, TICKET, tickets)
    }
    return [
        TimelineItem(
            id=one.row["id"],
            at=one.row["at"],
            kind=KIND,
            kind_label=SAID[one.row["direction"], one.row["channel"] == "phone"],
            href=f"/x/service/tickets/{one.row['ticket_id']}",
            icon=ICONS.get(one.row["channel"], "chat"),
            subject=subjects[one.row["ticket_id"]],
            body=one.content.text.strip()[:LONGEST_BODY],
            people=(contact_id,),
            created_by=one.row["author_id"],
        )
        for one in opened
        if one.row["ticket_id"] in subjects
    ]


async def subjects(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """For the index: subjects of all tickets of each contact, so that words find them."""
    found: dict[UUID, set[str]] = {}
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(f"SELECT * FROM service_ticket WHERE contact_id IN ({marks})", *ids)
    for one in await crm.door.open(system_access("index"), TICKET, rows):
        found.setdefault(one.row["contact_id"], set()).add(one.content.subject)
    return {contact_id: frozenset(texts) for contact_id, texts in found.items()}


async def waiting(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """How many tickets each contact has that are not done."""
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT contact_id, count(*) AS number FROM service_ticket WHERE contact_id IN ({marks}) AND {WAITING} "
        "GROUP BY contact_id",
        *ids,
    )
    return {row["contact_id"]: row["number"] for row in rows}


FOLLOWS = (TICKET.name,)
INDEX_FIELDS = (
    IndexField(key=SUBJECTS, type="text", label="Subject of a ticket", gather=subjects, follows=FOLLOWS),
    IndexField(key="service.waiting", type="number", label="Tickets that wait", gather=waiting, follows=FOLLOWS),
)
TIMELINE_SOURCES = (
    TimelineSource(key="service.messages", label="Tickets", entries=timeline, covers=("service.answers",)),
)
