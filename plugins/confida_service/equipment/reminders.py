"""Reminders before service is due, a warranty ends or notice must be given: a task for colleagues, a mail for the customer.

What was reminded of stands in a row that is unique for each date, written in one transaction with task and mail: whatever
interrupts a run, each date is reminded of once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    ContactContent,
    Installation,
    InteractionDraft,
    InvalidContent,
    NotFound,
    Opened,
    OutboundMessage,
    active_accounts,
    log_interaction,
    new_id,
    now,
    plugin_settings,
    send,
    system_access,
    visible_contact,
)
from confida_service.equipment.content import CONTRACT, EQUIPMENT
from confida_service.equipment.contracts import renew_contracts
from confida_service.equipment.equipment import today_of
from confida_service.equipment.reminder_texts import mail_text, task_subject
from confida_service.settings import ServiceSettings

PURPOSE = "service.reminders"
INSIDE = system_access("service reminders")
AT_ONCE = 200
LATE = timedelta(days=30)
"""Colleagues still hear of what was due so long ago, such as while the program stood still."""
EARLIEST_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of date. day: SQL for it. open_: SQL for what is reminded of at all. page: where a colleague looks."""

    key: str
    record: Any
    day: str
    open_: str
    days: str
    page: str


KINDS = (
    Kind("service", EQUIPMENT, "next_service_on", "NOT retired", "service_reminder_days", "/x/service/equipment/"),
    Kind("warranty", EQUIPMENT, "warranty_until", "NOT retired", "warranty_reminder_days", "/x/service/equipment/"),
    Kind(
        "contract", CONTRACT, "COALESCE(notice_on, ends_on)", "1 = 1", "contract_reminder_days",
        "/x/service/contracts/",
    ),
)  # fmt: skip


async def remind(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: contracts that renew themselves do so, then every date that comes near and was not reminded of."""
    await renew_contracts(crm)
    settings, today = await plugin_settings(crm, ServiceSettings), today_of(crm)
    here = {one.id for one in await active_accounts(crm)}
    for kind in KINDS:
        days, last = getattr(settings, kind.days), EARLIEST_ID
        while days and (rows := await near(crm, kind, today, days, last)):
            last = rows[-1]["id"]
            for opened in await crm.door.open(INSIDE, kind.record, rows):
                await remind_of(crm, kind, opened, settings, here)


async def near(crm: Installation, kind: Kind, today: date, days: int, last: UUID) -> list[dict[str, Any]]:
    """The next rows whose date comes near; those who cannot be reminded now are passed by, and tried at the next run."""
    rows: list[dict[str, Any]] = await crm.data.fetch(
        f"SELECT e.*, {kind.day} AS day FROM {kind.record.name} AS e WHERE {kind.day} BETWEEN ? AND ? AND deleted_at IS NULL "
        f"AND {kind.open_} AND e.id > ? AND NOT EXISTS (SELECT 1 FROM service_reminder AS r WHERE r.kind = ? "
        f"AND r.about_id = e.id AND r.due_on = {kind.day}) ORDER BY e.id LIMIT ?",
        today - LATE, today + timedelta(days=days), last, kind.key, AT_ONCE,
    )  # fmt: skip
    return rows


async def remind_of(
    crm: Installation, kind: Kind, opened: Opened[Any], settings: ServiceSettings, here: set[UUID]
) -> None:
    """All of it or nothing. Nobody whose processing is restricted is reminded of anything, nor are colleagues of them."""
    contact_id, day = opened.row["contact_id"], as_day(opened.row["day"])
    if crm.orders.restricted(contact_id):
        return
    try:
        contact = await visible_contact(crm, INSIDE, contact_id)
        await crm.keyring.ensure([contact_id], "relationship")
        async with crm.data.transaction():
            reminder_id = await claimed(crm, kind, opened.row, day)
            if reminder_id is None:
                return
            task_id = await tell_colleagues(crm, kind, opened, contact, here)
            told = settings.remind_customers and day >= today_of(crm)
            outbound_id = await tell_customer(crm, kind, opened, contact) if told else None
            await crm.data.fetch(
                "UPDATE service_reminder SET task_id = ?, outbound_id = ? WHERE id = ?",
                task_id,
                outbound_id,
                reminder_id,
            )
    except (NotFound, InvalidContent):
        # In the trash, or gone meanwhile; the others are reminded all the same.
        return


async def claimed(crm: Installation, kind: Kind, row: Mapping[str, Any], day: date) -> UUID | None:
    """None where another run was faster."""
    rows = await crm.data.fetch(
        "INSERT INTO service_reminder (id, kind, about_id, contact_id, due_on, at) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (kind, about_id, due_on) DO NOTHING RETURNING id",
        new_id(), kind.key, row["id"], row["contact_id"], day, now(),
    )  # fmt: skip
    return rows[0]["id"] if rows else None


async def tell_colleagues(
    crm: Installation, kind: Kind, opened: Opened[Any], contact: Opened[ContactContent], here: set[UUID]
) -> UUID:
    """A task for whoever looks after the contact, or for everybody."""
    owner = contact.row["owner_id"]
    draft = InteractionDraft(
        kind="task", people=(contact.row["id"],), subject=task_subject(kind.key, opened.content),
        body=f"{kind.page}{opened.row['id']}", planned=True, due_on=as_day(opened.row["day"]),
        assignee_id=owner if owner in here else None,
    )  # fmt: skip
    return await log_interaction(crm, INSIDE, draft)


async def tell_customer(crm: Installation, kind: Kind, opened: Opened[Any], contact: Opened[ContactContent]) -> UUID:
    """By the sending door, which asks whether they may be told, and keeps what it refused."""
    wanted = f"{kind.key}-notice" if kind.key == "contract" and opened.row["notice_on"] else kind.key
    subject, text = mail_text(wanted, opened.content, as_day(opened.row["day"]), contact.content.language)
    message = OutboundMessage(contact_id=contact.row["id"], purpose=PURPOSE, subject=subject, text=text)
    return (await send(crm, INSIDE, message)).id


def as_day(day: Any) -> date:
    """SQLite gives what it reckons as text."""
    return date.fromisoformat(day[:10]) if isinstance(day, str) else day


async def reminded(crm: Installation, about_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """What was reminded of, the latest first; one query, nothing personal."""
    found: dict[UUID, list[dict[str, Any]]] = {one: [] for one in about_ids}
    if found:
        marks = ", ".join("?" * len(found))
        sql = f"SELECT * FROM service_reminder WHERE about_id IN ({marks}) ORDER BY at DESC, id DESC"
        for row in await crm.data.fetch(sql, *found):
            found[row["about_id"]].append(row)
    return found
