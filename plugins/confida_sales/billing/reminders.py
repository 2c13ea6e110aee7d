"""Reminders: a job proposes what is due, somebody looks at it and sends it, or it is sent by itself if that was set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from babel.dates import format_date

from confida_core.api import (
    Access,
    Installation,
    NotFound,
    Opened,
    Row,
    minor_digits,
    new_id,
    now,
    plugin_settings,
    shown_amount,
    system_access,
)
from confida_sales.billing.holds import held
from confida_sales.billing.invoices import open_amount
from confida_sales.billing.recurring import today_of
from confida_sales.billing.reminder_steps import steps_of
from confida_sales.content import INVOICE, REMINDER, PaperContent, ReminderContent
from confida_sales.settings import SalesSettings

INSIDE = system_access("sales.remind", "sales.bookkeeping")
BATCH = 200
# Somebody may pay the rest meanwhile, or the smallest amount be set lower.
LOOK_AGAIN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderPage:
    """after: what the next page begins behind, None on the last."""

    items: list[Opened[ReminderContent]] = field(default_factory=list)
    after: UUID | None = None


async def list_reminders(
    crm: Installation, access: Access, state: str, *, after: UUID | None = None, limit: int = 50
) -> ReminderPage:
    """Of one state: those that wait in the order in which they were proposed, others the newest first. Raises Forbidden."""
    access.actor.require("sales.read")
    order, sign = ("ASC", ">") if state == "proposed" else ("DESC", "<")
    where, values = (f" AND id {sign} ?", (state, after)) if after else ("", (state,))
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_reminder WHERE state = ?{where} ORDER BY id {order} LIMIT ?", *values, limit + 1
    )
    following = rows[limit - 1]["id"] if len(rows) > limit else None
    return ReminderPage(items=await crm.door.open(access, REMINDER, rows[:limit]), after=following)


async def reminders_of(crm: Installation, access: Access, invoice_id: UUID) -> list[Opened[ReminderContent]]:
    """Of one invoice, in their order. Raises Forbidden."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch("SELECT * FROM sales_reminder WHERE invoice_id = ? ORDER BY step", invoice_id)
    return await crm.door.open(access, REMINDER, rows)


