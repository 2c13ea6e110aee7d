"""Noting the facts on which somebody may be written to without consent, where the law of their country allows that.

What is noted is no consent and is never shown as one (privacy.md CR-6): an event of the kind `ground_noted`, with its proof.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from confida_consent.content import Evidence
from confida_consent.events import Indication, record_event
from confida_consent.gate_facts import candidates, in_trash
from confida_consent.gate_marketing import Marketing, marketing_of
from confida_consent.purposes import purpose_of
from confida_consent.recorded import RecordedEvent
from confida_consent.rules.model import CountryRules, Needs, Rule
from confida_consent.vocabulary import Kind, Method
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound

GROUNDED = frozenset({Needs.EXISTING_CUSTOMER, Needs.PRESUMED})


class GroundRefused(ValueError):
    """The facts cannot be noted. facts: what of them is missing; empty where no facts would help."""

    def __init__(self, sentence: str, facts: Collection[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence, self.facts = sentence, frozenset(facts)


@dataclass(frozen=True, slots=True)
class WhatTheLawAsks:
    """The rules of the person's country, or of each of their countries. facts: keys of `rules.model.FACTS`, in order."""

    rules: tuple[tuple[CountryRules, Rule], ...]

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fact for _, rule in self.rules for fact in rule.facts))

    @property
    def only_consent_helps(self) -> bool:
        return any(rule.needs is Needs.CONSENT for _, rule in self.rules)


async def what_the_law_asks(
    crm: Installation, access: Access, contact_id: UUID, purpose: str, channel: str
) -> WhatTheLawAsks:
    """For a form, and for the panel of a contact; no rules where the purpose is no direct marketing on an interest of ours.

    Opens nothing sealed. Raises Forbidden, NotFound (contact or purpose).
    """
    access.actor.require("consents.read")
    known = await purpose_of(crm, purpose)
    found = await candidates(crm, [contact_id], purpose, channel, None)
    if not found or await in_trash(crm, [contact_id]):
        raise NotFound
    marketing: Marketing | None = await marketing_of(crm, known, channel, [contact_id], now())
    return WhatTheLawAsks(() if marketing is None else tuple(marketing.rules_for(found[0])))


async def note_ground(
    crm: Installation,
    access: Access,
    contact_id: UUID,
    purpose: str,
    channel: str,
    *,
    facts: Collection[str],
    detail: str,
    since: datetime | None = None,
    method: str = Method.IN_PERSON,
) -> RecordedEvent:
    """Note that the facts hold which the law asks for. Whoever notes them vouches for each.

    facts: all that `what_the_law_asks` names. detail: what happened, such as the sale. since: when, aware; else now.
    Raises Forbidden, NotFound, GroundRefused, IndicationRefused.
    """
    asked = await what_the_law_asks(crm, access, contact_id, purpose, channel)
    if asked.only_consent_helps:
        raise GroundRefused("The law of this person's country asks for consent; no other facts will do.")
    if not asked.facts:
        raise GroundRefused("Nothing need be noted for this purpose on this channel.")
    if missing := set(asked.facts) - set(facts):
        raise GroundRefused("Each of these facts must hold.", missing)
    if not detail.strip():
        raise GroundRefused("Say what happened, and where that can be seen.")
    evidence = Evidence(detail=detail, source=f"facts: {', '.join(asked.facts)}")
    return await record_event(
        crm,
        access,
        Indication(
            subject_id=contact_id, purpose=purpose, channel=channel, kind=Kind.GROUND_NOTED, method=method,
            indicated_at=since, evidence=evidence,
        ),
    )  # fmt: skip
