"""How the installation is doing: the doctor's findings, the settings in force, and the jobs."""

from __future__ import annotations

import platform
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.accounts.recovery import confirm_stored
from confida_core.accounts.stored_settings import recovery_key_confirmed
from confida_core.clock import now
from confida_core.doctor import examine
from confida_core.installation import Installation
from confida_core.jobs.overview import STATES, discard_job, list_jobs, queue_state, retry_job
from confida_core.jobs.queue import JobState, QueuedJob
from confida_core.registry import own_version
from confida_core.settings import Settings
from confida_core.storage.sqlite import library_version
from confida_web.display import Paging, Tab
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for
from confida_web.settings.pages import Check, EffectiveSetting, JobRow, JobsPage, SystemPage

JOBS_PER_PAGE = 50
TAB_LABELS: dict[JobState, str] = {"waiting": "Waiting", "running": "Running", "done": "Done", "dead": "Given up"}
SECRET_SETTINGS = frozenset({"database_url", "keyring_url", "secret_file"})


@get("/settings/system", permission="system.manage")
async def system(request: Request[Any, Any, Any]) -> Response[Any]:
    """What the doctor finds now; nothing is changed by looking."""
    crm = request.state.crm
    findings = await examine(crm, access_for(request, "security"))
    shown = SystemPage(
        checks=tuple(Check(name=one.name, state=one.state, text=one.text, remedy=one.remedy) for one in findings),
        facts=facts_of(crm),
        settings=settings_in_force(crm.settings),
        recovery_key_confirmed=await recovery_key_confirmed(crm),
        checked_at=now(),
    )
    return page(request, shown, block="checks")


def facts_of(crm: Installation) -> tuple[tuple[str, str], ...]:
    engine = "PostgreSQL" if crm.data.engine == "postgres" else "SQLite"
    return (
        ("Confida", own_version()),
        ("Python", platform.python_version()),
        ("Database", engine),
        ("SQLite", ".".join(map(str, library_version()))),
    )


def settings_in_force(settings: Settings) -> tuple[EffectiveSetting, ...]:
    """Every setting by name. Where a value may hold a password, only whether there is one."""
    shown = []
    for key in sorted(type(settings).model_fields):
        value = getattr(settings, key)
        text = ("set" if value else "not set") if key in SECRET_SETTINGS else readable(value)
        shown.append(EffectiveSetting(key=key, value=text, origin=settings.origin_of(key)))
    return tuple(shown)


def readable(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    # Of the sections of plugins only the names: each has a page of its own, which knows what is a secret.
    if isinstance(value, tuple | dict):
        return ", ".join(map(str, value))
    return str(value)


@post("/settings/system/recovery-key", permission="system.manage")
async def confirm_recovery(request: Request[Any, Any, Any]) -> Response[Any]:
    await confirm_stored(request.state.crm, access_for(request, "security"))
    return redirect(request, "/settings/system", Toast(message="Noted: the recovery key is stored."))


@get("/jobs", permission="system.manage")
async def jobs(request: Request[Any, Any, Any]) -> Response[Any]:
    """state: one of the tabs; before: the last job of the page before."""
    crm, access = request.state.crm, access_for(request, "security")
    state = state_of(request.query_params.get("state", ""))
    before = job_id_of(request.query_params.get("before", ""))
    found = await list_jobs(crm, access, state, limit=JOBS_PER_PAGE + 1, before=before)
    queue = await queue_state(crm, access)
    more = len(found) > JOBS_PER_PAGE
    older = "/jobs?" + urlencode({"state": state, "before": found[JOBS_PER_PAGE - 1].id}) if more else None
    shown = JobsPage(
        tabs=tuple(
            Tab(label=TAB_LABELS[one], href=f"/jobs?state={one}", current=one == state, count=queue.counts[one])
            for one in STATES
        ),
        jobs=tuple(job_row(job) for job in found[:JOBS_PER_PAGE]),
        paging=Paging(previous=f"/jobs?state={state}" if before else None, following=older),
        oldest_waiting_seconds=queue.oldest_waiting_seconds,
    )
    return page(request, shown, block="jobs")


def state_of(text: str) -> JobState:
    """The state a tab names; what nobody offered means the first tab."""
    return next((state for state in STATES if state == text), STATES[0])


def job_id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def job_row(job: QueuedJob) -> JobRow:
    return JobRow(
        id=str(job.id),
        kind=job.key,
        state=job.state,
        queued_at=job.queued_at,
        due_at=job.due_at if job.state == "waiting" else None,
        attempts=job.attempts,
        max_attempts=job.max_attempts,
        error=job.error,
    )


@post("/jobs/{job_id:uuid}/retry", permission="system.manage")
async def retry(request: Request[Any, Any, Any], job_id: FromPath[UUID]) -> Response[Any]:
    await retry_job(request.state.crm, access_for(request, "security"), job_id)
    return redirect(request, "/jobs?state=dead", Toast(message="The job will be tried again."))


@post("/jobs/{job_id:uuid}/discard", permission="system.manage")
async def discard(request: Request[Any, Any, Any], job_id: FromPath[UUID]) -> Response[Any]:
    await discard_job(request.state.crm, access_for(request, "security"), job_id)
    return redirect(request, "/jobs?state=dead", Toast(message="The job is discarded."))


ROUTES = (system, confirm_recovery, jobs, retry, discard)
