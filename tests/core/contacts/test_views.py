"""Saved views and teams."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.contacts.records import ViewContent
from confida_core.contacts.teams import save_team, teams
from confida_core.contacts.validation import InvalidContent
from confida_core.contacts.views import delete_view, save_view, saved_views
from confida_core.ids import new_id
from confida_core.vault.access import Forbidden, NotFound
from tests.core.contacts.cast import MATS, OLGA, access_of

pytestmark = pytest.mark.anyio


async def test_view_is_its_owners_until_it_is_shared(crm: Any) -> None:
    await save_view(crm, access_of(), ViewContent(name="Friends of Ada", text="ada"))
    await save_view(crm, access_of(), ViewContent(name="Donors", descending=True), shared=True)
    assert [(v.content.name, v.mine) for v in await saved_views(crm, access_of())] == [
        ("Donors", True),
        ("Friends of Ada", True),
    ]
    assert [(v.content, v.mine) for v in await saved_views(crm, access_of(MATS))] == [
        (ViewContent(name="Donors", descending=True), False)
    ]


async def test_name_of_a_view_is_sealed(crm: Any) -> None:
    await save_view(crm, access_of(), ViewContent(name="Friends of Ada"))
    assert [b"Ada" in bytes(row["sealed"]) for row in await crm.data.fetch("SELECT sealed FROM saved_view")] == [False]


async def test_only_the_owner_deletes_a_view(crm: Any) -> None:
    view = await save_view(crm, access_of(), ViewContent(name="Donors"), shared=True)
    with pytest.raises(NotFound):
        await delete_view(crm, access_of(MATS), view)
    await delete_view(crm, access_of(), view)
    assert await saved_views(crm, access_of()) == []


async def test_view_without_a_name_is_refused(crm: Any) -> None:
    with pytest.raises(InvalidContent):
        await save_view(crm, access_of(), ViewContent(name=" "))


async def test_team_is_made_and_changed(crm: Any) -> None:
    team = await save_team(crm, access_of(), name="East", members=[OLGA.id, MATS.id, OLGA.id])
    assert [(one.name, set(one.members)) for one in await teams(crm)] == [("East", {OLGA.id, MATS.id})]
    await save_team(crm, access_of(), name="West", members=[MATS.id], team_id=team)
    assert [(one.id, one.name, one.members) for one in await teams(crm)] == [(team, "West", (MATS.id,))]


async def test_team_needs_settings_and_a_name_of_its_own(crm: Any) -> None:
    with pytest.raises(Forbidden):
        await save_team(crm, access_of(MATS), name="East")
    await save_team(crm, access_of(), name="East")
    for name in ("East", ""):
        with pytest.raises(InvalidContent):
            await save_team(crm, access_of(), name=name)
    with pytest.raises(NotFound):
        await save_team(crm, access_of(), name="North", team_id=new_id())
    assert [one.name for one in await teams(crm)] == ["East"]
