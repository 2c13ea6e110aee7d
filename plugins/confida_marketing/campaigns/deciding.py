"""Which of several ways to say it did best: by answers, or by clicks of all together, or by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, NotFound, Opened, new_id, now
from confida_marketing.campaigns.audience import due_times
from confida_marketing.campaigns.campaigns import set_state, visible_campaign
from confida_marketing.campaigns.content import CampaignContent

MAIN = "main"
CLICK = "click"
BATCH = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """How one way to say it did. sent: to how many. replies: people who wrote or called since. clicks: of all together."""

    variant: str
    sent: int
    replies: int
    clicks: int

    def rate(self, by: str) -> float:
        """Answers or clicks for each message; 0.0 where none was sent."""
        return (self.clicks if by == "clicks" else self.replies) / self.sent if self.sent else 0.0


async def add_total(crm: Installation, source_id: UUID, part: str, variant: str, what: str) -> None:
    """Count something that was done with a message, such as a click, without noting who did it."""
    await crm.data.fetch(
        "INSERT INTO marketing_total (id, source_id, part, variant, what, figure) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (source_id, part, variant, what) DO UPDATE SET figure = marketing_total.figure + excluded.figure",
        new_id(), source_id, part, variant, what, 1,
    )  # fmt: skip


async def scores_of(crm: Installation, source_id: UUID, part: str = MAIN) -> list[Score]:
    """Of each way to say it that somebody got, in their order. Three queries; opens nothing."""
    sent = await counted(
        crm,
        "SELECT d.variant, count(*) AS number FROM marketing_delivery d JOIN outbound_message m ON m.id = d.message_id "
        "WHERE d.source_id = ? AND d.part = ? AND d.state = 'queued' AND m.state = 'sent' GROUP BY d.variant",
        source_id, part,
    )  # fmt: skip
    replies = await counted(crm, f"SELECT d.variant, count(*) AS number {REPLIED} GROUP BY d.variant", source_id, part)
    clicks = await counted(
        crm,
        "SELECT variant, figure AS number FROM marketing_total WHERE source_id = ? AND part = ? AND what = ?",
        source_id, part, CLICK,
    )  # fmt: skip
    return [
        Score(variant=one, sent=sent[one], replies=replies.get(one, 0), clicks=clicks.get(one, 0))
        for one in sorted(sent)
        if one
    ]


# Whoever wrote or called after the message: an interaction that came in, whatever brought it here.
REPLIED = (
    "FROM marketing_delivery d WHERE d.source_id = ? AND d.part = ? AND d.state = 'queued' AND EXISTS ("
    "SELECT 1 FROM interaction_participant p JOIN interaction i ON i.id = p.interaction_id "
    "WHERE p.contact_id = d.contact_id AND p.at > d.at AND p.state = 'done' AND i.direction = 'in')"
)


async def counted(crm: Installation, sql: str, *args: Any) -> dict[str, int]:
    return {row["variant"]: int(row["number"]) for row in await crm.data.fetch(sql, *args)}


def best_of(scores: list[Score], by: str) -> str:
    """The best, the first of equals; "a" where nobody got anything yet."""
    best = max(scores, key=lambda one: one.rate(by), default=None)
    return best.variant if best else "a"


async def decide_by_hand(crm: Installation, access: Access, campaign_id: UUID, variant: str) -> None:
    """Everybody who waits gets this one. Raises Forbidden without `marketing.send`, NotFound unless a test runs."""
    access.actor.require("marketing.send")
    campaign = await visible_campaign(crm, access, campaign_id)
    if variant not in {one.variant for one in await scores_of(crm, campaign_id)}:
        raise NotFound
    await settle_winner(crm, campaign, variant)


async def settle_winner(crm: Installation, campaign: Opened[CampaignContent], variant: str) -> None:
    """Write down who won, once. Whoever waits becomes due by `release`. Raises NotFound where it was decided before."""
    row_id = campaign.row["id"]
    await set_state(crm, row_id, "winner = ?, test_ends_at = ?", [variant, now()], "winner = '' AND test_share > 0")


async def release(crm: Installation, campaign: Opened[CampaignContent]) -> bool:
    """Make up to a thousand of those who waited for the winner due, at their own time; false when nobody waits any more."""
    waiting = await crm.data.fetch(
        "SELECT id, contact_id FROM marketing_delivery WHERE source_id = ? AND state = 'listed' AND due_at IS NULL LIMIT ?",
        campaign.row["id"], BATCH,
    )  # fmt: skip
    due = await due_times(crm, campaign, [row["contact_id"] for row in waiting], now())
    await crm.data.execute_many(
        "UPDATE marketing_delivery SET variant = ?, due_at = ? WHERE id = ? AND due_at IS NULL",
        [(campaign.row["winner"], due[row["contact_id"]], row["id"]) for row in waiting],
    )
    return bool(waiting)
