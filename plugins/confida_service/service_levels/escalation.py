"""Tickets that are about to be late are brought to somebody's attention, once each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from confida_core.api import (
    Installation,
    InteractionDraft,
    InvalidContent,
    NotFound,
    active_accounts,
    log_interaction,
    now,
    system_access,
)
from confida_service.content import TICKET
from confida_service.service_levels.levels import LevelSettings, level_settings
from confida_service.tickets.tickets import note_event

INSIDE = system_access("service levels")
AT_ONCE = 200


async def escalate(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: every ticket whose time is nearly over, or is, and that is not marked yet."""
    settings = await level_settings(crm)
    if not any(target.first_response or target.solution for target in settings.targets.values()):
        return
    while rows := await nearly_late(crm, now() + timedelta(minutes=settings.warn_minutes)):
        here = {one.id for one in await active_accounts(crm)} if settings.notify else set()
        for row in rows:
            async with crm.data.transaction():
                await escalate_one(crm, row, settings, here)


async def nearly_late(crm: Installation, until: datetime) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await crm.data.fetch(
        "SELECT * FROM service_ticket WHERE state IN ('new', 'open') AND escalated_at IS NULL "
        "AND (solution_due <= ? OR (first_response_at IS NULL AND first_response_due <= ?)) LIMIT ?",
        until, until, AT_ONCE,
    )  # fmt: skip
    return rows


async def escalate_one(crm: Installation, row: Mapping[str, Any], settings: LevelSettings, here: set[Any]) -> None:
    """Within a transaction: marked, so that no other run does it again, then raised and told."""
    moment = now()
    marked = await crm.data.fetch(
        "UPDATE service_ticket SET escalated_at = ? WHERE id = ? AND escalated_at IS NULL RETURNING id",
        moment,
        row["id"],
    )
    if not marked:
        return
    raised = min(row["priority"] + 1, 4) if settings.raise_priority else row["priority"]
    columns = {"escalated_at": moment} | ({"priority": raised} if raised != row["priority"] else {})
    # Due times stay: what was promised does not come sooner because somebody is late.
    await crm.records.set_columns(TICKET, row["id"], row["contact_id"], **columns)
    if raised != row["priority"]:
        await note_event(crm, INSIDE, row, "priority", (row["priority"], raised))
    if settings.notify:
        await tell(crm, row, row["assignee_id"] if row["assignee_id"] in here else None)


async def tell(crm: Installation, row: Mapping[str, Any], assignee_id: Any) -> None:
    """A task for whoever has it, or for everybody; a contact who went into the trash meanwhile keeps nothing from being marked."""
    dues = [row["solution_due"], None if row["first_response_at"] else row["first_response_due"]]
    due = min(one for one in dues if one is not None)
    draft = InteractionDraft(
        kind="task", people=(row["contact_id"],), subject=f"Ticket #{row['number']} is getting late",
        body=f"/x/service/tickets/{row['id']}", planned=True, due_at=due,
        due_on=due.astimezone(ZoneInfo(crm.settings.time_zone)).date(), assignee_id=assignee_id,
    )  # fmt: skip
    try:
        async with crm.data.transaction():
            await log_interaction(crm, INSIDE, draft)
    except (NotFound, InvalidContent):
        return
