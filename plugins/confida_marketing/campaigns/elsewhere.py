"""Campaigns on pages of others: a contact's panel, My day, the index, and what asks for a segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation
from confida_marketing.campaigns.campaigns import STATES, campaign_names, list_campaigns
from confida_marketing.campaigns.people_routes import TONES as DELIVERY_TONES
from confida_marketing.campaigns.progress import OF_MESSAGE, WORDS, progress_of
from confida_marketing.campaigns.shown import LIST, TONES
from confida_marketing.campaigns.why import reason_words
from confida_marketing.segments.uses import SegmentUse
from confida_web.api import gettext

LAST = 10
JOINED = "FROM marketing_delivery d LEFT JOIN outbound_message m ON m.id = d.message_id"
REACHED = "d.source <> 'test' AND ((d.state = 'queued' AND m.state = 'sent') OR d.state = 'printed')"


async def panel_data(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    """What was meant for them lately, what became of it, and why; the messages themselves stand on the timeline."""
    rows = await crm.data.fetch(
        f"SELECT d.*, m.state AS message_state, m.reason AS message_reason {JOINED} "
        "WHERE d.contact_id = ? AND d.source = 'campaign' AND d.state NOT IN ('listed', 'held_out') "
        "ORDER BY d.at DESC, d.id DESC LIMIT ?",
        contact_id, LAST,
    )  # fmt: skip
    names = await campaign_names(crm, access, [row["source_id"] for row in rows])
    return {"rows": [panel_row(row, names) for row in rows]}


def panel_row(row: Mapping[str, Any], names: Mapping[UUID, str]) -> Mapping[str, Any]:
    state = str(row["state"])
    key = OF_MESSAGE.get(str(row["message_state"] or ""), state) if state == "queued" else state
    why = (row["message_reason"] or row["reason"]) if key in ("refused", "failed", "capped") else ""
    return {
        "href": f"{LIST}/{row['source_id']}",
        "title": names.get(row["source_id"], gettext("A campaign that is gone")),
        "state": gettext(WORDS.get(key, key)),
        "tone": DELIVERY_TONES.get(key, "quiet"),
        "at": row["at"],
        "why": reason_words(why) if why else "",
    }


async def running_campaigns(crm: Installation, access: Access) -> Mapping[str, Any]:
    """For My day: what runs, waits or is planned, the nearest first."""
    found = [one for one in await list_campaigns(crm, access) if one.row["state"] in ("running", "paused", "planned")][
        :LAST
    ]
    progress = await progress_of(crm, [one.row["id"] for one in found])
    rows = [
        {
            "id": one.row["id"],
            "name": one.content.name,
            "state": gettext(STATES[one.row["state"]]),
            "tone": TONES[one.row["state"]],
            "percent": progress[one.row["id"]].percent if one.row["audience_at"] else None,
        }
        for one in found
    ]
    return {"rows": rows}


async def last_mails(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    """The day on which each was last reached by marketing."""
    return {key: day_in(row["last"]) for key, row in (await reached(crm, contact_ids)).items()}


def day_in(moment: Any) -> date:
    """SQLite gives what `max` finds as text."""
    return date.fromisoformat(moment[:10]) if isinstance(moment, str) else moment.date()


async def numbers_of_mails(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    return {key: int(row["number"]) for key, row in (await reached(crm, contact_ids)).items()}


async def reached(crm: Installation, contact_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    if not contact_ids:
        return {}
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        f"SELECT d.contact_id, max(d.at) AS last, count(*) AS number {JOINED} "
        f"WHERE d.contact_id IN ({marks}) AND {REACHED} GROUP BY d.contact_id",
        *contact_ids,
    )
    return {row["contact_id"]: row for row in rows}


async def campaigns_of_segment(crm: Installation, access: Access, segment_id: UUID) -> Sequence[SegmentUse]:
    """Campaigns that still ask for it: those that have not worked out their list yet."""
    return [
        SegmentUse(kind="Campaign", name=one.content.name, href=f"{LIST}/{one.row['id']}")
        for one in await list_campaigns(crm, access)
        if one.row["audience_at"] is None
        and one.row["state"] in ("draft", "planned", "running", "paused")
        and segment_id in (*one.content.include, *one.content.exclude)
    ]
