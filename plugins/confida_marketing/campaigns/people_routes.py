"""Whom a campaign is for, one by one: what became of each message, why, and how it reads to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_core.api import Access, Installation, InvalidCursor, Opened, Row, display_names, visible_contact
from confida_marketing.campaigns.campaigns import visible_campaign
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.campaigns.list_routes import PURPOSE
from confida_marketing.campaigns.pages import RecipientRow, RecipientsPage
from confida_marketing.campaigns.progress import OF_MESSAGE, WORDS, progress_of
from confida_marketing.campaigns.shown import LIST
from confida_marketing.campaigns.why import reason_words
from confida_marketing.campaigns.wording import BrokenWords, words_for
from confida_web.api import Tab, access_for, gettext, open_place, page, seal_place

PLACE = "marketing campaign people"
ROWS = 50
TONES: Mapping[str, str] = {
    "sent": "may", "printed": "may", "called": "may", "waiting": "ask", "listed": "ask", "refused": "must-not",
    "failed": "must-not", "capped": "quiet", "held_out": "quiet", "gone": "quiet", "cancelled": "quiet",
}  # fmt: skip
# What of a ledger's row and its message each word stands for.
WHERE: Mapping[str, str] = {
    "waiting": "d.state = 'queued' AND m.state IN ('queued', 'sending')",
    "sent": "d.state = 'queued' AND m.state = 'sent'",
    "cancelled": "d.state = 'queued' AND m.state = 'cancelled'",
    "refused": "(d.state = 'refused' OR (d.state = 'queued' AND m.state = 'refused'))",
    "failed": "(d.state = 'failed' OR (d.state = 'queued' AND m.state = 'failed'))",
}


@get(LIST + "/{campaign_id:uuid}/people", permission="marketing.read")
async def people(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    """`?state=` narrows; `?as=` shows the words of a letter, call or text message to that person."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    access.actor.require("contacts.read")
    campaign = await visible_campaign(crm, access, campaign_id)
    asked = {name: str(request.query_params.get(name, "")) for name in ("state", "from", "as")}
    state = asked["state"] if asked["state"] in WORDS else ""
    rows = await ledger_page(crm, campaign_id, state, place_from(crm, asked["from"]))
    names = await display_names(crm, access, [row["contact_id"] for row in rows[:ROWS]])
    reader, words = await words_to(crm, access, campaign, asked["as"])
    counts = (await progress_of(crm, [campaign_id]))[campaign_id].counts
    shown = RecipientsPage(
        id=str(campaign_id),
        name=campaign.content.name,
        tabs=tuple(
            Tab(
                label=gettext(label), href=f"{LIST}/{campaign_id}/people?state={key}", current=key == state, count=count
            )
            for key, label, count in tabs_of(counts)
        ),
        rows=tuple(
            row_of(campaign, row, names[row["contact_id"]]) for row in rows[:ROWS] if row["contact_id"] in names
        ),
        following=following(crm, campaign_id, state, rows),
        reader=reader,
        words=words,
        hidden=sum(row["contact_id"] not in names for row in rows[:ROWS]),
    )
    return page(request, shown, block="results")


def tabs_of(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    found = [(key, label, counts[key]) for key, label in WORDS.items() if counts.get(key)]
    return [("", "All", sum(counts.values())), *found]


def place_from(crm: Installation, text: str) -> UUID | None:
    try:
        return open_place(crm, PLACE, text, UUID) if text else None
    except InvalidCursor:
        return None


async def ledger_page(crm: Installation, campaign_id: UUID, state: str, after: UUID | None) -> list[Row]:
    """One more than are shown."""
    where = WHERE.get(state, "d.state = ?" if state else "d.state <> ''")
    args: list[Any] = [state] if state and state not in WHERE else []
    where += " AND d.id > ?" if after else ""
    return await crm.data.fetch(
        "SELECT d.*, m.state AS message_state, m.reason AS message_reason FROM marketing_delivery d "
        f"LEFT JOIN outbound_message m ON m.id = d.message_id WHERE d.source_id = ? AND {where} ORDER BY d.id LIMIT ?",
        campaign_id, *args, *([after] if after else []), ROWS + 1,
    )  # fmt: skip


def following(crm: Installation, campaign_id: UUID, state: str, rows: Sequence[Row]) -> str:
    if len(rows) <= ROWS:
        return ""
    return f"{LIST}/{campaign_id}/people?state={state}&from={seal_place(crm, PLACE, rows[ROWS - 1]['id'])}"


def row_of(campaign: Opened[CampaignContent], row: Row, name: str) -> RecipientRow:
    state = str(row["state"])
    key = OF_MESSAGE.get(str(row["message_state"] or ""), state) if state == "queued" else state
    why = (row["message_reason"] or row["reason"]) if key in ("refused", "failed", "capped") else ""
    email_id, contact_id = campaign.row["email_id"], row["contact_id"]
    preview = (
        f"/x/marketing/emails/{email_id}?as={contact_id}&version={row['variant'] or 'a'}"
        if email_id
        else f"{LIST}/{row['source_id']}/people?as={contact_id}"
    )
    return RecipientRow(
        name=name,
        href=f"/contacts/{contact_id}",
        state=gettext(WORDS.get(key, key)),
        tone=TONES.get(key, "quiet"),
        why=reason_words(why) if why else "",
        way=row["variant"],
        at=row["at"],
        preview_href=preview,
    )


async def words_to(
    crm: Installation, access: Access, campaign: Opened[CampaignContent], contact: str
) -> tuple[str, str]:
    """Name and words; nothing for an e-mail, which has a page of its own."""
    if not contact or campaign.row["channel"] == "email":
        return "", ""
    try:
        opened = await visible_contact(crm, access, UUID(contact))
        filled = await words_for(crm, campaign.content.message)
    except (ValueError, BrokenWords):
        return "", ""
    return opened.content.display_name, filled(opened.content)


ROUTES = (people,)
