"""What happens to invoices, for handlers of events and for webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from confida_core.api import EventField, EventKind


def column(name: str) -> Callable[[Mapping[str, Any], Any], Any]:
    def value(row: Mapping[str, Any], _: Any) -> Any:
        found = row[name]
        return found if isinstance(found, (int, str, type(None))) else str(found)

    return value


def revenue(row: Mapping[str, Any], _: Any) -> int:
    """What is ours of it: without tax, and without what was credited, in the same parts."""
    return int(row["net"] * (row["gross"] - row["credited"]) // row["gross"]) if row["gross"] else 0


FIELDS = (
    EventField(key="number", label="Number", value=column("number"), sealed=False),
    EventField(key="kind", label="Invoice or credit note", value=column("kind"), sealed=False),
    EventField(key="currency", label="Currency", value=column("currency"), sealed=False),
    EventField(key="gross", label="Amount, in the smallest unit", value=column("gross"), sealed=False),
    EventField(key="paid", label="Paid so far", value=column("paid"), sealed=False),
    EventField(key="credited", label="Credited so far", value=column("credited"), sealed=False),
    EventField(key="issued_on", label="Issued on", value=column("issued_on"), sealed=False),
    EventField(key="due_on", label="Due on", value=column("due_on"), sealed=False),
)
EVENT_KINDS = (
    EventKind(
        key="sales.invoice_issued",
        label="An invoice or credit note was issued",
        table="sales_invoice",
        change="created",
        happened=lambda row: row["created_at"],
        fields=FIELDS,
    ),
    EventKind(
        key="sales.invoice_paid",
        label="Nothing is open on an invoice any more",
        table="sales_invoice",
        change="written",
        told=lambda row: row["settled_at"] is not None and row["kind"] == "invoice",
        happened=lambda row: row["settled_at"],
        # By this name and `currency` other plugins know money that came in.
        fields=(
            *FIELDS,
            EventField(key="revenue", label="Without tax, in the smallest unit", value=revenue, sealed=False),
        ),
    ),
    EventKind(
        key="sales.invoice_overdue",
        label="An invoice became overdue",
        table="sales_invoice",
        change="written",
        told=lambda row: row["told_overdue_at"] is not None and row["paid"] + row["credited"] < row["gross"],
        happened=lambda row: row["told_overdue_at"],
        fields=FIELDS,
    ),
)
