"""Opportunities: what may be sold to whom, for how much, when; and each step they took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from confida_core.api import (
    LARGEST_AMOUNT,
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    Opened,
    minor_digits,
    new_id,
    now,
    visible_contact,
)
from confida_sales.content import OPPORTUNITY, OpportunityContent
from confida_sales.opportunities.pipelines import REQUIRABLE, ShownStage, pipeline

LONGEST_TITLE = 200
DELETED = "deleted"
"""The outcome of one in the trash."""
MOST_COMPETITORS = 20
LOST_REASONS: dict[str, str] = {
    "price": "Too expensive",
    "competitor": "Somebody else got it",
    "no_need": "No need (any more)",
    "no_money": "No budget",
    "timing": "Not now",
    "no_answer": "No answer",
    "other": "Something else",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OpportunityDraft:
    """What is typed. value: minor units. next_on: day of the next step. source: a key that the organisation listed."""

    title: str
    value: int = 0
    currency: str = "EUR"
    close_on: date | None = None
    source: str = ""
    owner_id: UUID | None = None
    next_step: str = ""
    next_on: date | None = None
    competitors: tuple[str, ...] = ()
    description: str = ""


async def visible_opportunity(
    crm: Installation, access: Access, opportunity_id: UUID, *, trashed: bool = False
) -> Opened[OpportunityContent]:
    """The gate to one opportunity: opened through the door, or NotFound, whatever the reason, the contact's included.

    trashed: also one in the trash. Raises Forbidden.
    """
    access.actor.require("sales.read")
    rows = await crm.data.fetch("SELECT * FROM sales_opportunity WHERE id = ?", opportunity_id)
    if not rows or (rows[0]["outcome"] == DELETED and not trashed):
        raise NotFound
    await visible_contact(crm, access, rows[0]["contact_id"])
    opened = await crm.door.open_one(access, OPPORTUNITY, rows[0])
    if opened is None:
        raise NotFound
    return opened


async def create_opportunity(
    crm: Installation, access: Access, contact_id: UUID, stage: ShownStage, draft: OpportunityDraft
) -> UUID:
    """Begin one with a contact, in a stage; returns its id. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("sales.write")
    await visible_contact(crm, access, contact_id)
    content = checked(draft, stage)
    opportunity_id, moment = new_id(), now()
    columns = columns_of(draft) | {
        "id": opportunity_id,
        "contact_id": contact_id,
        "pipeline_id": stage.pipeline_id,
        "stage_id": stage.id,
        "outcome": stage.outcome,
        "lost_reason": "",
        "stage_since": moment,
        "created_at": moment,
        "closed_at": None if stage.outcome == "open" else moment,
    }
    await crm.keyring.ensure([contact_id], OPPORTUNITY.retention_class)
    async with crm.data.transaction():
        await crm.records.insert(OPPORTUNITY, columns, content)
        await note_step(crm, access, columns, None, moment)
    return opportunity_id


async def change_opportunity(
    crm: Installation, access: Access, opportunity_id: UUID, draft: OpportunityDraft, *, seen: int
) -> int:
    """Replace what was typed, at the version that was seen; returns the new version.

    Raises Forbidden, NotFound, InvalidContent and VersionConflict.
    """
    access.actor.require("sales.write")
    opened = await visible_opportunity(crm, access, opportunity_id)
    stage = await stage_of(crm, opened)
    content = checked(draft, stage, lost_note=opened.content.lost_note)
    columns = columns_of(draft) | {"id": opportunity_id, "contact_id": opened.row["contact_id"]}
    return await crm.records.update(OPPORTUNITY, columns, content, seen=seen)


async def move_opportunity(
    crm: Installation,
    access: Access,
    opportunity_id: UUID,
    stage_id: UUID,
    *,
    seen: int,
    lost_reason: str = "",
    lost_note: str = "",
    draft: OpportunityDraft | None = None,
) -> int:
    """Into another stage of its pipeline; returns the new version. A stage that ends it closes it, one that is open reopens it.

    draft: what it says from now on, where the stage asks for more than there was. Raises Forbidden, NotFound,
    VersionConflict, and InvalidContent naming what the stage asks for.
    """
    access.actor.require("sales.write")
    opened = await visible_opportunity(crm, access, opportunity_id)
    stage = (await pipeline(crm, opened.row["pipeline_id"])).stage(stage_id)
    lost = stage.outcome == "lost"
    if lost and lost_reason not in LOST_REASONS:
        raise InvalidContent({"lost_reason": "Please say why it was lost."})
    draft = draft or draft_of(opened)
    content = checked(draft, stage, lost_note=lost_note.strip() if lost else "")
    moment = now()
    columns: dict[str, Any] = columns_of(draft) | {
        "id": opportunity_id,
        "contact_id": opened.row["contact_id"],
        "stage_id": stage.id,
        "outcome": stage.outcome,
        "lost_reason": lost_reason if lost else "",
        "stage_since": moment,
        "closed_at": None if stage.outcome == "open" else moment,
    }
    await crm.keyring.ensure([opened.row["contact_id"]], OPPORTUNITY.retention_class)
    async with crm.data.transaction():
        version = await crm.records.update(OPPORTUNITY, columns, content, seen=seen)
        await note_step(crm, access, columns, opened.row["stage_id"], moment)
    return version


