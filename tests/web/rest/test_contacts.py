"""Contacts through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.people import make

pytestmark = pytest.mark.anyio


async def test_contact_is_created_read_changed_and_deleted(olga: Any, crm: Any, client: Any) -> None:
    for key, kind in (("a", "number"), ("b", "text")):
        await client.post("/settings/fields", data={"label": f"Field {key}", "type": kind, "key": key})
    made = await olga.post("/api/v1/contacts", json={"display_name": "Ada", "tags": ["donor"], "custom": {"a": 1}})
    assert made.status_code == 201, made.text
    ada = made.json()
    address = f"/api/v1/contacts/{ada['id']}"
    assert (made.headers["location"], made.headers["etag"]) == (address, f'"{ada["etag"]}"')
    read = await olga.get(address)
    assert (read.status_code, read.json(), read.headers["etag"]) == (200, ada, made.headers["etag"])
    changed = await olga.change(address, {"nickname": "Countess", "tags": None, "custom": {"b": "x"}}, ada["etag"])
    assert changed.status_code == 200, changed.text
    assert changed.json() == ada | {
        "version": 2, "etag": changed.json()["etag"], "updated_at": changed.json()["updated_at"],
        "nickname": "Countess", "tags": [], "custom": {"a": 1, "b": "x"},
    }  # fmt: skip
    gone = await olga.delete(address, headers={"if-match": changed.headers["etag"]})
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await olga.get(address)).status_code == 404
    rows = await crm.data.fetch("SELECT deleted_at FROM contact")
    assert [row["deleted_at"] is not None for row in rows] == [True]


async def test_fields_that_nobody_set_up_are_refused_and_those_that_are_kept_already_stay(olga: Any, crm: Any) -> None:
    refused = await olga.post("/api/v1/contacts", json={"display_name": "Ada", "custom": {"religion": "x"}})
    told = [{"detail": "is no field of this installation; set it up first", "pointer": "#/custom/religion"}]
    assert (refused.status_code, refused.json()["errors"]) == (422, told)
    assert await crm.data.fetch("SELECT id FROM contact") == []
    ada = (await olga.get(f"/api/v1/contacts/{await make(crm, 'Ada', custom={'old': 'x'})}")).json()
    address = f"/api/v1/contacts/{ada['id']}"
    again = await olga.change(address, {"custom": {"religion": "x"}}, ada["etag"])
    assert (again.status_code, again.json()["errors"]) == (422, told)
    changed = await olga.change(address, {"nickname": "Countess", "custom": {"old": "y"}}, ada["etag"])
    assert (changed.status_code, changed.json()["custom"]) == (200, {"old": "y"})


async def test_list_goes_on_page_by_page(olga: Any, crm: Any) -> None:
    for number in range(5):
        await make(crm, f"Person {number}")
    first = await olga.get("/api/v1/contacts?limit=2&sort=-name")
    body = first.json()
    assert [item["display_name"] for item in body["items"]] == ["Person 4", "Person 3"]
    assert first.headers["link"] == f'<{body["next"]}>; rel="next"'
    second = (await olga.get(body["next"])).json()
    third = await olga.get(second["next"])
    names = [item["display_name"] for item in second["items"] + third.json()["items"]]
    assert (names, third.json()["next"], "link" in third.headers) == (["Person 2", "Person 1", "Person 0"], None, False)