async def visible_reminder(crm: Installation, access: Access, reminder_id: UUID) -> Opened[ReminderContent]:
    """The gate to one reminder. Raises Forbidden and NotFound."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch("SELECT * FROM sales_reminder WHERE id = ?", reminder_id)
    opened = await crm.door.open_one(access, REMINDER, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def propose_reminders(crm: Installation, today: date) -> int:
    """What is due by the steps, each once, whoever runs this how often; returns how many are new.

    Never of what is held or disputed, nor of less than the smallest amount, nor of what is paid. What was proposed and has
    been paid meanwhile is taken back.
    """
    await drop_settled(crm)
    steps, settings = await steps_of(crm), await plugin_settings(crm, SalesSettings)
    proposed = 0
    while rows := await crm.data.fetch(
        "SELECT * FROM sales_invoice WHERE remind_on <= ? AND kind = 'invoice' AND gross - paid - credited > 0 "
        "ORDER BY remind_on, id LIMIT ?",
        today, BATCH,
    ):  # fmt: skip
        opened = await crm.door.open(INSIDE, INVOICE, rows)
        there = await contacts_there(crm, rows)
        for row in rows:
            # Nobody can be written to who is gone, and no row may be met again by this loop.
            if not any(one.row["id"] == row["id"] for one in opened) or row["contact_id"] not in there:
                await note_next(crm, row, None)
        for one in opened:
            if one.row["contact_id"] in there:
                proposed += await consider(crm, one, steps, settings.reminder_minimum, today)
    return proposed


async def contacts_there(crm: Installation, rows: Sequence[Row]) -> frozenset[UUID]:
    ids = list({row["contact_id"] for row in rows})
    marks = ", ".join("?" * len(ids))
    found = await crm.data.fetch(f"SELECT id FROM contact WHERE deleted_at IS NULL AND id IN ({marks})", *ids)
    return frozenset(row["id"] for row in found)


async def drop_settled(crm: Installation) -> None:
    rows = await crm.data.fetch(
        "SELECT r.id, r.contact_id FROM sales_reminder r JOIN sales_invoice i ON i.id = r.invoice_id "
        "WHERE r.state = 'proposed' AND i.paid + i.credited >= i.gross"
    )
    for row in rows:
        await crm.records.delete(REMINDER, row["id"], [row["contact_id"]])


async def consider(
    crm: Installation, one: Opened[PaperContent], steps: Sequence[Row], minimum: int, today: date
) -> int:
    """1 if a reminder was proposed. In either case it is noted when to look again."""
    row = one.row
    if row["reminded"] >= len(steps):
        await note_next(crm, row, None)
        return 0
    step = steps[row["reminded"]]
    due_on = row["due_on"] + timedelta(days=step["days"])
    if held(row, today):
        until = row["held_until"]
        await note_next(crm, row, until + timedelta(days=1) if until.year < 9000 else None)
        return 0
    if due_on > today:
        await note_next(crm, row, due_on)
        return 0
    if open_amount(row) < minimum * 10 ** minor_digits(row["currency"]):
        await note_next(crm, row, today + LOOK_AGAIN)
        return 0
    return await propose(crm, one, step, today)


async def note_next(crm: Installation, row: Row, day: date | None) -> None:
    await crm.data.fetch("UPDATE sales_invoice SET remind_on = ? WHERE id = ? RETURNING id", day, row["id"])


async def propose(crm: Installation, one: Opened[PaperContent], step: Row, today: date) -> int:
    row, number = one.row, one.row["reminded"] + 1
    fee = step["fee"] if step["fee_currency"] == row["currency"] else 0
    columns = {
        "id": new_id(), "contact_id": row["contact_id"], "invoice_id": row["id"], "step": number, "state": "proposed",
        "reason": "", "channel": step["channel"], "currency": row["currency"], "fee": fee, "open": open_amount(row),
        "message_id": None, "created_at": now(), "sent_at": None,
    }  # fmt: skip
    content = worded(one, step, fee, today, crm.settings.language)
    await crm.keyring.ensure([row["contact_id"]], REMINDER.retention_class)
    async with crm.data.transaction():
        await crm.data.fetch("UPDATE sales_invoice SET remind_on = NULL WHERE id = ? RETURNING id", row["id"])
        there = await crm.data.fetch(
            "SELECT id FROM sales_reminder WHERE invoice_id = ? AND step = ?", row["id"], number
        )
        if there:
            return 0
        await crm.records.insert(REMINDER, columns, content)
    return 1


def worded(one: Opened[PaperContent], step: Row, fee: int, today: date, language: str) -> ReminderContent:
    """Subject and text with what the invoice says, in the way the organisation writes numbers and days."""
    row, locale = one.row, "en_GB" if language == "en" else language

    def money(amount: int) -> str:
        return shown_amount(amount, row["currency"], locale)

    words: Mapping[str, Any] = {
        "name": one.content.name,
        "number": row["number"],
        "issued_on": format_date(row["issued_on"], "long", locale=locale),
        "due_on": format_date(row["due_on"], "long", locale=locale),
        "open": money(open_amount(row)),
        "fee": money(fee),
        "total": money(open_amount(row) + fee),
        "days": (today - row["due_on"]).days,
    }
    return ReminderContent(
        number=row["number"],
        subject=" ".join(step["subject"].format_map(words).split())[:500],
        text=step["text"].format_map(words)[:20_000],
    )


async def note_overdue(crm: Installation, today: date) -> int:
    """Those that became overdue are told of once (event `sales.invoice_overdue`); returns how many."""
    told = 0
    while rows := await crm.data.fetch(
        "SELECT id, contact_id FROM sales_invoice WHERE kind = 'invoice' AND gross - paid - credited > 0 AND due_on < ? "
        "AND told_overdue_at IS NULL ORDER BY due_on LIMIT ?",
        today, BATCH,
    ):  # fmt: skip
        async with crm.data.transaction():
            for row in rows:
                await crm.records.set_columns(INVOICE, row["id"], row["contact_id"], told_overdue_at=now())
        told += len(rows)
    return told


async def run_reminders(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: notes what is overdue, proposes what is due, and sends it where that was set."""
    from confida_sales.billing.reminding import send_reminders

    today = today_of(crm)
    await note_overdue(crm, today)
    await propose_reminders(crm, today)
    settings = await plugin_settings(crm, SalesSettings)
    if not settings.reminders_by_themselves:
        return
    after: UUID | None = None
    while True:
        found = await list_reminders(crm, INSIDE, "proposed", after=after, limit=BATCH)
        by_mail = [one.row["id"] for one in found.items if one.row["channel"] == "email"]
        await send_reminders(crm, INSIDE, by_mail)
        if found.after is None:
            return
        after = found.after
