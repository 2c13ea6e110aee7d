"""Consents that end by themselves: said aloud by an event once they have, and shown to staff before they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_consent.events import record_each
from confida_consent.indications import Indication
from confida_consent.recorded import RecordedEvent
from confida_consent.state import DECISIONS
from confida_consent.vocabulary import YES, Kind, Method
from confida_core.clock import now
from confida_core.contacts.people import display_names
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access, system_access

BATCH = 500
INSIDE = system_access("consent.expire", "consent")
YESES = ", ".join(f"'{kind}'" for kind in sorted(YES))
DECIDING = ", ".join(f"'{kind}'" for kind in sorted(DECISIONS))
# A yes that nothing has followed or corrected: what is derived from the events of one person, asked of all at once.
STANDING_YES = f"""
    SELECT subject_id, purpose, channel, valid_until, id FROM consent_event yes
    WHERE kind IN ({YESES}) AND valid_until > ? AND valid_until <= ?
    AND EXISTS (SELECT 1 FROM contact WHERE contact.id = yes.subject_id)
    AND NOT EXISTS (
        SELECT 1 FROM consent_event later WHERE later.subject_id = yes.subject_id AND later.purpose = yes.purpose
        AND later.channel = yes.channel AND later.id <> yes.id AND (later.supersedes = yes.id OR (
            later.kind IN ({DECIDING}) AND later.indicated_at >= yes.indicated_at
            AND (later.indicated_at > yes.indicated_at OR later.ledger_index > yes.ledger_index)
            AND NOT EXISTS (SELECT 1 FROM consent_event correction WHERE correction.supersedes = later.id
                AND correction.subject_id = later.subject_id))))
    ORDER BY valid_until, id LIMIT ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingConsent:
    """A consent whose time is nearly over."""

    subject_id: UUID
    name: str
    purpose: str
    channel: str
    valid_until: datetime
    event_id: UUID


async def expire_consents(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: record `expired` for every consent whose time is over. Can be repeated; nothing is recorded twice."""
    last, moment = datetime.fromisoformat("0001-01-02T00:00:00+00:00"), now()
    while rows := await crm.data.fetch(STANDING_YES, last, moment, BATCH):
        outcomes = await record_each(crm, INSIDE, [ended(row) for row in rows])
        if not any(isinstance(outcome, RecordedEvent) for outcome in outcomes):
            # What cannot be said, because somebody's key is gone, is derived all the same.
            last = rows[-1]["valid_until"]


def ended(row: Row) -> Indication:
    return Indication(
        subject_id=row["subject_id"],
        purpose=row["purpose"],
        channel=row["channel"],
        kind=Kind.EXPIRED.value,
        method=Method.SYSTEM.value,
        indicated_at=row["valid_until"],
    )


async def ending_count(crm: Installation, access: Access, days: int, *, limit: int = 1_000) -> int:
    """How many consents end within so many days, counted up to the limit; opens nothing. Raises Forbidden."""
    access.actor.require("consents.read")
    moment = now()
    counted = f"SELECT count(*) AS ending FROM ({STANDING_YES}) soon"
    return int((await crm.data.fetch(counted, moment, moment + timedelta(days=days), limit))[0]["ending"])


async def expiring_soon(crm: Installation, access: Access, days: int, *, limit: int = 200) -> list[EndingConsent]:
    """Consents that end within so many days, the next first, of people this access may see. Raises Forbidden.

    Without those whose processing is restricted: nobody shall ask them for anything.
    """
    access.actor.require("consents.read")
    moment = now()
    rows = await crm.data.fetch(STANDING_YES, moment, moment + timedelta(days=days), limit)
    names = await display_names(crm, access, [row["subject_id"] for row in rows])
    return [
        EndingConsent(
            subject_id=row["subject_id"],
            name=names[row["subject_id"]],
            purpose=row["purpose"],
            channel=row["channel"],
            valid_until=row["valid_until"],
            event_id=row["id"],
        )
        for row in rows
        if row["subject_id"] in names and not crm.orders.restricted(row["subject_id"])
    ]
