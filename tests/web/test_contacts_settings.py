"""Custom fields, relationship types and teams in the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

from confida_core.contacts.custom_fields import custom_fields
from confida_core.contacts.teams import teams
from tests.web.people import make

pytestmark = pytest.mark.anyio


async def test_field_is_defined_used_and_retired(client: Any, crm: Any) -> None:
    fields = {"label": "Colour", "type": "choice", "applies_to": "", "choices": "red\r\nblue\r\n"}
    assert (await client.post("/settings/fields", data=fields)).status_code == 303
    await make(crm, "Ada", custom={"colour": "red"})
    page = (await client.get("/settings/fields")).text
    assert re.findall(r'<td class="number">(\d+)</td>', page) == ["1"]
    assert 'name="custom-colour"' in (await client.get("/contacts/new?kind=organisation")).text
    await client.post("/settings/fields/colour/retire")
    assert 'name="custom-colour"' not in (await client.get("/contacts/new")).text
    await client.post("/settings/fields/colour/restore")
    assert [field.retired for field in await custom_fields(crm)] == [False]


async def test_field_that_cannot_be_is_refused_with_its_form(client: Any, crm: Any) -> None:
    answer = await client.post("/settings/fields", data={"label": "", "type": "choice", "applies_to": ""})
    assert (answer.status_code, re.findall(r'<li><a href="#([^"]+)">', answer.text)) == (422, ["label", "choices"])
    assert (await client.post("/settings/fields", data={"label": "A", "applies_to": "ghosts"})).status_code == 422
    assert await custom_fields(crm) == []


async def test_relationship_type_is_defined_and_retired(client: Any, crm: Any) -> None:
    await client.post("/settings/relationships", data={"label": "mentors", "reverse": "is mentored by"})
    contact_id = await make(crm, "Ada")
    page = (await client.get(f"/contacts/{contact_id}")).text
    assert ('value="mentors"' in page, 'value="-mentors"' in page) == (True, True)
    await client.post("/settings/relationships/mentors/retire")
    assert 'value="mentors"' not in (await client.get(f"/contacts/{contact_id}")).text
    assert (await client.post("/settings/relationships", data={"label": "works at"})).status_code == 422
    assert (await client.post("/settings/relationships/works_at/retire")).status_code == 404


async def test_team_is_made_of_known_accounts(client: Any, crm: Any) -> None:
    members = [str(client.account_id), "nobody"]
    assert (await client.post("/settings/teams", data={"name": "East", "members": members})).status_code == 303
    assert [(team.name, team.members) for team in await teams(crm)] == [("East", (client.account_id,))]
    assert (await client.post("/settings/teams", data={"name": "East"})).status_code == 422
    assert "Olga" in (await client.get("/settings/teams")).text


@pytest.mark.parametrize("path", ["/settings/fields", "/settings/relationships", "/settings/teams"])
async def test_settings_are_for_administrators(as_role: Any, path: str) -> None:
    mats = await as_role("staff")
    assert [(await mats.get(path)).status_code, (await mats.post(path, data={"label": "A"})).status_code] == [404, 404]
    olga = await as_role("administrator")
    assert (await olga.get(path)).status_code == 200


async def test_way_to_the_settings_names_only_what_is_open(client: Any, as_role: Any) -> None:
    page = (await client.get("/settings")).text
    assert [
        path for path in ("/settings/fields", "/settings/teams", "/contacts/trash") if f'href="{path}"' not in page
    ] == []
    assert "/settings/fields" not in (await (await as_role("readonly")).get("/settings")).text
