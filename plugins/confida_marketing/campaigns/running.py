"""The job that sends a campaign: a slice of a few seconds at a time, each batch whole or not at all.

It may be killed at any moment and begun by anybody: whom it is for stands in the ledger, and so does who had it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, NotFound, Opened, Row, enqueue, now, system_access
from confida_marketing.campaigns.audience import Round, audience_of, list_people
from confida_marketing.campaigns.campaigns import set_state, visible_campaign
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.campaigns.deciding import best_of, release, scores_of, settle_winner
from confida_marketing.campaigns.delivering import (
    BATCH,
    Delivered,
    Overtaken,
    Sending,
    Stopped,
    deliver_batch,
    enter,
    hand_over,
)
from confida_marketing.campaigns.limits import may_leave
from confida_marketing.campaigns.states import RUN, SENT_BY_PROGRAM, begin, call_back, sending_of
from confida_marketing.campaigns.texting import text_writer
from confida_marketing.campaigns.wording import BrokenWords
from confida_marketing.content.emails import visible_email
from confida_marketing.content.faults import BrokenEmail
from confida_marketing.content.variants import variants_of

SLICE_SECONDS = 20.0
AT_ONCE = BATCH
LEAD = timedelta(seconds=60)
# So many wait at core's door at most: what is stopped shall have little to be called back, and others want to send as well.
MOST_WAITING = 2_000
CROWDED_PAUSE = timedelta(seconds=1)
WINDOW = timedelta(minutes=5)
WINDOWS_PER_HOUR = 12


class Crowded(Exception):
    """Enough waits at core's door for now."""


