"""May we? The one place that answers (CR-5). Whoever sends, exports or hands over asks here; nobody decides for themselves.

It opens nothing sealed: states, orders, keyed hashes and the index are enough.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from operator import attrgetter
from uuid import UUID

from confida_consent.answers import CITATIONS, Answer, Reason, no
from confida_consent.declarations import Purpose
from confida_consent.gate_facts import Candidate, GateEvent, candidates, in_trash
from confida_consent.gate_marketing import Marketing, marketing_of
from confida_consent.purposes import all_purposes
from confida_consent.reach import suppressed_contacts
from confida_consent.state import UNKNOWN, effective_event, state_from
from confida_consent.vocabulary import OBJECTABLE, SPOKEN_NO, YES, Basis, Kind
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.storage.batches import batches

LONG_LIST = 2_000
Decide = Callable[[Candidate], Answer]
REASON_OF_STATE: Mapping[str, Reason] = {
    UNKNOWN: Reason.NEVER_ASKED,
    Kind.REQUESTED: Reason.NOT_ANSWERED,
    Kind.DEFERRED: Reason.NOT_ANSWERED,
    Kind.REFUSED: Reason.REFUSED,
    Kind.WITHDRAWN: Reason.WITHDRAWN,
    Kind.EXPIRED: Reason.EXPIRED,
    Kind.REVOKED: Reason.REVOKED,
    Kind.INVALIDATED: Reason.INVALIDATED,
    Kind.OBJECTED: Reason.OBJECTED,
    Kind.OBJECTION_ENDED: Reason.NEVER_ASKED,
}
UNCONDITIONAL: Mapping[str, Reason] = {
    Basis.CONTRACT: Reason.CONTRACT,
    Basis.LEGAL_OBLIGATION: Reason.LEGAL_OBLIGATION,
    Basis.VITAL_INTEREST: Reason.VITAL_INTEREST,
}
# Answering what the law obliges us to answer is no use of restricted data for ends of our own (GDPR Art. 18(2), 12).
EVEN_RESTRICTED = frozenset({Basis.LEGAL_OBLIGATION})


async def may(crm: Installation, contact_id: UUID, purpose: str, channel: str, at: datetime | None = None) -> Answer:
    """Whether this contact may be reached, or worked on, for this purpose on this channel; now, or at an instant.

    at: aware; of events and orders only those count that were there then, the contact and the suppressions are as now.
    Opens nothing sealed. Not inside a transaction of the caller's. Raises InvalidRules for a broken file of rules.
    """
    return (await may_many(crm, [contact_id], purpose, channel, at))[contact_id]


async def may_many(
    crm: Installation, contact_ids: Sequence[UUID], purpose: str, channel: str, at: datetime | None = None
) -> dict[UUID, Answer]:
    """The same for many at once, in the order asked for; contacts with the same answer may share it."""
    if not contact_ids:
        return {}
    known = (await all_purposes(crm)).get(purpose)
    refusal = purpose_refusal(known, channel)
    if known is None or refusal is not None:
        return dict.fromkeys(contact_ids, refusal or no(Reason.UNKNOWN_PURPOSE))
    await crm.orders.refresh()
    wanted = list(dict.fromkeys(contact_ids))
    with collector_resting(len(wanted)):
        # In the order of their making, so that neighbours in the files are read together.
        answers = await judged(crm, sorted(wanted, key=attrgetter("int")), known, channel, at)
    unknown = no(Reason.UNKNOWN_CONTACT, known.declared.basis)
    return {one: answers.get(one.int, unknown) for one in wanted}


async def judged(
    crm: Installation, wanted: Sequence[UUID], purpose: Purpose, channel: str, at: datetime | None
) -> dict[int, Answer]:
    """The contacts that exist. By the number of the UUID, here and below: it hashes ten times faster than the UUID itself."""
    moment, key, basis = at or now(), purpose.declared.key, purpose.declared.basis
    early = {
        one.int: answer for one in wanted if (answer := ordered_answer(crm, one, purpose, channel, at)) is not None
    }
    asked = [one for one in wanted if one.int not in early]
    stopped = await suppressed_contacts(crm, asked, key, channel, marketing=purpose.declared.chosen)
    early |= dict.fromkeys((one.int for one in stopped), no(Reason.SUPPRESSED, basis))
    decide = decision(purpose, moment, await marketing_of(crm, purpose, channel, asked, moment))
    early |= dict.fromkeys((one.int for one in await in_trash(crm, wanted)), no(Reason.IN_TRASH, basis))
    answers: dict[int, Answer] = {}
    for batch in batches(wanted):
        for one in await candidates(crm, batch, key, channel, at):
            number = one.id.int
            answers[number] = early.get(number) or decide(one)
        # A long list must not keep everybody else waiting.
        await asyncio.sleep(0)
    return answers


@contextmanager
def collector_resting(amount: int) -> Iterator[None]:
    """While many answers are made, the collector would walk through all that is alive again and again: half of the time."""
    if amount < LONG_LIST or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def purpose_refusal(purpose: Purpose | None, channel: str) -> Answer | None:
    """A refusal that is the same for everybody."""
    if purpose is None:
        return no(Reason.UNKNOWN_PURPOSE)
    if purpose.retired:
        return no(Reason.RETIRED_PURPOSE, purpose.declared.basis)
    if channel not in purpose.declared.channels:
        return no(Reason.FOREIGN_CHANNEL, purpose.declared.basis)
    return None


def ordered_answer(
    crm: Installation, contact_id: UUID, purpose: Purpose, channel: str, at: datetime | None
) -> Answer | None:
    """What a standing order of the person forbids: restriction, withdrawal, objection."""
    orders = crm.orders.of(contact_id)
    if not orders:
        return None
    basis = purpose.declared.basis
    given = [order for order in orders if at is None or order.given_at <= at]
    for order in given:
        if order.kind == "restriction" and basis not in EVEN_RESTRICTED:
            return no(Reason.RESTRICTED, basis, order.event_id, order.given_at)
    for order in reversed(given):
        if order.denies(purpose.declared.key, channel):
            reason = Reason.OBJECTED if order.kind == "objection" else Reason.WITHDRAWN
            return no(reason, basis, order.event_id, order.given_at)
    return None


def decision(purpose: Purpose, moment: datetime, marketing: Marketing | None) -> Decide:
    """How a contact is judged whom nothing else has stopped; depends on the lawful basis alone."""
    basis = purpose.declared.basis
    if basis == Basis.CONSENT:
        return partial(by_consent, purpose, moment)
    if basis in OBJECTABLE:
        reason = Reason.PUBLIC_TASK if basis == Basis.PUBLIC_TASK else Reason.LEGITIMATE_INTEREST
        return partial(by_interest, Answer(True, reason, basis, citation=CITATIONS[Basis(basis)]), marketing)
    if basis in UNCONDITIONAL:
        granted = Answer(True, UNCONDITIONAL[basis], basis, citation=CITATIONS[Basis(basis)])
        return lambda _: granted
    refused = no(Reason.UNKNOWN_PURPOSE)
    return lambda _: refused


def deciding(events: Sequence[GateEvent]) -> GateEvent | None:
    """As `effective_event`, and at once where there is but one, as nearly everybody has."""
    if len(events) == 1 and events[0].supersedes is None:
        return events[0] if events[0].kind != Kind.GROUND_NOTED else None
    return effective_event(events)


NEVER_ASKED = no(Reason.NEVER_ASKED, Basis.CONSENT.value)


def by_consent(purpose: Purpose, moment: datetime, one: Candidate) -> Answer:
    """Consent that was given, lasts, and is about this version of the purpose."""
    if not one.events:
        return NEVER_ASKED
    event = deciding(one.events)
    state = state_from(event, moment)
    if event is None:
        return NEVER_ASKED
    basis = Basis.CONSENT.value
    if state not in YES:
        since = event.indicated_at if state == event.kind else event.valid_until
        return no(REASON_OF_STATE[state], basis, event.id, since)
    if not purpose.holds_from <= event.purpose_version <= purpose.declared.version:
        return no(Reason.OTHER_VERSION, basis, event.id, event.indicated_at)
    cited = CITATIONS[Basis.CONSENT]
    return Answer(True, Reason.CONSENT, basis, event.id, event.indicated_at, event.valid_until, cited)


def by_interest(granted: Answer, marketing: Marketing | None, one: Candidate) -> Answer:
    """No objection; and where it is direct marketing, what the law of the person's country asks for."""
    event = deciding(one.events) if one.events else None
    if event is not None and (event.kind in SPOKEN_NO or event.kind == Kind.OBJECTED):
        return no(REASON_OF_STATE[event.kind], granted.basis, event.id, event.indicated_at)
    return granted if marketing is None else marketing.answer(one)
