"""Relationships and organisations through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.people import make
from tests.web.rest.test_framework import errors, problem

pytestmark = pytest.mark.anyio
ADDRESS = "/api/v1/relationships"


async def test_relationship_is_made_read_changed_ended_and_taken_back(olga: Any, crm: Any, client: Any) -> None:
    ada, museum = await make(crm, "Ada"), await make(crm, "Museum", kind="organisation")
    sent = {
        "kind": "works_at",
        "from_id": str(ada),
        "to_id": str(museum),
        "role": "Treasurer",
        "started_on": "2020-02-29",
    }
    made = await olga.post(ADDRESS, json=sent)
    assert made.status_code == 201, made.text
    one = made.json()
    assert {name: one[name] for name in sent} == sent
    for contact in (ada, museum):
        assert (await olga.get(f"{ADDRESS}?contact={contact}")).json() == {"items": [one], "next": None}
    changed = await olga.change(f"{ADDRESS}/{one['id']}", {"role": None, "ended_on": "2025-12-31"}, one["etag"])
    assert changed.json() == one | {"role": "", "ended_on": "2025-12-31", "version": 2, "etag": changed.json()["etag"]}
    assert "changed a relationship" in (await client.get(f"/contacts/{ada}/history")).text
    early = await olga.change(f"{ADDRESS}/{one['id']}", {"ended_on": "2019-01-01"}, changed.json()["etag"])
    assert (problem(early), [fault["pointer"] for fault in errors(early)]) == ((422, "invalid-content"), ["#/ended_on"])
    moved = await olga.change(f"{ADDRESS}/{one['id']}", {"to_id": str(ada)}, changed.json()["etag"])
    assert errors(moved) == [{"detail": "is not known here", "pointer": "#/to_id"}]
    gone = await olga.delete(f"{ADDRESS}/{one['id']}", headers={"if-match": changed.headers["etag"]})
    assert (gone.status_code, (await olga.get(ADDRESS)).json()["items"]) == (204, [])


async def test_relationship_needs_a_known_kind_and_two_contacts_that_can_be_seen(olga: Any, crm: Any) -> None:
    ada, zoe = str(await make(crm, "Ada")), str(await make(crm, "Zoe"))
    wrong = await olga.post(ADDRESS, json={"kind": "enemy", "from_id": ada, "to_id": ada})
    assert sorted(fault["pointer"] for fault in errors(wrong)) == ["#/kind", "#/to_id"]
    nobody = await olga.post(
        ADDRESS, json={"kind": "partner", "from_id": ada, "to_id": "00000000-0000-0000-0000-000000000007"}
    )
    assert problem(nobody) == (404, "not-found")
    assert (await olga.post(ADDRESS, json={"kind": "partner", "from_id": ada, "to_id": zoe})).status_code == 201


async def test_list_of_relationships_goes_on_page_by_page(olga: Any, crm: Any) -> None:
    ada, made = str(await make(crm, "Ada")), []
    for number in range(3):
        other = str(await make(crm, f"Other {number}"))
        made.append((await olga.post(ADDRESS, json={"kind": "partner", "from_id": ada, "to_id": other})).json()["id"])
    found, address = [], f"{ADDRESS}?limit=1&contact={ada}"
    while address:
        page = (await olga.get(address)).json()
        found += [item["id"] for item in page["items"]]
        address = page["next"]
    assert found == made


async def test_organisations_are_contacts_of_that_kind_only(olga: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    made = await olga.post("/api/v1/organisations", json={"display_name": "Museum"})
    museum = made.json()
    assert (made.status_code, museum["kind"]) == (201, "organisation")
    assert [item["id"] for item in (await olga.get("/api/v1/organisations")).json()["items"]] == [museum["id"]]
    assert (await olga.get(f"/api/v1/contacts/{museum['id']}")).json() == museum
    assert problem(await olga.get(f"/api/v1/organisations/{ada}")) == (404, "not-found")
    assert problem(await olga.delete(f"/api/v1/organisations/{ada}", headers={"if-match": "*"})) == (404, "not-found")
    refused = await olga.post("/api/v1/organisations", json={"display_name": "X", "kind": "person"})
    assert errors(refused) == [{"detail": "is not known here", "pointer": "#/kind"}]
