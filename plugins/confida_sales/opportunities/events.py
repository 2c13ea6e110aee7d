"""What happens to opportunities, for webhooks and for whoever else is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from confida_core.api import EventField, EventKind
from confida_sales.content import OPPORTUNITY, OpportunityContent


def column(name: str) -> Any:
    """Of the row, as JSON can say it."""

    def value(row: Mapping[str, Any], _: Any) -> Any:
        found = row[name]
        return found if isinstance(found, int | str | None) else str(found)

    return value


def title(_: Mapping[str, Any], content: OpportunityContent) -> str:
    return content.title


def was_moved(row: Mapping[str, Any]) -> bool:
    return bool(row["stage_since"] != row["created_at"] and row["outcome"] != "deleted")


def was_won(row: Mapping[str, Any]) -> bool:
    return bool(row["outcome"] == "won")


def was_lost(row: Mapping[str, Any]) -> bool:
    return bool(row["outcome"] == "lost")


def moved_at(row: Mapping[str, Any]) -> datetime | None:
    moment: datetime | None = row["stage_since"]
    return moment


def closed_at(row: Mapping[str, Any]) -> datetime | None:
    moment: datetime | None = row["closed_at"]
    return moment


def plain(name: str, label: str) -> EventField:
    return EventField(key=name, label=label, value=column(name), sealed=False)


FIELDS = (
    EventField(key="title", label="What it is about", value=title),
    plain("value", "Value in minor units"),
    plain("currency", "Currency"),
    plain("pipeline_id", "Pipeline"),
    plain("stage_id", "Stage"),
    plain("owner_id", "Owner"),
    plain("source", "Source"),
)
LOST = plain("lost_reason", "Why it was lost")
TABLE = OPPORTUNITY.name
EVENT_KINDS = (
    EventKind(
        key="sales.opportunity_created", label="An opportunity was written down", table=TABLE, change="created", fields=FIELDS
    ),
    EventKind(
        key="sales.opportunity_moved", label="An opportunity came into another stage", table=TABLE, change="written",
        told=was_moved, happened=moved_at, fields=FIELDS,
    ),
    EventKind(
        key="sales.opportunity_won", label="An opportunity was won", table=TABLE, change="written", told=was_won,
        happened=closed_at, fields=FIELDS,
    ),
    EventKind(
        key="sales.opportunity_lost", label="An opportunity was lost", table=TABLE, change="written", told=was_lost,
        happened=closed_at, fields=(*FIELDS, LOST),
    ),
)  # fmt: skip
