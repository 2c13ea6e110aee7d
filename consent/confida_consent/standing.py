"""Events and standing orders: given before the event of a no is written, lifted after the event of a yes (never before)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from confida_consent.history import Triple, histories
from confida_consent.indications import NARROWING, WIDENING
from confida_consent.recorded import RecordedEvent
from confida_consent.state import effective_event, place
from confida_consent.vocabulary import Kind
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.vault.order_memory import DENYING, OrderKind, StandingOrder
from confida_core.vault.orders import NewOrder

# A no whose event is still on its way into the data has its order already; by then it has arrived, or never will.
ON_ITS_WAY = timedelta(minutes=2)


def order_kind(kind: str) -> OrderKind:
    return "objection" if kind == Kind.OBJECTED else "withdrawal"


async def order_each(crm: Installation, said: Iterable[tuple[UUID, UUID, str, str, str]]) -> None:
    """Durable before it returns. said: event id, subject, purpose, channel and kind of events about to be written."""
    await crm.orders.give_many(
        [
            NewOrder(kind=order_kind(kind), subject_id=subject, purpose=purpose, channel=channel, event_id=event_id)
            for event_id, subject, purpose, channel, kind in said
            if kind in NARROWING
        ]
    )


async def lift_answered(crm: Installation, events: Sequence[RecordedEvent]) -> int:
    """Lift the orders that these events answer, if they are yeses that count; how many."""
    subjects = {event.subject_id for event in events if event.kind in WIDENING}
    return await lift_stale(crm, subjects) if subjects else 0


async def lift_stale(crm: Installation, subject_ids: Collection[UUID]) -> int:
    """Lift the orders of these subjects whose no has been followed by a yes of the person; how many."""
    await crm.orders.refresh()
    moment, stale = now(), list[UUID]()
    for batch in batches(sorted(subject_ids)):
        exact = [
            order
            for subject in batch
            for order in crm.orders.of(subject)
            if order.kind in DENYING and order.purpose and order.channel
        ]
        if exact:
            known = await histories(crm, sorted({order.subject_id for order in exact if order.subject_id}))
            stale += [order.id for order in exact if is_stale(order, known.get(triple_of(order), []), moment)]
    return await crm.orders.lift_many(stale)


def triple_of(order: StandingOrder) -> Triple:
    if order.subject_id is None:
        raise TypeError("a suppression knows no subject")
    return order.subject_id, order.purpose, order.channel


def is_stale(order: StandingOrder, events: Sequence[RecordedEvent], moment: datetime) -> bool:
    """Whether a later yes answers it. An order about every purpose or channel never is: it was not about this one."""
    deciding = effective_event(events)
    if deciding is None or deciding.kind not in WIDENING:
        return False
    cause = next((event for event in events if event.id == order.event_id), None)
    if cause is not None:
        return place(cause) < place(deciding) or deciding.supersedes == cause.id
    # Its event was lost with a restore, or came never. A yes that bears an earlier date does not answer it.
    answered = min(deciding.recorded_at, deciding.indicated_at)
    return order.given_at < answered and order.given_at < moment - ON_ITS_WAY
