"""Telephone campaigns: whom to call, asked of the gate at that moment, and what came of each call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from confida_consent.api import telephone_list
from confida_core.api import (
    Access,
    ContactContent,
    Installation,
    InteractionDraft,
    InvalidContent,
    NotFound,
    Opened,
    log_interaction,
    now,
    open_contacts,
)
from confida_marketing.campaigns.campaigns import visible_campaign
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.campaigns.limits import may_leave
from confida_marketing.campaigns.running import finish_if_through
from confida_web.api import mark

AT_ONCE = 25
OUTCOMES: Mapping[str, str] = {
    "reached": mark("Talked to them"),
    "agreed": mark("Said yes"),
    "declined": mark("Said no"),
    "later": mark("Call again later"),
    "absent": mark("Nobody answered"),
    "wrong_number": mark("Wrong number"),
}
# After these they stay on the list.
NOT_YET = frozenset({"later", "absent"})
PAUSE = timedelta(hours=2)
MOST_NOTE = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ToCall:
    """One person who may be called now."""

    contact: Opened[ContactContent]
    outcome: str


async def running_calls(crm: Installation, access: Access, campaign_id: UUID) -> Opened[CampaignContent]:
    """Raises NotFound unless it is a telephone campaign that runs."""
    campaign = await visible_campaign(crm, access, campaign_id)
    if campaign.row["channel"] != "phone" or campaign.row["state"] != "running":
        raise NotFound
    return campaign


async def people_to_call(crm: Installation, access: Access, campaign_id: UUID) -> list[ToCall]:
    """The next on the list who may be called at this moment; whoever may not is settled as refused.

    Each consent it rests on counts as used. Raises Forbidden, NotFound.
    """
    # Looking takes people off the list, so that it is no reading.
    access.actor.require("marketing.write")
    campaign = await running_calls(crm, access, campaign_id)
    while True:
        rows = await crm.data.fetch(
            "SELECT contact_id, reason FROM marketing_delivery WHERE source_id = ? AND state = 'listed' AND due_at <= ? "
            "ORDER BY due_at, id LIMIT ?",
            campaign_id, now(), AT_ONCE,
        )  # fmt: skip
        found = await telephone_list(crm, access, [row["contact_id"] for row in rows], campaign.row["purpose"])
        await settle(crm, campaign_id, {one: verdict.reason for one, verdict in found.refused.items()})
        if found.allowed or not rows:
            break
    outcomes = {row["contact_id"]: row["reason"] for row in rows}
    asleep = await may_leave(crm, found.allowed, now())
    opened = await open_contacts(crm, access, [one for one in found.allowed if asleep[one] is None])
    return [ToCall(contact=one, outcome=outcomes[one.row["id"]]) for one in opened]


async def settle(crm: Installation, campaign_id: UUID, refused: Mapping[UUID, str], state: str = "refused") -> None:
    """Who may not be called, or written to, is off the list, with the reason."""
    await crm.data.execute_many(
        "UPDATE marketing_delivery SET state = ?, reason = ?, at = ? WHERE source_id = ? AND contact_id = ? AND state = 'listed'",
        [(state, reason, now(), campaign_id, one) for one, reason in refused.items()],
    )


async def note_call(
    crm: Installation, access: Access, campaign_id: UUID, contact_id: UUID, outcome: tuple[str, str]
) -> None:
    """What came of a call: the outcome in the ledger, with the note on the contact's timeline.

    outcome: a key of OUTCOMES, and a note. Raises Forbidden, NotFound unless they are on the list, InvalidContent.
    """
    access.actor.require("marketing.write")
    campaign = await running_calls(crm, access, campaign_id)
    key, text = outcome
    if key not in OUTCOMES:
        raise InvalidContent({"outcome": mark("Please choose what came of it.")})
    if len(text) > MOST_NOTE:
        raise InvalidContent({"note": mark("This is too long.")})
    draft = InteractionDraft(
        kind="call", people=(contact_id,), subject=campaign.content.name, body=text, outcome=OUTCOMES[key],
        direction="out",
    )  # fmt: skip
    async with crm.data.transaction():
        state, moment = "listed" if key in NOT_YET else "called", now()
        done = await crm.data.fetch(
            "UPDATE marketing_delivery SET state = ?, reason = ?, at = ?, due_at = ? "
            "WHERE source_id = ? AND contact_id = ? AND state = 'listed' RETURNING id",
            state, key, moment, moment + PAUSE, campaign_id, contact_id,
        )  # fmt: skip
        if not done:
            raise NotFound
        await log_interaction(crm, access, draft)
    await finish_if_through(crm, campaign_id)
