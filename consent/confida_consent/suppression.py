"""The suppression list as people work with it: adding, looking up, lifting with a reason; and what a new consent does to it.

The list itself is core's: keyed hashes beside the keys, which survive every restore (privacy.md RT-6). Every change leaves an
entry in the audit trail with the id of the order, never with the address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from confida_consent.history import histories
from confida_consent.recorded import RecordedEvent
from confida_consent.records import EVENT
from confida_consent.rules.model import CHANNELS
from confida_consent.state import effective_event
from confida_consent.vocabulary import YES, Actor, Method
from confida_core.accounts.audit import record_event as note
from confida_core.contacts.records import CONTACT
from confida_core.contacts.suppressed import addresses_of
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound, system_access
from confida_core.vault.orders import NewOrder, StandingOrder
from confida_core.vault.suppressions import (
    EVERYTHING,
    MARKETING,
    excepting,
    key_version,
    mark_of,
    normalised,
    suppress,
    suppressions_of,
)

INSIDE = system_access("consent.suppression")
PROVING = system_access("consent.suppression", "consent")
LONGEST = 500
LONGEST_SCOPE = 2_000
# Why an entry is lifted, as the audit trail keeps it: a code, because a sentence might name somebody.
REASONS: Mapping[str, str] = {
    "asked_by_person": "The person asked us to.",
    "mistake": "It was put on the list by mistake.",
    "register_left": "The public register does not hold it any more.",
    "new_consent": "A new consent was given for it.",
}
BY_HAND = tuple(reason for reason in REASONS if reason != "new_consent")


class SuppressionRefused(ValueError):
    """Nothing was changed. field: what is wrong; the text never repeats a value."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field, self.sentence = field, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionEntry:
    """What the list says of one address. purpose: "" for all marketing, "*all" for everything, else a key, or "-" and the
    keys that a consent took out of all marketing. event_id: the recorded event it rests on."""

    id: UUID
    channel: str
    purpose: str
    given_at: datetime
    event_id: UUID | None


def check_address(crm: Installation, channel: str, identifier: str) -> None:
    """Raises SuppressionRefused for what can be no address of the channel."""
    if channel not in CHANNELS:
        raise SuppressionRefused("channel", "nothing is sent this way")
    if len(identifier) > LONGEST:
        raise SuppressionRefused("address", f"this has more than {LONGEST} characters")
    spelling = normalised(channel, identifier, crm.settings.region)
    if not spelling or (channel == "email" and "@" not in spelling):
        raise SuppressionRefused("address", "this is no address")


async def add_suppression(
    crm: Installation,
    access: Access,
    channel: str,
    identifier: str,
    *,
    purpose: str = MARKETING,
    event_id: UUID | None = None,
) -> UUID:
    """Send nothing to an address any more; durable when it returns. One that is there already stays as it is.

    identifier: as typed; a postal address as street, postal code and town. purpose: MARKETING, EVERYTHING, or a key.
    Raises Forbidden, SuppressionRefused.
    """
    access.actor.require("consents.manage")
    check_address(crm, channel, identifier)
    order_id = await suppress(crm, channel, identifier.strip(), purpose, event_id=event_id)
    await note(crm, "suppression.added", actor_id=access.actor.id, target_id=order_id, target_kind="suppression")
    return order_id


async def lookup(crm: Installation, access: Access, channel: str, identifier: str) -> list[SuppressionEntry]:
    """What the list says of an address, oldest first. Raises Forbidden, SuppressionRefused."""
    access.actor.require("consents.read")
    check_address(crm, channel, identifier)
    return [entry_of(order) for order in await suppressions_of(crm, channel, identifier)]


def entry_of(order: StandingOrder) -> SuppressionEntry:
    return SuppressionEntry(
        id=order.id, channel=order.channel, purpose=order.purpose, given_at=order.given_at, event_id=order.event_id
    )


async def lift(
    crm: Installation, access: Access, channel: str, identifier: str, *, reason: str, purpose: str | None = None
) -> int:
    """Take an address off the list, for one purpose of its entries or (None) for all; how many entries it had.

    reason: one of BY_HAND. Consent is needed again for whatever needs it: lifting allows nothing by itself.
    Raises Forbidden, SuppressionRefused.
    """
    access.actor.require("consents.manage")
    check_address(crm, channel, identifier)
    if reason not in BY_HAND:
        raise SuppressionRefused("reason", "say why")
    found = [
        order
        for order in await suppressions_of(crm, channel, identifier)
        if purpose is None or order.purpose == purpose
    ]
    return await lift_orders(crm, found, reason, access.actor.id)


