"""Campaigns for programs: read, started, paused and stopped."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from confida_core.api import Access, Installation, Opened, VersionConflict
from confida_marketing.campaigns.campaigns import STATES, list_campaigns, visible_campaign
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.campaigns.progress import Progress, progress_of
from confida_marketing.campaigns.states import continue_campaign, pause_campaign, start_campaign, stop_campaign
from confida_web.api import ApiResource, Entity, Given, Instant, ListPage, ListQuery, Parameter, open_place, seal_place

PLACE = "marketing campaigns api"


class Campaign(Entity, frozen=True, kw_only=True):
    """counts: how many people by what became of their message. goal_figure, budget, spent: minor units where they are money."""

    name: str
    state: str
    channel: str
    purpose: str
    goal: str
    goal_kind: str
    goal_figure: int
    goal_on: date | None
    budget: int
    spent: int
    currency: str
    owner_id: UUID | None
    email_id: UUID | None
    starts_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    counts: dict[str, int]
    created_at: Instant


class ChangedCampaign(Given, frozen=True, kw_only=True):
    """What shall happen: `running` starts a draft and continues a paused one."""

    state: Literal["running", "paused", "stopped"]


def shown(opened: Opened[CampaignContent], progress: Progress) -> Campaign:
    row, content = opened.row, opened.content
    return Campaign(
        id=row["id"], version=row["version"], name=content.name, goal=content.goal, counts=dict(progress.counts),
        **{
            name: row[name]
            for name in (
                "state", "channel", "purpose", "goal_kind", "goal_figure", "goal_on", "budget", "spent", "currency",
                "owner_id", "email_id", "starts_at", "started_at", "ended_at", "created_at",
            )
        },
    )  # fmt: skip


async def list_items(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """The newest first. Raises Forbidden, InvalidCursor."""
    state = query.given.get("state")
    after = open_place(crm, PLACE, query.cursor, UUID) if query.cursor else None
    found = [one for one in await list_campaigns(crm, access) if state in (None, one.row["state"])]
    places = {one.row["id"]: place for place, one in enumerate(found)}
    start = places.get(after, -1) + 1 if after else 0
    some = found[start : start + query.limit]
    progress = await progress_of(crm, [one.row["id"] for one in some])
    more = len(found) > start + len(some) and some
    following = seal_place(crm, PLACE, some[-1].row["id"]) if more else ""
    return ListPage(items=[shown(one, progress[one.row["id"]]) for one in some], next=following)


async def get_item(crm: Installation, access: Access, campaign_id: UUID) -> Campaign:
    opened = await visible_campaign(crm, access, campaign_id)
    return shown(opened, (await progress_of(crm, [campaign_id]))[campaign_id])


async def change_item(crm: Installation, access: Access, campaign_id: UUID, given: ChangedCampaign, seen: int) -> None:
    """Raises Forbidden without `marketing.send`, NotFound where that cannot follow, InvalidContent, VersionConflict."""
    opened = await visible_campaign(crm, access, campaign_id)
    if opened.row["version"] != seen:
        raise VersionConflict(opened.row["version"])
    if given.state == "paused":
        await pause_campaign(crm, access, campaign_id)
    elif given.state == "stopped":
        await stop_campaign(crm, access, campaign_id)
    elif opened.row["state"] == "paused":
        await continue_campaign(crm, access, campaign_id)
    else:
        await start_campaign(crm, access, campaign_id)


CAMPAIGNS = ApiResource(
    key="campaigns",
    label="Campaigns",
    summary="Campaigns with their state and figures. Writing `state` starts, pauses and stops them; the gate decides who gets what.",
    read="marketing.read",
    write="marketing.send",
    shape=Campaign,
    change_shape=ChangedCampaign,
    list_items=list_items,
    get_item=get_item,
    change_item=change_item,
    parameters=(
        Parameter(name="state", type="choice", description="Only those in this state.", choices=tuple(STATES)),
    ),
    example={"state": "paused"},
)
