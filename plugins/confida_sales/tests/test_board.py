"""The board: its columns, the route that moves cards, and what a stage asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, now, trash_contact
from confida_sales.opportunities.opportunities import OpportunityDraft, create_opportunity, visible_opportunity
from confida_sales.opportunities.pipelines import FIRST, ShownPipeline, pipeline, pipelines, pipelines_in_use

pytestmark = pytest.mark.anyio
ASKED = ("sales_pipeline", "sales_stage", "sales_opportunity", "FROM contact WHERE id IN", "FROM account WHERE")
BOAT = OpportunityDraft(title="A boat", value=1_200_00, currency="EUR")


@pytest.fixture
async def way(crm: Any) -> ShownPipeline:
    return (await pipelines_in_use(crm))[0]


@pytest.fixture
async def ada(contact: Any) -> UUID:
    return UUID(str(await contact("Ada Lovelace", email="ada@example.org")))


def stage(way: ShownPipeline, name: str) -> Any:
    return next(one for one in way.stages if one.name == name)


def titles(html: str) -> list[str]:
    return re.findall(r'class="deal-title" href="[^"]+"><bdi>([^<]+)</bdi>', html)


def column(html: str, stage_id: UUID) -> str:
    return html.partition(f'id="head-{stage_id}"')[2].partition(">")[2].partition("</section>")[0]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_first_pipeline_is_made_once(crm: Any, client: Any) -> None:
    assert (await client.get("/x/sales/board")).status_code == 200
    assert [one.id for one in await pipelines_in_use(crm)] == [FIRST]
    assert [one.name for one in (await pipelines(crm))[0].stages][:2] == ["Interested", "Needs understood"]


async def test_board_shows_columns_with_numbers_sums_and_next_steps(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    first, second = way.stages[:2]
    yesterday = now().date() - timedelta(days=1)
    later = replace(BOAT, title="A raft", next_step="Send the brochure", next_on=date(2031, 5, 1))
    for draft, where in (
        (BOAT, first),
        (later, first),
        (replace(BOAT, title="A ship", next_step="Call Ada", next_on=yesterday), first),
        (replace(BOAT, title="A canoe", value=50_00, currency="CHF"), second),
    ):
        await create_opportunity(crm, access, ada, where, draft)
    html = (await client.get("/x/sales/board")).text
    assert titles(column(html, first.id)) == ["A ship", "A raft", "A boat"]
    assert titles(column(html, second.id)) == ["A canoe"]
    shown = words(column(html, first.id))
    assert shown.startswith("Interested 3 €3,600.00 10 %")
    assert words(column(html, second.id)).startswith("Needs understood 1 CHF50.00 30 %")
    assert [one in shown for one in ("Overdue: yesterday", "Call Ada", "Send the brochure", "No next step")] == [
        True
    ] * 4


async def test_card_that_stands_too_long_is_marked(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], BOAT)
    assert "days here" not in (await client.get("/x/sales/board")).text
    await crm.data.fetch("UPDATE sales_opportunity SET stage_since = ? WHERE id = ?", now() - timedelta(days=20), made)
    assert "20 days here" in words((await client.get("/x/sales/board")).text)


async def test_board_asks_as_often_whatever_it_shows(
    crm: Any, access: Access, client: Any, way: ShownPipeline, *, contact: Any, queries: Any
) -> None:
    counts = []
    for more in (1, 2):
        for number in range(more):
            for each in way.stages[:2]:
                person = await contact(f"Person {more} {number}")
                await create_opportunity(crm, access, person, each, replace(BOAT, owner_id=client.account_id))
        with queries() as asked:
            html = (await client.get("/x/sales/board")).text
        # Without those of the frame, where every plugin's badges are counted.
        counts.append((len(titles(html)), len([one for one in asked if any(table in str(one) for table in ASKED)])))
    assert counts == [(2, 7), (6, 7)]


async def test_long_column_goes_on_where_it_stopped(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    for number in range(23):
        await create_opportunity(crm, access, ada, way.stages[0], replace(BOAT, title=f"Boat {number:02}"))
    html = (await client.get("/x/sales/board")).text
    assert len(titles(html)) == 20
    more = re.search(r'hx-get="([^"]+)"', html)
    assert more
    rest = await client.fragment("GET", more[1].replace("&amp;", "&"))
    assert sorted(titles(html) + titles(rest.text)) == [f"Boat {number:02}" for number in range(23)]
    assert "hx-get" not in rest.text


async def test_words_find_title_and_contact_and_stand_in_no_address(
    crm: Any, access: Access, client: Any, way: ShownPipeline, *, ada: UUID, contact: Any
) -> None:
    mats = await contact("Mats Ek")
    for person, title in ((ada, "A boat"), (ada, "A raft"), (mats, "A rowing boat")):
        await create_opportunity(crm, access, person, way.stages[0], replace(BOAT, title=title))
    found = {}
    for typed in ("boat", "lovel", "rowing ek", "zeppelin"):
        answer = await client.post("/x/sales/board/search", data={"q": typed, "pipeline": str(way.id)})
        assert (answer.status_code, typed in answer.headers["location"]) == (303, False)
        found[typed] = sorted(titles((await client.get(answer.headers["location"])).text))
    assert found == {
        "boat": ["A boat", "A rowing boat"],
        "lovel": ["A boat", "A raft"],
        "rowing ek": ["A rowing boat"],
        "zeppelin": [],
    }


async def test_owner_narrows_cards_and_numbers(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    await create_opportunity(crm, access, ada, way.stages[0], replace(BOAT, owner_id=client.account_id))
    await create_opportunity(crm, access, ada, way.stages[0], replace(BOAT, title="A raft"))
    found = {
        owner: (titles(html), re.findall(r'class="count">(\d+)', column(html, way.stages[0].id)))
        for owner in ("", "nobody", str(client.account_id))
        if (html := (await client.get(f"/x/sales/board?owner={owner}")).text)
    }
    assert found == {
        "": (["A boat", "A raft"], ["2"]),
        "nobody": (["A raft"], ["1"]),
        str(client.account_id): (["A boat"], ["1"]),
    }


async def move(client: Any, one: UUID, stage_id: UUID, version: int = 1, **more: str) -> Any:
    data = {"stage": str(stage_id), "version": str(version), **more}
    return await client.fragment("POST", f"/x/sales/opportunities/{one}/move", data=data)


async def test_moved_card_comes_back_with_the_heads_and_an_undo(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], BOAT)
    answer = await move(client, made, way.stages[1].id)
    assert answer.status_code == 200
    assert [words(head) for head in re.findall(r"<h2.*?</h2>", answer.text, re.S)][:2] == [
        "Interested 0",
        "Needs understood 1",
    ]
    undo = re.search(r'action="([^"]+/back/2)"', answer.text)
    assert undo
    assert (await client.post(undo[1], data={})).headers["location"] == f"/x/sales/board?pipeline={way.id}"
    assert (await visible_opportunity(crm, access, made)).row["stage_id"] == way.stages[0].id


async def test_two_who_move_at_once_do_not_overwrite_each_other(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], BOAT)
    assert (await move(client, made, way.stages[1].id)).status_code == 200
    late = await move(client, made, stage(way, "Won").id)
    assert (late.status_code, f'data-stage="{way.stages[1].id}"' in late.text) == (409, True)
    assert "Somebody else changed this meanwhile" in late.text
    assert (await visible_opportunity(crm, access, made)).row["stage_id"] == way.stages[1].id


async def test_stage_asks_for_what_is_missing_and_keeps_what_was_typed(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], replace(BOAT, value=0))
    quote = stage(way, "Quote sent").id
    asked = await move(client, made, quote)
    assert (asked.status_code, re.findall(r'name="(value|close_on|lost_reason)"', asked.text)) == (
        422,
        ["value", "close_on"],
    )
    assert 'class="error"' not in asked.text
    wrong = await move(client, made, quote, asked="yes", value="a lot", close_on="2027-02-01")
    assert (wrong.status_code, 'value="a lot"' in wrong.text, 'class="error"' in wrong.text) == (422, True, True)
    done = await move(client, made, quote, asked="yes", value="1,500.50", close_on="2027-02-01")
    opened = await visible_opportunity(crm, access, made)
    assert (done.status_code, opened.row["value"], opened.row["close_on"], opened.row["stage_id"]) == (
        200, 1_500_50, date(2027, 2, 1), quote,
    )  # fmt: skip


async def test_losing_asks_why(crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], BOAT)
    lost = stage(way, "Lost").id
    asked = await move(client, made, lost)
    assert (asked.status_code, "Why was it lost?" in asked.text) == (422, True)
    assert (await move(client, made, lost, lost_reason="price", lost_note="Twice as much")).status_code == 200
    opened = await visible_opportunity(crm, access, made)
    assert (opened.row["outcome"], opened.row["lost_reason"], opened.content.lost_note) == (
        "lost", "price", "Twice as much",
    )  # fmt: skip


async def test_without_script_a_page_asks_and_leads_back(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], BOAT)
    page = (await client.get(f"/x/sales/opportunities/{made}/move?back=/x/sales/board")).text
    assert re.findall(r'type="radio" name="stage" value="([^"]+)"', page) == [str(one.id) for one in way.stages]
    data = {"stage": str(way.stages[1].id), "version": "1", "back": "/x/sales/board"}
    answer = await client.post(f"/x/sales/opportunities/{made}/move", data=data)
    assert (answer.status_code, answer.headers["location"]) == (303, "/x/sales/board")
    assert (await client.post(f"/x/sales/opportunities/{made}/move", data={"version": "2"})).status_code == 422


async def test_reader_sees_the_board_and_moves_nothing(
    crm: Any, access: Access, as_role: Any, way: ShownPipeline, ada: UUID
) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], BOAT)
    reader = await as_role("readonly")
    html = (await reader.get("/x/sales/board")).text
    assert (titles(html), "data-grip" in html, "/move" in html) == (["A boat"], False, False)
    assert (await move(reader, made, way.stages[1].id)).status_code == 404


async def test_forbidden_and_missing_look_alike(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], BOAT)
    await trash_contact(crm, access, ada)
    nowhere = UUID(int=7)
    for path in ("", "/edit", "/move"):
        hidden, missing = [await client.get(f"/x/sales/opportunities/{one}{path}") for one in (made, nowhere)]
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert words(hidden.text).replace(str(made), "") == words(missing.text).replace(str(nowhere), "")
    assert titles((await client.get("/x/sales/board")).text) == []
    assert (await pipeline(crm, way.id)).name == "Sales"
