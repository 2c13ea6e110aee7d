"""Pipelines and their stages: how opportunities go, from the first word to won or lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, NotFound, Row, new_id

Outcome = Literal["open", "won", "lost"]
REQUIRABLE: Mapping[str, str] = {
    "value": "Value",
    "close_on": "Expected close",
    "owner_id": "Owner",
    "source": "Source",
    "next_step": "Next step",
    "competitors": "Competitors",
    "description": "Description",
}
"""What a stage may ask for: key of a field -> its label."""
MOST_STAGES = 20
LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class StageDraft:
    """probability: 0 to 100 percent. required: keys of `REQUIRABLE`. rot_days: 0 for never. id: None for a new one."""

    name: str
    probability: int
    outcome: Outcome = "open"
    required: tuple[str, ...] = ()
    rot_days: int = 0
    id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownStage:
    """A stage as it is; otherwise as `StageDraft`."""

    id: UUID
    pipeline_id: UUID
    name: str
    probability: int
    outcome: Outcome
    required: tuple[str, ...]
    rot_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPipeline:
    """stages: in order, the open ones before those that end."""

    id: UUID
    name: str
    stages: tuple[ShownStage, ...]

    def stage(self, stage_id: UUID) -> ShownStage:
        """Raises NotFound for a stage of another pipeline."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise NotFound


USUAL = (
    StageDraft(name="Interested", probability=10, rot_days=14),
    StageDraft(name="Needs understood", probability=30, rot_days=21),
    StageDraft(name="Quote sent", probability=60, required=("value", "close_on"), rot_days=14),
    StageDraft(name="Agreed in words", probability=90, required=("value", "close_on"), rot_days=14),
    StageDraft(name="Won", probability=100, outcome="won", required=("value",)),
    StageDraft(name="Lost", probability=0, outcome="lost"),
)
"""What most organisations begin with; everybody can change it."""


FIRST = UUID("0199f3b2-0000-7000-8000-5a1e50000001")
"""The id of the pipeline that is there without anybody making one, so that two people at once do not make two."""


async def pipelines_in_use(crm: Installation) -> list[ShownPipeline]:
    """As `pipelines`; the usual one is made where there has never been any."""
    found = await pipelines(crm)
    if found or await crm.data.fetch("SELECT id FROM sales_pipeline LIMIT 1"):
        return found
    async with crm.data.transaction():
        made = await crm.data.fetch(
            "INSERT INTO sales_pipeline (id, name, position, archived) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO NOTHING RETURNING id",
            FIRST, "Sales", 1, False,
        )  # fmt: skip
        if made:
            await replace_stages(crm, FIRST, USUAL)
    return await pipelines(crm)


async def pipelines(crm: Installation) -> list[ShownPipeline]:
    """All that are in use, in order; two queries, however many there are."""
    rows = await crm.data.fetch("SELECT id, name FROM sales_pipeline WHERE archived = ? ORDER BY position, id", False)
    stages = await crm.data.fetch("SELECT * FROM sales_stage ORDER BY position, id")
    return [shown(row, stages) for row in rows]


async def pipeline(crm: Installation, pipeline_id: UUID) -> ShownPipeline:
    """One of them, archived or not. Raises NotFound."""
    rows = await crm.data.fetch("SELECT id, name FROM sales_pipeline WHERE id = ?", pipeline_id)
    if not rows:
        raise NotFound
    stages = await crm.data.fetch("SELECT * FROM sales_stage WHERE pipeline_id = ? ORDER BY position, id", pipeline_id)
    return shown(rows[0], stages)


async def stages_by_id(crm: Installation) -> dict[UUID, ShownStage]:
    """Of all pipelines, archived ones too."""
    return {row["id"]: shown_stage(row) for row in await crm.data.fetch("SELECT * FROM sales_stage")}


def shown(row: Row, stages: Sequence[Row]) -> ShownPipeline:
    own = tuple(shown_stage(stage) for stage in stages if stage["pipeline_id"] == row["id"])
    return ShownPipeline(id=row["id"], name=row["name"], stages=own)


def shown_stage(row: Row) -> ShownStage:
    return ShownStage(
        id=row["id"],
        pipeline_id=row["pipeline_id"],
        name=row["name"],
        probability=row["probability"],
        outcome=row["outcome"],
        required=tuple(row["required"].split()),
        rot_days=row["rot_days"],
    )


async def save_pipeline(
    crm: Installation, access: Access, name: str, stages: Sequence[StageDraft], pipeline_id: UUID | None = None
) -> UUID:
    """Make a pipeline, or put this in the place of what it was; returns its id.

    A stage without an id is new. One that is left out goes, if no opportunity is in it.
    Raises Forbidden, NotFound, and InvalidContent with errors by field (`stages.2.name`).
    """
    access.actor.require("sales.manage")
    name = checked(name, stages)
    async with crm.data.transaction():
        if pipeline_id is None:
            pipeline_id = await insert_pipeline(crm, name)
        elif not await crm.data.fetch(
            "UPDATE sales_pipeline SET name = ? WHERE id = ? RETURNING id", name, pipeline_id
        ):
            raise NotFound
        await replace_stages(crm, pipeline_id, stages)
    return pipeline_id


