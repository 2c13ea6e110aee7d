"""Opportunities where other parts of Confida show them: contact, timeline, My day, search, index, programs, events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, Scope, read_condition, select_ids
from confida_sales.opportunities.opportunities import (
    OpportunityDraft,
    create_opportunity,
    move_opportunity,
    visible_opportunity,
)
from confida_sales.opportunities.pipelines import ShownPipeline, pipelines_in_use
from confida_sales.opportunities.trash import delete_opportunity

pytestmark = pytest.mark.anyio
API = "/api/v1/x/sales/opportunities"
BOAT = OpportunityDraft(title="Ruderboot", value=1_200_00, currency="EUR")


@pytest.fixture
async def way(crm: Any) -> ShownPipeline:
    return (await pipelines_in_use(crm))[0]


@pytest.fixture
async def ada(contact: Any) -> UUID:
    return UUID(str(await contact("Ada Lovelace", email="ada@example.org")))


async def test_contact_and_my_day_show_what_is_open(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    draft = replace(BOAT, owner_id=client.account_id, next_step="Den Steg zeigen")
    made = await create_opportunity(crm, access, ada, way.stages[0], draft)
    # In the panel and once on the timeline.
    assert (await client.get(f"/contacts/{ada}")).text.count("Ruderboot") == 2
    assert (await client.get("/")).text.count("Den Steg zeigen") == 1
    await move_opportunity(crm, access, made, way.stages[1].id, seen=1)
    page = (await client.get(f"/contacts/{ada}")).text
    assert (page.count("Ruderboot"), page.count("Moved to “Needs understood”.")) == (3, 1)
    await delete_opportunity(crm, access, made, seen=2)
    assert "Ruderboot" not in (await client.get(f"/contacts/{ada}")).text
    assert "Den Steg zeigen" not in (await client.get("/")).text


async def test_search_finds_a_title_and_not_everything_of_a_contact(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    for title in ("Ruderboot", "Floss"):
        await create_opportunity(crm, access, ada, way.stages[0], replace(BOAT, title=title))
    found = {
        typed: (await client.post("/search", data={"q": typed})).text for typed in ("ruder", "lovelace", "ruder lovel")
    }
    assert {typed: ("Ruderboot" in text, "Floss" in text) for typed, text in found.items()} == {
        "ruder": (True, False),
        "lovelace": (False, False),
        "ruder lovel": (True, False),
    }


async def test_conditions_ask_what_is_open_and_was_won(
    crm: Any, access: Access, way: ShownPipeline, *, ada: UUID, contact: Any
) -> None:
    mats = UUID(str(await contact("Mats Ek")))
    await create_opportunity(crm, access, ada, way.stages[0], replace(BOAT, next_on=date(2031, 5, 1)))
    won = await create_opportunity(crm, access, mats, way.stages[0], BOAT)
    await move_opportunity(crm, access, won, way.stages[-2].id, seen=1)

    async def fitting(field: str, op: str, value: Any) -> list[UUID]:
        condition = read_condition({"field": f"sales.{field}", "op": op, "value": value}, crm.registry.index_fields)
        return await select_ids(crm, access, Scope(condition=condition))

    assert await fitting("open_opportunities", ">=", 1) == [ada]
    assert await fitting("open_value", "between", [1200, 1200]) == [ada]
    assert await fitting("stage", "has", "interested") == [ada]
    assert await fitting("next_step_on", "=", "2031-05-01") == [ada]
    assert await fitting("won", "=", 1) == [mats]
    assert await fitting("last_won", "within_last_days", 1) == [mats]
    assert sorted(await fitting("opportunities", "contains", "ruder")) == sorted([ada, mats])
    await delete_opportunity(crm, access, won, seen=2)
    assert await fitting("won", "=", 1) == []


async def test_programs_write_read_move_and_delete(
    crm: Any, access: Access, as_program: Any, way: ShownPipeline, ada: UUID
) -> None:
    program = await as_program("sales.read", "sales.write", "contacts.read")
    made = await program.post(
        API, json={"contact_id": str(ada), "title": "Ruderboot", "value": 5, "competitors": ["Boats Ltd"]}
    )
    item = made.json()
    assert (made.status_code, item["stage_id"], item["outcome"]) == (201, str(way.stages[0].id), "open")
    address = f"{API}/{item['id']}"
    lacking = await program.change(address, {"stage_id": str(way.stages[2].id)}, item["etag"])
    assert lacking.status_code == 422
    moved = await program.change(address, {"stage_id": str(way.stages[-1].id), "lost_reason": "price"}, item["etag"])
    assert (moved.status_code, moved.json()["outcome"], moved.json()["competitors"]) == (200, "lost", ["Boats Ltd"])
    assert (await program.change(address, {"title": "Floss"}, item["etag"])).status_code == 412
    assert [one["id"] for one in (await program.get(f"{API}?outcome=lost&contact={ada}")).json()["items"]] == [
        item["id"]
    ]
    assert (await program.get(f"{API}?outcome=open")).json()["items"] == []
    for bad in ({"stage_id": str(ada)}, {"owner_id": str(ada)}, {"currency": "EURO"}, {"title": ""}):
        sent = {"contact_id": str(ada), "title": "Floss"} | bad
        assert (await program.post(API, json=sent)).status_code == 422
    stages = (await program.get("/api/v1/x/sales/stages")).json()["items"]
    assert [one["name"] for one in stages] == [one.name for one in way.stages]
    reader = await as_program("sales.read", "contacts.read")
    assert (await reader.change(address, {"title": "Floss"}, moved.json()["etag"])).status_code in {403, 404}


async def test_events_tell_moves_and_ends(crm: Any, access: Access, way: ShownPipeline, ada: UUID) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], BOAT)
    kinds = [crm.registry.event_kinds[f"sales.opportunity_{what}"] for what in ("moved", "won", "lost")]
    told = []
    for stage, seen in ((way.stages[1], 1), (way.stages[-2], 2), (way.stages[-1], 3)):
        row = (await visible_opportunity(crm, access, made)).row
        told.append([kind.told(row) for kind in kinds])
        await move_opportunity(crm, access, made, stage.id, seen=seen, lost_reason="price")
    opened = await visible_opportunity(crm, access, made)
    told.append([kind.told(opened.row) for kind in kinds])
    assert told == [[False] * 3, [True, False, False], [True, True, False], [True, False, True]]
    assert kinds[2].happened(opened.row) == opened.row["closed_at"]
    assert {field.key: field.value(opened.row, opened.content) for field in kinds[2].fields} == {
        "title": "Ruderboot", "value": 1_200_00, "currency": "EUR", "pipeline_id": str(way.id),
        "stage_id": str(way.stages[-1].id), "owner_id": None, "source": "", "lost_reason": "price",
    }  # fmt: skip
