"""Tasks: planned, done, opened again, cancelled, and listed by when they are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.contacts.trash import restore_contact, trash_contact
from confida_core.index.cursors import InvalidCursor
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import delete_interaction, update_interaction, visible_interaction
from confida_core.interactions.tasks import (
    TaskQuery,
    cancel_task,
    complete_task,
    due_count,
    list_tasks,
    next_task,
    place_of,
    reopen_task,
)
from confida_core.interactions.timeline import read_timeline
from confida_core.vault.access import Forbidden
from tests.core.interactions.cast import MATS, NOON, OLGA, READER, ZOE, access_of, log, make, plan, touched

pytestmark = pytest.mark.anyio

TODAY = datetime.now(UTC).date()


def day(distance: int) -> date:
    return TODAY + timedelta(days=distance)


async def listed(crm: Any, when: Any, **more: Any) -> list[Any]:
    page = await list_tasks(crm, access_of(), TaskQuery(when=when, today=TODAY, **more))
    return [task.subject for task in page.tasks]


async def week(crm: Any) -> dict[str, Any]:
    ada = await make(crm)
    return {
        "ada": ada,
        "overdue": await plan(crm, ada, subject="overdue", due_on=day(-2), assignee_id=OLGA.id),
        "today": await plan(crm, ada, subject="today", due_on=day(0), assignee_id=OLGA.id),
        "late": await plan(
            crm, ada, subject="late", due_on=day(0), due_at=now() - timedelta(minutes=1), assignee_id=OLGA.id
        ),
        "soon": await plan(crm, ada, subject="soon", due_on=day(3), assignee_id=OLGA.id),
        "far": await plan(crm, ada, subject="far", due_on=day(60), assignee_id=MATS.id),
        "some day": await plan(crm, ada, subject="some day", assignee_id=OLGA.id),
    }


async def test_tasks_are_listed_by_when_they_are_due(crm: Any) -> None:
    tasks = await week(crm)
    await log(crm, tasks["ada"])
    assert await listed(crm, "open") == ["overdue", "today", "late", "soon", "far", "some day"]
    assert await listed(crm, "overdue") == ["overdue", "late"]
    assert await listed(crm, "today") == ["today"]
    assert await listed(crm, "due") == ["overdue", "today", "late"]
    assert await listed(crm, "upcoming") == ["soon", "far", "some day"]
    assert await listed(crm, "upcoming", until=day(7)) == ["soon"]
    assert await listed(crm, "open", assignee_id=MATS.id) == ["far"]
    assert await listed(crm, "done") == []


async def test_tasks_about_contacts_in_the_trash_wait_there_too(crm: Any) -> None:
    ada = await make(crm)
    await plan(crm, ada)
    await plan(crm, subject="Order stamps")
    await trash_contact(crm, access_of(), ada)
    assert await listed(crm, "open") == ["Order stamps"]
    await restore_contact(crm, access_of(), ada)
    assert await listed(crm, "open") == ["Call back", "Order stamps"]


async def test_reminder_that_has_come_makes_a_task_due(crm: Any) -> None:
    ada = await make(crm)
    for subject, minutes in (("reminded", -1), ("not yet", 60)):
        await plan(
            crm, ada, subject=subject, due_on=day(5), remind_at=now() + timedelta(minutes=minutes), assignee_id=OLGA.id
        )
    assert await listed(crm, "due") == ["reminded"]
    assert await due_count(crm, OLGA.id, TODAY) == 1


async def test_due_count_is_of_one_account_and_counts_what_due_lists(crm: Any) -> None:
    tasks = await week(crm)
    assert await due_count(crm, OLGA.id, TODAY) == 3
    assert await due_count(crm, MATS.id, TODAY) == 0
    await delete_interaction(crm, access_of(), tasks["today"])
    await complete_task(crm, access_of(), tasks["late"])
    assert await due_count(crm, OLGA.id, TODAY) == 1


async def test_task_says_whom_it_is_about_and_whether_it_is_overdue(crm: Any) -> None:
    tasks = await week(crm)
    page = await list_tasks(crm, access_of(), TaskQuery(when="open", today=TODAY))
    assert {task.people for task in page.tasks} == {((tasks["ada"], "Ada Lovelace"),)}
    assert [task.overdue(TODAY) for task in page.tasks] == [True, False, True, False, False, False]
    assert page.tasks[-1].due_on is None


async def test_done_task_moves_to_now_and_back_when_opened_again(crm: Any) -> None:
    ada = await make(crm)
    due = datetime.combine(day(-2), datetime.min.time(), UTC) + timedelta(hours=15)
    one = await plan(crm, ada, due_on=day(-2), due_at=due)
    assert (await visible_interaction(crm, access_of(), one)).row["at"] == due
    await complete_task(crm, access_of(), one)
    row = (await visible_interaction(crm, access_of(), one)).row
    assert (row["state"], row["at"], row["version"]) == ("done", row["done_at"], 2)
    assert abs(now() - row["done_at"]) < timedelta(minutes=1)
    assert await touched(crm, ada) == row["done_at"]
    assert await listed(crm, "done") == ["Call back"]
    await complete_task(crm, access_of(), one)
    assert (await visible_interaction(crm, access_of(), one)).row["version"] == 2
    await reopen_task(crm, access_of(), one)
    row = (await visible_interaction(crm, access_of(), one)).row
    assert (row["state"], row["at"], row["done_at"], await touched(crm, ada)) == ("planned", due, None, None)


async def test_cancelled_task_stays_on_the_timeline_and_can_be_opened_again(crm: Any) -> None:
    ada = await make(crm)
    one = await plan(crm, ada, due_on=day(1))
    await cancel_task(crm, access_of(), one)
    items = (await read_timeline(crm, access_of(), ada)).items
    assert ([(item.id, item.state) for item in items], await listed(crm, "open")) == ([(one, "cancelled")], [])
    await reopen_task(crm, access_of(), one)
    assert await listed(crm, "open") == ["Call back"]


async def test_what_was_never_planned_is_not_opened(crm: Any) -> None:
    one = await log(crm, await make(crm))
    await reopen_task(crm, access_of(), one)
    row = (await visible_interaction(crm, access_of(), one)).row
    assert (row["state"], row["at"], row["version"]) == ("done", NOON, 1)


async def test_task_that_turns_out_to_have_been_a_call_happened_now(crm: Any) -> None:
    ada = await make(crm)
    one = await plan(crm, ada, due_on=day(5), assignee_id=OLGA.id)
    draft = InteractionDraft(kind="call", people=(ada,), subject="Called already")
    await update_interaction(crm, access_of(), one, draft, seen=1)
    row = (await visible_interaction(crm, access_of(), one)).row
    assert (row["state"], row["kind"], row["assignee_id"]) == ("done", "call", None)
    assert abs(now() - row["at"]) < timedelta(minutes=1)
    assert (await listed(crm, "open"), await touched(crm, ada)) == ([], row["at"])


async def test_edited_task_keeps_its_state(crm: Any) -> None:
    ada = await make(crm)
    one = await plan(crm, ada, due_on=day(5))
    await complete_task(crm, access_of(), one)
    draft = InteractionDraft(kind="task", people=(ada,), subject="Renamed", planned=True, due_on=day(6))
    await update_interaction(crm, access_of(), one, draft, seen=2)
    row = (await visible_interaction(crm, access_of(), one)).row
    assert (row["state"], row["at"] == row["done_at"], row["due_on"]) == ("done", True, day(6))


async def test_note_that_becomes_a_task_is_to_be_done(crm: Any) -> None:
    ada = await make(crm)
    one = await log(crm, ada, kind="note")
    draft = InteractionDraft(kind="task", people=(ada,), subject="Call back", planned=True, due_on=day(1))
    await update_interaction(crm, access_of(), one, draft, seen=1)
    assert (await listed(crm, "open"), await touched(crm, ada)) == (["Call back"], None)


async def test_next_step_is_the_open_task_that_is_due_first(crm: Any) -> None:
    tasks = await week(crm)
    found = await next_task(crm, access_of(), tasks["ada"])
    assert found is not None
    assert found.subject == "overdue"
    for name in ("overdue", "today", "late", "soon", "far", "some day"):
        await complete_task(crm, access_of(), tasks[name])
    assert await next_task(crm, access_of(), tasks["ada"]) is None


@pytest.mark.parametrize("when", ["open", "done"])
async def test_pages_hold_every_task_once_in_order(crm: Any, when: Any) -> None:
    ada, made = await make(crm), []
    for number in range(7):
        made.append(await plan(crm, ada, subject=str(number), due_on=day(number // 3) if number < 5 else None))
        if when == "done":
            await complete_task(crm, access_of(), made[-1])
    found, cursor = [], None
    while True:
        query = TaskQuery(when=when, today=TODAY, limit=2, cursor=cursor)
        page = await list_tasks(crm, access_of(), query)
        found += [task.subject for task in page.tasks]
        cursor = page.next_cursor
        if cursor is None:
            break
    numbers = [str(number) for number in range(7)]
    assert found == (numbers if when == "open" else numbers[::-1])


@pytest.mark.parametrize("cursor", ["x", "!!", "ü", "A" * 200, "AAAAAAAAAAAAAAAAAAAAAA", "A" * 22 + "MjAyNi0xMy00MA"])
@pytest.mark.parametrize("when", ["open", "done"])
def test_malformed_cursor_is_refused(cursor: str, when: Any) -> None:
    with pytest.raises(InvalidCursor):
        place_of(TaskQuery(when=when, today=TODAY, cursor=cursor))


async def test_tasks_need_their_permissions(crm: Any) -> None:
    one = await plan(crm, await make(crm))
    with pytest.raises(Forbidden):
        await list_tasks(crm, access_of(ZOE), TaskQuery(when="open", today=TODAY))
    for change in (complete_task, reopen_task, cancel_task):
        with pytest.raises(Forbidden):
            await change(crm, access_of(READER), one)
    assert (await visible_interaction(crm, access_of(), one)).row["version"] == 1


async def test_number_of_queries_does_not_grow_with_the_tasks(crm: Any) -> None:
    counts = []
    for _ in range(3):
        await plan(crm, await make(crm), due_on=day(1))
        await list_tasks(crm, access_of(), TaskQuery(when="open", today=TODAY))
        seen: list[str] = []
        crm.data.observers.append(seen.append)
        await list_tasks(crm, access_of(), TaskQuery(when="open", today=TODAY))
        crm.data.observers.remove(seen.append)
        counts.append(len([sql for sql in seen if sql.startswith("SELECT")]))
    assert counts == [3, 3, 3]
