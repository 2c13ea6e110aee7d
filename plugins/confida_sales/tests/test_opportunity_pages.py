"""Pages of opportunities beside the board: list, forms, one opportunity, the settings of pipelines."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, now
from confida_sales.opportunities.opportunities import (
    OpportunityDraft,
    create_opportunity,
    draft_of,
    move_opportunity,
    visible_opportunity,
)
from confida_sales.opportunities.pipelines import ShownPipeline, pipeline, pipelines, pipelines_in_use

pytestmark = pytest.mark.anyio
LIST = "/x/sales/opportunities"
SETTINGS = "/x/sales/settings/pipelines"
BOAT = OpportunityDraft(title="A boat", value=1_200_00, currency="EUR")


@pytest.fixture
async def way(crm: Any) -> ShownPipeline:
    return (await pipelines_in_use(crm))[0]


@pytest.fixture
async def ada(contact: Any) -> UUID:
    return UUID(str(await contact("Ada Lovelace", email="ada@example.org")))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def listed(html: str) -> list[str]:
    return re.findall(r'class="deal-cell"><a href="[^"]+"><bdi>([^<]+)', html)


async def test_new_opportunity_is_written_down_with_whom_was_found(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    typed = {
        "title": "Three boats", "value": "1,234.50", "currency": "eur", "next_step": "Call", "next_on": "2031-05-01",
        "competitors": "Boats Ltd\nACME", "pipeline": str(way.id), "source": "Website", "owner_id": str(client.account_id),
    }  # fmt: skip
    found = await client.post(f"{LIST}/new", data=typed | {"find": "lovelace", "_find": "yes"})
    assert (found.status_code, f'value="{ada}"' in found.text, 'value="Three boats"' in found.text) == (200, True, True)
    lacking = await client.post(f"{LIST}/new", data=typed)
    assert (lacking.status_code, "Please find the person or organisation" in lacking.text) == (422, True)
    made = await client.post(f"{LIST}/new", data=typed | {"contact": str(ada)})
    assert made.status_code == 303
    opened = await visible_opportunity(crm, access, UUID(made.headers["location"].rpartition("/")[2]))
    assert (opened.row["contact_id"], opened.row["stage_id"]) == (ada, way.stages[0].id)
    assert draft_of(opened) == OpportunityDraft(
        title="Three boats", value=1_234_50, currency="EUR", next_step="Call", next_on=date(2031, 5, 1),
        competitors=("Boats Ltd", "ACME"), source="Website", owner_id=client.account_id,
    )  # fmt: skip


WRONG = (
    ("value", "lots"), ("value", "1.234"), ("currency", "EURO"), ("close_on", "soon"), ("owner_id", "me"), ("source", "Mars"),
    ("title", " "),
)  # fmt: skip


async def test_what_cannot_be_read_is_said_beside_the_field_and_kept(
    crm: Any, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    for name, typed in WRONG:
        data = {"title": "A boat", "contact": str(ada), "pipeline": str(way.id), "currency": "EUR", name: typed}
        answer = await client.post(f"{LIST}/new", data=data)
        assert (answer.status_code, f'id="{name}-error"' in answer.text) == (422, True), name
        assert name in {"owner_id", "source", "title"} or f'value="{typed}"' in answer.text
    assert await crm.data.fetch("SELECT id FROM sales_opportunity") == []


async def test_change_at_an_old_version_shows_both_and_loses_nothing(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], BOAT)
    assert (await client.post(f"{LIST}/{made}/edit", data={"title": "A ship", "version": "1"})).status_code == 303
    late = await client.post(f"{LIST}/{made}/edit", data={"title": "A raft", "version": "1"})
    assert (late.status_code, 'value="A raft"' in late.text, 'name="version" value="2"' in late.text) == (
        409,
        True,
        True,
    )
    opened = await visible_opportunity(crm, access, made)
    assert draft_of(opened) == replace(BOAT, title="A ship")


async def test_page_of_one_tells_everything_and_reading_changes_nothing(
    crm: Any, access: Access, client: Any, way: ShownPipeline, *, ada: UUID, as_role: Any
) -> None:
    draft = replace(
        BOAT, next_step="Call Ada", next_on=now().date() - timedelta(days=1), competitors=("Boats Ltd",),
        description="White, with oars", source="Website",
    )  # fmt: skip
    made = await create_opportunity(crm, access, ada, way.stages[0], draft)
    await move_opportunity(crm, access, made, way.stages[-1].id, seen=1, lost_reason="price", lost_note="Twice")
    text = words((await client.get(f"{LIST}/{made}")).text)
    told = ["A boat", "Ada Lovelace", "€1,200.00", "Boats Ltd", "White, with oars", "Website", "Too expensive", "Twice"]
    assert [one for one in told if one not in text] == []
    assert "Interested Lost" in text
    reader = await as_role("readonly")
    html = (await reader.get(f"{LIST}/{made}")).text
    assert ("A boat" in html, "/edit" in html, "/delete" in html, "/move" in html) == (True, False, False, False)
    for path in (f"{LIST}/new", f"{LIST}/{made}/edit", SETTINGS):
        assert (await reader.get(path)).status_code == 404


async def test_deleted_one_is_taken_back_by_its_toast_or_from_the_trash(
    crm: Any, access: Access, client: Any, way: ShownPipeline, *, ada: UUID, as_role: Any
) -> None:
    made = await create_opportunity(crm, access, ada, way.stages[0], BOAT)
    assert (await client.post(f"{LIST}/{made}/delete", data={"version": "9"})).headers["location"] == f"{LIST}/{made}"
    gone = await client.post(f"{LIST}/{made}/delete", data={"version": "1"})
    assert (gone.status_code, (await client.get(f"{LIST}/{made}")).status_code) == (303, 404)
    assert listed((await client.get(LIST)).text) == []
    trash = (await client.get(f"{LIST}?show=deleted")).text
    assert ("A boat" in trash, f'action="{LIST}/{made}/restore"' in trash) == (True, True)
    reader = await as_role("readonly")
    assert ("Trash" in (await reader.get(LIST)).text, (await reader.get(f"{LIST}?show=deleted")).status_code) == (
        False,
        404,
    )
    await client.post(f"{LIST}/{made}/restore", data={})
    assert listed((await client.get(LIST)).text) == ["A boat"]


async def test_list_is_sorted_both_ways_and_by_what_is_asked(
    crm: Any, access: Access, client: Any, way: ShownPipeline, *, ada: UUID, queries: Any
) -> None:
    late = now().date() - timedelta(days=2)
    for title, value, next_on in (("Ship", 3, late), ("Raft", 1, None), ("Boat", 2, date(2031, 1, 1))):
        made = await create_opportunity(
            crm, access, ada, way.stages[0], replace(BOAT, title=title, value=value, next_on=next_on)
        )
    await move_opportunity(crm, access, made, way.stages[-2].id, seen=1)
    with queries() as asked:
        found = {
            query: listed((await client.get(f"{LIST}?{query}")).text)
            for query in (
                "",
                "sort=value",
                "sort=value&order=descending",
                "show=late",
                "show=won",
                "show=lost",
                "show=x",
            )
        }
    assert found == {
        "": ["Ship", "Raft"],
        "sort=value": ["Raft", "Ship"],
        "sort=value&order=descending": ["Ship", "Raft"],
        "show=late": ["Ship"],
        "show=won": ["Boat"],
        "show=lost": [],
        "show=x": ["Ship", "Raft"],
    }
    # Once for each of the seven pages, whatever the number of rows.
    assert len([one for one in asked if "FROM sales_opportunity" in str(one)]) == 7


async def test_pages_of_the_list_hold_every_one_once(
    crm: Any, access: Access, client: Any, way: ShownPipeline, *, ada: UUID, monkeypatch: Any
) -> None:
    monkeypatch.setattr("confida_sales.opportunities.listing.PAGE", 2)
    for number in range(5):
        day = None if number == 2 else date(2031, 1, 1 + number % 2)
        await create_opportunity(crm, access, ada, way.stages[0], replace(BOAT, title=f"Boat {number}", next_on=day))
    pages, href = [], LIST
    while href:
        html = (await client.get(href)).text
        pages.append(listed(html))
        following = re.search(r'rel="next" href="([^"]+)"', html)
        href = following[1].replace("&amp;", "&") if following else ""
    assert pages == [["Boat 0", "Boat 4"], ["Boat 1", "Boat 3"], ["Boat 2"]]
    back = re.search(r'rel="prev" href="([^"]+)"', html)
    assert back
    assert listed((await client.get(back[1].replace("&amp;", "&"))).text) == pages[1]


def fields(html: str) -> dict[str, Any]:
    """The form of a pipeline as a browser would send it."""
    form = html.partition("data-guard")[2]
    found: dict[str, Any] = {"name": re.search(r'name="name" type="text" value="([^"]*)"', form)[1]}  # type: ignore[index]  # A miss fails.
    found |= dict(re.findall(r'name="(stages-\d+-(?:id|name|probability|rot_days))"[^>]*value="([^"]*)"', form))
    for name, options in re.findall(r'<select id="[^"]+" name="(stages-\d+-outcome)">(.*?)</select>', form):
        found[name] = re.search(r'value="(\w+)" selected', options)[1]  # type: ignore[index]  # A miss fails.
    for name, key in re.findall(r'name="(stages-\d+-required)" value="(\w+)" checked', form):
        found.setdefault(name, []).append(key)
    return found


async def test_pipeline_is_saved_as_it_was_shown(crm: Any, client: Any, way: ShownPipeline) -> None:
    sent = fields((await client.get(f"{SETTINGS}/{way.id}")).text)
    assert (await client.post(f"{SETTINGS}/{way.id}", data=sent)).status_code == 303
    assert await pipelines(crm) == [way]
    changed = sent | {"name": "New customers", "stages-0-name": "Curious", "stages-1-required": ["owner_id"]}
    await client.post(f"{SETTINGS}/{way.id}", data=changed)
    found = await pipeline(crm, way.id)
    assert (found.name, found.stages[0].name, found.stages[1].required) == ("New customers", "Curious", ("owner_id",))


async def test_stages_move_come_and_go_without_a_script(crm: Any, client: Any, way: ShownPipeline) -> None:
    address = f"{SETTINGS}/{way.id}"
    sent = fields((await client.get(address)).text)

    async def pressed(**button: str) -> list[str]:
        html = (await client.post(address, data=sent | button)).text
        return re.findall(r'name="stages-\d+-name" type="text" value="([^"]*)"', html)

    names = [one.name for one in way.stages]
    assert await pressed(_down="0") == [names[1], names[0], *names[2:]]
    assert await pressed(_up="0") == names
    assert await pressed(_remove="stages-2") == [*names[:2], *names[3:]]
    assert await pressed(_add="rows") == [*names[:4], "", *names[4:]]
    assert await pipelines(crm) == [way]


async def test_wrong_stage_is_marked_in_its_row(crm: Any, client: Any, way: ShownPipeline) -> None:
    sent = fields((await client.get(f"{SETTINGS}/{way.id}")).text)
    answer = await client.post(
        f"{SETTINGS}/{way.id}", data=sent | {"stages-2-probability": "often", "stages-3-name": " "}
    )
    assert answer.status_code == 422
    assert re.findall(r'id="(stages-\d+-\w+)-error"', answer.text) == ["stages-2-probability", "stages-3-name"]
    assert await pipelines(crm) == [way]


async def test_stage_that_holds_something_stays_what_it_is(
    crm: Any, access: Access, client: Any, way: ShownPipeline, ada: UUID
) -> None:
    await create_opportunity(crm, access, ada, way.stages[1], BOAT)
    sent = fields((await client.get(f"{SETTINGS}/{way.id}")).text)
    # The last stage but one becomes open and the second won, which the order alone would allow.
    turned = {name: value for name, value in sent.items() if not name.startswith(("stages-2", "stages-3"))}
    answer = await client.post(f"{SETTINGS}/{way.id}", data=turned | {"stages-1-outcome": "won"})
    assert (answer.status_code, "stays open, won or lost as it is" in answer.text) == (422, True)
    assert await pipelines(crm) == [way]


async def test_pipelines_are_arranged_archived_and_used_again(crm: Any, client: Any, way: ShownPipeline) -> None:
    sent = fields((await client.get(f"{SETTINGS}/new")).text) | {"name": "Renewals"}
    assert (await client.post(f"{SETTINGS}/new", data=sent)).status_code == 303
    other = (await pipelines(crm))[1]

    async def names() -> list[str]:
        return [one.name for one in await pipelines(crm)]

    await client.post(f"{SETTINGS}/{other.id}/up", data={})
    assert await names() == ["Renewals", "Sales"]
    await client.post(f"{SETTINGS}/{way.id}/archive", data={})
    assert await names() == ["Renewals"]
    assert "Use again" in (await client.get(SETTINGS)).text
    await client.post(f"{SETTINGS}/{way.id}/use", data={})
    assert await names() == ["Renewals", "Sales"]
    assert (await client.post(f"{SETTINGS}/{way.id}/burn", data={})).status_code == 404
