"""Direct marketing without consent: what the law of the person's country asks for on this channel (privacy.md CR-6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from confida_consent.answers import Answer, Reason, no
from confida_consent.declarations import Purpose
from confida_consent.durations import after
from confida_consent.gate_facts import Candidate, GateEvent
from confida_consent.reach import countries_of, organisations_among
from confida_consent.registers import register_read_at
from confida_consent.rules.model import CHANNELS, ORGANISATION, PERSON, STRICTNESS, CountryRules, Needs, Rule
from confida_consent.rules.reading import rules_of
from confida_consent.state import place
from confida_consent.vocabulary import OBJECTABLE, Kind
from confida_core.installation import Installation

REASONS: Mapping[Needs, Reason] = {
    Needs.OPT_OUT: Reason.NOT_OBJECTED,
    Needs.PRESUMED: Reason.PRESUMED_INTEREST,
    Needs.EXISTING_CUSTOMER: Reason.EXISTING_CUSTOMER,
}
Places = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Law:
    """What holds where contacts live, whatever they are asked for. countries: of those that have any. somewhere: where
    somebody without a country is taken to be. rules: of each country. read_at: when each register was last imported.
    """

    countries: Mapping[UUID, Places]
    somewhere: Places
    rules: Mapping[str, CountryRules]
    read_at: Mapping[str, datetime | None]


@dataclass(frozen=True, slots=True)
class Marketing:
    """Judges candidates by the rules of their countries. organisations: numbers of those that are no persons."""

    purpose: Purpose
    channel: str
    moment: datetime
    law: Law
    organisations: Collection[int]
    known: dict[tuple[Places, str], list[tuple[CountryRules, Rule]]] = field(default_factory=dict)
    shared: dict[tuple[str, str, Reason], Answer] = field(default_factory=dict)

    def answer(self, one: Candidate) -> Answer:
        """By the strictest of the countries' rules; each must allow it."""
        answers = [self._by_rule(country, rule, one) for country, rule in self.rules_for(one)]
        return next((answer for answer in answers if not answer.allowed), answers[0])

    def rules_for(self, one: Candidate) -> list[tuple[CountryRules, Rule]]:
        """The rules of the candidate's countries, the strictest first."""
        places = self.law.countries.get(one.id, self.law.somewhere)
        return self._rules_for(places, ORGANISATION if one.id.int in self.organisations else PERSON)

    def _rules_for(self, places: Places, audience: str) -> list[tuple[CountryRules, Rule]]:
        found = self.known.get((places, audience))
        if found is None:
            rules = self.law.rules
            pairs = [(rules[code], rules[code].rule(self.channel, audience)) for code in places]
            found = self.known[places, audience] = sorted(pairs, key=lambda pair: -STRICTNESS[pair[1].needs])
        return found

    def _by_rule(self, country: CountryRules, rule: Rule, one: Candidate) -> Answer:
        if rule.needs is Needs.CONSENT:
            return self._plain(country, rule, Reason.LAW_ASKS_CONSENT)
        if rule.register and not self._register_is_read(rule):
            return self._plain(country, rule, Reason.REGISTER_NOT_READ)
        if rule.needs is Needs.OPT_OUT:
            return self._plain(country, rule, REASONS[rule.needs])
        return self._by_ground(country, rule, latest_ground(one.events, self.purpose))

    def _by_ground(self, country: CountryRules, rule: Rule, ground: GateEvent | None) -> Answer:
        if ground is None:
            return self._plain(country, rule, Reason.LAW_ASKS_FACTS)
        basis, cited = self.purpose.declared.basis, country.citation(rule)
        until = end_of(ground, rule)
        if until is not None and until <= self.moment:
            return no(Reason.FACTS_TOO_OLD, basis, ground.id, until, cited)
        return Answer(True, REASONS[rule.needs], basis, ground.id, ground.indicated_at, until, cited)

    def _register_is_read(self, rule: Rule) -> bool:
        read = self.law.read_at.get(rule.register)
        return read is not None and self.moment - read <= timedelta(days=rule.register_days)

    def _plain(self, country: CountryRules, rule: Rule, reason: Reason) -> Answer:
        """An answer that rests on no event, shared by everybody who gets it."""
        cited = country.citation(rule)
        found = self.shared.get((country.country, cited, reason))
        if found is None:
            allowed = reason in REASONS.values()
            found = Answer(allowed, reason, self.purpose.declared.basis, citation=cited)
            self.shared[country.country, cited, reason] = found
        return found


def latest_ground(events: Iterable[GateEvent], purpose: Purpose) -> GateEvent | None:
    """The newest note of the facts, if no other event corrects it and it is about this version of the purpose."""
    events = list(events)
    corrected = {event.supersedes for event in events}
    notes = [
        event
        for event in events
        if event.kind == Kind.GROUND_NOTED
        and event.id not in corrected
        and purpose.holds_from <= event.purpose_version <= purpose.declared.version
    ]
    return max(notes, key=place, default=None)


def end_of(ground: GateEvent, rule: Rule) -> datetime | None:
    """When what was noted is too old, by its own date or by the rule's."""
    ends = [ground.valid_until] if ground.valid_until is not None else []
    if rule.ground_months:
        ends.append(after(ground.indicated_at, f"P{rule.ground_months}M"))
    return min(ends, default=None)


async def marketing_of(
    crm: Installation,
    purpose: Purpose,
    channel: str,
    contact_ids: Sequence[UUID],
    moment: datetime,
    *,
    law: Callable[[], Awaitable[Law]] | None = None,
    organisations: Collection[int] | None = None,
) -> Marketing | None:
    """What judges these contacts; None where the purpose is no direct marketing, or rests on consent or a duty.

    law, organisations: of these contacts, from whoever asks about them several times.
    """
    declared = purpose.declared
    if not declared.direct_marketing or declared.basis not in OBJECTABLE or channel not in CHANNELS:
        return None
    found = await law() if law else await law_of(crm, await countries_of(crm, contact_ids))
    if organisations is None:
        organisations = {one.int for one in await organisations_among(crm, contact_ids)}
    return Marketing(purpose, channel, moment, found, organisations)


async def law_of(crm: Installation, countries: Mapping[UUID, Places]) -> Law:
    """Of the countries of these contacts, for every purpose and channel. Raises InvalidRules."""
    somewhere: Places = (crm.settings.region.upper(),)
    codes = {code for places in countries.values() for code in places} | set(somewhere)
    rules = {code: rules_of(crm.settings, code) for code in codes}
    registers = {rule.register for country in rules.values() for rule in country.rules if rule.register}
    read_at = {register: await register_read_at(crm, register) for register in registers}
    return Law(countries, somewhere, rules, read_at)
