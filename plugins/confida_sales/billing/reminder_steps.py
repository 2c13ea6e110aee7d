"""The steps of reminding: after how many days, with which fee and which words. The same for everybody."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from confida_core.api import (
    LARGEST_AMOUNT,
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    Row,
    UniqueViolation,
    minor_digits,
    new_id,
    now,
)
from confida_web.api import mark

CHANNELS: Mapping[str, str] = {"email": mark("E-mail"), "post": mark("Letter")}
WORDS = frozenset({"name", "number", "issued_on", "due_on", "open", "fee", "total", "days"})
MOST_DAYS, MOST_STEPS = 3_650, 9
SUGGESTED = (
    (7, "Friendly reminder", "Invoice {number} is due",
     "Dear {name},\n\nour invoice {number} over {open} was due on {due_on}. It may have escaped your notice; please let us "
     "know if anything is wrong with it.\n\nIf you have paid meanwhile, please ignore this message."),
    (21, "Second reminder", "Second reminder of invoice {number}",
     "Dear {name},\n\nwe have not received a payment for our invoice {number} of {issued_on} yet. Please pay {total} within "
     "the next ten days."),
    (35, "Last reminder", "Last reminder of invoice {number}",
     "Dear {name},\n\nour invoice {number} of {issued_on} is {days} days overdue. Please pay {total} within seven days. "
     "Otherwise we shall have to take further steps."),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class StepDraft:
    """days: after the day of payment. fee: minor units; asked for on invoices in fee_currency alone. text: with words such as
    `{number}`.
    """

    days: int
    name: str
    subject: str
    text: str
    fee: int = 0
    fee_currency: str = "EUR"
    channel: str = "email"


async def steps_of(crm: Installation) -> list[Row]:
    """In the order in which they are taken: the first is step 1."""
    return await crm.data.fetch("SELECT * FROM sales_reminder_step WHERE removed_at IS NULL ORDER BY days")


async def save_step(
    crm: Installation, access: Access, draft: StepDraft, today: date, *, step_id: UUID | None = None
) -> UUID:
    """Make a step, or put this in the place of what it was. Open invoices are looked at anew. Raises Forbidden, NotFound,
    InvalidContent.
    """
    access.actor.require("sales.manage")
    check_step(draft)
    values = (
        draft.days, draft.name.strip(), draft.fee, draft.fee_currency, draft.channel, draft.subject.strip(),
        draft.text.strip(),
    )  # fmt: skip
    try:
        async with crm.data.transaction():
            if step_id is None:
                step_id = await insert_step(crm, values)
            elif not await crm.data.fetch(
                "UPDATE sales_reminder_step SET days = ?, name = ?, fee = ?, fee_currency = ?, channel = ?, subject = ?, "
                "text = ? WHERE id = ? AND removed_at IS NULL RETURNING id",
                *values, step_id,
            ):  # fmt: skip
                raise NotFound
            await look_anew(crm, today)
    except UniqueViolation:
        raise InvalidContent({"days": "There is a step after so many days already."}) from None
    return step_id


async def insert_step(crm: Installation, values: tuple[object, ...]) -> UUID:
    if len(await steps_of(crm)) >= MOST_STEPS:
        raise InvalidContent({"days": f"At most {MOST_STEPS} steps."})
    step_id = new_id()
    await crm.data.fetch(
        "INSERT INTO sales_reminder_step (days, name, fee, fee_currency, channel, subject, text, id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *values, step_id,
    )  # fmt: skip
    return step_id


async def remove_step(crm: Installation, access: Access, step_id: UUID, today: date) -> None:
    """It can be taken back. Open invoices are looked at anew. Raises Forbidden and NotFound."""
    await set_removed(crm, access, step_id, now(), today=today)


async def restore_step(crm: Installation, access: Access, step_id: UUID, today: date) -> None:
    """Raises Forbidden, NotFound, and InvalidContent if another step of the same day has taken its place."""
    try:
        await set_removed(crm, access, step_id, None, today=today)
    except UniqueViolation:
        raise InvalidContent({"days": "There is a step after so many days already."}) from None


async def set_removed(
    crm: Installation, access: Access, step_id: UUID, moment: datetime | None, *, today: date
) -> None:
    access.actor.require("sales.manage")
    async with crm.data.transaction():
        if not await crm.data.fetch(
            "UPDATE sales_reminder_step SET removed_at = ? WHERE id = ? RETURNING id", moment, step_id
        ):
            raise NotFound
        await look_anew(crm, today)


async def save_suggested(crm: Installation, access: Access, currency: str, today: date) -> None:
    """Three steps to begin with, where there is none. Raises Forbidden."""
    if await steps_of(crm):
        return
    for days, name, subject, text in SUGGESTED:
        draft = StepDraft(days=days, name=name, subject=subject, text=text, fee_currency=currency)
        await save_step(crm, access, draft, today)


async def look_anew(crm: Installation, today: date) -> None:
    """The next run of the job looks at every open invoice."""
    await crm.data.fetch(
        "UPDATE sales_invoice SET remind_on = CASE WHEN due_on < ? THEN ? ELSE due_on END "
        "WHERE kind = 'invoice' AND gross - paid - credited > 0 AND hold = '' RETURNING id",
        today, today,
    )  # fmt: skip


def check_step(draft: StepDraft) -> None:
    """Raises InvalidContent naming every field that is wrong."""
    errors: dict[str, str] = {}
    if not 1 <= draft.days <= MOST_DAYS:
        errors["days"] = f"From 1 to {MOST_DAYS} days."
    if not 0 <= draft.fee <= LARGEST_AMOUNT // 1_000:
        errors["fee"] = "This fee is too large, or less than nothing."
    try:
        minor_digits(draft.fee_currency)
    except InvalidAmount as wrong:
        errors["fee_currency"] = str(wrong)
    if draft.channel not in CHANNELS:
        errors["channel"] = "Please choose one of the ways."
    for field, longest in (("name", 80), ("subject", 200), ("text", 10_000)):
        text = getattr(draft, field).strip()
        if not 1 <= len(text) <= longest:
            errors[field] = f"From 1 to {longest} characters."
        elif field != "name" and not knows_words(text):
            errors[field] = f"Words in braces can be: {', '.join(sorted(WORDS))}."
    if errors:
        raise InvalidContent(errors)


def knows_words(text: str) -> bool:
    """Whether it can be filled in: every brace belongs to one of the words."""
    try:
        parts = [part[1:] for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return False
    return all(name in WORDS and not spec and not turned for name, spec, turned in parts)