async def insert_pipeline(crm: Installation, name: str) -> UUID:
    pipeline_id = new_id()
    await crm.data.fetch(
        "INSERT INTO sales_pipeline (id, name, position, archived) "
        "SELECT ?, ?, coalesce(max(position), 0) + 1, ? FROM sales_pipeline",
        pipeline_id, name, False,
    )  # fmt: skip
    return pipeline_id


async def replace_stages(crm: Installation, pipeline_id: UUID, stages: Sequence[StageDraft]) -> None:
    rows = await crm.data.fetch("SELECT id, outcome FROM sales_stage WHERE pipeline_id = ?", pipeline_id)
    before = {row["id"]: row["outcome"] for row in rows}
    kept = {stage.id: stage.outcome for stage in stages if stage.id is not None}
    if not set(kept) <= set(before):
        raise NotFound
    held = await crm.data.fetch(
        "SELECT DISTINCT stage_id AS id FROM sales_opportunity WHERE pipeline_id = ?", pipeline_id
    )
    for one in held:
        if one["id"] not in kept:
            raise InvalidContent({"stages": "A stage that holds opportunities cannot go. Move them first."})
        if kept[one["id"]] != before[one["id"]]:
            raise InvalidContent({"stages": "A stage that holds opportunities stays open, won or lost as it is."})
    for gone in set(before) - set(kept):
        await crm.data.fetch("DELETE FROM sales_stage WHERE id = ?", gone)
    for position, stage in enumerate(stages):
        await crm.data.fetch(
            "INSERT INTO sales_stage (id, pipeline_id, name, position, probability, outcome, required, rot_days) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
            "position = excluded.position, probability = excluded.probability, outcome = excluded.outcome, "
            "required = excluded.required, rot_days = excluded.rot_days",
            stage.id or new_id(), pipeline_id, stage.name.strip(), position, stage.probability, stage.outcome,
            " ".join(stage.required), stage.rot_days,
        )  # fmt: skip


def checked(name: str, stages: Sequence[StageDraft]) -> str:
    """The name, trimmed. Raises InvalidContent naming every field that is wrong."""
    errors = {} if 1 <= len(name.strip()) <= LONGEST_NAME else {"name": "Please give it a name."}
    for at, stage in enumerate(stages):
        if not 1 <= len(stage.name.strip()) <= LONGEST_NAME:
            errors[f"stages.{at}.name"] = "Please give the stage a name."
        if not 0 <= stage.probability <= 100:
            errors[f"stages.{at}.probability"] = "From 0 to 100 percent."
        if stage.outcome not in get_args(Outcome) or not set(stage.required) <= set(REQUIRABLE):
            errors[f"stages.{at}"] = "Please choose from what is offered."
        if not 0 <= stage.rot_days <= 3_650:
            errors[f"stages.{at}.rot_days"] = "From 0 to 3650 days."
    errors |= check_order([stage.outcome for stage in stages])
    if errors:
        raise InvalidContent(errors)
    return name.strip()


def check_order(outcomes: Sequence[str]) -> dict[str, str]:
    """Opportunities must have where to begin and where to end."""
    if not 1 <= len(outcomes) <= MOST_STAGES:
        return {"stages": f"Between one and {MOST_STAGES} stages."}
    if outcomes[0] != "open" or not {"won", "lost"} <= set(outcomes):
        return {"stages": "The first stage is an open one, and there must be one for won and one for lost."}
    ends = [outcome != "open" for outcome in outcomes]
    return {} if ends == sorted(ends) else {"stages": "Stages that end stand after all others."}


async def archive_pipeline(crm: Installation, access: Access, pipeline_id: UUID, *, archived: bool = True) -> None:
    """Nobody begins anything in it any more; what is in it stays. Or the other way round. Raises Forbidden, NotFound."""
    access.actor.require("sales.manage")
    if not await crm.data.fetch(
        "UPDATE sales_pipeline SET archived = ? WHERE id = ? RETURNING id", archived, pipeline_id
    ):
        raise NotFound


async def archived_pipelines(crm: Installation, access: Access) -> list[Row]:
    """id and name of those that are out of use, by name. Raises Forbidden."""
    access.actor.require("sales.manage")
    return await crm.data.fetch("SELECT id, name FROM sales_pipeline WHERE archived = ? ORDER BY name, id", True)


async def shift_pipeline(crm: Installation, access: Access, pipeline_id: UUID, step: int) -> None:
    """One place up (-1) or down (1) among those in use; at the end nothing changes. Raises Forbidden and NotFound."""
    access.actor.require("sales.manage")
    async with crm.data.transaction():
        ids = [one.id for one in await pipelines(crm)]
        if pipeline_id not in ids:
            raise NotFound
        at = ids.index(pipeline_id)
        ids.insert(max(at + step, 0), ids.pop(at))
        await crm.data.execute_many(
            "UPDATE sales_pipeline SET position = ? WHERE id = ?", [(place, one) for place, one in enumerate(ids)]
        )
