"""Writing events: in the order of the ledger, so that whoever is later is later for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from confida_consent.content import Evidence
from confida_consent.declarations import Purpose
from confida_consent.durations import after
from confida_consent.history import Histories, histories
from confida_consent.indications import (
    ANYWHERE,
    NARROWING,
    WIDENING,
    ImportRefused,
    Indication,
    IndicationRefused,
    consent_type_of,
)
from confida_consent.ledger.commitments import LeafEntry, commit_to
from confida_consent.ledger.heads import lock_state
from confida_consent.ledger.log import append
from confida_consent.notices import Notice
from confida_consent.payloads import KIND_OF_LEAF, payload_of
from confida_consent.recorded import RecordedEvent, recorded
from confida_consent.records import EVENT
from confida_consent.state import DECISIONS, effective_event
from confida_consent.vocabulary import YES, Actor, Kind
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.vault.access import SYSTEM_ID, NotFound

Outcome = RecordedEvent | IndicationRefused | NotFound
Sealable = tuple[dict[str, Any], Evidence, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An indication that passed every check that needs no history. event_id: given before, for the order beside the keys."""

    event_id: UUID
    indication: Indication
    purpose: Purpose | None
    notice: Notice | None
    actor_kind: str
    actor_id: UUID | None
    barred: bool = False


async def append_drafts(crm: Installation, drafts: Sequence[Draft]) -> list[Outcome]:
    """All of them in one transaction, in order; in the place of one that its history rules out, why.

    The people's keys must exist already.
    """
    subjects = sorted({draft.indication.subject_id for draft in drafts})
    async with crm.data.transaction():
        # Whoever appends waits here, so that nothing comes between a person's history and what is decided on it.
        await lock_state(crm)
        known, present = await histories(crm, subjects), await present_contacts(crm, subjects)
        outcomes = [decided(draft, known, present) for draft in drafts]
        sealable = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
        written = iter(await write(crm, sealable))
    return [next(written) if isinstance(outcome, tuple) else outcome for outcome in outcomes]


async def present_contacts(crm: Installation, subjects: Sequence[UUID]) -> dict[UUID, bool]:
    """Contacts that exist, and whether they are out of the trash. At most 500."""
    marks = ", ".join("?" * len(subjects))
    rows = await crm.data.fetch(f"SELECT id, deleted_at FROM contact WHERE id IN ({marks})", *subjects)
    return {row["id"]: row["deleted_at"] is None for row in rows}


async def write(crm: Installation, rows: Sequence[Sealable]) -> list[RecordedEvent]:
    if not rows:
        return []
    ready, leaves = [], []
    for columns, evidence, payload in rows:
        commitment = commit_to(payload)
        ready.append((columns, msgspec.structs.replace(evidence, salt=commitment.salt, payload=payload)))
        leaves.append(LeafEntry(KIND_OF_LEAF, columns["recorded_at"], commitment.value))
    first = await append(crm, leaves)
    placed = [({**columns, "ledger_index": first + n}, content) for n, (columns, content) in enumerate(ready)]
    await crm.records.insert_many(EVENT, placed)
    return [recorded(columns) for columns, _ in placed]


def decided(draft: Draft, known: Histories, present: Mapping[UUID, bool]) -> Sealable | IndicationRefused | NotFound:
    """The row to write, which joins the history; or why there is none."""
    said = draft.indication
    events = known.setdefault((said.subject_id, said.purpose, said.channel), [])
    if said.subject_id not in present or not (present[said.subject_id] or said.kind in ANYWHERE):
        return NotFound()
    fault = fault_in(draft, events)
    if fault is not None:
        return fault
    moment = now()
    columns = columns_of(draft, events, moment)
    if columns["valid_until"] is not None and columns["valid_until"] <= columns["indicated_at"]:
        return IndicationRefused("valid_until", "this ends before it begins")
    evidence = said.evidence
    if said.indicated_at is not None and said.indicated_at != columns["indicated_at"]:
        evidence = msgspec.structs.replace(evidence, stated_at=said.indicated_at)
    # Its place in the ledger is not known yet; that it comes after all others is.
    known[said.subject_id, said.purpose, said.channel].append(recorded({**columns, "ledger_index": 1 << 62}))
    return columns, evidence, payload_of(columns, draft.notice.sha256 if draft.notice else None, evidence)


