"""From what is handed in to what can be written: everything that is checked or looked up before the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from confida_consent.appending import Draft, present_contacts
from confida_consent.controller import Controller, read_controller
from confida_consent.declarations import Purpose
from confida_consent.indications import (
    ANYWHERE,
    WIDENING,
    Indication,
    IndicationRefused,
    actor_kind_of,
    check_actor,
    check_indication,
    clean_evidence,
)
from confida_consent.notices import Notice, notice, notice_for
from confida_consent.purposes import all_purposes
from confida_consent.vocabulary import UNDECIDED, Actor
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound
from confida_core.vault.suppressions import suppressed

SHOWN = WIDENING | UNDECIDED
Drafted = Draft | IndicationRefused | NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is read once for many indications."""

    crm: Installation
    access: Access
    moment: datetime
    purposes: Mapping[str, Purpose]
    present: Mapping[UUID, bool]
    controller: Controller
    named: dict[UUID, Notice] = field(default_factory=dict)
    todays: dict[tuple[str, str], Notice] = field(default_factory=dict)


async def drafts_of(crm: Installation, access: Access, batch: Sequence[Indication]) -> list[Drafted]:
    """In their order; in the place of one that cannot be recorded, why. At most 500. Raises Forbidden.

    Raises NotFound and IndicationRefused for what no actor of this kind may do at all.
    """
    check_actor(access, batch)
    await crm.orders.refresh()
    desk = Desk(
        crm=crm,
        access=access,
        moment=now(),
        purposes=await all_purposes(crm),
        present=await present_contacts(crm, sorted({each.subject_id for each in batch})),
        controller=await read_controller(crm),
    )
    drafts: list[Drafted] = []
    for each in batch:
        try:
            drafts.append(await draft_of(desk, each))
        except (IndicationRefused, NotFound) as fault:
            drafts.append(fault)
    return drafts


async def draft_of(desk: Desk, said: Indication) -> Draft:
    if not may_hear_of(desk, said):
        raise NotFound
    purpose = desk.purposes.get(said.purpose)
    said = replace(said, evidence=clean_evidence(said.evidence))
    actor_kind = actor_kind_of(desk.access, said)
    check_indication(said, purpose, actor_kind, desk.moment)
    return Draft(
        event_id=new_id(),
        indication=said,
        purpose=purpose,
        notice=await notice_of(desk, said, purpose),
        actor_kind=actor_kind,
        actor_id=desk.access.actor.id,
        barred=actor_kind == Actor.IMPORT and await is_barred(desk.crm, said, purpose),
    )


def may_hear_of(desk: Desk, said: Indication) -> bool:
    """A no is taken for whoever is on file; a yes not for somebody in the trash, nor from staff for somebody hidden."""
    if said.subject_id not in desk.present:
        return False
    if said.kind in ANYWHERE:
        return True
    hidden = desk.access.actor.kind == "staff" and desk.crm.orders.restricted(said.subject_id)
    return desk.present[said.subject_id] and not hidden


async def is_barred(crm: Installation, said: Indication, purpose: Purpose | None) -> bool:
    """Whether a no stands beside the keys, of this person or of this address."""
    if crm.orders.denies(said.subject_id, said.purpose, said.channel) is not None:
        return True
    if not said.evidence.address:
        return False
    marketing = purpose is None or purpose.declared.chosen
    return await suppressed(crm, said.channel, said.evidence.address, said.purpose, marketing=marketing)


async def notice_of(desk: Desk, said: Indication, purpose: Purpose | None) -> Notice | None:
    """The one that was shown; for a yes or a question, else today's."""
    if said.notice_id is not None:
        shown = desk.named.get(said.notice_id) or await notice(desk.crm, said.notice_id)
        desk.named[said.notice_id] = shown
        if shown.purpose != said.purpose:
            raise IndicationRefused("notice_id", "this notice is about another purpose")
        return shown
    if purpose is None or said.kind not in SHOWN:
        return None
    language = said.language or desk.crm.settings.language
    key = (said.purpose, language)
    if key not in desk.todays:
        desk.todays[key] = await notice_for(desk.crm, purpose.declared, language, desk.controller)
    return desk.todays[key]
