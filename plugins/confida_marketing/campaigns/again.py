"""Once more to those whom a campaign did not reach, or who did not answer: another round, through the same gate and ledger."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, NotFound, enqueue, record_audit_event
from confida_marketing.campaigns.audience import Round, list_people
from confida_marketing.campaigns.campaigns import set_state, visible_campaign
from confida_marketing.campaigns.states import RUN, SENT_BY_PROGRAM, faults_of
from confida_web.api import mark

MOST_ROUNDS = 9
# Nobody of a hold-out group, or who was refused, or has answered is among them; the door asks the gate again all the same.
UNREACHED = (
    "SELECT DISTINCT d.contact_id FROM marketing_delivery d LEFT JOIN outbound_message m ON m.id = d.message_id "
    "WHERE d.source_id = ? AND NOT EXISTS (SELECT 1 FROM marketing_delivery o JOIN outbound_message n ON n.id = o.message_id "
    "WHERE o.source_id = d.source_id AND o.contact_id = d.contact_id AND n.state IN ('queued', 'sending', 'sent')) "
    "AND (d.state IN ('failed', 'capped', 'listed') OR (d.state = 'queued' AND m.state IN ('failed', 'cancelled')))"
)
UNANSWERED = (
    "SELECT DISTINCT d.contact_id FROM marketing_delivery d JOIN outbound_message m ON m.id = d.message_id "
    "WHERE d.source_id = ? AND d.state = 'queued' AND m.state = 'sent' AND NOT EXISTS ("
    "SELECT 1 FROM interaction_participant p JOIN interaction i ON i.id = p.interaction_id "
    "WHERE p.contact_id = d.contact_id AND p.at > d.at AND p.state = 'done' AND i.direction = 'in')"
)
WHOM: Mapping[str, tuple[str, str]] = {
    "unreached": (mark("Those it did not reach"), UNREACHED),
    "unanswered": (mark("Those who did not answer"), UNANSWERED),
}


async def whom_again(crm: Installation, campaign_id: UUID, which: str) -> list[UUID]:
    """Who would get it once more, before the gate is asked. Raises NotFound for a word that is none of WHOM."""
    if which not in WHOM:
        raise NotFound
    return [row["contact_id"] for row in await crm.data.fetch(WHOM[which][1], campaign_id)]


async def send_again(crm: Installation, access: Access, campaign_id: UUID, which: str) -> int:
    """Another round of a campaign that is over, to these people; returns how many are on its list.

    Raises Forbidden without `marketing.send`, NotFound unless it is stopped or done, InvalidContent where it cannot be sent.
    """
    access.actor.require("marketing.send")
    campaign = await visible_campaign(crm, access, campaign_id)
    if campaign.row["state"] not in ("done", "stopped") or campaign.row["channel"] not in SENT_BY_PROGRAM:
        raise NotFound
    if faults := await faults_of(crm, access, campaign):
        raise InvalidContent(faults)
    ids = await whom_again(crm, campaign_id, which)
    if not ids:
        raise InvalidContent({"": mark("There is nobody to whom it could be sent again.")})
    part = await next_part(crm, campaign_id)
    await settle_old_list(crm, campaign_id)
    await list_people(crm, Round(campaign=campaign, part=part), ids)
    async with crm.data.transaction():
        await set_state(crm, campaign_id, "state = 'running', ended_at = NULL", [], "state IN ('done', 'stopped')")
        await enqueue(crm, RUN, {"campaign_id": campaign_id})
    await record_audit_event(
        crm, "marketing.sent_again", actor_id=access.actor.id, target_id=campaign_id, target_kind="campaign"
    )
    return len(ids)


async def next_part(crm: Installation, campaign_id: UUID) -> str:
    rows = await crm.data.fetch("SELECT DISTINCT part FROM marketing_delivery WHERE source_id = ?", campaign_id)
    if len(rows) > MOST_ROUNDS:
        raise InvalidContent({"": mark("It was sent often enough.")})
    return f"again-{len(rows)}"


async def settle_old_list(crm: Installation, campaign_id: UUID) -> None:
    """Who was still to come when it was stopped comes in the new round, and not in both."""
    await crm.data.fetch(
        "UPDATE marketing_delivery SET state = 'failed', reason = 'stopped' WHERE source_id = ? AND state = 'listed'",
        campaign_id,
    )
