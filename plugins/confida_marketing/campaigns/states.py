"""What starts, pauses and stops a campaign. Nothing is left to be called off elsewhere: stopping reaches core's queue as well."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    cancel_many,
    enqueue,
    not_ready_to_send,
    now,
    record_audit_event,
    system_access,
)
from confida_marketing.campaigns.campaigns import set_state, visible_campaign
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.campaigns.delivering import BATCH, Sending
from confida_marketing.campaigns.emailing import email_writer
from confida_marketing.campaigns.sms_gateway import gateway_ready
from confida_marketing.campaigns.wording import broken_words
from confida_marketing.content.emails import visible_email
from confida_marketing.content.faults import BrokenEmail
from confida_marketing.content.variants import variants_of
from confida_marketing.segments.segments import purposes_offered
from confida_web.api import mark

RUN = "marketing.run_campaign"
LONGEST_PLAN = timedelta(days=730)
SENT_BY_PROGRAM = ("email", "sms")


async def faults_of(crm: Installation, access: Access, campaign: Opened[CampaignContent]) -> dict[str, str]:
    """What must be mended before it can start: field of the form -> one sentence. Nothing of it is sent meanwhile."""
    row, content = campaign.row, campaign.content
    faults: dict[str, str] = {}
    if not content.include:
        faults["include"] = mark("Choose for whom it is: at least one segment.")
    purpose = (await purposes_offered(crm)).get(row["purpose"])
    if purpose is None:
        faults["purpose"] = mark("Choose what it is for: people agree to purposes.")
    elif row["channel"] not in purpose.declared.channels:
        faults["purpose"] = mark("This purpose does not go by this channel.")
    if row["channel"] == "email":
        faults |= await faults_of_email(crm, access, campaign)
    elif not content.message.strip():
        faults["message"] = mark("Write what is to be said.")
    elif wrong := await broken_words(crm, content.message):
        faults["message"] = wrong
    if row["channel"] == "sms":
        faults |= await faults_of_gateway(crm)
    return faults


async def faults_of_email(crm: Installation, access: Access, campaign: Opened[CampaignContent]) -> dict[str, str]:
    """Each way to say it is made ready once, as for sending: a broken field is found before the first mail."""
    row = campaign.row
    if row["email_id"] is None:
        return {"email": mark("Choose the e-mail that is sent.")}
    try:
        email = await visible_email(crm, access, row["email_id"])
        ways = variants_of(email.content)
        for way in ways if row["test_share"] else ways[:1]:
            await email_writer(crm, access, sending_of(campaign, "main", way.key))
    except NotFound:
        return {"email": mark("This e-mail is no longer there.")}
    except BrokenEmail as broken:
        return {"email": " ".join(broken.sentences)}
    if row["test_share"] and len(ways) < 2:
        return {
            "test_share": mark("There is nothing to compare: write another subject or content in the e-mail first.")
        }
    if not_ready_to_send(crm, "email"):
        return {"email": mark("No mail server is set up.")}
    return {}


async def faults_of_gateway(crm: Installation) -> dict[str, str]:
    return {} if await gateway_ready(crm) else {"channel": mark("No gateway for text messages is set up.")}


def sending_of(campaign: Opened[CampaignContent], part: str, variant: str) -> Sending:
    row = campaign.row
    return Sending(
        source="campaign",
        source_id=row["id"],
        part=part,
        purpose=row["purpose"],
        email_id=row["email_id"],
        variant=variant,
    )


async def start_campaign(crm: Installation, access: Access, campaign_id: UUID) -> str:
    """Plan it for its time, or begin at once; returns the new state.

    Raises Forbidden without `marketing.send`, NotFound unless it is a draft, and InvalidContent with what is to be mended.
    """
    access.actor.require("marketing.send")
    campaign = await visible_campaign(crm, access, campaign_id)
    if campaign.row["state"] != "draft":
        raise NotFound
    if faults := await faults_of(crm, access, campaign):
        raise InvalidContent(faults)
    moment, starts = now(), campaign.row["starts_at"]
    later = starts is not None and starts > moment
    if later and starts > moment + LONGEST_PLAN:
        raise InvalidContent({"starts_at": mark("This is more than two years from now.")})
    seen = campaign.row["version"]
    if later:
        await set_state(crm, campaign_id, "state = 'planned'", [], f"state = 'draft' AND version = {int(seen)}")
    else:
        await begin(crm, campaign_id, f"state = 'draft' AND version = {int(seen)}")
    await record_audit_event(
        crm, "marketing.started", actor_id=access.actor.id, target_id=campaign_id, target_kind="campaign"
    )
    return "planned" if later else "running"


async def begin(crm: Installation, campaign_id: UUID, where: str) -> None:
    """It runs from now on, with the job that does it queued in the same transaction. Raises NotFound unless `where` holds."""
    async with crm.data.transaction():
        await set_state(crm, campaign_id, "state = 'running', started_at = coalesce(started_at, ?)", [now()], where)
        await enqueue(crm, RUN, {"campaign_id": campaign_id})


async def unplan_campaign(crm: Installation, access: Access, campaign_id: UUID) -> None:
    """A planned one is a draft again. Raises Forbidden, NotFound."""
    access.actor.require("marketing.send")
    await set_state(crm, campaign_id, "state = 'draft'", [], "state = 'planned' AND deleted_at IS NULL")


async def pause_campaign(crm: Installation, access: Access, campaign_id: UUID) -> int:
    """Nothing more leaves until it goes on; returns how many were called back that waited at core's door."""
    access.actor.require("marketing.send")
    await set_state(crm, campaign_id, "state = 'paused'", [], "state = 'running' AND deleted_at IS NULL")
    await record_audit_event(
        crm, "marketing.paused", actor_id=access.actor.id, target_id=campaign_id, target_kind="campaign"
    )
    return await call_back(crm, campaign_id)


