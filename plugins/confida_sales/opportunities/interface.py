"""Opportunities and pipelines for programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    LineText,
    LongText,
    NotFound,
    Opened,
    ShortText,
    account_names,
    display_names,
)
from confida_sales.content import OPPORTUNITY, OpportunityContent
from confida_sales.opportunities.opportunities import (
    OpportunityDraft,
    change_opportunity,
    create_opportunity,
    draft_of,
    move_opportunity,
    visible_opportunity,
)
from confida_sales.opportunities.pipelines import ShownPipeline, ShownStage, pipeline, pipelines_in_use, stages_by_id
from confida_sales.opportunities.trash import delete_opportunity
from confida_web.api import ApiResource, Entity, Given, Instant, ListPage, ListQuery, Parameter, open_place, seal_place

PLACE = "sales opportunities api"
FIRST = UUID(int=0)
FILTERS = {"contact": "contact_id", "owner": "owner_id", "pipeline": "pipeline_id", "stage": "stage_id"}


class Opportunity(Entity, frozen=True, kw_only=True):
    """value: minor units. outcome: open, won or lost. next_on: day of the next step."""

    contact_id: UUID
    pipeline_id: UUID
    stage_id: UUID
    outcome: str
    title: str
    value: int
    currency: str
    owner_id: UUID | None
    close_on: date | None
    source: str
    next_step: str
    next_on: date | None
    competitors: list[str]
    description: str
    lost_reason: str
    lost_note: str
    stage_since: Instant
    created_at: Instant
    closed_at: datetime | None


class NewOpportunity(Given, frozen=True, kw_only=True):
    """stage_id: where it begins; without one in the first stage of the first pipeline. currency: without one, the usual one."""

    contact_id: UUID
    title: LineText
    stage_id: UUID | None = None
    value: int = 0
    currency: str = "EUR"
    owner_id: UUID | None = None
    close_on: date | None = None
    source: ShortText = ""
    next_step: LineText = ""
    next_on: date | None = None
    competitors: list[ShortText] = []
    description: LongText = ""


class ChangedOpportunity(Given, frozen=True, kw_only=True):
    """A new stage_id moves it, which the stage may refuse for want of a field; one for lost needs a lost_reason."""

    stage_id: UUID
    title: LineText
    value: int = 0
    currency: str = "EUR"
    owner_id: UUID | None = None
    close_on: date | None = None
    source: ShortText = ""
    next_step: LineText = ""
    next_on: date | None = None
    competitors: list[ShortText] = []
    description: LongText = ""
    lost_reason: ShortText = ""
    lost_note: LongText = ""


def entity(opened: Opened[OpportunityContent]) -> Opportunity:
    row, content = opened.row, opened.content
    return Opportunity(
        id=row["id"], version=row["version"], contact_id=row["contact_id"], pipeline_id=row["pipeline_id"],
        stage_id=row["stage_id"], outcome=row["outcome"], title=content.title, value=row["value"],
        currency=row["currency"], owner_id=row["owner_id"], close_on=row["close_on"], source=row["source"],
        next_step=content.next_step, next_on=row["next_on"], competitors=list(content.competitors),
        description=content.description, lost_reason=row["lost_reason"], lost_note=content.lost_note,
        stage_since=row["stage_since"], created_at=row["created_at"], closed_at=row["closed_at"],
    )  # fmt: skip


async def list_items(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """In the order in which they were made. Raises Forbidden and InvalidCursor."""
    access.actor.require("sales.read")
    contact = query.given.get("contact")
    if contact is not None and contact not in await display_names(crm, access, [contact]):
        # That there is a next page would tell of somebody who is hidden.
        return ListPage(items=())
    after = open_place(crm, PLACE, query.cursor, tuple[UUID])[0] if query.cursor else FIRST
    parts, values = ["id > ?", "outcome <> 'deleted'"], list[Any]([after])
    for name, column in FILTERS.items():
        if query.given.get(name) is not None:
            parts, values = [*parts, f"{column} = ?"], [*values, query.given[name]]
    if query.given.get("outcome"):
        parts, values = [*parts, "outcome = ?"], [*values, query.given["outcome"]]
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_opportunity WHERE {' AND '.join(parts)} ORDER BY id LIMIT ?", *values, query.limit + 1
    )
    more, rows = len(rows) > query.limit, rows[: query.limit]
    opened = await crm.door.open(access, OPPORTUNITY, rows)
    visible = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    items = [entity(one) for one in opened if one.row["contact_id"] in visible]
    return ListPage(items=items, next=seal_place(crm, PLACE, [rows[-1]["id"]]) if more else "")


async def get_item(crm: Installation, access: Access, opportunity_id: UUID) -> Opportunity:
    return entity(await visible_opportunity(crm, access, opportunity_id))


async def create_item(crm: Installation, access: Access, given: NewOpportunity) -> UUID:
    """Raises InvalidContent for a stage or an account that does not exist."""
    access.actor.require("sales.write")
    return await create_opportunity(
        crm, access, given.contact_id, await stage_given(crm, given.stage_id), await draft_given(crm, given)
    )


async def stage_given(crm: Installation, stage_id: UUID | None) -> ShownStage:
    if stage_id is None:
        ways = await pipelines_in_use(crm)
        if not ways:
            raise InvalidContent({"stage_id": "No pipeline is in use."})
        return ways[0].stages[0]
    found = (await stages_by_id(crm)).get(stage_id)
    if found is None:
        raise InvalidContent({"stage_id": "There is no such stage."})
    return found


async def draft_given(crm: Installation, given: NewOpportunity | ChangedOpportunity) -> OpportunityDraft:
    if given.owner_id is not None and given.owner_id not in await account_names(crm, [given.owner_id]):
        raise InvalidContent({"owner_id": "There is no such account."})
    return OpportunityDraft(
        title=given.title,
        value=given.value,
        currency=given.currency,
        close_on=given.close_on,
        source=given.source,
        owner_id=given.owner_id,
        next_step=given.next_step,
        next_on=given.next_on,
        competitors=tuple(given.competitors),
        description=given.description,
    )


async def change_item(
    crm: Installation, access: Access, opportunity_id: UUID, given: ChangedOpportunity, seen: int
) -> None:
    """One step at most: what is sent, and the stage, at once or not at all."""
    opened = await visible_opportunity(crm, access, opportunity_id)
    draft = await draft_given(crm, given)
    if given.stage_id == opened.row["stage_id"]:
        await change_opportunity(crm, access, opportunity_id, draft, seen=seen)
        return
    try:
        await move_opportunity(
            crm, access, opportunity_id, given.stage_id, seen=seen, lost_reason=given.lost_reason,
            lost_note=given.lost_note, draft=replace(draft_of(opened), **as_fields(draft)),
        )  # fmt: skip
    except NotFound:
        raise InvalidContent({"stage_id": "Its pipeline has no such stage."}) from None


def as_fields(draft: OpportunityDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in OpportunityDraft.__slots__}


async def delete_item(crm: Installation, access: Access, opportunity_id: UUID, seen: int) -> None:
    await delete_opportunity(crm, access, opportunity_id, seen=seen)


OPPORTUNITIES = ApiResource(
    key="opportunities",
    label="Opportunities",
    summary="What may be sold to whom, for how much, and what comes next. A new `stage_id` moves it on its way.",
    read="sales.read",
    write="sales.write",
    delete="sales.write",
    shape=Opportunity,
    new_shape=NewOpportunity,
    change_shape=ChangedOpportunity,
    list_items=list_items,
    get_item=get_item,
    create_item=create_item,
    change_item=change_item,
    delete_item=delete_item,
    parameters=(
        Parameter(name="contact", type="uuid", description="Only those with this contact."),
        Parameter(name="owner", type="uuid", description="Only those of this account."),
        Parameter(name="pipeline", type="uuid", description="Only those in this pipeline."),
        Parameter(name="stage", type="uuid", description="Only those in this stage."),
        Parameter(
            name="outcome", type="choice", description="Only those that ended so.", choices=("open", "won", "lost")
        ),
    ),
    example={"contact_id": "0199f3b2-7c41-7000-8000-000000000001", "title": "Three rowing boats", "value": 120000},
)


class Stage(Entity, frozen=True, kw_only=True):
    """A stage of a pipeline that is in use. probability: percent. required: fields that it asks for. position: from 0."""

    pipeline_id: UUID
    pipeline: str
    name: str
    position: int
    probability: int
    outcome: str
    required: list[str]
    rot_days: int


def stage_entities(way: ShownPipeline) -> list[Stage]:
    return [
        Stage(
            id=one.id, version=1, pipeline_id=way.id, pipeline=way.name, name=one.name, position=at,
            probability=one.probability, outcome=one.outcome, required=list(one.required), rot_days=one.rot_days,
        )
        for at, one in enumerate(way.stages)
    ]  # fmt: skip


async def list_stages(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """All of all pipelines in use, in order; there are few."""
    access.actor.require("sales.read")
    found = [stage for way in await pipelines_in_use(crm) for stage in stage_entities(way)]
    start = open_place(crm, PLACE, query.cursor, tuple[int])[0] if query.cursor else 0
    end = start + query.limit
    return ListPage(items=found[start:end], next=seal_place(crm, PLACE, [end]) if end < len(found) else "")


async def get_stage(crm: Installation, access: Access, stage_id: UUID) -> Stage:
    access.actor.require("sales.read")
    found = (await stages_by_id(crm)).get(stage_id)
    if found is None:
        raise NotFound
    return next(one for one in stage_entities(await pipeline(crm, found.pipeline_id)) if one.id == stage_id)


STAGES = ApiResource(
    key="stages",
    label="Stages",
    summary="The stages of all pipelines in use, in order.",
    read="sales.read",
    shape=Stage,
    list_items=list_stages,
    get_item=get_stage,
)
RESOURCES = (OPPORTUNITIES, STAGES)
