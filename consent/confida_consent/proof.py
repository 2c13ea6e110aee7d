"""How long the proof of a consent is owed, where a country's law says so: from its giving, and again after every use (CR-9).

A use is a message that left, a hand-over to somebody else (both are written down by the sending door), or a list to telephone,
which is noted here. Notes name events, never people, and lie beside the keys: a restore must not shorten what is owed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from confida_consent.durations import after
from confida_consent.history import histories
from confida_consent.reach import countries_of
from confida_consent.recorded import RecordedEvent
from confida_consent.rules.model import CHANNELS, PERSON
from confida_consent.rules.reading import rules_of
from confida_consent.vocabulary import YES
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.outbound.content import Permitted
from confida_core.outbound.sender import permitted
from confida_core.storage.batches import batches
from confida_core.vault.access import Access

USES = (
    "SELECT at FROM disclosure WHERE event_id = ? ORDER BY at DESC LIMIT 1",
    "SELECT at FROM outbound_message WHERE event_id = ? AND state = 'sent' ORDER BY at DESC LIMIT 1",
)


async def telephone_list(
    crm: Installation, access: Access, contact_ids: Iterable[UUID], purpose: str, *, channel: str = "phone"
) -> Permitted:
    """Whom a list for our own telephoning may hold, through the sending door; each consent it rests on counts as used now.

    Raises Forbidden without `contacts.read`.
    """
    return await permitted(crm, access, contact_ids, purpose=purpose, channel=channel, path="telephone")


async def note_uses(crm: Installation, event_ids: Collection[UUID]) -> None:
    """That the consents of these events were used now; durable when it returns."""
    moment = int(now().timestamp())
    for batch in batches(sorted(event_ids)):
        async with crm.keyring.database.transaction():
            for event_id in batch:
                await crm.keyring.remember(f"use {event_id.hex}", moment)


async def last_use(crm: Installation, event_id: UUID) -> datetime | None:
    """When something last rested on this event; None for never."""
    fact = await crm.keyring.remembered(f"use {event_id.hex}")
    uses = [] if fact is None else [datetime.fromtimestamp(fact[0], UTC)]
    for query in USES:
        uses += [row["at"] for row in await crm.data.fetch(query, event_id)]
    return max(uses, default=None)


async def proof_owed_until(crm: Installation, subject_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """For those of whom the law of their country (of ours, where theirs is not known any more) wants proof kept: until when.

    Opens nothing sealed. Not inside a transaction.
    """
    countries = await countries_of(crm, subject_ids)
    found: dict[UUID, datetime] = {}
    for (subject, _, channel), events in (await histories(crm, subject_ids)).items():
        places = countries.get(subject, (crm.settings.region.upper(),))
        for event in events if channel in CHANNELS else []:
            until = await owed(crm, event, places)
            if until is not None:
                found[subject] = max(until, found.get(subject, until))
    return found


async def owed(crm: Installation, event: RecordedEvent, places: Sequence[str]) -> datetime | None:
    """Until when the proof of one consent is owed; None where no law says."""
    if event.kind not in YES:
        return None
    ends = []
    for place in places:
        rule = rules_of(crm.settings, place).rule(event.channel, PERSON)
        if rule.proof_years:
            used = await last_use(crm, event.id) if rule.proof_after_use else None
            ends.append(after(max(event.indicated_at, used or event.indicated_at), f"P{rule.proof_years}Y"))
    return max(ends, default=None)
