"""Complaints on their own track: what came out, what is offered, what was learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from confida_core.api import (
    LARGEST_AMOUNT,
    Access,
    Installation,
    InteractionDraft,
    InvalidAmount,
    InvalidContent,
    NotFound,
    Opened,
    UniqueViolation,
    account_names,
    clean_line,
    clean_text,
    log_interaction,
    minor_digits,
)
from confida_service.complaints.beginning import begin_complaint
from confida_service.complaints.content import COMPLAINT, ComplaintContent
from confida_service.complaints.steps import NEXT, REMEDIES, SATISFIED, WITH_AMOUNT, moved, taken_back
from confida_service.equipment.equipment import EARLIEST, LATEST, NO_DAY, today_of
from confida_service.tickets.tickets import visible_ticket

Complaint: TypeAlias = Opened[ComplaintContent]
LONGEST_AREA = 300
LONGEST_TEXT = 20_000
LONGEST_TASK = 150


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplaintDraft:
    """What is known so far. amount: minor units of `currency`, of a refund or discount alone. measure_by, responsible_id: of the task.

    remedy, satisfied: keys of `steps`, "" as long as nobody knows.
    """

    area: str = ""
    cause_id: UUID | None = None
    findings: str = ""
    remedy: str = ""
    amount: int | None = None
    currency: str = ""
    offer: str = ""
    reply: str = ""
    refunded_on: date | None = None
    satisfied: str = ""
    measure: str = ""
    responsible_id: UUID | None = None
    measure_by: date | None = None


async def visible_complaint(crm: Installation, access: Access, complaint_id: UUID) -> Complaint:
    """The gate to one complaint, which is that of its ticket: opened, or NotFound, whatever the reason. Raises Forbidden."""
    rows = await crm.data.fetch("SELECT * FROM service_complaint WHERE id = ?", complaint_id)
    if not rows:
        access.actor.require("service.read")
        raise NotFound
    await visible_ticket(crm, access, rows[0]["ticket_id"])
    opened: Complaint | None = await crm.door.open_one(access, COMPLAINT, rows[0])
    if opened is None:
        raise NotFound
    return opened


async def complaint_of(crm: Installation, access: Access, ticket_id: UUID) -> Complaint | None:
    """Of a ticket that has passed its gate; None where its track has not begun."""
    rows = await crm.data.fetch("SELECT * FROM service_complaint WHERE ticket_id = ?", ticket_id)
    opened: Complaint | None = await crm.door.open_one(access, COMPLAINT, rows[0]) if rows else None
    return opened


async def start_complaint(crm: Installation, access: Access, ticket_id: UUID) -> UUID:
    """The track of a ticket that has none yet; again is once. Raises Forbidden and NotFound."""
    access.actor.require("service.write")
    row = (await visible_ticket(crm, access, ticket_id)).row
    await crm.keyring.ensure([row["contact_id"]], COMPLAINT.retention_class)
    try:
        async with crm.data.transaction():
            return await begin_complaint(crm, row)
    except UniqueViolation:
        # Somebody else began it at the same moment.
        async with crm.data.transaction():
            return await begin_complaint(crm, row)


async def save_complaint(
    crm: Installation, access: Access, complaint_id: UUID, draft: ComplaintDraft, *, seen: int
) -> int:
    """Replace what was read at version `seen`; returns the new one. What was learned becomes a task, once, as soon as its day is known.

    Raises Forbidden, NotFound, VersionConflict and InvalidContent.
    """
    access.actor.require("service.write")
    opened = await visible_complaint(crm, access, complaint_id)
    content, contact_id = await checked(crm, draft), opened.row["contact_id"]
    columns = columns_of(draft) | {"id": complaint_id, "contact_id": contact_id}
    await crm.keyring.ensure([contact_id], COMPLAINT.retention_class)
    async with crm.data.transaction():
        if opened.row["task_id"] is None and content.measure and draft.measure_by:
            columns["task_id"] = await make_task(crm, access, opened.row, content, draft)
        version: int = await crm.records.update(COMPLAINT, columns, content, seen=seen)
    return version


async def make_task(
    crm: Installation, access: Access, row: Mapping[str, Any], content: ComplaintContent, draft: ComplaintDraft
) -> UUID:
    """Core's task, which is about the contact, so that it goes with them."""
    task = InteractionDraft(
        kind="task", people=(row["contact_id"],), subject=f"Learned: {content.measure.splitlines()[0]}"[:LONGEST_TASK],
        body=f"{content.measure}\n\n/x/service/complaints/{row['id']}"[-LONGEST_TEXT:], planned=True,
        due_on=draft.measure_by, assignee_id=draft.responsible_id,
    )  # fmt: skip
    return await log_interaction(crm, access, task)