async def take_back_step(crm: Installation, access: Access, opportunity_id: UUID, *, seen: int) -> int:
    """Undo the last step, as if it had not been taken; returns the new version.

    Raises Forbidden, NotFound (also where there is no step before, or a lost one, whose reason is gone), VersionConflict.
    """
    access.actor.require("sales.write")
    opened = await visible_opportunity(crm, access, opportunity_id)
    steps = await crm.data.fetch(
        "SELECT id, from_stage_id, at FROM sales_stage_change WHERE opportunity_id = ? ORDER BY at DESC, id DESC LIMIT 2",
        opportunity_id,
    )
    way = await pipeline(crm, opened.row["pipeline_id"])
    if len(steps) < 2 or (before := way.stage(steps[0]["from_stage_id"])).outcome == "lost":
        raise NotFound
    columns = {
        "id": opportunity_id,
        "contact_id": opened.row["contact_id"],
        "stage_id": before.id,
        "outcome": before.outcome,
        "lost_reason": "",
        "stage_since": steps[1]["at"],
        "closed_at": None if before.outcome == "open" else steps[1]["at"],
    }
    content = replace(opened.content, lost_note="")
    await crm.keyring.ensure([opened.row["contact_id"]], OPPORTUNITY.retention_class)
    async with crm.data.transaction():
        version = await crm.records.update(OPPORTUNITY, columns, content, seen=seen)
        await crm.data.fetch("DELETE FROM sales_stage_change WHERE id = ?", steps[0]["id"])
    return version


async def note_step(
    crm: Installation, access: Access, columns: dict[str, Any], from_stage_id: UUID | None, moment: datetime
) -> None:
    await crm.data.fetch(
        "INSERT INTO sales_stage_change (id, opportunity_id, contact_id, from_stage_id, to_stage_id, at, by_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        new_id(), columns["id"], columns["contact_id"], from_stage_id, columns["stage_id"], moment, access.actor.id,
    )  # fmt: skip


async def stage_of(crm: Installation, opened: Opened[OpportunityContent]) -> ShownStage:
    return (await pipeline(crm, opened.row["pipeline_id"])).stage(opened.row["stage_id"])


def columns_of(draft: OpportunityDraft) -> dict[str, Any]:
    return {
        "value": draft.value,
        "currency": draft.currency,
        "close_on": draft.close_on,
        "source": draft.source,
        "owner_id": draft.owner_id,
        "next_on": draft.next_on,
    }


def draft_of(opened: Opened[OpportunityContent]) -> OpportunityDraft:
    """What is there, as it would be typed."""
    row, content = opened.row, opened.content
    return OpportunityDraft(
        title=content.title,
        value=row["value"],
        currency=row["currency"],
        close_on=row["close_on"],
        source=row["source"],
        owner_id=row["owner_id"],
        next_step=content.next_step,
        next_on=row["next_on"],
        competitors=content.competitors,
        description=content.description,
    )


def checked(draft: OpportunityDraft, stage: ShownStage, lost_note: str = "") -> OpportunityContent:
    """What is sealed of it. Raises InvalidContent: what is too long, out of range, or missing in this stage."""
    competitors = tuple(dict.fromkeys(name.strip() for name in draft.competitors if name.strip()))
    errors: dict[str, str] = {}
    if not 1 <= len(draft.title.strip()) <= LONGEST_TITLE:
        errors["title"] = f"Please say in at most {LONGEST_TITLE} characters what it is about."
    if not 0 <= draft.value <= LARGEST_AMOUNT:
        errors["value"] = "This amount is too large, or less than nothing."
    try:
        minor_digits(draft.currency)
    except InvalidAmount as wrong:
        errors["currency"] = str(wrong)
    if len(competitors) > MOST_COMPETITORS or any(len(name) > LONGEST_TITLE for name in competitors):
        errors["competitors"] = f"At most {MOST_COMPETITORS} short names."
    for field in stage.required:
        if not getattr(draft, field) and field not in errors:
            errors[field] = f"{REQUIRABLE[field]} is needed in the stage “{stage.name}”."
    if errors:
        raise InvalidContent(errors)
    return OpportunityContent(
        title=draft.title.strip(),
        description=draft.description.strip(),
        competitors=competitors,
        next_step=draft.next_step.strip(),
        lost_note=lost_note,
    )


def rotting(stage: ShownStage, stage_since: datetime, moment: datetime) -> bool:
    """Whether it has stood longer in its stage than it should."""
    return bool(stage.rot_days) and moment - stage_since > timedelta(days=stage.rot_days)


def expected_value(rows: Sequence[tuple[int, int]]) -> int:
    """(value, probability in percent) -> the sum weighted by probability, rounded once, in minor units."""
    return (sum(value * probability for value, probability in rows) * 2 + 100) // 200
