"""One country's rules for unsolicited communication, as they stand in its file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

from confida_consent.vocabulary import Channel

# Profiling is no communication; the right to object to it is the GDPR's alone.
CHANNELS = tuple(channel.value for channel in Channel if channel is not Channel.PROFILING)
PERSON, ORGANISATION, ANYBODY = "person", "organisation", "anybody"
AUDIENCES: Mapping[str, tuple[str, ...]] = {
    PERSON: (PERSON,),
    ORGANISATION: (ORGANISATION,),
    ANYBODY: (PERSON, ORGANISATION),
}


class Needs(StrEnum):
    """What must be there before anything is sent that nobody asked for; the later the stricter."""

    OPT_OUT = "opt_out"
    PRESUMED = "presumed"
    EXISTING_CUSTOMER = "existing_customer"
    CONSENT = "consent"


STRICTNESS: Mapping[Needs, int] = {needs: place for place, needs in enumerate(Needs)}

NEEDS_LABELS: Mapping[Needs, str] = {
    Needs.OPT_OUT: "nothing, until they object",
    Needs.PRESUMED: "a presumed interest, with its facts noted",
    Needs.EXISTING_CUSTOMER: "an existing customer, with the facts noted",
    Needs.CONSENT: "consent",
}

# What a rule may ask to be noted. Whoever notes it vouches for each.
FACTS: Mapping[str, str] = {
    "sale": "They gave us the address themselves when they bought something from us, or when we negotiated a sale.",
    "sale_or_support": "They gave us the address themselves at a sale, or as a supporter of our charitable ends.",
    "relationship": "They have a running business relationship with us.",
    "running_contract": "A contract with them is running.",
    "relates_to_contract": "What we offer relates to the object of that contract.",
    "similar": "We write only about our own offers of a similar kind.",
    "told": "They were told when the address was collected, and are told each time, that they can object at no cost.",
    "presumed_interest": "Concrete circumstances, named here, suggest that they want to hear of this in this way.",
}


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one statute asks for on some channels.

    facts: keys of FACTS that must be noted. ground_months: how old what was noted may be, 0 for any age.
    register, register_days: a public list of those who declined, and how many days an import of it counts as current.
    proof_years, proof_after_use: how long the proof of a consent is kept, and whether each use begins that time anew.
    certain: False where the law is argued and the stricter reading was taken.
    """

    channels: tuple[str, ...]
    audience: str
    needs: Needs
    statute: str
    article: str
    says: str
    url: str
    certain: bool
    facts: tuple[str, ...] = ()
    ground_months: int = 0
    register: str = ""
    register_days: int = 0
    proof_years: int = 0
    proof_after_use: bool = False


class CountryRules(Struct, frozen=True, kw_only=True, rename={"rules": "rule"}, forbid_unknown_fields=True):
    """The file of one country. country: ISO 3166-1 alpha-2, upper case; "" for the rules of every other one."""

    country: str
    name: str
    reviewed_on: date
    rules: tuple[Rule, ...]

    def rule(self, channel: str, audience: str) -> Rule:
        """The one rule for a channel and an audience (person or organisation); a checked file always has it."""
        for rule in self.rules:
            if channel in rule.channels and audience in AUDIENCES[rule.audience]:
                return rule
        raise LookupError(f"{self.name} has no rule for {channel} and {audience}")

    def citation(self, rule: Rule) -> str:
        """Where the rule stands, in one line."""
        return f"{self.name}: {rule.statute}, {rule.article}"
