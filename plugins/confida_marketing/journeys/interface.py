"""Journeys for programs: read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from confida_core.api import Access, Installation, Opened
from confida_marketing.journeys.content import JourneyContent
from confida_marketing.journeys.figures import Numbers, numbers_of
from confida_marketing.journeys.journeys import STATES, list_journeys, visible_journey
from confida_web.api import ApiResource, Entity, Instant, ListPage, ListQuery, Parameter, open_place, seal_place

PLACE = "marketing journeys api"


class Journey(Entity, frozen=True, kw_only=True):
    """counts: how many times somebody is or was in it, by state. running: number of the version that is on, 0 for none."""

    name: str
    aim: str
    goal: str
    state: str
    purpose: str
    trigger: str
    steps: int
    running: int
    counts: dict[str, int]
    owner_id: UUID | None
    started_at: datetime | None
    created_at: Instant


def shown(opened: Opened[JourneyContent], numbers: Numbers) -> Journey:
    row, content = opened.row, opened.content
    return Journey(
        id=row["id"],
        version=row["version"],
        name=content.name,
        aim=content.aim,
        goal=content.goal,
        state=row["state"],
        purpose=content.plan.purpose,
        trigger=content.plan.trigger.kind,
        steps=len(content.plan.steps),
        running=row["running"],
        counts=dict(numbers.states),
        owner_id=row["owner_id"],
        started_at=row["started_at"],
        created_at=row["created_at"],
    )


async def list_items(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """The newest first. Raises Forbidden, InvalidCursor."""
    state = query.given.get("state")
    after = open_place(crm, PLACE, query.cursor, UUID) if query.cursor else None
    found = [one for one in await list_journeys(crm, access) if state in (None, one.row["state"])]
    places = {one.row["id"]: place for place, one in enumerate(found)}
    start = places.get(after, -1) + 1 if after else 0
    some = found[start : start + query.limit]
    numbers = await numbers_of(crm, [one.row["id"] for one in some])
    more = len(found) > start + len(some) and some
    following = seal_place(crm, PLACE, some[-1].row["id"]) if more else ""
    return ListPage(items=[shown(one, numbers[one.row["id"]]) for one in some], next=following)


async def get_item(crm: Installation, access: Access, journey_id: UUID) -> Journey:
    opened = await visible_journey(crm, access, journey_id)
    return shown(opened, (await numbers_of(crm, [journey_id]))[journey_id])


JOURNEYS = ApiResource(
    key="journeys",
    label="Journeys",
    summary="Journeys with their state, and how many people are on the way, reached the goal, came to the end or left.",
    read="marketing.read",
    shape=Journey,
    list_items=list_items,
    get_item=get_item,
    parameters=(
        Parameter(name="state", type="choice", description="Only those in this state.", choices=tuple(STATES)),
    ),
    example={
        "name": "Welcome", "aim": "Greets who has just agreed.", "goal": "", "state": "active", "purpose": "newsletter",
        "trigger": "consent", "steps": 4, "running": 1, "counts": {"waiting": 12, "done": 30},
    },
)  # fmt: skip