def columns_of(draft: ComplaintDraft) -> dict[str, Any]:
    """An amount belongs to a refund or a discount, and a day of payment to a refund."""
    paid = draft.remedy in WITH_AMOUNT
    return {
        "cause_id": draft.cause_id,
        "remedy": draft.remedy,
        "amount": draft.amount if paid else None,
        "currency": draft.currency if paid else "",
        "refunded_on": draft.refunded_on if draft.remedy == "refund" else None,
        "satisfied": draft.satisfied,
        "responsible_id": draft.responsible_id,
        "measure_by": draft.measure_by,
    }


async def checked(crm: Installation, draft: ComplaintDraft) -> ComplaintContent:
    """Raises InvalidContent by field."""
    errors: dict[str, str] = {}
    texts = {name: clean_text(getattr(draft, name)) for name in ("findings", "offer", "reply", "measure")}
    texts["area"] = clean_line(draft.area)
    for name, text in texts.items():
        longest = LONGEST_AREA if name == "area" else LONGEST_TEXT
        if len(text) > longest:
            errors[name] = f"At most {longest} characters, please."
    if draft.remedy and draft.remedy not in REMEDIES:
        errors["remedy"] = "Please choose one of the remedies."
    if draft.satisfied and draft.satisfied not in SATISFIED:
        errors["satisfied"] = "Please choose one of the answers."
    for name in ("refunded_on", "measure_by"):
        day = getattr(draft, name)
        if day is not None and not EARLIEST <= day < LATEST:
            errors[name] = NO_DAY
    if draft.measure_by and not texts["measure"]:
        errors["measure"] = "Please say what shall be done by that day."
    errors |= money_errors(draft) | await unknown(crm, draft)
    if errors:
        raise InvalidContent(errors)
    return ComplaintContent(**texts)


def money_errors(draft: ComplaintDraft) -> dict[str, str]:
    if draft.remedy not in WITH_AMOUNT:
        return {}
    if draft.amount is None:
        return {"amount": "Please say how much."}
    if not 0 <= draft.amount <= LARGEST_AMOUNT:
        return {"amount": "It must not be less than nothing, and not too large."}
    try:
        minor_digits(draft.currency)
    except InvalidAmount as wrong:
        return {"currency": str(wrong)}
    return {}


async def unknown(crm: Installation, draft: ComplaintDraft) -> dict[str, str]:
    """Causes and colleagues that are not there."""
    errors = {}
    sql = "SELECT id FROM service_complaint_cause WHERE id = ?"
    if draft.cause_id and not await crm.data.fetch(sql, draft.cause_id):
        errors["cause"] = "Please choose one of the causes."
    if draft.responsible_id and draft.responsible_id not in await account_names(crm, [draft.responsible_id]):
        errors["responsible"] = "Please choose somebody who works here."
    return errors


async def move_complaint(crm: Installation, access: Access, complaint_id: UUID, step: str, *, seen: int) -> int:
    """To a step that may follow, with the day of today. Raises Forbidden, NotFound, VersionConflict and InvalidContent."""
    access.actor.require("service.write")
    opened = await visible_complaint(crm, access, complaint_id)
    if step not in NEXT[opened.row["step"]]:
        raise InvalidContent({"step": "A complaint at this step cannot go there."})
    if step == "offered" and not opened.row["remedy"]:
        raise InvalidContent({"remedy": "Please choose what is offered first; that can be nothing."})
    return await stored_step(crm, opened, moved(opened.row, step, today_of(crm)), seen)


async def take_back_step(crm: Installation, access: Access, complaint_id: UUID, step: str, *, seen: int) -> int:
    """To a step from which it can have come. Raises as `move_complaint`."""
    access.actor.require("service.write")
    opened = await visible_complaint(crm, access, complaint_id)
    if opened.row["step"] not in NEXT.get(step, ()):
        raise InvalidContent({"step": "A complaint at this step cannot go there."})
    return await stored_step(crm, opened, taken_back(opened.row, step, today_of(crm)), seen)


async def stored_step(crm: Installation, opened: Complaint, columns: Mapping[str, Any], seen: int) -> int:
    row = opened.row
    await crm.keyring.ensure([row["contact_id"]], COMPLAINT.retention_class)
    keys = {"id": row["id"], "contact_id": row["contact_id"]}
    version: int = await crm.records.update(COMPLAINT, {**columns, **keys}, opened.content, seen=seen)
    return version
