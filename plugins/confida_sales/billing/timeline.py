"""Invoices, payments and reminders on a contact's timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    Opened,
    Place,
    RecordDeclaration,
    TimelineItem,
    shown_amount,
)
from confida_sales.billing.holds import HOLDS
from confida_sales.billing.invoices import METHODS, open_amount
from confida_sales.content import INVOICE, PAYMENT, REMINDER


@dataclass(frozen=True, slots=True)
class Source:
    """One table on the timeline. where: which of its rows, without those that nobody needs to see there."""

    kind: str
    record: RecordDeclaration
    at: str
    where: str
    item: Callable[[Opened[Any]], TimelineItem]


def invoice_item(one: Opened[Any]) -> TimelineItem:
    row = one.row
    billed = row["kind"] == "invoice"
    amount = shown_amount(row["gross"], row["currency"])
    said = ""
    if billed:
        left = open_amount(row)
        said = "Paid" if left <= 0 else f"{shown_amount(left, row['currency'])} open"
        said += f" ({HOLDS[row['hold']].lower()})" if row["hold"] in HOLDS and left > 0 else ""
    return TimelineItem(
        id=row["id"],
        at=row["created_at"],
        kind="invoice",
        kind_label="Invoice" if billed else "Credit note",
        icon="invoice",
        subject=f"{row['number']}, {amount}",
        outcome=said,
        people=one.people,
        href=f"/x/sales/invoices/{row['id']}",
    )


def payment_item(one: Opened[Any]) -> TimelineItem:
    row = one.row
    amount = shown_amount(abs(row["amount"]), row["currency"])
    label = "Payment" if row["amount"] > 0 else "Paid back"
    if row["reverses_id"] is not None:
        label = "Wrong entry taken back"
    return TimelineItem(
        id=row["id"],
        at=row["created_at"],
        kind="payment",
        kind_label=label,
        icon="payment",
        subject=f"{amount}, {METHODS.get(row['method'], '')}",
        body=one.content.note,
        people=one.people,
        href=f"/x/sales/invoices/{row['invoice_id']}",
    )


def reminder_item(one: Opened[Any]) -> TimelineItem:
    row = one.row
    return TimelineItem(
        id=row["id"],
        at=row["sent_at"],
        kind="reminder",
        kind_label="Reminder",
        icon="mail",
        subject=one.content.subject,
        body=one.content.text,
        outcome=f"Step {row['step']}",
        people=one.people,
        href=f"/x/sales/invoices/{row['invoice_id']}",
    )


SOURCES: Mapping[str, Source] = {
    source.kind: source
    for source in (
        Source("invoice", INVOICE, "created_at", "", invoice_item),
        Source("payment", PAYMENT, "created_at", "", payment_item),
        Source("reminder", REMINDER, "sent_at", " AND state = 'sent'", reminder_item),
    )
}


async def billing_items(
    crm: Installation, access: Access, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
) -> list[TimelineItem]:
    """The newest first, older than `before`. A query for each kind."""
    if not access.actor.may("sales.read"):
        return []
    found: list[TimelineItem] = []
    for source in SOURCES.values():
        if kinds and source.kind not in kinds:
            continue
        older = f" AND ({source.at}, id) < (?, ?)" if before else ""
        rows = await crm.data.fetch(
            f"SELECT * FROM {source.record.name} WHERE contact_id = ?{source.where}{older} "
            f"ORDER BY {source.at} DESC, id DESC LIMIT ?",
            contact_id, *(before or ()), limit,
        )  # fmt: skip
        found += [source.item(one) for one in await crm.door.open(access, source.record, rows)]
    return sorted(found, key=lambda item: item.place, reverse=True)[:limit]