async def continue_campaign(crm: Installation, access: Access, campaign_id: UUID) -> None:
    """Go on where it stood; who was called back gets it now. Raises Forbidden, NotFound, InvalidContent."""
    access.actor.require("marketing.send")
    campaign = await visible_campaign(crm, access, campaign_id)
    if campaign.row["state"] != "paused":
        raise NotFound
    if faults := await faults_of(crm, access, campaign):
        raise InvalidContent(faults)
    await begin(crm, campaign_id, "state = 'paused'")
    await record_audit_event(
        crm, "marketing.continued", actor_id=access.actor.id, target_id=campaign_id, target_kind="campaign"
    )


async def stop_campaign(crm: Installation, access: Access, campaign_id: UUID) -> int:
    """Stop it for good, also what waits at core's door; returns how many were called back. Raises Forbidden, NotFound."""
    access.actor.require("marketing.send")
    await set_state(
        crm, campaign_id, "state = 'stopped', ended_at = ?", [now()],
        "state IN ('running', 'paused', 'planned') AND deleted_at IS NULL",
    )  # fmt: skip
    await record_audit_event(
        crm, "marketing.stopped", actor_id=access.actor.id, target_id=campaign_id, target_kind="campaign"
    )
    return await call_back(crm, campaign_id)


async def call_back(crm: Installation, source_id: UUID) -> int:
    """Whatever waits at core's door is called off, and its people are on the list again, as if nothing had been sent to them.

    What is leaving at this very moment is not; begun again after a crash it goes on.
    """
    access, called = system_access("marketing call back"), 0
    while True:
        async with crm.data.transaction():
            rows = await crm.data.fetch(
                "SELECT d.id, d.message_id FROM marketing_delivery d JOIN outbound_message m ON m.id = d.message_id "
                "WHERE d.source_id = ? AND d.state = 'queued' AND m.state = 'queued' LIMIT ?",
                source_id, BATCH,
            )  # fmt: skip
            cancelled = await cancel_many(crm, access, [row["message_id"] for row in rows]) if rows else set()
            await list_again(crm, [row["id"] for row in rows if row["message_id"] in cancelled])
        called += len(cancelled)
        if not cancelled:
            return called


async def list_again(crm: Installation, row_ids: list[UUID]) -> None:
    """In the caller's transaction."""
    if not row_ids:
        return
    marks, moment = ", ".join("?" * len(row_ids)), now()
    await crm.data.fetch(
        f"UPDATE marketing_delivery SET state = 'listed', message_id = NULL, due_at = ?, at = ? WHERE id IN ({marks})",
        moment, moment, *row_ids,
    )  # fmt: skip
