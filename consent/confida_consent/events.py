"""Recording what people indicate, and reading it again. Events are only ever appended (CR-1).

A no is beside the keys before it is in the data, and a yes is in the data before the orders it answers are lifted: whatever
crashes in between leaves us with less than we may do, never with more.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_consent.appending import Draft, Outcome, append_drafts, present_contacts
from confida_consent.drafting import drafts_of
from confida_consent.history import histories
from confida_consent.indications import WIDENING, ImportRefused, Indication, IndicationRefused
from confida_consent.ledger.log import LedgerBroken, checkpoint
from confida_consent.recorded import OpenedEvent, RecordedEvent, recorded
from confida_consent.records import EVENT
from confida_consent.standing import lift_answered, order_each
from confida_consent.state import effective_event, state_from
from confida_consent.suppression import override_by_consent
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.storage.batches import batches
from confida_core.vault.access import Access, NotFound
from confida_core.vault.keyring import KeyDestroyed

BATCH = 500
RECONCILE = "consent.reconcile_orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How one person stands to one purpose on one channel. state: a kind of event, or "unknown". event: what decides it."""

    purpose: str
    channel: str
    state: str
    event: RecordedEvent | None


async def record_event(crm: Installation, access: Access, indication: Indication) -> RecordedEvent:
    """As `record_events`, one."""
    return (await record_events(crm, access, [indication]))[0]


async def record_events(crm: Installation, access: Access, indications: Sequence[Indication]) -> list[RecordedEvent]:
    """Record them in order; up to 500 all or none, more in batches of so many. Durable when it returns.

    Raises Forbidden, NotFound (contact or purpose), IndicationRefused, and ImportRefused for a list that would turn a no
    into a yes. A no that fails may have left its standing order, which only narrows.
    Inside a transaction of the caller's, the orders that a yes answers are lifted by a job after the commit; await
    `settle` after it to have that at once.
    """
    outer = crm.data.current() is not None
    done: list[RecordedEvent] = []
    for batch in batches(indications, BATCH):
        drafts: list[Draft] = []
        for drafted in await drafts_of(crm, access, batch):
            if isinstance(drafted, Exception):
                raise drafted
            drafts.append(drafted)
        await make_ready(crm, drafts)
        async with crm.data.transaction():
            for outcome in await append_drafts(crm, drafts):
                if isinstance(outcome, Exception):
                    raise outcome
                done.append(outcome)
    if not outer:
        await settle(crm, done)
    elif any(event.kind in WIDENING for event in done):
        await enqueue(crm, RECONCILE, {"subjects": sorted({event.subject_id for event in done})[:BATCH]})
    return done


async def record_each(
    crm: Installation, access: Access, indications: Sequence[Indication]
) -> list[RecordedEvent | IndicationRefused | NotFound]:
    """Record what can be recorded, each for itself; in the place of what cannot, why. For lists. Raises Forbidden.

    Inside a transaction of the caller's, await `settle` after it.
    """
    outer = crm.data.current() is not None
    outcomes: list[Outcome] = []
    for batch in batches(indications, BATCH):
        drafted = await drafts_of(crm, access, batch)
        drafts = [each for each in drafted if isinstance(each, Draft)]
        try:
            await make_ready(crm, drafts)
        except KeyDestroyed as gone:
            drafted = [
                NotFound() if isinstance(each, Draft) and each.indication.subject_id in gone.subjects else each
                for each in drafted
            ]
            drafts = [each for each in drafted if isinstance(each, Draft)]
        written = iter(await append_drafts(crm, drafts) if drafts else [])
        outcomes += [next(written) if isinstance(each, Draft) else each for each in drafted]
    if not outer:
        await settle(crm, [outcome for outcome in outcomes if isinstance(outcome, RecordedEvent)])
    return outcomes


async def make_ready(crm: Installation, drafts: Sequence[Draft]) -> None:
    """Every no beside the keys, and keys to seal with, before anything is written. Raises KeyDestroyed, a NotFound."""
    said = [(draft.event_id, draft.indication) for draft in drafts]
    await order_each(crm, ((event_id, one.subject_id, one.purpose, one.channel, one.kind) for event_id, one in said))
    await crm.keyring.ensure({one.subject_id for _, one in said}, EVENT.retention_class)


async def settle(crm: Installation, events: Sequence[RecordedEvent]) -> None:
    """What follows the commit: lift the orders that a yes answers, and sign how far the ledger has come. Repeatable."""
    if events:
        await lift_answered(crm, events)
        await override_by_consent(crm, events)
        # What was said is durable, and must not look as if it were not. The job that signs every ten minutes fails aloud.
        with contextlib.suppress(LedgerBroken):
            await checkpoint(crm)


async def events_of(crm: Installation, access: Access, subject_id: UUID) -> list[OpenedEvent]:
    """Everything a person indicated, newest first, with its proof; opened through the door, under the purpose `consent`.

    Raises Forbidden, and NotFound for somebody this access may not know of.
    """
    await check_reader(crm, access, subject_id)
    rows = await crm.data.fetch(
        "SELECT * FROM consent_event WHERE subject_id = ? ORDER BY ledger_index DESC", subject_id
    )
    return [OpenedEvent(recorded(item.row), item.content) for item in await crm.door.open(access, EVENT, rows)]


async def event(crm: Installation, access: Access, event_id: UUID) -> OpenedEvent:
    """One event with its proof, opened through the door. Raises Forbidden, NotFound."""
    rows = await crm.data.fetch("SELECT * FROM consent_event WHERE id = ?", event_id)
    if not rows:
        raise NotFound
    await check_reader(crm, access, rows[0]["subject_id"])
    opened = await crm.door.open_one(access, EVENT, rows[0])
    if opened is None:
        raise NotFound
    return OpenedEvent(recorded(opened.row), opened.content)


async def check_reader(crm: Installation, access: Access, subject_id: UUID) -> None:
    """A person reads about themselves, staff about contacts they may see, and those who keep consents also about the gone."""
    actor = access.actor
    if actor.kind == "subject":
        if actor.id != subject_id:
            raise NotFound
        return
    actor.require("consents.read")
    if actor.may("consents.manage"):
        return
    present = await present_contacts(crm, [subject_id])
    if not present.get(subject_id, False):
        raise NotFound


async def states_of(crm: Installation, subject_id: UUID) -> dict[tuple[str, str], ChannelState]:
    """How a person stands now, by purpose and channel, wherever anything was recorded. Opens nothing."""
    moment, states = now(), {}
    for (_, purpose, channel), events in (await histories(crm, [subject_id])).items():
        deciding = effective_event(events)
        states[purpose, channel] = ChannelState(
            purpose=purpose, channel=channel, state=state_from(deciding, moment), event=deciding
        )
    return states


__all__ = [
    "ChannelState",
    "ImportRefused",
    "Indication",
    "IndicationRefused",
    "OpenedEvent",
    "RecordedEvent",
    "event",
    "events_of",
    "record_each",
    "record_event",
    "record_events",
    "settle",
    "states_of",
]
