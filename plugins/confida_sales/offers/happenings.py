"""What happens to quotes and orders, for handlers of events and for webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from confida_core.api import EventField, EventKind


def column(name: str) -> Callable[[Mapping[str, Any], Any], Any]:
    def value(row: Mapping[str, Any], _: Any) -> Any:
        found = row[name]
        return found if isinstance(found, (int, str, type(None))) else str(found)

    return value


FIELDS = tuple(
    EventField(key=name, label=label, value=column(name), sealed=False)
    for name, label in (
        ("number", "Number"),
        ("revision", "Revision"),
        ("currency", "Currency"),
        ("net", "Amount without tax, in the smallest unit"),
        ("gross", "Amount, in the smallest unit"),
        ("opportunity_id", "Opportunity"),
    )
)


def quote_is(state: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda row: row["kind"] == "quote" and row["state"] == state


EVENT_KINDS = (
    EventKind(
        key="sales.quote_sent", label="A quote was sent", table="sales_offer", change="written", told=quote_is("sent"),
        happened=lambda row: row["sent_at"], fields=FIELDS,
    ),
    EventKind(
        key="sales.quote_accepted", label="A quote was accepted", table="sales_offer", change="written",
        told=quote_is("accepted"), happened=lambda row: row["decided_at"], fields=FIELDS,
    ),
    EventKind(
        key="sales.quote_declined", label="A quote was declined", table="sales_offer", change="written",
        told=quote_is("declined"), happened=lambda row: row["decided_at"], fields=FIELDS,
    ),
    EventKind(
        key="sales.order_made", label="An order was made", table="sales_offer", change="created",
        told=lambda row: row["kind"] == "order", happened=lambda row: row["created_at"], fields=FIELDS,
    ),
)  # fmt: skip
