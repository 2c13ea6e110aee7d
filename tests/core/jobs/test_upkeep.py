"""Core's own periodic jobs do what their labels say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.jobs import upkeep
from confida_core.jobs.schedule import ensure_periodic
from confida_core.jobs.worker import run_next
from confida_core.vault.access import Access, Actor

pytestmark = pytest.mark.anyio


async def test_every_periodic_job_of_core_runs(crm: Any) -> None:
    await ensure_periodic(crm)
    while await run_next(crm):
        pass
    rows = await crm.data.fetch("SELECT key, state, error FROM job ORDER BY key")
    periodic = sorted(key for key, job in crm.registry.jobs.items() if job.every is not None)
    assert [(row["key"], row["state"], row["error"]) for row in rows] == [(key, "waiting", "") for key in periodic]


async def test_old_changes_go_and_the_newest_stay(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "CHANGES_KEPT", 3)
    for _ in range(5):
        async with crm.data.transaction():
            crm.feed.append("contact", new_id(), None)
    head = await crm.feed.head()
    await upkeep.prune_changes(crm, {})
    assert len(await crm.feed.after(0)) == 5, "the index has seen none of them yet"
    crm.index.apply([], [], head)
    await upkeep.prune_changes(crm, {})
    assert [change.position for change in await crm.feed.after(0)] == [head - 2, head - 1, head]


async def test_finished_jobs_go_after_a_week_and_dead_ones_stay(crm: Any) -> None:
    old = now() - timedelta(days=8)
    for state, finished in (("done", old), ("done", now()), ("dead", old)):
        await crm.data.fetch(
            "INSERT INTO job (id, key, arguments, state, periodic, queued_at, due_at, attempts, max_attempts, error, finished_at) "
            "VALUES (?, 'core.distribute_reads', '{}', ?, ?, ?, ?, 1, 5, '', ?)",
            new_id(), state, False, old, old, finished,
        )  # fmt: skip
    await upkeep.prune_finished_jobs(crm, {})
    rows = await crm.data.fetch("SELECT state FROM job ORDER BY state")
    assert [row["state"] for row in rows] == ["dead", "done"]


async def test_reads_are_sorted_by_person(crm: Any) -> None:
    ada = new_id()
    access = Access(actor=Actor(id=new_id()), purpose="relationship", where="test", seen={ada})
    await crm.door.read_log.settle(access)
    await upkeep.distribute_reads(crm, {})
    rows = await crm.data.fetch("SELECT subject_id FROM read_subject")
    assert [row["subject_id"] for row in rows] == [ada]
