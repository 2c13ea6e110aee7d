"""The alarm on bulk reading: people are counted, once per window, and somebody is asked to look (RA-1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_consent.rights.registers.bulk_reads import (
    Thresholds,
    readers,
    reads_by,
    set_thresholds,
    thresholds,
    watch_reads,
)
from confida_core.clock import now
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.interactions.tasks import TaskQuery, list_tasks
from confida_core.vault.access import Access, Actor, Forbidden, system_access
from tests.web.client import make_account

pytestmark = pytest.mark.anyio


def officer(*permissions: str) -> Access:
    return Access(actor=Actor(id=new_id(), permissions=frozenset(permissions)), purpose="security", where="tests")


async def looked(crm: Any, account_id: Any, people: int, *, hours: float = 0, again: int = 1) -> None:
    """A list of so many people, shown so often."""
    subjects = b"".join(new_id().bytes for _ in range(people))
    for _ in range(again):
        await crm.data.fetch(
            "INSERT INTO read_entry (id, at, actor_id, purpose, place, subjects, spread) VALUES (?, ?, ?, ?, ?, ?, ?)",
            new_id(), now() - timedelta(hours=hours), account_id, "relationship", "GET /contacts", subjects, True,
        )  # fmt: skip


async def alarms(crm: Any) -> list[tuple[str, Any]]:
    rows = await crm.data.fetch(
        "SELECT kind, target_id, serious FROM audit_event WHERE kind LIKE 'reads.many%' ORDER BY id"
    )
    assert all(row["serious"] for row in rows)
    return [(row["kind"], row["target_id"]) for row in rows]


async def test_alarm_is_raised_once_and_a_task_stands_on_the_officers_desk(crm: Any) -> None:
    mats, olga = await make_account(crm, "Mats", "staff"), await make_account(crm, "Olga", "privacy_officer")
    await set_thresholds(crm, officer("retention.manage"), Thresholds(hour=20, day=50))
    await looked(crm, mats, 19)
    await watch_reads(crm, {})
    assert await alarms(crm) == []
    await looked(crm, mats, 1)
    await watch_reads(crm, {})
    await watch_reads(crm, {})
    assert await alarms(crm) == [("reads.many_in_an_hour", mats)]
    page = await list_tasks(crm, system_access("tests"), TaskQuery(when="open", today=now().date()))
    assert [(task.assignee_id, "Mats" in task.subject) for task in page.tasks] == [(olga, True)]


async def test_people_are_counted_and_not_pages(crm: Any) -> None:
    mats = await make_account(crm, "Mats", "staff")
    await set_thresholds(crm, officer("retention.manage"), Thresholds(hour=20, day=50))
    await looked(crm, mats, 10, again=9)
    await watch_reads(crm, {})
    assert await alarms(crm) == []


async def test_slow_reading_is_noticed_by_the_day(crm: Any) -> None:
    mats = await make_account(crm, "Mats", "staff")
    await set_thresholds(crm, officer("retention.manage"), Thresholds(hour=20, day=50))
    for hours in (2, 4, 6):
        await looked(crm, mats, 19, hours=hours)
    await watch_reads(crm, {})
    assert await alarms(crm) == [("reads.many_in_a_day", mats)]


async def test_own_data_in_the_portal_raise_nothing(crm: Any) -> None:
    await set_thresholds(crm, officer("retention.manage"), Thresholds(hour=20, day=50))
    await looked(crm, new_id(), 100)
    await watch_reads(crm, {})
    assert await alarms(crm) == []


async def test_colleagues_are_listed_with_what_they_looked_at(crm: Any) -> None:
    mats, olga = await make_account(crm, "Mats", "staff"), await make_account(crm, "Olga", "owner")
    await looked(crm, mats, 5)
    await looked(crm, mats, 7, hours=3)
    found = await readers(crm, officer("reads.read"))
    assert [(one.account_id, one.name, one.hour, one.day) for one in found] == [
        (mats, "Mats", 5, 12),
        (olga, "Olga", 0, 0),
    ]
    first = await reads_by(crm, officer("reads.read"), mats, limit=1)
    second = await reads_by(crm, officer("reads.read"), mats, limit=1, before=first[0].id)
    assert [(one.people, one.place) for one in (*first, *second)] == [(7, "GET /contacts"), (5, "GET /contacts")]


async def test_thresholds_have_limits_and_need_a_permission(crm: Any) -> None:
    assert await thresholds(crm) == Thresholds(hour=1_000, day=3_000)
    with pytest.raises(InvalidContent) as refused:
        await set_thresholds(crm, officer("retention.manage"), Thresholds(hour=1, day=50))
    assert list(refused.value.errors) == ["hour"]
    for reading in (readers(crm, officer()), set_thresholds(crm, officer(), Thresholds(hour=20, day=50))):
        with pytest.raises(Forbidden):
            await reading
