"""Interactions and tasks through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import in_one_installation
from tests.web.people import make
from tests.web.rest.programs import program

pytestmark = pytest.mark.anyio

DAILY = ("contacts.read", "contacts.write", "interactions.read", "interactions.write")
NOBODY = "01930000-0000-7000-8000-000000000001"


@pytest.fixture
async def mats(app: Any, crm: Any) -> Any:
    async with await program(app, crm, "staff", name="Mats", scopes=DAILY) as one:
        yield one


async def call(mats: Any, *people: Any, **fields: Any) -> Any:
    usual = {"kind": "call", "subject": "Asked about the party", "people": [str(one) for one in people]}
    made = await mats.post("/api/v1/interactions", json=usual | fields)
    assert made.status_code == 201, made.text
    return made.json()


async def test_interaction_is_written_down_read_changed_and_deleted(mats: Any, crm: Any) -> None:
    ada, zoe = await make(crm, "Ada"), await make(crm, "Zoe")
    one = await call(mats, ada, at="2026-03-01T10:00:00+01:00", direction="in", duration_minutes=5, body="*Hello*")
    assert one == {
        "id": one["id"], "version": 1, "etag": one["etag"], "kind": "call", "direction": "in",
        "at": "2026-03-01T09:00:00Z", "duration_minutes": 5, "subject": "Asked about the party", "body": "*Hello*",
        "outcome": "", "location": "", "people": [str(ada)], "attachments": [], "created_by": str(mats.account_id),
        "created_at": one["created_at"], "edited": False,
    }  # fmt: skip
    address = f"/api/v1/interactions/{one['id']}"
    assert (await mats.get(address)).json() == one
    changed = await mats.change(
        address, {"subject": "About the summer party", "people": [str(ada), str(zoe)]}, one["etag"]
    )
    assert changed.status_code == 200, changed.text
    after = changed.json()
    assert after == one | {
        "version": 2, "etag": after["etag"], "subject": "About the summer party", "people": [str(ada), str(zoe)], "edited": True,
    }  # fmt: skip
    assert (await mats.change(address, {"subject": "Late"}, one["etag"])).status_code == 412
    assert (await mats.delete(address, headers={"if-match": f'"{after["etag"]}"'})).status_code == 204
    assert (await mats.get(address)).status_code == 404


async def test_list_is_newest_first_by_pages_and_narrowed_by_contact_and_time(mats: Any, crm: Any) -> None:
    ada, zoe = await make(crm, "Ada"), await make(crm, "Zoe")
    for day in range(1, 6):
        await call(mats, ada, *([zoe] if day == 3 else []), at=f"2026-03-0{day}T10:00:00Z", subject=f"Day {day}")
    await mats.post("/api/v1/tasks", json={"subject": "Not an interaction", "people": [str(ada)]})

    async def subjects(query: str) -> list[str]:
        answer = await mats.get(f"/api/v1/interactions{query}")
        assert answer.status_code == 200, answer.text
        return [item["subject"] for item in answer.json()["items"]]

    assert await subjects("") == ["Day 5", "Day 4", "Day 3", "Day 2", "Day 1"]
    first = (await mats.get("/api/v1/interactions?limit=2")).json()
    second = (await mats.get(first["next"])).json()
    third = (await mats.get(second["next"])).json()
    assert [[item["subject"] for item in page["items"]] for page in (first, second, third)] == [
        ["Day 5", "Day 4"], ["Day 3", "Day 2"], ["Day 1"],
    ]  # fmt: skip
    assert third["next"] is None
    assert await subjects(f"?contact={zoe}") == ["Day 3"]
    assert await subjects("?since=2026-03-04T10:00:00Z") == ["Day 5", "Day 4"]
    assert await subjects("?before=2026-03-02T10:00:00Z") == ["Day 1"]
    assert await subjects("?kind=letter") == []
    assert await subjects(f"?contact={NOBODY}") == []


async def test_nothing_shows_of_people_who_are_restricted_or_in_the_trash(mats: Any, olga: Any, crm: Any) -> None:
    ada, zoe = await make(crm, "Ada"), await make(crm, "Zoe")
    alone, together = await call(mats, ada), await call(mats, ada, zoe)
    task = (await mats.post("/api/v1/tasks", json={"subject": "x", "people": [str(ada)]})).json()
    await crm.orders.give("restriction", ada)
    assert (await mats.get(f"/api/v1/interactions/{alone['id']}")).status_code == 404
    assert (await mats.get(f"/api/v1/tasks/{task['id']}")).status_code == 404
    items = (await mats.get("/api/v1/interactions")).json()["items"]
    assert [(item["id"], item["people"]) for item in items] == [(together["id"], [str(zoe)])]
    assert (await mats.get("/api/v1/tasks")).json()["items"] == []
    assert (await mats.get(f"/api/v1/interactions?contact={ada}")).json()["items"] == []
    refused = await mats.post("/api/v1/interactions", json={"subject": "x", "people": [str(zoe), str(ada)]})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"detail": "is no contact", "pointer": "#/people/1"}]
    gone = await olga.delete(f"/api/v1/contacts/{zoe}", headers={"if-match": "*"})
    assert gone.status_code == 204
    assert (await mats.get("/api/v1/interactions")).json()["items"] == []


async def test_hidden_participants_stay_when_others_change_what_they_see(mats: Any, crm: Any) -> None:
    ada, zoe = await make(crm, "Ada"), await make(crm, "Zoe")
    one = await call(mats, ada, zoe)
    await crm.orders.give("restriction", ada)
    address = f"/api/v1/interactions/{one['id']}"
    seen = (await mats.get(address)).json()
    assert (await mats.change(address, {"outcome": "Done"}, seen["etag"])).json()["people"] == [str(zoe)]
    await crm.orders.lift("restriction", ada)
    assert sorted((await mats.get(address)).json()["people"]) == sorted([str(ada), str(zoe)])


async def test_task_is_planned_done_opened_again_and_cancelled(mats: Any, crm: Any) -> None:
    made = await mats.post(
        "/api/v1/tasks", json={"subject": "Call back", "due_on": "2026-12-01", "assignee": str(mats.account_id)}
    )
    assert made.status_code == 201, made.text
    task = made.json()
    assert (task["state"], task["due_on"], task["assignee"], task["people"]) == (
        "planned",
        "2026-12-01",
        str(mats.account_id),
        [],
    )
    address = f"/api/v1/tasks/{task['id']}"
    assert [item["id"] for item in (await mats.get("/api/v1/tasks")).json()["items"]] == [task["id"]]
    for state in ("done", "planned", "cancelled", "done"):
        changed = await mats.change(address, {"state": state, "subject": f"Now {state}"}, task["etag"])
        assert changed.status_code == 200, changed.text
        task = changed.json()
        assert (task["state"], task["subject"], task["done_at"] is None) == (state, f"Now {state}", state == "planned")
    assert [item["id"] for item in (await mats.get("/api/v1/tasks?when=done")).json()["items"]] == [task["id"]]
    assert (await mats.get("/api/v1/tasks")).json()["items"] == []
    assert (await mats.get(f"/api/v1/interactions/{task['id']}")).status_code == 404
    kept = await mats.change(address, {"body": "More"}, task["etag"])
    assert (kept.json()["state"], kept.json()["body"]) == ("done", "More")


async def test_tasks_come_by_their_days_page_by_page(mats: Any, crm: Any) -> None:
    for day in (3, 1, 2):
        await mats.post("/api/v1/tasks", json={"subject": f"Day {day}", "due_on": f"2030-01-0{day}"})
    await mats.post("/api/v1/tasks", json={"subject": "Some day"})
    first = (await mats.get("/api/v1/tasks?limit=3")).json()
    second = (await mats.get(first["next"])).json()
    assert [item["subject"] for item in first["items"] + second["items"]] == ["Day 1", "Day 2", "Day 3", "Some day"]
    assert [item["due_on"] for item in second["items"]] == [None]


@in_one_installation(
    ("address", "body", "pointer"),
    [
        ("interactions", {"subject": "x"}, "#/people"),
        ("interactions", {"subject": "x", "people": []}, "#/people"),
        ("interactions", {"people": [NOBODY], "subject": "x"}, "#/people/0"),
        ("interactions", {"people": [NOBODY], "kind": "shout"}, "#/kind"),
        ("interactions", {"people": [NOBODY], "at": "2026-03-01T10:00:00"}, "#/at"),
        ("interactions", {"people": [NOBODY], "duration_minutes": -1}, "#/duration_minutes"),
        ("interactions", {"people": [NOBODY], "colour": "red"}, "#/colour"),
        ("tasks", {"subject": ""}, "#/subject"),
        ("tasks", {"subject": "x", "assignee": NOBODY}, "#/assignee"),
        ("tasks", {"subject": "x", "due_on": "2201-01-01"}, "#/due_on"),
        ("tasks", {"subject": "x", "remind_at": "9999-12-31T23:59:59-23:59"}, "#/remind_at"),
    ],
)
async def test_what_is_wrong_is_named(mats: Any, address: str, body: Any, pointer: str) -> None:
    answer = await mats.post(f"/api/v1/{address}", json=body)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_readonly_writes_nothing(app: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    async with await program(app, crm, "readonly", name="Zoe", scopes=DAILY) as zoe:
        assert (await zoe.get("/api/v1/interactions")).status_code == 200
        assert (await zoe.post("/api/v1/interactions", json={"subject": "x", "people": [str(ada)]})).status_code == 404
        assert (await zoe.post("/api/v1/tasks", json={"subject": "x"})).status_code == 404
