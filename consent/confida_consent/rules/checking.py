"""Is a country's file sound? Pure; every fault is a sentence that names its place."""

from __future__ import annotations

import tomllib
from collections import Counter

import msgspec

from confida_consent.rules.model import AUDIENCES, CHANNELS, FACTS, CountryRules, Needs, Rule

LONGEST = 800
GROUNDED = frozenset({Needs.EXISTING_CUSTOMER, Needs.PRESUMED})


class InvalidRules(ValueError):
    """A file of rules cannot be used. faults: one sentence each."""

    def __init__(self, name: str, faults: list[str]) -> None:
        super().__init__(f"{name}: {' '.join(faults)}")
        self.name, self.faults = name, faults


def read_rules(name: str, country: str, text: str) -> CountryRules:
    """A file's content as rules. name: of the file, for its faults; country: whose it must be. Raises InvalidRules."""
    try:
        found = msgspec.convert(tomllib.loads(text), CountryRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidRules(name, [f"{error}."]) from None
    faults = faults_of(found)
    if found.country != country:
        faults.append(f"It says that it is about {found.country or 'any other country'}, and its name says otherwise.")
    if faults:
        raise InvalidRules(name, faults)
    return found


def faults_of(country: CountryRules) -> list[str]:
    """What is wrong, one sentence each; empty for a sound file."""
    faults = [] if country.name.strip() else ["The name is missing."]
    for number, rule in enumerate(country.rules, 1):
        faults += [f"Rule {number}: {fault}" for fault in rule_faults(rule)]
    if faults:
        return faults
    covered = Counter(
        (channel, audience)
        for rule in country.rules
        for channel in rule.channels
        for audience in AUDIENCES[rule.audience]
    )
    for channel in CHANNELS:
        for audience in ("person", "organisation"):
            if covered[channel, audience] != 1:
                count = "no rule" if not covered[channel, audience] else "more than one rule"
                faults.append(f"There is {count} for {channel} and {audience}.")
    return faults


def rule_faults(rule: Rule) -> list[str]:
    texts = (rule.statute, rule.article, rule.says, rule.url, rule.register)
    return [
        sentence
        for wrong, sentence in (
            (not rule.channels or not set(rule.channels) <= set(CHANNELS), f"channels are of {', '.join(CHANNELS)}."),
            (rule.audience not in AUDIENCES, "audience is person, organisation or anybody."),
            (not all(text.strip() for text in texts[:4]), "statute, article, says and url are needed."),
            (not rule.url.startswith("https://"), "url begins with https://."),
            (any(len(text) > LONGEST for text in texts), f"a text is longer than {LONGEST} characters."),
            (not set(rule.facts) <= set(FACTS), f"facts are of {', '.join(FACTS)}."),
            (
                (rule.needs in GROUNDED) != bool(rule.facts),
                "facts belong to existing_customer and presumed, and only there.",
            ),
            (bool(rule.register) != (rule.register_days > 0), "register and register_days belong together."),
            (min(rule.ground_months, rule.register_days, rule.proof_years) < 0, "a number is below 0."),
            (rule.ground_months > 600 or rule.proof_years > 50, "a period is longer than 50 years."),
        )
        if wrong
    ]
