"""Pipelines, and opportunities on their way through one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.cases import in_one_installation

from confida_core.api import Access, Actor, Forbidden, InvalidContent, NotFound, VersionConflict, now, trash_contact
from confida_sales.opportunities.opportunities import (
    OpportunityDraft,
    change_opportunity,
    create_opportunity,
    draft_of,
    expected_value,
    move_opportunity,
    rotting,
    take_back_step,
    visible_opportunity,
)
from confida_sales.opportunities.pipelines import (
    USUAL,
    ShownPipeline,
    StageDraft,
    archive_pipeline,
    pipeline,
    pipelines,
    save_pipeline,
)
from confida_sales.opportunities.trash import delete_opportunity, purge_deleted, restore_opportunity

pytestmark = pytest.mark.anyio
BOAT = OpportunityDraft(title="A boat", value=1_200_00, currency="EUR")


@pytest.fixture
async def usual(crm: Any, access: Access) -> ShownPipeline:
    return await pipeline(crm, await save_pipeline(crm, access, "New customers", USUAL))


def stages_of(way: ShownPipeline) -> dict[str, Any]:
    return {stage.name: stage for stage in way.stages}


async def test_pipeline_is_as_it_was_saved(crm: Any, usual: ShownPipeline) -> None:
    assert [
        (stage.name, stage.probability, stage.outcome, stage.required, stage.rot_days) for stage in usual.stages
    ] == [(stage.name, stage.probability, stage.outcome, stage.required, stage.rot_days) for stage in USUAL]
    assert await pipelines(crm) == [usual]


async def test_pipelines_are_listed_with_two_queries(
    crm: Any, access: Access, usual: ShownPipeline, queries: Any
) -> None:
    with queries() as one:
        await pipelines(crm)
    await save_pipeline(crm, access, "Renewals", USUAL)
    await save_pipeline(crm, access, "Grants", USUAL)
    with queries() as three:
        found = await pipelines(crm)
    assert [each.name for each in found] == ["New customers", "Renewals", "Grants"]
    assert (len(one), len(three)) == (2, 2)


async def test_stages_are_changed_in_place_and_removed_when_empty(
    crm: Any, access: Access, usual: ShownPipeline
) -> None:
    kept = [
        StageDraft(id=stage.id, name=stage.name.upper(), probability=stage.probability, outcome=stage.outcome)
        for stage in usual.stages
        if stage.name != "Quote sent"
    ]
    await save_pipeline(crm, access, "Changed", kept, usual.id)
    found = await pipeline(crm, usual.id)
    assert [(stage.id, stage.name) for stage in found.stages] == [(stage.id, stage.name) for stage in kept]


async def test_stage_with_opportunities_stays(crm: Any, access: Access, usual: ShownPipeline, contact: Any) -> None:
    await create_opportunity(crm, access, await contact("Ada Lovelace"), usual.stages[0], BOAT)
    rest = [
        StageDraft(id=stage.id, name=stage.name, probability=0, outcome=stage.outcome) for stage in usual.stages[1:]
    ]
    with pytest.raises(InvalidContent) as refused:
        await save_pipeline(crm, access, "Changed", rest, usual.id)
    assert refused.value.errors == {"stages": "A stage that holds opportunities cannot go. Move them first."}
    assert await pipeline(crm, usual.id) == usual


@in_one_installation(
    ("stages", "fields"),
    [
        ((), {"stages"}),
        (USUAL[:-1], {"stages"}),
        (USUAL[::-1], {"stages"}),
        ((replace(USUAL[0], name=" "), *USUAL[1:]), {"stages.0.name"}),
        ((replace(USUAL[0], probability=101), *USUAL[1:]), {"stages.0.probability"}),
        ((replace(USUAL[0], required=("shoe size",)), *USUAL[1:]), {"stages.0"}),
        ((replace(USUAL[0], rot_days=-1), *USUAL[1:]), {"stages.0.rot_days"}),
    ],
)
async def test_pipeline_that_leads_nowhere_is_refused(crm: Any, access: Access, stages: Any, fields: set[str]) -> None:
    with pytest.raises(InvalidContent) as refused:
        await save_pipeline(crm, access, "Wrong", stages)
    assert set(refused.value.errors) == fields
    assert await pipelines(crm) == []


async def test_archived_pipeline_is_not_offered(crm: Any, access: Access, usual: ShownPipeline) -> None:
    await archive_pipeline(crm, access, usual.id)
    assert await pipelines(crm) == []
    assert await pipeline(crm, usual.id) == usual


async def test_opportunity_is_read_as_it_was_typed(
    crm: Any, access: Access, usual: ShownPipeline, contact: Any
) -> None:
    draft = replace(
        BOAT, close_on=date(2027, 1, 31), source="fair", next_step="Call", next_on=date(2026, 12, 1),
        competitors=("Boats Ltd",), description="White",
    )  # fmt: skip
    made = await create_opportunity(crm, access, await contact("Ada Lovelace"), usual.stages[0], draft)
    opened = await visible_opportunity(crm, access, made)
    assert draft_of(opened) == draft
    assert (opened.row["outcome"], opened.row["closed_at"], opened.row["version"]) == ("open", None, 1)


async def test_change_at_an_old_version_is_refused(
    crm: Any, access: Access, usual: ShownPipeline, contact: Any
) -> None:
    made = await create_opportunity(crm, access, await contact("Ada Lovelace"), usual.stages[0], BOAT)
    assert await change_opportunity(crm, access, made, replace(BOAT, title="A ship"), seen=1) == 2
    with pytest.raises(VersionConflict):
        await change_opportunity(crm, access, made, replace(BOAT, title="A raft"), seen=1)
    assert (await visible_opportunity(crm, access, made)).content.title == "A ship"


async def test_stage_asks_for_its_fields(crm: Any, access: Access, usual: ShownPipeline, contact: Any) -> None:
    stages = stages_of(usual)
    made = await create_opportunity(crm, access, await contact("Ada Lovelace"), usual.stages[0], replace(BOAT, value=0))
    with pytest.raises(InvalidContent) as refused:
        await move_opportunity(crm, access, made, stages["Quote sent"].id, seen=1)
    assert refused.value.errors == {
        "value": "Value is needed in the stage “Quote sent”.",
        "close_on": "Expected close is needed in the stage “Quote sent”.",
    }
    assert (await visible_opportunity(crm, access, made)).row["stage_id"] == usual.stages[0].id


async def test_steps_are_kept_and_winning_closes(crm: Any, access: Access, usual: ShownPipeline, contact: Any) -> None:
    stages = stages_of(usual)
    made = await create_opportunity(crm, access, await contact("Ada Lovelace"), usual.stages[0], BOAT)
    await move_opportunity(crm, access, made, stages["Won"].id, seen=1)
    won = await visible_opportunity(crm, access, made)
    assert (won.row["outcome"], won.row["closed_at"] is not None) == ("won", True)
    await move_opportunity(crm, access, made, stages["Needs understood"].id, seen=2)
    again = await visible_opportunity(crm, access, made)
    assert (again.row["outcome"], again.row["closed_at"]) == ("open", None)
    steps = await crm.data.fetch("SELECT from_stage_id, to_stage_id FROM sales_stage_change ORDER BY id")
    assert [(step["from_stage_id"], step["to_stage_id"]) for step in steps] == [
        (None, usual.stages[0].id),
        (usual.stages[0].id, stages["Won"].id),
        (stages["Won"].id, stages["Needs understood"].id),
    ]


async def test_losing_needs_a_reason_and_reopening_forgets_it(
    crm: Any, access: Access, usual: ShownPipeline, contact: Any
) -> None:
    lost = stages_of(usual)["Lost"].id
    made = await create_opportunity(crm, access, await contact("Ada Lovelace"), usual.stages[0], BOAT)
    with pytest.raises(InvalidContent) as refused:
        await move_opportunity(crm, access, made, lost, seen=1, lost_reason="dunno")
    assert refused.value.errors == {"lost_reason": "Please say why it was lost."}
    await move_opportunity(crm, access, made, lost, seen=1, lost_reason="price", lost_note=" Twice as much ")
    opened = await visible_opportunity(crm, access, made)
    assert (opened.row["lost_reason"], opened.content.lost_note) == ("price", "Twice as much")
    await move_opportunity(crm, access, made, usual.stages[0].id, seen=2)
    opened = await visible_opportunity(crm, access, made)
    assert (opened.row["lost_reason"], opened.content.lost_note) == ("", "")


async def test_stage_of_another_pipeline_does_not_exist(
    crm: Any, access: Access, usual: ShownPipeline, contact: Any
) -> None:
    other = await pipeline(crm, await save_pipeline(crm, access, "Renewals", USUAL))
    made = await create_opportunity(crm, access, await contact("Ada Lovelace"), usual.stages[0], BOAT)
    with pytest.raises(NotFound):
        await move_opportunity(crm, access, made, other.stages[1].id, seen=1)


async def test_deleted_opportunity_comes_back_as_it_was(
    crm: Any, access: Access, usual: ShownPipeline, contact: Any
) -> None:
    made = await create_opportunity(crm, access, await contact("Ada Lovelace"), usual.stages[0], BOAT)
    await move_opportunity(crm, access, made, stages_of(usual)["Won"].id, seen=1)
    before = (await visible_opportunity(crm, access, made)).row
    with pytest.raises(VersionConflict):
        await delete_opportunity(crm, access, made, seen=7)
    await delete_opportunity(crm, access, made, seen=2)
    with pytest.raises(NotFound):
        await visible_opportunity(crm, access, made)
    await restore_opportunity(crm, access, made)
    after = (await visible_opportunity(crm, access, made)).row
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {
        "version": (2, 4),
        "sealed": (before["sealed"], after["sealed"]),
    }


async def test_trash_is_emptied_after_its_days_and_leaves_nothing(
    crm: Any, access: Access, usual: ShownPipeline, contact: Any
) -> None:
    ada = await contact("Ada Lovelace")
    gone, young, kept = [await create_opportunity(crm, access, ada, usual.stages[0], BOAT) for _ in range(3)]
    for one, days in ((gone, 31), (young, 29)):
        await delete_opportunity(crm, access, one, seen=1)
        await crm.data.fetch(
            "UPDATE sales_opportunity SET closed_at = ? WHERE id = ?", now() - timedelta(days=days), one
        )
    await purge_deleted(crm, {})
    for table, column in (("sales_opportunity", "id"), ("sales_stage_change", "opportunity_id")):
        rows = await crm.data.fetch(f"SELECT {column} FROM {table} ORDER BY {column}")
        assert [row[column] for row in rows] == [young, kept]


async def test_step_taken_back_never_was(crm: Any, access: Access, usual: ShownPipeline, contact: Any) -> None:
    made = await create_opportunity(crm, access, await contact("Ada Lovelace"), usual.stages[0], BOAT)
    before = (await visible_opportunity(crm, access, made)).row
    with pytest.raises(NotFound):
        await take_back_step(crm, access, made, seen=1)
    await move_opportunity(
        crm, access, made, stages_of(usual)["Lost"].id, seen=1, lost_reason="price", lost_note="Dear"
    )
    with pytest.raises(VersionConflict):
        await take_back_step(crm, access, made, seen=1)
    assert await take_back_step(crm, access, made, seen=2) == 3
    after = await visible_opportunity(crm, access, made)
    assert {name for name in before if before[name] != after.row[name]} == {"version", "sealed"}
    assert after.content.lost_note == ""
    assert len(await crm.data.fetch("SELECT id FROM sales_stage_change")) == 1
    await move_opportunity(crm, access, made, stages_of(usual)["Lost"].id, seen=3, lost_reason="price")
    await move_opportunity(crm, access, made, usual.stages[0].id, seen=4)
    with pytest.raises(NotFound):
        await take_back_step(crm, access, made, seen=5)


async def test_contact_that_is_gone_hides_its_opportunities(
    crm: Any, access: Access, usual: ShownPipeline, contact: Any
) -> None:
    ada = await contact("Ada Lovelace")
    made = await create_opportunity(crm, access, ada, usual.stages[0], BOAT)
    assert (await visible_opportunity(crm, access, made)).content.title == "A boat"
    await trash_contact(crm, access, ada)
    with pytest.raises(NotFound):
        await visible_opportunity(crm, access, made)


async def test_reader_changes_nothing(crm: Any, access: Access, usual: ShownPipeline, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    made = await create_opportunity(crm, access, ada, usual.stages[0], BOAT)
    reader = replace(access, actor=Actor(id=access.actor.id, permissions=frozenset({"sales.read", "contacts.read"})))
    assert (await visible_opportunity(crm, reader, made)).content.title == "A boat"
    for work in (
        create_opportunity(crm, reader, ada, usual.stages[0], BOAT),
        change_opportunity(crm, reader, made, BOAT, seen=1),
        move_opportunity(crm, reader, made, usual.stages[1].id, seen=1),
        delete_opportunity(crm, reader, made, seen=1),
        save_pipeline(crm, reader, "Mine", USUAL),
        archive_pipeline(crm, reader, usual.id),
    ):
        with pytest.raises(Forbidden):
            await work


@in_one_installation(
    ("draft", "fields"),
    [
        (replace(BOAT, title=" "), {"title"}),
        (replace(BOAT, title="x" * 201), {"title"}),
        (replace(BOAT, value=-1), {"value"}),
        (replace(BOAT, value=2**60), {"value"}),
        (replace(BOAT, currency="EURO"), {"currency"}),
        (replace(BOAT, competitors=tuple(f"n{n}" for n in range(21))), {"competitors"}),
    ],
)
async def test_what_cannot_be_is_refused_by_field(
    crm: Any, access: Access, usual: ShownPipeline, *, contact: Any, draft: OpportunityDraft, fields: set[str]
) -> None:
    with pytest.raises(InvalidContent) as refused:
        await create_opportunity(crm, access, await contact("Ada Lovelace"), usual.stages[0], draft)
    assert set(refused.value.errors) == fields
    assert await crm.data.fetch("SELECT id FROM sales_opportunity") == []


def test_rotting_begins_after_the_days_of_the_stage() -> None:
    from confida_core.api import new_id
    from confida_sales.opportunities.pipelines import ShownStage

    moment = now()
    stage = ShownStage(
        id=new_id(), pipeline_id=new_id(), name="A", probability=1, outcome="open", required=(), rot_days=7
    )
    assert [rotting(stage, moment - timedelta(days=days), moment) for days in (6, 7, 8)] == [False, False, True]
    assert rotting(replace(stage, rot_days=0), moment - timedelta(days=900), moment) is False


def test_expected_value_is_weighted_and_rounded_once() -> None:
    assert expected_value([(100_01, 50), (1, 50), (3, 10)]) == 5001
    assert expected_value([]) == 0
