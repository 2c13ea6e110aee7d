"""Sending reminders through the one door, each once: what was claimed and not noted is never sent again by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    MessageState,
    NotFound,
    Opened,
    OutboundMessage,
    Row,
    now,
    permitted,
    send,
)
from confida_sales.billing.holds import held
from confida_sales.billing.invoices import open_amount
from confida_sales.billing.reminder_steps import steps_of
from confida_sales.billing.reminders import visible_reminder
from confida_sales.content import INVOICE, REMINDER, ReminderContent

PURPOSE = "sales.billing"
MOST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """How many left, how many the sending door refused, and how many were paid or held meanwhile."""

    sent: int = 0
    refused: int = 0
    dropped: int = 0


async def send_reminders(crm: Installation, access: Access, reminder_ids: Sequence[UUID], today: date) -> Sent:
    """Send those that wait, or were refused before. What is paid or held by now is dropped instead.

    Raises Forbidden, also without `outbound.send`.
    """
    access.actor.require("sales.bill")
    access.actor.require("outbound.send")
    steps, counted = await steps_of(crm), {"sent": 0, "refused": 0, "dropped": 0, "": 0}
    for reminder_id in reminder_ids[:MOST]:
        counted[await send_one(crm, access, reminder_id, steps, today)] += 1
    return Sent(sent=counted["sent"], refused=counted["refused"], dropped=counted["dropped"])


async def send_one(crm: Installation, access: Access, reminder_id: UUID, steps: Sequence[Row], today: date) -> str:
    """What became of it; "" where somebody else was faster, or it is not there."""
    try:
        opened = await visible_reminder(crm, access, reminder_id)
    except NotFound:
        return ""
    invoice = (await crm.data.fetch("SELECT * FROM sales_invoice WHERE id = ?", opened.row["invoice_id"]))[0]
    if not await claimed(crm, reminder_id):
        return ""
    if open_amount(invoice) <= 0 or held(invoice, today):
        await crm.records.delete(REMINDER, reminder_id, opened.people)
        return "dropped"
    reason, message_id = await hand_over(crm, access, opened)
    state = "refused" if reason else "sent"
    async with crm.data.transaction():
        await set_reminder(
            crm, opened, state=state, reason=reason, message_id=message_id, sent_at=None if reason else now()
        )
        if not reason:
            await step_taken(crm, opened.row, steps, today)
    return state


async def claimed(crm: Installation, reminder_id: UUID) -> bool:
    return bool(
        await crm.data.fetch(
            "UPDATE sales_reminder SET state = 'sending' WHERE id = ? AND state IN ('proposed', 'refused') RETURNING id",
            reminder_id,
        )
    )


async def hand_over(crm: Installation, access: Access, opened: Opened[ReminderContent]) -> tuple[str, UUID | None]:
    """Why the door refused it, "" if it did not; and the id of the message, which a letter has none of."""
    contact_id = opened.row["contact_id"]
    if opened.row["channel"] == "post":
        asked = await permitted(crm, access, [contact_id], purpose=PURPOSE, channel="post", path="list")
        return asked.refused[contact_id].reason if contact_id in asked.refused else "", None
    message = OutboundMessage(
        contact_id=contact_id, purpose=PURPOSE, subject=opened.content.subject, text=opened.content.text
    )
    try:
        result = await send(crm, access, message)
    except NotFound:
        return "no_contact", None
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
        if not await claimed(crm, reminder_id):
            raise NotFound
        await set_reminder(crm, opened, state="left_out", reason="")
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