async def lift_orders(crm: Installation, orders: Sequence[StandingOrder], reason: str, actor_id: UUID | None) -> int:
    """The reason is written down first: a crash in between leaves the address on the list."""
    async with crm.data.transaction():
        for order in orders:
            await note(
                crm, "suppression.lifted", actor_id=actor_id, target_id=order.id, target_kind=reason, serious=True
            )
    return await crm.orders.lift_many([order.id for order in orders])


async def stored_addresses(crm: Installation, contact_id: UUID, channel: str) -> list[str]:
    """Every address of a contact on a channel, as the list knows them; opened by the program itself."""
    opened = await crm.door.open(INSIDE, CONTACT, await crm.records.rows(CONTACT, [contact_id]))
    return [one.address for each in opened for one in addresses_of(each.content) if one.channel == channel]


async def suppress_contact(
    crm: Installation, contact_id: UUID, channel: str, *, purpose: str = MARKETING, event_id: UUID | None = None
) -> list[UUID]:
    """Suppress every address that a contact has on a channel, as unsubscribing with one click does (CF-6); asks for no
    permission. Raises NotFound."""
    if not await crm.data.fetch("SELECT id FROM contact WHERE id = ?", contact_id):
        raise NotFound
    addresses = await stored_addresses(crm, contact_id, channel)
    return [await suppress(crm, channel, address, purpose, event_id=event_id) for address in addresses]


async def override_by_consent(crm: Installation, events: Sequence[RecordedEvent]) -> int:
    """After a yes of the person themselves, or one that staff hold proof of, its purpose is off the list for the address
    it was said for, or for all of the person's on its channel; all other marketing stays on. How many entries gave way.

    Never for an import or a signal, nor for an entry about everything, which only hands lift. Cheap where nothing is on
    the list; call it after the commit. Can be repeated.
    """
    lifted = 0
    for event in events:
        if overrides(event) and crm.orders.marks(event.channel) and await still_decides(crm, event):
            for address in await addresses_meant(crm, event):
                lifted += await make_way(crm, event, address)
    return lifted


def overrides(event: RecordedEvent) -> bool:
    by_somebody = event.actor_kind in {Actor.SUBJECT, Actor.STAFF}
    return event.kind in YES and by_somebody and event.method not in {Method.IMPORT, Method.GPC, Method.SYSTEM}


async def still_decides(crm: Installation, event: RecordedEvent) -> bool:
    """Whether the yes is what counts: one that bears an earlier date than a no changes nothing."""
    known = await histories(crm, [event.subject_id])
    deciding = effective_event(known.get((event.subject_id, event.purpose, event.channel), []))
    return deciding is not None and deciding.id == event.id


async def addresses_meant(crm: Installation, event: RecordedEvent) -> list[str]:
    opened = await crm.door.open(PROVING, EVENT, await crm.records.rows(EVENT, [event.id]))
    named = [each.content.address for each in opened if each.content.address]
    return named or await stored_addresses(crm, event.subject_id, event.channel)


async def make_way(crm: Installation, event: RecordedEvent, address: str) -> int:
    found = [
        (order, scope)
        for order in await suppressions_of(crm, event.channel, address)
        # What was ordered after the consent is a new no.
        if order.given_at <= min(event.recorded_at, event.indicated_at)
        and (scope := excepting(order.purpose, event.purpose)) != order.purpose
    ]
    fitting = [(order, scope) for order, scope in found if scope is None or len(scope) <= LONGEST_SCOPE]
    if not fitting:
        return 0
    # The narrower entry first: a crash in between leaves both, which only narrows.
    mark = mark_of(crm.keyring, event.channel, address, version=await key_version(crm), region=crm.settings.region)
    await crm.orders.give_many(
        [
            NewOrder(
                kind="suppression",
                subject_id=None,
                purpose=scope,
                channel=event.channel,
                mark=mark,
                event_id=order.event_id,
            )
            for order, scope in fitting
            if scope is not None
        ]
    )
    return await lift_orders(crm, [order for order, _ in fitting], "new_consent", event.actor_id)


__all__ = [
    "BY_HAND",
    "EVERYTHING",
    "MARKETING",
    "REASONS",
    "SuppressionEntry",
    "SuppressionRefused",
    "add_suppression",
    "lift",
    "lookup",
    "override_by_consent",
    "stored_addresses",
    "suppress_contact",
]
