"""Erasing proof: the key goes, the rows go, the leaves stay in the tree and say nothing any more (LG-4).

Keys first, because only they are in no backup of the data. Whatever crashes afterwards leaves rows that nobody can open, and
the daily job finishes them; so it does with rows that an older backup brought back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_consent.durations import after, is_duration
from confida_consent.ledger.heads import lock_state
from confida_consent.ledger.log import checkpoint, record_erasure
from confida_consent.proof import proof_owed_until
from confida_consent.records import EVENT
from confida_consent.scans import destroy_scans
from confida_core.accounts.audit import record_event as note
from confida_core.accounts.stored_settings import read_stored, store
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.vault.access import Access
from confida_core.vault.order_memory import DENYING

KEPT_FOR = "consent.evidence_kept_for"
BY_RULES = "retention.country"
# Claims lapse after three years in most of the Union; where a law wants proof kept for longer, see `proof` (CR-9).
USUALLY_KEPT = "P3Y"
BATCH = 100


@dataclass(frozen=True, slots=True)
class Erased:
    """subjects: whose proof is gone. events: how many there were. held: whose proof an order keeps for now."""

    subjects: int
    events: int
    held: frozenset[UUID]


async def erase_evidence(crm: Installation, subject_ids: Collection[UUID]) -> Erased:
    """Destroy the proof of these people's consents for good; asks for no permission. Repeatable until it has succeeded.

    Those under a legal hold are left out and named. Their standing orders go too, once the contact is gone.
    """
    await crm.orders.refresh()
    held = frozenset(subject for subject in subject_ids if crm.orders.held(subject))
    subjects = sorted(set(subject_ids) - held)
    events = 0
    for batch in batches(subjects, BATCH):
        await crm.keyring.destroy_many(batch, [EVENT.retention_class])
        await destroy_scans(crm, await events_about(crm, batch))
        events += await remove_rows(crm, batch)
        await forget_orders(crm, batch)
    if events:
        await checkpoint(crm)
    return Erased(len(subjects), events, held)


async def events_about(crm: Installation, subjects: Sequence[UUID]) -> list[UUID]:
    marks = ", ".join("?" * len(subjects))
    rows = await crm.data.fetch(f"SELECT id FROM consent_event WHERE subject_id IN ({marks})", *subjects)
    return [row["id"] for row in rows]


async def remove_rows(crm: Installation, subjects: Sequence[UUID]) -> int:
    """The rows of people whose key is gone; their leaves are marked and accounted for in the same transaction."""
    marks = ", ".join("?" * len(subjects))
    async with crm.data.transaction():
        await lock_state(crm)
        rows = await crm.data.fetch(
            f"DELETE FROM consent_event WHERE subject_id IN ({marks}) RETURNING id, subject_id, ledger_index", *subjects
        )
        for row in rows:
            crm.feed.append(EVENT.name, row["id"], row["subject_id"], "deleted")
        if rows:
            await record_erasure(crm, [row["ledger_index"] for row in rows], {"classes": [EVENT.retention_class]})
    return len(rows)


async def forget_orders(crm: Installation, subjects: Sequence[UUID]) -> None:
    """A no of somebody whom we no longer know says nothing; suppressions of addresses are of no subject, and stay."""
    marks = ", ".join("?" * len(subjects))
    there = {row["id"] for row in await crm.data.fetch(f"SELECT id FROM contact WHERE id IN ({marks})", *subjects)}
    orders = [order for subject in subjects if subject not in there for order in crm.orders.of(subject)]
    await crm.orders.lift_many([order.id for order in orders if order.kind in DENYING])


async def retire_evidence(crm: Installation, _: Mapping[str, Any]) -> None:
    """The daily job: finish what was begun, then erase the proof about people who are gone and whose claims have lapsed."""
    await finish_erasures(crm)
    if await read_stored(crm, BY_RULES):
        # Somebody chose rules of retention; from then on it is theirs to say when proof ends (see `rights.retention`).
        return
    kept_for, moment, last = await evidence_kept_for(crm), now(), UUID(int=0)
    while rows := await gone_people(crm, last):
        due = [row["subject_id"] for row in rows if has_lapsed(row["newest"], kept_for, moment)]
        owed = await proof_owed_until(crm, due)
        due = [subject for subject in due if subject not in owed or owed[subject] <= moment]
        await erase_evidence(crm, due)
        last = rows[-1]["subject_id"]


async def gone_people(crm: Installation, last: UUID) -> list[dict[str, Any]]:
    """Subjects of events who are no contacts any more, each with the time of the newest event, after a subject's id."""
    return await crm.data.fetch(
        "SELECT subject_id, max(recorded_at) AS newest FROM consent_event WHERE subject_id > ? "
        "AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.id = consent_event.subject_id) "
        "GROUP BY subject_id ORDER BY subject_id LIMIT 500",
        last,
    )


def has_lapsed(newest: datetime | str, kept_for: str, moment: datetime) -> bool:
    # An aggregate has lost its column's type on one of the engines.
    at = datetime.fromisoformat(newest) if isinstance(newest, str) else newest
    return after(at, kept_for) <= moment


async def finish_erasures(crm: Installation) -> int:
    """Remove events whose key is gone: of an erasure that was cut short, or that an older backup brought back."""
    events, last = 0, UUID(int=0)
    while rows := await crm.data.fetch(
        "SELECT DISTINCT subject_id FROM consent_event WHERE subject_id > ? ORDER BY subject_id LIMIT 500", last
    ):
        subjects = [row["subject_id"] for row in rows]
        for batch in batches(sorted(await crm.keyring.destroyed(subjects, EVENT.retention_class)), BATCH):
            await destroy_scans(crm, await events_about(crm, batch))
            events += await remove_rows(crm, batch)
        last = subjects[-1]
    if events:
        await checkpoint(crm)
    return events


async def evidence_kept_for(crm: Installation) -> str:
    """ISO 8601 duration for which proof about people who are gone is kept after their newest event."""
    return await read_stored(crm, KEPT_FOR) or USUALLY_KEPT


async def keep_evidence_for(crm: Installation, access: Access, duration: str) -> None:
    """At least one year. Raises ValueError, Forbidden."""
    access.actor.require("consents.manage")
    start = now()
    if not is_duration(duration) or after(start, duration) < start + timedelta(days=365):
        raise ValueError("proof is kept for at least a year: write a duration such as P3Y")
    async with crm.data.transaction():
        await store(crm, KEPT_FOR, duration)
        await note(crm, "settings.evidence_kept_for_changed", actor_id=access.actor.id, target_kind="setting")
