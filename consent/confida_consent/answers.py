"""What the gate answers: yes or no, and why, in a code and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from confida_consent.vocabulary import Basis


class Reason(StrEnum):
    """Why something may be done, or may not. The codes stand in the clear beside refused messages."""

    # Yes.
    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTEREST = "vital_interest"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTEREST = "legitimate_interest"
    EXISTING_CUSTOMER = "existing_customer"
    PRESUMED_INTEREST = "presumed_interest"
    NOT_OBJECTED = "not_objected"
    # No: what is asked for.
    UNKNOWN_PURPOSE = "unknown_purpose"
    RETIRED_PURPOSE = "retired_purpose"
    FOREIGN_CHANNEL = "foreign_channel"
    # No: who it is.
    UNKNOWN_CONTACT = "unknown_contact"
    IN_TRASH = "in_trash"
    RESTRICTED = "restricted"
    # No: what they said.
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    SUPPRESSED = "suppressed"
    REFUSED = "refused"
    # No: what is missing.
    NEVER_ASKED = "never_asked"
    NOT_ANSWERED = "not_answered"
    EXPIRED = "expired"
    REVOKED = "revoked"
    INVALIDATED = "invalidated"
    OTHER_VERSION = "other_version"
    LAW_ASKS_CONSENT = "law_asks_consent"
    LAW_ASKS_FACTS = "law_asks_facts"
    FACTS_TOO_OLD = "facts_too_old"
    REGISTER_NOT_READ = "register_not_read"


SENTENCES: Mapping[Reason, str] = {
    Reason.CONSENT: "They consented.",
    Reason.CONTRACT: "It is part of what was agreed with them.",
    Reason.LEGAL_OBLIGATION: "The law obliges us to it.",
    Reason.VITAL_INTEREST: "Somebody's life or health depends on it.",
    Reason.PUBLIC_TASK: "It is part of a public task, and they have not objected.",
    Reason.LEGITIMATE_INTEREST: "It rests on our legitimate interest, and they have not objected.",
    Reason.EXISTING_CUSTOMER: "They are an existing customer, the facts for that are noted, and they have not objected.",
    Reason.PRESUMED_INTEREST: "The facts from which their interest is presumed are noted, and they have not objected.",
    Reason.NOT_OBJECTED: "Their country's law allows it until they object, and they have not.",
    Reason.UNKNOWN_PURPOSE: "There is no such purpose.",
    Reason.RETIRED_PURPOSE: "This purpose is retired.",
    Reason.FOREIGN_CHANNEL: "This purpose does not use this channel.",
    Reason.UNKNOWN_CONTACT: "There is no such contact.",
    Reason.IN_TRASH: "The contact is in the trash.",
    Reason.RESTRICTED: "Processing of this person's data is restricted.",
    Reason.WITHDRAWN: "They withdrew their consent.",
    Reason.OBJECTED: "They objected.",
    Reason.SUPPRESSED: "An address of theirs is on the suppression list.",
    Reason.REFUSED: "They were asked and said no.",
    Reason.NEVER_ASKED: "They have not consented.",
    Reason.NOT_ANSWERED: "They were asked and have not answered yet.",
    Reason.EXPIRED: "Their consent has expired.",
    Reason.REVOKED: "Their consent was ended by us.",
    Reason.INVALIDATED: "Their consent was found to be invalid.",
    Reason.OTHER_VERSION: "They consented to another version of this purpose, which does not cover what it is now.",
    Reason.LAW_ASKS_CONSENT: "Their country's law asks for consent to this.",
    Reason.LAW_ASKS_FACTS: "Their country's law allows it to existing customers only, and the facts for that are not noted.",
    Reason.FACTS_TOO_OLD: "What was noted of them as an existing customer is older than their country's law allows.",
    Reason.REGISTER_NOT_READ: "Their country's register of people who want no advertising was not imported lately.",
}

CITATIONS: Mapping[Reason | Basis, str] = {
    Basis.CONSENT: "GDPR Art. 6(1)(a)",
    Basis.CONTRACT: "GDPR Art. 6(1)(b)",
    Basis.LEGAL_OBLIGATION: "GDPR Art. 6(1)(c)",
    Basis.VITAL_INTEREST: "GDPR Art. 6(1)(d)",
    Basis.PUBLIC_TASK: "GDPR Art. 6(1)(e)",
    Basis.LEGITIMATE_INTEREST: "GDPR Art. 6(1)(f)",
    Reason.RESTRICTED: "GDPR Art. 18",
    Reason.WITHDRAWN: "GDPR Art. 7(3)",
    Reason.OBJECTED: "GDPR Art. 21",
    Reason.SUPPRESSED: "GDPR Art. 21",
}


class Answer(NamedTuple):
    """What the gate says about one contact.

    basis: the purpose's lawful basis, "" for an unknown purpose. event_id: the recorded event it rests on, if it does.
    since: when that happened, or was ordered. until: when a yes ends by itself. citation: the law in one line.
    """

    allowed: bool
    reason: Reason
    basis: str = ""
    event_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    citation: str = ""

    @property
    def sentence(self) -> str:
        """The reason in English, for people; it never names the person."""
        return SENTENCES[self.reason]


def no(
    reason: Reason, basis: str = "", event_id: UUID | None = None, since: datetime | None = None, cited: str = ""
) -> Answer:
    """A refusal."""
    return Answer(False, reason, basis, event_id, since, None, cited or CITATIONS.get(reason, ""))
