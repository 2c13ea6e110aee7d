"""The second half of a double opt-in, and its opposite, the one-click way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

from confida_consent.content import Evidence
from confida_consent.declarations import Purpose
from confida_consent.events import Indication, RecordedEvent, events_of, record_events, settle, states_of
from confida_consent.purposes import all_purposes
from confida_consent.state import UNKNOWN
from confida_consent.suppression import suppress_contact
from confida_consent.tokens import TokenGrant, use_token
from confida_consent.vocabulary import OBJECTABLE, YES, Category, Channel, Kind, Method
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_core.vault.suppressions import MARKETING


async def request_behind(crm: Installation, access: Access, grant: TokenGrant) -> tuple[RecordedEvent, Evidence] | None:
    """What a confirmation answers: the newest request for its purpose and channel. Opens the person's own events."""
    for opened in await events_of(crm, access, grant.subject_id):
        event = opened.event
        if (event.purpose, event.channel, event.kind) == (grant.purpose, grant.channel, Kind.REQUESTED):
            return event, opened.evidence
    return None


async def confirm(crm: Installation, access: Access, token: str) -> RecordedEvent | None:
    """Use the token up and record the consent it stands for; None if it does not work, and then nothing has changed.

    access: of the person whom the token names. Raises NotFound if the person is gone, IndicationRefused if the purpose no
    longer asks for consent; the token stays usable then.
    """
    await crm.keyring.ensure([access.actor.id], "evidence")
    async with crm.data.transaction():
        grant = await use_token(crm, token, "confirm")
        if grant is None or grant.subject_id != access.actor.id:
            return None
        behind = await request_behind(crm, access, grant)
        if behind is None:
            return None
        asked, evidence = behind
        proof = msgspec.structs.replace(evidence, token_hash=grant.token_hash.hex(), confirmed_at=now())
        stands = (await states_of(crm, grant.subject_id))[grant.purpose, grant.channel].state in YES
        yes = Indication(
            subject_id=grant.subject_id,
            purpose=grant.purpose,
            channel=grant.channel,
            kind=Kind.RENEWED if stands else Kind.GIVEN,
            method=Method.WEB_FORM,
            notice_id=asked.notice_id,
            evidence=proof,
        )
        events = await record_events(crm, access, [yes])
    await settle(crm, events)
    return events[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """What a person ends on a channel. purpose: "" for all marketing. method, evidence: how we know it."""

    subject_id: UUID
    channel: str
    method: str
    evidence: Evidence
    purpose: str = ""


async def unsubscribe(crm: Installation, access: Access, grant: TokenGrant, method: Method) -> list[RecordedEvent]:
    """End what the token names, at once: the no is recorded, and every address of the person goes on the suppression list.

    A token without purpose ends all marketing on its channel. What has been ended already is not recorded again, so that
    it can be repeated.
    """
    evidence = Evidence(source="/my/unsubscribe", token_hash=grant.token_hash.hex())
    ending = Ending(
        subject_id=grant.subject_id,
        channel=grant.channel or Channel.EMAIL,
        method=method,
        evidence=evidence,
        purpose=grant.purpose,
    )
    return await end(crm, access, ending)


async def end(crm: Installation, access: Access, ending: Ending) -> list[RecordedEvent]:
    """The same for whatever else says so, such as a complaint."""
    events = await record_events(crm, access, await endings(crm, ending))
    cause = events[-1].id if events else None
    purpose = ending.purpose or MARKETING
    await suppress_contact(crm, ending.subject_id, ending.channel, purpose=purpose, event_id=cause)
    return events


async def endings(crm: Installation, ending: Ending) -> list[Indication]:
    """What has to be said to end it: an objection where the ground is an interest of ours, a withdrawal elsewhere."""
    purposes, states = await all_purposes(crm), await states_of(crm, ending.subject_id)
    said = list[Indication]()
    for key in [ending.purpose] if ending.purpose else marketing_on(purposes, ending.channel):
        objects = key in purposes and purposes[key].declared.basis in OBJECTABLE
        kind = Kind.OBJECTED if objects else Kind.WITHDRAWN
        state = states[key, ending.channel].state if (key, ending.channel) in states else UNKNOWN
        # Nobody withdraws what they never gave, unless it was just that which they unsubscribed from.
        if state != kind and (ending.purpose or objects or state in YES | {Kind.REQUESTED}):
            said.append(
                Indication(
                    subject_id=ending.subject_id,
                    purpose=key,
                    channel=ending.channel,
                    kind=kind,
                    method=ending.method,
                    evidence=ending.evidence,
                )
            )
    return said


def marketing_on(purposes: Mapping[str, Purpose], channel: str) -> list[str]:
    return [
        key
        for key, purpose in purposes.items()
        if purpose.declared.category == Category.MARKETING and channel in purpose.declared.channels
    ]
