"""The second half of a double opt-in, and its opposite, the one-click way out."""

from __future__ import annotations

from uuid import UUID

import msgspec

from confida_consent.content import Evidence
from confida_consent.events import Indication, RecordedEvent, events_of, record_events, settle, states_of
from confida_consent.purposes import all_purposes
from confida_consent.tokens import TokenGrant, use_token
from confida_consent.vocabulary import OBJECTABLE, YES, Category, Channel, Kind, Method
from confida_consent.ways_in import INSIDE
from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_core.vault.suppressions import MARKETING, lift_suppression, suppress


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
        yes = Indication(
            subject_id=grant.subject_id,
            purpose=grant.purpose,
            channel=grant.channel,
            kind=Kind.GIVEN,
            method=Method.WEB_FORM,
            notice_id=asked.notice_id,
            evidence=proof,
        )
        events = await record_events(crm, access, [yes])
    await settle(crm, events)
    # Whoever says yes at this very address takes back what kept it off the list.
    for purpose in (grant.purpose, MARKETING):
        await lift_suppression(crm, grant.channel, evidence.address, purpose)
    return events[0]


async def unsubscribe(crm: Installation, access: Access, grant: TokenGrant, method: Method) -> list[RecordedEvent]:
    """End what the token names, at once: every address of the person goes on the suppression list, and the no is recorded.

    A token without purpose ends all marketing on its channel. What has been ended already is not recorded again.
    """
    channel, subject_id = grant.channel or Channel.EMAIL, grant.subject_id
    for address in await addresses_of(crm, subject_id, channel):
        await suppress(crm, channel, address, grant.purpose or MARKETING)
    purposes, states = await all_purposes(crm), await states_of(crm, subject_id)
    keys = [grant.purpose] if grant.purpose else [
        key for key, purpose in purposes.items()
        if purpose.declared.category == Category.MARKETING and channel in purpose.declared.channels
    ]  # fmt: skip
    said = []
    for key in keys:
        objects = key in purposes and purposes[key].declared.basis in OBJECTABLE
        kind = Kind.OBJECTED if objects else Kind.WITHDRAWN
        state = states.get((key, channel))
        if state is not None and state.state == kind:
            continue
        if not grant.purpose and not objects and (state is None or state.state not in YES | {Kind.REQUESTED}):
            continue
        evidence = Evidence(source="/my/unsubscribe", token_hash=grant.token_hash.hex())
        said.append(
            Indication(subject_id=subject_id, purpose=key, channel=channel, kind=kind, method=method, evidence=evidence)
        )
    return await record_events(crm, access, said)


async def addresses_of(crm: Installation, subject_id: UUID, channel: str) -> list[str]:
    """The person's addresses on a channel; opens the contact."""
    rows = await crm.records.rows(CONTACT, [subject_id])
    opened = await crm.door.open_one(INSIDE, CONTACT, rows[0]) if rows else None
    if opened is None:
        return []
    content: ContactContent = opened.content
    if channel == Channel.EMAIL:
        return [mail.address for mail in content.emails]
    return [phone.number for phone in content.phones] if channel in {Channel.PHONE, Channel.SMS} else []
