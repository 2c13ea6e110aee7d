"""What the gate answers about one person, all of it at once: for their page, which asks in everybody's name many times a day.

It judges with the gate's own pieces; only the facts are read together instead of one by one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from confida_consent.answers import Answer, Reason, no
from confida_consent.declarations import Purpose
from confida_consent.gate import decision, ordered_answer, purpose_refusal
from confida_consent.gate_facts import NO_EVENTS, Candidate, GateEvent
from confida_consent.gate_marketing import Law, law_of, marketing_of
from confida_consent.purposes import all_purposes
from confida_consent.reach import countries_of, suppressed_contacts
from confida_core.clock import now
from confida_core.contacts.content import ContactKind
from confida_core.installation import Installation

OF_ONE = (
    "SELECT purpose, channel, id, kind, indicated_at, ledger_index, valid_until, purpose_version, supersedes "
    "FROM consent_event WHERE subject_id = ?"
)


@dataclass(frozen=True, slots=True)
class Person:
    """One contact that exists, with everything that was ever said, by purpose and channel."""

    id: UUID
    kind: str
    in_trash: bool
    events: Mapping[tuple[str, str], list[GateEvent]]

    def about(self, purpose: str, channel: str) -> Candidate:
        return Candidate(self.id, self.events.get((purpose, channel), NO_EVENTS))


async def person_of(crm: Installation, contact_id: UUID) -> Person | None:
    """None if there is no such contact."""
    contacts = await crm.data.fetch("SELECT kind, deleted_at FROM contact WHERE id = ?", contact_id)
    if not contacts:
        return None
    events: dict[tuple[str, str], list[GateEvent]] = {}
    for row in await crm.data.fetch(OF_ONE, contact_id):
        events.setdefault((row["purpose"], row["channel"]), []).append(
            GateEvent(*(row[name] for name in GateEvent._fields))
        )
    return Person(contact_id, contacts[0]["kind"], contacts[0]["deleted_at"] is not None, events)


async def may_all(
    crm: Installation, contact_id: UUID, purposes: Mapping[str, Purpose] | None = None
) -> dict[str, dict[str, Answer]]:
    """What `may` answers now for each purpose on each of its channels: purpose -> channel -> answer.

    purposes: those in force, if the caller has just read them. A few questions to the database for all of them. Opens
    nothing sealed. Not inside a transaction of the caller's.
    """
    if purposes is None:
        purposes = await all_purposes(crm)
    person = await person_of(crm, contact_id)
    await crm.orders.refresh()
    read: list[Law] = []

    async def law() -> Law:
        # Only if it is asked for: a broken file of rules is no reason not to say what rests on something else.
        if not read:
            read.append(await law_of(crm, await countries_of(crm, [contact_id])))
        return read[0]

    return {
        key: {channel: await answer(crm, person, known, channel, law) for channel in known.declared.channels}
        for key, known in purposes.items()
    }


async def answer(
    crm: Installation,
    person: Person | None,
    known: Purpose,
    channel: str,
    law: Callable[[], Awaitable[Law]],
) -> Answer:
    """In the order of the gate: the purpose, the contact, what they ordered, the suppression list, the ground."""
    basis = known.declared.basis
    refusal = purpose_refusal(known, channel)
    if refusal is not None:
        return refusal
    if person is None:
        return no(Reason.UNKNOWN_CONTACT, basis)
    if person.in_trash:
        return no(Reason.IN_TRASH, basis)
    ordered = ordered_answer(crm, person.id, known, channel, None)
    if ordered is not None:
        return ordered
    # Where nothing at all is on the list of this channel, nobody's address need be looked at.
    if crm.orders.marks(channel) and await suppressed_contacts(
        crm, [person.id], known.declared.key, channel, marketing=known.declared.chosen
    ):
        return no(Reason.SUPPRESSED, basis)
    moment = now()
    organisations = {person.id.int} if person.kind == ContactKind.ORGANISATION else frozenset[int]()
    rules = await marketing_of(crm, known, channel, [person.id], moment, law=law, organisations=organisations)
    return decision(known, moment, rules)(person.about(known.declared.key, channel))
