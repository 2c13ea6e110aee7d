"""What lists and segments may ask about consents: how each of a person's questions stands, as the index knows it.

Whether somebody may be reached, the gate alone says: it knows orders, suppressions and the law of the country, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from confida_consent.declarations import ConsentPurpose
from confida_consent.history import histories
from confida_consent.records import EVENT
from confida_consent.state import UNKNOWN, state_of
from confida_consent.vocabulary import CHANNEL_LABELS, Kind
from confida_core.clock import now
from confida_core.declarations import IndexField
from confida_core.installation import Installation

FIELD: Final = "consent.state"
STATE_LABELS: Final[Mapping[str, str]] = {
    Kind.GIVEN: "given",
    Kind.REQUESTED: "asked without an answer",
    Kind.REFUSED: "refused",
    Kind.WITHDRAWN: "withdrawn",
    Kind.EXPIRED: "expired",
    Kind.OBJECTED: "objected",
    Kind.REVOKED: "ended by us",
}
# What is the same to whoever asks for people.
SAME: Final[Mapping[str, str]] = {
    Kind.RENEWED: Kind.GIVEN,
    Kind.DEFERRED: Kind.REQUESTED,
    Kind.INVALIDATED: Kind.REVOKED,
    Kind.OBJECTION_ENDED: UNKNOWN,
}


def state_value(purpose: str, channel: str, state: str) -> str:
    """A value of the field, such as `newsletter:email:given`."""
    return f"{purpose}:{channel}:{SAME.get(state, state)}"


def state_choices(purposes: Sequence[ConsentPurpose]) -> dict[str, str]:
    """Every value that the field may have for these purposes, in words."""
    return {
        state_value(one.key, channel, state): f"{one.wording('en')[1].title} ({CHANNEL_LABELS[channel]}): {label}"
        for one in purposes
        for channel in one.channels
        for state, label in STATE_LABELS.items()
    }


async def states(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, frozenset[str]]:
    """Of everybody about whom there are events; opens nothing. A consent that ends by itself has ended with its event."""
    moment = now()
    found: dict[UUID, set[str]] = {}
    for (contact_id, purpose, channel), events in (await histories(crm, contact_ids)).items():
        state = SAME.get(state := state_of(events, moment), state)
        if state != UNKNOWN:
            found.setdefault(contact_id, set()).add(state_value(purpose, channel, state))
    return {contact_id: frozenset(values) for contact_id, values in found.items()}


INDEX_FIELDS = (IndexField(key=FIELD, type="set", label="", gather=states, follows=(EVENT.name,)),)
