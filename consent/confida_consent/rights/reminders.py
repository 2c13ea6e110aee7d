"""Nothing falls through: tasks before a request is due, and as long as it is late. Their titles name nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_consent.rights.declared import STEP
from confida_consent.rights.steps import INSIDE, REMINDED, request_row, write_step
from confida_consent.rights.vocabulary import OPEN
from confida_core.accounts.roles import Role
from confida_core.accounts.staff import active_accounts
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.jobs.queue import enqueue
from confida_core.storage.database import Row
from confida_core.vault.access import Access, system_access

REMIND: Final = "rights.remind"
REMIND_ONE: Final = "rights.remind_one"
BEFORE = (1, 5, 10)
LATE = "late"
WRITING = system_access("requests: remind", "relationship")
TITLES: Mapping[str, tuple[str, str, str]] = {
    "en": ("Request {reference}: due today", "Request {reference}: {days} days left", "Request {reference} is late"),
    "de": (
        "Anliegen {reference}: heute fällig",
        "Anliegen {reference}: noch {days} Tage",
        "Anliegen {reference} ist überfällig",
    ),
}


async def remind(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job, every day: queue a reminder for what is due within ten, five or one days, or late; each once.

    Finished jobs are forgotten after a week, so what is late is called to mind every week.
    """
    marks = ", ".join("?" * len(OPEN))
    rows = await crm.data.fetch(
        f"SELECT id, due_on FROM rights_request WHERE state IN ({marks}) AND closed_at IS NULL",
        *sorted(state.value for state in OPEN),
    )
    for row in rows:
        mark = mark_of(days_left(crm, row))
        if mark:
            key = f"remind:{row['id'].hex}:{mark}:{row['due_on'].isoformat()}"
            await enqueue(crm, REMIND_ONE, {"request_id": row["id"]}, idempotency_key=key)


def days_left(crm: Installation, row: Row) -> int:
    today = now().astimezone(ZoneInfo(crm.settings.time_zone)).date()
    return int((row["due_on"] - today).days)


def mark_of(days: int) -> str:
    """Which reminder is due with so many days left; "" for none yet."""
    if days < 0:
        return LATE
    return next((str(mark) for mark in BEFORE if days <= mark), "")


async def remind_one(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: a task for whoever works on it, else for each privacy officer, else for the owners."""
    request_id: UUID = arguments["request_id"]
    row = await request_row(crm, request_id)
    if row["closed_at"] is not None:
        return
    for account_id in await answerable(crm, row):
        await give_task(crm, INSIDE, row, account_id)


async def answerable(crm: Installation, row: Row) -> list[UUID]:
    accounts = await active_accounts(crm)
    if any(one.id == row["assignee_id"] for one in accounts):
        return [row["assignee_id"]]
    for role in (Role.PRIVACY_OFFICER, Role.OWNER):
        found = [one.id for one in accounts if one.role == role.value]
        if found:
            return found
    return []


async def give_task(crm: Installation, access: Access, row: Row, account_id: UUID) -> UUID:
    """A task of today that names the reference only, noted in the file of the request. Returns its id."""
    today = now().astimezone(ZoneInfo(crm.settings.time_zone)).date()
    subject = title_of(crm, row)
    body = f"/requests/{row['id']}"
    draft = InteractionDraft(
        kind="task", subject=subject, body=body, planned=True, due_on=today, assignee_id=account_id
    )
    await crm.keyring.ensure([row["id"]], STEP.retention_class)
    task_id = await log_interaction(crm, WRITING, draft)
    async with crm.data.transaction():
        await write_step(crm, access, row["id"], REMINDED, task_id.hex)
    return task_id


def title_of(crm: Installation, row: Row) -> str:
    days = days_left(crm, row)
    today, left, late = TITLES.get(crm.settings.language.partition("-")[0], TITLES["en"])
    template = late if days < 0 else today if days == 0 else left
    return template.format(reference=row["reference"], days=days)
