"""Sending reminders through the one door, each once.

A click only queues them, because each has its letter printed: a job hands them over. What a job has taken and not noted, for
the program was killed in between, is never sent again by itself; the list shows it, and somebody decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    MessageState,
    NotFound,
    Opened,
    Row,
    enqueue_many,
    now,
    permitted,
)
from confida_sales.billing.holds import held
from confida_sales.billing.invoices import open_amount
from confida_sales.billing.recurring import today_of
from confida_sales.billing.reminder_steps import steps_of
from confida_sales.billing.reminders import INSIDE, visible_reminder
from confida_sales.content import INVOICE, REMINDER, ReminderContent
from confida_sales.documents.mailing import Wanted, send_paper
from confida_web.api import NoPDF

PURPOSE = "sales.billing"
JOB = "sales.send_reminder"
MOST = 200


async def send_reminders(crm: Installation, access: Access, reminder_ids: Sequence[UUID]) -> int:
    """Queue those that wait, or were refused before; returns how many. Raises Forbidden, also without `outbound.send`."""
    access.actor.require("sales.bill")
    access.actor.require("outbound.send")
    ids = list(dict.fromkeys(reminder_ids))[:MOST]
    if not ids:
        return 0
    marks = ", ".join("?" * len(ids))
    async with crm.data.transaction():
        queued = await crm.data.fetch(
            f"UPDATE sales_reminder SET state = 'queued' WHERE id IN ({marks}) AND state IN ('proposed', 'refused') "
            "RETURNING id",
            *ids,
        )
        await enqueue_many(crm, JOB, [{"reminder_id": row["id"]} for row in queued])
    return len(queued)


async def run_send(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """The job: one reminder. What is paid or held by now is dropped instead."""
    reminder_id, today = arguments["reminder_id"], today_of(crm)
    try:
        opened = await visible_reminder(crm, INSIDE, reminder_id)
    except NotFound:
        return
    if not await claimed(crm, reminder_id, "queued", into="sending"):
        return
    invoice = (await crm.data.fetch("SELECT * FROM sales_invoice WHERE id = ?", opened.row["invoice_id"]))[0]
    if open_amount(invoice) <= 0 or held(invoice, today):
        await crm.records.delete(REMINDER, reminder_id, opened.people)
        return
    reason, message_id = await hand_over(crm, INSIDE, opened)
    async with crm.data.transaction():
        moment = None if reason else now()
        state = "refused" if reason else "sent"
        await set_reminder(crm, opened, state=state, reason=reason, message_id=message_id, sent_at=moment)
        if not reason:
            await step_taken(crm, opened.row, await steps_of(crm), today)


async def claimed(crm: Installation, reminder_id: UUID, *among: str, into: str) -> bool:
    """Whether this call took it; somebody else may have been faster."""
    marks = ", ".join("?" * len(among))
    query = f"UPDATE sales_reminder SET state = ? WHERE id = ? AND state IN ({marks}) RETURNING id"
    return bool(await crm.data.fetch(query, into, reminder_id, *among))


async def hand_over(crm: Installation, access: Access, opened: Opened[ReminderContent]) -> tuple[str, UUID | None]:
    """Why the door refused it, "" if it did not; and the id of the message, which a letter has none of."""
    contact_id = opened.row["contact_id"]
    if opened.row["channel"] == "post":
        asked = await permitted(crm, access, [contact_id], purpose=PURPOSE, channel="post", path="list")
        return asked.refused[contact_id].reason if contact_id in asked.refused else "", None
    wanted = Wanted(
        kind="reminder", id=opened.row["invoice_id"], step=opened.row["step"], subject=opened.content.subject,
        text=opened.content.text,
    )  # fmt: skip
    try:
        result = await send_paper(crm, access, wanted)
    except NotFound:
        return "no_contact", None
    except NoPDF:
        return "no_pdf", None
    return "" if result.state is MessageState.QUEUED else result.reason, result.id


async def step_taken(crm: Installation, row: Row, steps: Sequence[Row], today: date) -> None:
    """The next one comes as many days after this one as lie between the two steps."""
    step, next_on = row["step"], None
    if step < len(steps):
        next_on = today + timedelta(days=max(1, steps[step]["days"] - steps[step - 1]["days"]))
    await crm.records.set_columns(INVOICE, row["invoice_id"], row["contact_id"], reminded=step, remind_on=next_on)


async def set_reminder(crm: Installation, opened: Opened[ReminderContent], **columns: Any) -> None:
    await crm.records.set_columns(REMINDER, opened.row["id"], opened.row["contact_id"], **columns)


async def leave_out(crm: Installation, access: Access, reminder_id: UUID, today: date) -> None:
    """Do not send this one; the next step comes at its time. Raises Forbidden and NotFound."""
    access.actor.require("sales.bill")
    opened = await visible_reminder(crm, access, reminder_id)
    async with crm.data.transaction():
        if not await claimed(crm, reminder_id, "proposed", "refused", into="left_out"):
            raise NotFound
        await set_reminder(crm, opened, reason="")
        await step_taken(crm, opened.row, await steps_of(crm), today)


async def take_up(crm: Installation, access: Access, reminder_id: UUID) -> None:
    """Propose again what was left out, as long as no later step was taken. Raises Forbidden and NotFound."""
    access.actor.require("sales.bill")
    opened = await visible_reminder(crm, access, reminder_id)
    row = opened.row
    async with crm.data.transaction():
        back = await crm.data.fetch(
            "UPDATE sales_invoice SET reminded = ?, remind_on = NULL WHERE id = ? AND reminded = ? RETURNING id",
            row["step"] - 1, row["invoice_id"], row["step"],
        )  # fmt: skip
        if row["state"] != "left_out" or not back:
            raise NotFound
        await set_reminder(crm, opened, state="proposed")
