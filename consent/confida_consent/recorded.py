"""Events as they are stored: what stands in the clear, and the same with the evidence opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_consent.content import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """The operational columns of one event. Words are those of `vocabulary`; times are UTC.

    purpose_version: 0 for a purpose nobody declares any more. ledger_index: position of its leaf.
    """

    id: UUID
    subject_id: UUID
    purpose: str
    purpose_version: int
    channel: str
    kind: str
    consent_type: str
    legal_basis: str
    notice_id: UUID | None
    language: str
    indicated_at: datetime
    recorded_at: datetime
    valid_until: datetime | None
    actor_kind: str
    actor_id: UUID | None
    method: str
    supersedes: UUID | None
    ledger_index: int


@dataclass(frozen=True, slots=True)
class OpenedEvent:
    """One event with its proof."""

    event: RecordedEvent
    evidence: Evidence


NAMES = tuple(field.name for field in fields(RecordedEvent))


def recorded(row: Mapping[str, Any]) -> RecordedEvent:
    return RecordedEvent(**{name: row[name] for name in NAMES})
