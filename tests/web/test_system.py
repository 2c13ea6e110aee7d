"""The pages for administrators: how the installation is doing, its jobs, its plugins."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.accounts.stored_settings import recovery_key_confirmed, store
from confida_core.jobs.queue import enqueue, fail, lease
from tests.cases import in_one_installation

pytestmark = pytest.mark.anyio
PAGES = ("/settings/system", "/jobs", "/settings/plugins")


async def bury(crm: Any) -> Any:
    """A dead letter, as a job leaves it that failed on its last attempt."""
    job_id = await enqueue(crm, "core.distribute_reads", {})
    await crm.data.fetch("UPDATE job SET max_attempts = 1")
    job = await lease(crm)
    assert job is not None
    await fail(crm, job, ValueError("Ada lives here"))
    return job_id


@pytest.mark.parametrize("path", PAGES)
async def test_page_is_for_administrators_only(path: str, client: Any, as_role: Any, stranger: Any) -> None:
    assert (await client.get(path)).status_code == 200
    for role, expected in (("administrator", 200), ("staff", 404), ("readonly", 404), ("privacy_officer", 404)):
        answer = await (await as_role(role)).get(path)
        assert answer.status_code == expected, role
    assert (await stranger.get(path)).status_code == 303


async def test_system_page_shows_findings_and_hides_secrets(client: Any, crm: Any) -> None:
    text = (await client.get("/settings/system")).text
    assert "Every migration has run." in text
    assert "postgresql://" not in text
    assert str(crm.settings.home) in text


async def test_recovery_key_is_confirmed_on_the_page(client: Any, crm: Any) -> None:
    await store(crm, "recovery_key_confirmed_at", None)
    assert "Nobody has confirmed" in (await client.get("/settings/system")).text
    assert (await client.post("/settings/system/recovery-key")).status_code == 303
    assert await recovery_key_confirmed(crm) is True


async def test_dead_job_is_shown_without_values_and_retried(client: Any, crm: Any) -> None:
    job_id = await bury(crm)
    text = (await client.get("/jobs?state=dead")).text
    assert "ValueError" in text
    assert "Ada" not in text
    assert (await client.post(f"/jobs/{job_id}/retry")).status_code == 303
    assert [row["state"] for row in await crm.data.fetch("SELECT state FROM job")] == ["waiting"]
    assert (await client.post(f"/jobs/{job_id}/retry")).status_code == 404


async def test_dead_job_is_discarded_by_administrators_only(client: Any, crm: Any, as_role: Any) -> None:
    job_id = await bury(crm)
    assert (await (await as_role("staff")).post(f"/jobs/{job_id}/discard")).status_code == 404
    assert len(await crm.data.fetch("SELECT id FROM job")) == 1
    assert (await client.post(f"/jobs/{job_id}/discard")).status_code == 303
    assert await crm.data.fetch("SELECT id FROM job") == []


async def test_jobs_are_paged(client: Any, crm: Any) -> None:
    for _ in range(51):
        await enqueue(crm, "core.distribute_reads", {})
    first = (await client.get("/jobs")).text
    assert first.count("<code>core.distribute_reads</code>") == 50
    href = first.split('href="/jobs?state=waiting&amp;before=')[1].split('"')[0]
    second = (await client.get(f"/jobs?state=waiting&before={href}")).text
    assert second.count("<code>core.distribute_reads</code>") == 1


@in_one_installation("query", ["state=ghost", "state=dead&before=nonsense", "before=%00", "state=" + "x" * 3000])
async def test_nonsense_in_the_address_is_no_fault_of_ours(client: Any, query: str) -> None:
    assert (await client.get(f"/jobs?{query}")).status_code < 500


async def test_plugins_page_names_what_each_part_declares(client: Any) -> None:
    text = (await client.get("/settings/plugins")).text
    assert "Part of Confida" in text
    assert "<code>system.manage</code>" in text
