"""Service that was done: it is written down, and the next date moves."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    VersionConflict,
    clean_text,
    complete_task,
    new_id,
    now,
    reopen_task,
)
from confida_service.equipment.content import EQUIPMENT, VISIT, VisitContent
from confida_service.equipment.equipment import EARLIEST, LATEST, NO_DAY, Piece, today_of, visible_equipment
from confida_service.equipment.recurring import next_day

Visit: TypeAlias = Opened[VisitContent]
LONGEST_NOTE = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitDraft:
    """next_on: when it is due again, None for whatever its interval says."""

    done_on: date
    note: str = ""
    next_on: date | None = None


async def service_done(crm: Installation, access: Access, equipment_id: UUID, draft: VisitDraft, *, seen: int) -> UUID:
    """Write it down and move the next date; returns the id of the visit. Twice from one page is once, by its version.

    Raises Forbidden, NotFound, InvalidContent and VersionConflict.
    """
    access.actor.require("service.write")
    opened = await visible_equipment(crm, access, equipment_id)
    row, contact_id, visit_id = opened.row, opened.row["contact_id"], new_id()
    content = checked_visit(draft, today_of(crm))
    before = {"due_on": row["next_service_on"], "anchor_on": row["anchor_on"]}
    columns = {
        "id": visit_id, "equipment_id": equipment_id, "contact_id": contact_id, "done_on": draft.done_on,
        "by_id": access.actor.id, "at": now(), **before,
    }  # fmt: skip
    moved = {"id": equipment_id, "contact_id": contact_id, **moved_dates(opened, draft)}
    await crm.keyring.ensure([contact_id], VISIT.retention_class)
    async with crm.data.transaction():
        await crm.records.update(EQUIPMENT, moved, opened.content, seen=seen)
        await crm.records.insert(VISIT, columns, content)
        await follow_task(crm, access, equipment_id, row["next_service_on"], done=True)
    return visit_id


async def follow_task(
    crm: Installation, access: Access, equipment_id: UUID, due_on: date | None, *, done: bool
) -> None:
    """The task that reminded colleagues of this date is done with it, or to be done again; whoever may not, leaves it."""
    rows = await crm.data.fetch(
        "SELECT task_id FROM service_reminder WHERE kind = 'service' AND about_id = ? AND due_on = ? AND task_id IS NOT NULL",
        equipment_id, due_on or EARLIEST,
    )  # fmt: skip
    if rows and access.actor.may("interactions.write") and access.actor.may("interactions.read"):
        with suppress(NotFound):
            await (complete_task if done else reopen_task)(crm, access, rows[0]["task_id"])


def checked_visit(draft: VisitDraft, today: date) -> VisitContent:
    """Raises InvalidContent."""
    errors, note = {}, clean_text(draft.note)
    if not EARLIEST <= draft.done_on <= today:
        errors["done_on"] = "Please give a day that has come."
    if draft.next_on is not None and not draft.done_on < draft.next_on < LATEST:
        errors["next_on"] = NO_DAY
    if len(note) > LONGEST_NOTE:
        errors["note"] = f"At most {LONGEST_NOTE} characters, please."
    if errors:
        raise InvalidContent(errors)
    return VisitContent(note=note)


def moved_dates(opened: Piece, draft: VisitDraft) -> dict[str, Any]:
    """The next date after the one that was due and the day it was done: what is late once is not late for ever."""
    row = opened.row
    if draft.next_on is not None:
        return {"next_service_on": draft.next_on, "anchor_on": draft.next_on}
    if not row["service_months"]:
        return {"next_service_on": None, "anchor_on": None}
    anchor = row["anchor_on"] or draft.done_on
    after = max(draft.done_on, row["next_service_on"] or draft.done_on)
    return {"next_service_on": next_day(anchor, row["service_months"], after), "anchor_on": anchor}


async def undo_service(crm: Installation, access: Access, visit_id: UUID) -> UUID:
    """As if it had not been written down; returns the id of the equipment.

    Raises Forbidden, NotFound, and VersionConflict where there is a later visit already, whose dates count.
    """
    access.actor.require("service.write")
    rows = await crm.data.fetch("SELECT * FROM service_visit WHERE id = ?", visit_id)
    if not rows:
        raise NotFound
    visit = rows[0]
    equipment_id: UUID = visit["equipment_id"]
    opened = await visible_equipment(crm, access, equipment_id)
    newest = await crm.data.fetch(
        "SELECT id FROM service_visit WHERE equipment_id = ? ORDER BY at DESC, id DESC LIMIT 1", equipment_id
    )
    if newest[0]["id"] != visit_id:
        raise VersionConflict(opened.row["version"])
    back = {"next_service_on": visit["due_on"], "anchor_on": visit["anchor_on"]}
    columns = {"id": equipment_id, "contact_id": opened.row["contact_id"], **back}
    await crm.keyring.ensure([opened.row["contact_id"]], EQUIPMENT.retention_class)
    async with crm.data.transaction():
        await crm.records.update(EQUIPMENT, columns, opened.content, seen=opened.row["version"])
        await crm.records.delete(VISIT, visit_id, [opened.row["contact_id"]])
        await follow_task(crm, access, equipment_id, visit["due_on"], done=False)
    return equipment_id


async def visits_of(crm: Installation, access: Access, equipment_id: UUID) -> list[Visit]:
    """Of a piece that has passed its gate, the latest first."""
    rows = await crm.data.fetch(
        "SELECT * FROM service_visit WHERE equipment_id = ? ORDER BY done_on DESC, id DESC LIMIT 200", equipment_id
    )
    found: list[Visit] = await crm.door.open(access, VISIT, rows)
    return found
