"""Two contacts turn out to be one person: what either said no to stays no, what was never asked of one is taken from the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from confida_consent.appending import present_contacts
from confida_consent.content import Evidence
from confida_consent.events import record_events
from confida_consent.history import histories
from confida_consent.indications import NARROWING, Indication
from confida_consent.recorded import RecordedEvent, recorded
from confida_consent.records import EVENT
from confida_consent.scans import move_scan
from confida_consent.standing import lift_stale
from confida_consent.state import DECISIONS, effective_event
from confida_consent.tokens import hand_over_tokens
from confida_consent.vocabulary import YES, Actor, Method
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound, system_access
from confida_core.vault.order_memory import DENYING
from confida_core.vault.orders import NewOrder

INSIDE = system_access("consent.merge", "consent")


async def merge_consents(crm: Installation, access: Access, loser: UUID, winner: UUID) -> list[RecordedEvent]:
    """Carry over to `winner` what `loser` decided; returns the events this adds. Call it while both contacts exist.

    A no of either prevails. A yes is carried over with its proof, its time and its end, where the winner has decided
    nothing. Can be repeated: what was carried over is not carried over again. The loser's events stay the loser's.
    Raises Forbidden, NotFound, and ValueError for a contact merged with itself.
    """
    access.actor.require("contacts.write")
    access.actor.require("consents.record")
    if loser == winner:
        raise ValueError("a contact cannot be merged with itself")
    if not (await present_contacts(crm, [winner])).get(winner, False):
        raise NotFound
    known = await histories(crm, [loser, winner])
    wanted: list[RecordedEvent] = []
    for (subject, purpose, channel), events in known.items():
        deciding = effective_event(events)
        if subject == loser and deciding is not None:
            wanted += carried(deciding, effective_event(known.get((winner, purpose, channel), [])))
    await carry_orders(crm, loser, winner, wanted)
    proofs = await evidence_of(crm, wanted)
    added = await record_events(crm, INSIDE, [said_again(event, winner, proofs.get(event.id)) for event in wanted])
    for old, new in zip(wanted, added, strict=True):
        proof = proofs.get(old.id)
        if proof is not None and proof.file_id:
            await move_scan(crm, UUID(hex=proof.file_id), new.id)
    await hand_over_tokens(crm, loser, winner)
    return added


def carried(theirs: RecordedEvent, ours: RecordedEvent | None) -> list[RecordedEvent]:
    """What of the loser's effective event the winner gets: nothing or it."""
    if theirs.kind in NARROWING:
        return [] if ours is not None and ours.kind in NARROWING else [theirs]
    undecided = ours is None or ours.kind not in DECISIONS
    return [theirs] if theirs.kind in YES and undecided else []


async def carry_orders(crm: Installation, loser: UUID, winner: UUID, said: Collection[RecordedEvent]) -> None:
    """Orders that no event carries over: about every purpose or channel, or of an event that a restore has lost."""
    await lift_stale(crm, [loser])
    by_event = {(event.purpose, event.channel) for event in said if event.kind in NARROWING}
    held = {(order.kind, order.purpose, order.channel) for order in crm.orders.of(winner)}
    wanted = {
        (order.kind, order.purpose, order.channel)
        for order in crm.orders.of(loser)
        if order.kind in DENYING and (order.purpose, order.channel) not in by_event
    }
    await crm.orders.give_many(
        [
            NewOrder(kind=kind, subject_id=winner, purpose=purpose, channel=channel)
            for kind, purpose, channel in sorted(wanted - held)
        ]
    )


async def evidence_of(crm: Installation, events: Sequence[RecordedEvent]) -> dict[UUID, Evidence]:
    """By the event's id; a program's opening, because the proof goes from the person to the same person."""
    rows = await crm.records.rows(EVENT, [event.id for event in events])
    opened = await crm.door.open(INSIDE, EVENT, rows)
    return {recorded(item.row).id: item.content for item in opened}


def said_again(event: RecordedEvent, winner: UUID, proof: Evidence | None) -> Indication:
    source = f"merged: {event.id}"
    kept = msgspec.structs.replace(
        proof or Evidence(), source=f"{proof.source}; {source}" if proof and proof.source else source
    )
    return Indication(
        subject_id=winner,
        purpose=event.purpose,
        channel=event.channel,
        kind=event.kind,
        method=event.method if event.kind in YES else Method.SYSTEM.value,
        evidence=kept,
        indicated_at=event.indicated_at,
        notice_id=event.notice_id,
        language=event.language,
        valid_until=event.valid_until,
        consent_type=event.consent_type,
        actor_kind=Actor.SYSTEM.value,
    )