def columns_of(draft: Draft, events: Sequence[RecordedEvent], moment: datetime) -> dict[str, Any]:
    said, purpose = draft.indication, draft.purpose
    at = effective_time(said, events, moment)
    validity = purpose.declared.validity if purpose else ""
    # What people were told of its end is the longest that it can last.
    ends = min(filter(None, (said.valid_until, after(at, validity) if validity else None)), default=None)
    return {
        "id": draft.event_id,
        "subject_id": said.subject_id,
        "purpose": said.purpose,
        "purpose_version": version_of(draft),
        "channel": str(said.channel),
        "kind": str(said.kind),
        "consent_type": consent_type_of(said, purpose),
        "legal_basis": str(purpose.declared.basis) if purpose else "",
        "notice_id": draft.notice.id if draft.notice else None,
        "language": draft.notice.language if draft.notice else said.language,
        "indicated_at": at,
        "recorded_at": moment,
        "valid_until": ends if said.kind in YES else None,
        "actor_kind": draft.actor_kind,
        "actor_id": None if draft.actor_id == SYSTEM_ID else draft.actor_id,
        "method": str(said.method),
        "supersedes": said.supersedes,
    }


def version_of(draft: Draft) -> int:
    """Of what was shown, which may be older than what is in force when the answer comes; 0 for a purpose that is gone."""
    if draft.purpose is None:
        return 0
    return draft.notice.purpose_version if draft.notice else draft.purpose.declared.version


def effective_time(said: Indication, events: Sequence[RecordedEvent], moment: datetime) -> datetime:
    """From when it counts. What happens now, and every no, comes after all that is recorded, whatever the clock says."""
    newest = max((event.indicated_at for event in events), default=moment)
    if said.indicated_at is None or said.kind in NARROWING:
        return max(moment, newest)
    return max(said.indicated_at, newest) if said.kind == Kind.EXPIRED and events else said.indicated_at


def fault_in(draft: Draft, events: Sequence[RecordedEvent]) -> IndicationRefused | None:
    """What the history of this very purpose and channel rules out."""
    said = draft.indication
    if draft.actor_kind == Actor.IMPORT and said.kind not in NARROWING:
        spoken = effective_event(event for event in events if event.kind != Kind.EXPIRED)
        if draft.barred or (spoken is not None and spoken.kind in NARROWING):
            return ImportRefused("kind", "this person has said no, and a list does not change that")
    if said.kind == Kind.EXPIRED and not has_ended(events, now()):
        return IndicationRefused("kind", "no consent has ended here")
    return correction_fault(draft, events) if said.supersedes is not None else None


def has_ended(events: Sequence[RecordedEvent], moment: datetime) -> bool:
    deciding = effective_event(events)
    ends = deciding.valid_until if deciding is not None and deciding.kind in YES else None
    return ends is not None and ends <= moment


def correction_fault(draft: Draft, events: Sequence[RecordedEvent]) -> IndicationRefused | None:
    said = draft.indication
    corrected = next((event for event in events if event.id == said.supersedes), None)
    if corrected is None or any(event.supersedes == said.supersedes for event in events):
        return IndicationRefused("supersedes", "there is nothing like this to correct")
    if said.kind not in DECISIONS or said.kind == Kind.EXPIRED:
        return IndicationRefused("kind", "a correction is a decision itself")
    if corrected.kind in NARROWING and draft.actor_kind not in {Actor.STAFF, Actor.SYSTEM}:
        return ImportRefused("supersedes", "only somebody of the house corrects a no, and says why")
    others = effective_event(event for event in events if event.id != corrected.id)
    if corrected.kind in NARROWING and said.kind in WIDENING and others is not None and others.kind in NARROWING:
        return IndicationRefused("supersedes", "the person has said no beside it, and that stands")
    return None
