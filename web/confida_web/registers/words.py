"""Words and forms that several pages of the registers share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request

from confida_core.installation import Installation
from confida_web.display import Option, PersonRef

ACTIONS: Mapping[str, str] = {
    "erase": "Erase",
    "erase_evidence": "Erase the proof",
    "review": "Look at it",
}
KINDS: Mapping[str, str] = {
    "contact": "Contact",
    "evidence": "Proof of consents",
    "request": "Request",
    "erasure": "Erasure",
    "hold": "Lifted hold",
}
KEPT: Mapping[str, str] = {
    "hold": "Under a legal hold",
    "restriction": "Restricted",
    "request": "Waits for an answer",
}


def options(labels: Mapping[str, str], chosen: str = "") -> tuple[Option, ...]:
    return tuple(Option(value=key, label=label, chosen=key == chosen) for key, label in labels.items())


def person_of(crm: Installation, names: Mapping[UUID, str], contact_id: UUID) -> PersonRef:
    """By name; somebody restricted without it, but with the way to the question on which ground; or somebody who is gone."""
    if contact_id in names:
        return PersonRef(name=names[contact_id], href=f"/contacts/{contact_id}")
    if crm.orders.restricted(contact_id):
        return PersonRef(name="Somebody restricted", href=f"/contacts/{contact_id}")
    return PersonRef(name="Somebody who is gone")


def day_in(text: str) -> date | None:
    """A day as a form or an address gives it; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def zone_of(request: Request[Any, Any, Any]) -> ZoneInfo:
    return ZoneInfo(request.state.frame.time_zone)


def instant_in(request: Request[Any, Any, Any], day: str, clock: str = "") -> datetime | None:
    """The reader's day and time of day (midnight for "") as an instant; None for what is none."""
    found = day_in(day)
    try:
        at = time.fromisoformat(clock.strip()) if clock.strip() else time()
        return datetime.combine(found, at, zone_of(request)).astimezone(UTC) if found and at.tzinfo is None else None
    except (ValueError, OverflowError):
        return None


def uuid_in(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None
