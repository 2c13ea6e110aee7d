"""Leads on other pages: in the search, on a contact's page and timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, Place, TimelineItem
from confida_sales.content import LEAD
from confida_sales.leads.inbox import STATES, LeadFilter, find_leads, list_leads
from confida_sales.leads.routes import LIST
from confida_sales.leads.shown import lead_rows
from confida_web.api import Found

KIND = "lead"


async def find(crm: Installation, access: Access, words: tuple[str, ...], limit: int) -> Sequence[Found]:
    """For the search: leads by their contact, company and wish."""
    return [
        Found(
            label=name or one.content.organisation,
            href=f"{LIST}/{one.row['id']}",
            detail=" · ".join(filter(None, (one.content.organisation, STATES[one.row["state"]]))),
            icon="lead",
        )
        for one, name in await find_leads(crm, access, " ".join(words), limit)
    ]


async def panel_data(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    """For the panel on a contact's page: three statements."""
    found = await list_leads(crm, access, LeadFilter(states=(), contact_id=contact_id), limit=10)
    return {
        "leads": await lead_rows(crm, found),
        "new_href": f"{LIST}/new?contact={contact_id}" if access.actor.may("sales.write") else "",
    }


async def lead_items(
    crm: Installation, access: Access, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
) -> list[TimelineItem]:
    """Leads on a contact's timeline, the newest first, older than `before`."""
    if (kinds and KIND not in kinds) or not access.actor.may("sales.read"):
        return []
    older = " AND (created_at, id) < (?, ?)" if before else ""
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_lead WHERE contact_id = ?{older} ORDER BY created_at DESC, id DESC LIMIT ?",
        contact_id, *(before or ()), limit,
    )  # fmt: skip
    return [
        TimelineItem(
            id=one.row["id"],
            at=one.row["created_at"],
            kind=KIND,
            kind_label="Lead",
            icon="lead",
            subject=one.content.wanted.split("\n", 1)[0][:200],
            body="",
            outcome=STATES[one.row["state"]],
            people=(contact_id,),
            href=f"{LIST}/{one.row['id']}",
        )
        for one in await crm.door.open(access, LEAD, rows)
    ]


async def lead_states(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, frozenset[str]]:
    """For filters and segments: the states of the leads about each contact. One statement; opens nothing."""
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        f"SELECT DISTINCT contact_id, state FROM sales_lead WHERE contact_id IN ({marks})", *contact_ids
    )
    found: dict[UUID, frozenset[str]] = {}
    for row in rows:
        found[row["contact_id"]] = found.get(row["contact_id"], frozenset()) | {row["state"]}
    return found