async def run_campaign(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """The job. Sends what is due for some seconds, then queues itself again if there is more to do at once."""
    campaign_id = arguments["campaign_id"]
    if not await take_lead(crm, campaign_id):
        return
    ends, more, again_at = time.monotonic() + SLICE_SECONDS, True, now()
    try:
        while more and time.monotonic() < ends:
            more = await step(crm, campaign_id)
    except Crowded:
        # Whoever hands the messages over needs this very turn.
        again_at = now() + CROWDED_PAUSE
    finally:
        await crm.data.fetch("UPDATE marketing_campaign SET lead_until = NULL WHERE id = ?", campaign_id)
    if more:
        await enqueue(crm, RUN, {"campaign_id": campaign_id}, run_at=again_at)


async def take_lead(crm: Installation, campaign_id: UUID) -> bool:
    """One process at a time sends a campaign, or they would only get into each other's way. A dead one's lead runs out."""
    moment = now()
    return bool(
        await crm.data.fetch(
            "UPDATE marketing_campaign SET lead_until = ? WHERE id = ? AND state = 'running' "
            "AND (lead_until IS NULL OR lead_until < ?) RETURNING id",
            moment + LEAD, campaign_id, moment,
        )
    )  # fmt: skip


async def step(crm: Installation, campaign_id: UUID) -> bool:
    """One batch; false when there is nothing more to do now, or ever. Raises Crowded."""
    access = system_access(f"job {RUN}")
    try:
        campaign = await visible_campaign(crm, access, campaign_id)
    except NotFound:
        return False
    row = campaign.row
    if row["state"] != "running":
        return False
    await crm.data.fetch("UPDATE marketing_campaign SET lead_until = ? WHERE id = ?", now() + LEAD, campaign_id)
    if row["audience_at"] is None:
        await prepare_list(crm, access, campaign)
        return True
    if await decide_if_due(crm, campaign) or (row["winner"] and await release(crm, campaign)):
        return True
    if row["channel"] not in SENT_BY_PROGRAM:
        await finish_if_through(crm, campaign_id)
        return False
    return await send_some(crm, access, campaign)


async def prepare_list(crm: Installation, access: Access, campaign: Opened[CampaignContent]) -> None:
    """Work out whom it is for, and write them down; only then it counts as listed."""
    row, ways = campaign.row, list[str]()
    if row["channel"] == "email" and row["test_share"]:
        ways = [one.key for one in variants_of((await visible_email(crm, access, row["email_id"])).content)]
    found = await audience_of(crm, access, campaign)
    await list_people(crm, Round(campaign=campaign, variants=ways), found.ids)
    await set_state(
        crm, row["id"], "audience_at = ?, test_ends_at = ?",
        [now(), now() + timedelta(hours=row["test_hours"]) if ways else None], "audience_at IS NULL",
    )  # fmt: skip


async def decide_if_due(crm: Installation, campaign: Opened[CampaignContent]) -> bool:
    """Whether the trial is over at this moment, and was decided."""
    row = campaign.row
    if row["winner"] or row["decide_by"] == "hand" or row["test_ends_at"] is None or row["test_ends_at"] > now():
        return False
    await settle_winner(crm, campaign, best_of(await scores_of(crm, row["id"]), row["decide_by"]))
    return True


async def send_some(crm: Installation, access: Access, campaign: Opened[CampaignContent]) -> bool:
    """The next batch of those who are due. False where nobody is, or the speed is used up, or everybody had it."""
    row, moment = campaign.row, now()
    room = await room_for(crm, row, moment)
    if room <= 0:
        return False
    due = await crm.data.fetch(
        "SELECT part, variant, contact_id FROM marketing_delivery WHERE source_id = ? AND state = 'listed' AND due_at <= ? "
        "ORDER BY due_at, id LIMIT ?",
        row["id"], moment, room,
    )  # fmt: skip
    if not due:
        await finish_if_through(crm, row["id"])
        return False
    if await crowded(crm):
        raise Crowded
    some = [one for one in due if (one["part"], one["variant"]) == (due[0]["part"], due[0]["variant"])]
    sending = sending_of(campaign, due[0]["part"], due[0]["variant"])
    awake = await without_sleepers(crm, sending, [one["contact_id"] for one in some], moment)
    return await settle_batch(crm, access, campaign, sending, awake) if awake else True


async def settle_batch(
    crm: Installation, access: Access, campaign: Opened[CampaignContent], sending: Sending, ids: list[UUID]
) -> bool:
    """Hand them over, and settle those with whom nothing was done, so that nobody is looked at again and again."""

    async def still() -> bool:
        lock = " FOR SHARE" if crm.data.engine == "postgres" else ""
        sql = f"SELECT id FROM marketing_campaign WHERE id = ? AND state = 'running' AND deleted_at IS NULL{lock}"
        return bool(await crm.data.fetch(sql, sending.source_id))

    try:
        if campaign.row["channel"] == "sms":
            write = await text_writer(crm, access, campaign.content.message, sending)
            found = await hand_over(crm, access, sending, ids, write, still=still)
        else:
            found = await deliver_batch(crm, access, sending, ids, still=still)
    except (Stopped, Overtaken):
        return False
    except (BrokenEmail, BrokenWords, NotFound):
        # Somebody changed the e-mail, or threw it away, in the midst: it waits for them, and everybody after is spared.
        await set_state(crm, sending.source_id, "state = 'paused'", [], "state = 'running'")
        return False
    left_out = {one: outcome for one, outcome in found.items() if outcome.state in ("capped", "gone")}
    await enter_left_out(crm, sending, left_out)
    return True


async def enter_left_out(crm: Installation, sending: Sending, left_out: Mapping[UUID, Delivered]) -> None:
    """Only who is on the list: somebody who was erased meanwhile has no row, and gets none."""
    if not left_out:
        return
    marks = ", ".join("?" * len(left_out))
    async with crm.data.transaction():
        rows = await crm.data.fetch(
            "SELECT contact_id FROM marketing_delivery WHERE source_id = ? AND part = ? AND state = 'listed' "
            f"AND contact_id IN ({marks})",
            sending.source_id, sending.part, *left_out,
        )  # fmt: skip
        await enter(crm, sending, {row["contact_id"]: left_out[row["contact_id"]] for row in rows})


async def without_sleepers(crm: Installation, sending: Sending, ids: list[UUID], moment: datetime) -> list[UUID]:
    """Those who may be written to now; for the others it is put off until their quiet hours are over."""
    until = await may_leave(crm, ids, moment)
    asleep = [(end, sending.source_id, sending.part, one) for one, end in until.items() if end is not None]
    await crm.data.execute_many(
        "UPDATE marketing_delivery SET due_at = ? WHERE source_id = ? AND part = ? AND contact_id = ? AND state = 'listed'",
        asleep,
    )
    return [one for one, end in until.items() if end is None]


async def room_for(crm: Installation, row: Row, moment: datetime) -> int:
    """How many may go now: a batch, or what is left of the speed that was chosen, spread over the hour."""
    if not row["per_hour"]:
        return AT_ONCE
    found = await crm.data.fetch(
        "SELECT count(*) AS number FROM marketing_delivery WHERE source_id = ? AND at > ? AND state = 'queued'",
        row["id"], moment - WINDOW,
    )  # fmt: skip
    return min(AT_ONCE, -(-int(row["per_hour"]) // WINDOWS_PER_HOUR) - int(found[0]["number"]))


async def crowded(crm: Installation) -> bool:
    sql = "SELECT count(*) AS number FROM (SELECT id FROM outbound_message WHERE state = 'queued' LIMIT ?) AS waiting"
    return int((await crm.data.fetch(sql, MOST_WAITING))[0]["number"]) >= MOST_WAITING


async def finish_if_through(crm: Installation, campaign_id: UUID) -> None:
    """It is done when nobody is left on its list, and nothing of it waits at core's door: until then it can be stopped."""
    left = await crm.data.fetch(
        "SELECT id FROM marketing_delivery WHERE source_id = ? AND state = 'listed' LIMIT 1", campaign_id
    )
    waiting = left or await crm.data.fetch(
        "SELECT d.id FROM marketing_delivery d JOIN outbound_message m ON m.id = d.message_id "
        "WHERE d.source_id = ? AND d.state = 'queued' AND m.state IN ('queued', 'sending') LIMIT 1",
        campaign_id,
    )
    if not waiting:
        # Whoever paused or stopped it at this moment has decided.
        with suppress(NotFound):
            await set_state(crm, campaign_id, "state = 'done', ended_at = ?", [now()], "state = 'running'")


async def tend_campaigns(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job that looks round: begins what was planned for now, goes on where somebody became due or a process died, and
    calls back once more what was stopped while that was interrupted.
    """
    moment = now()
    rows = await crm.data.fetch(
        "SELECT id, state, starts_at FROM marketing_campaign WHERE deleted_at IS NULL AND (state = 'running' "
        "OR (state = 'planned' AND starts_at <= ?) OR state = 'paused' OR (state = 'stopped' AND ended_at > ?))",
        moment, moment - timedelta(days=4),
    )  # fmt: skip
    for row in rows:
        if row["state"] == "planned":
            await begin(crm, row["id"], "state = 'planned' AND deleted_at IS NULL")
        elif row["state"] == "running":
            await enqueue(
                crm, RUN, {"campaign_id": row["id"]}, idempotency_key=f"{RUN}:{row['id']}:{moment:%Y%m%d%H%M}"
            )
        else:
            await call_back(crm, row["id"])
