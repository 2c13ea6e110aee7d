"""The words of consent, as they stand in rows, forms and receipts. DPV 2.3 names the same states."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Channel(StrEnum):
    """A way to reach somebody, or to draw conclusions about them. Consent to one says nothing about another (CR-8)."""

    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    POST = "post"
    MESSENGER = "messenger"
    PROFILING = "profiling"


class Basis(StrEnum):
    """The lawful bases of GDPR Art. 6(1), a to f."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTEREST = "vital_interest"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTEREST = "legitimate_interest"


class Category(StrEnum):
    """What a purpose is about, as far as the law or a browser's signal treats it differently."""

    MARKETING = "marketing"
    PROFILING = "profiling"
    SERVICE = "service"
    OTHER = "other"


class Kind(StrEnum):
    """What happened. The last three are no consent: objections (GDPR Art. 21), and the facts an existing-customer rule needs."""

    REQUESTED = "requested"
    DEFERRED = "deferred"
    GIVEN = "given"
    RENEWED = "renewed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVOKED = "revoked"
    INVALIDATED = "invalidated"
    OBJECTED = "objected"
    OBJECTION_ENDED = "objection_ended"
    GROUND_NOTED = "ground_noted"


class Method(StrEnum):
    """How it was indicated."""

    WEB_FORM = "web_form"
    PREFERENCE_CENTRE = "preference_centre"
    ONE_CLICK = "one_click"
    PAPER = "paper"
    PHONE = "phone"
    IN_PERSON = "in_person"
    IMPORT = "import"
    API = "api"
    GPC = "gpc"
    SYSTEM = "system"


class Actor(StrEnum):
    """Who caused the event to be recorded."""

    SUBJECT = "subject"
    STAFF = "staff"
    IMPORT = "import"
    PLUGIN = "plugin"
    SYSTEM = "system"


class ConsentType(StrEnum):
    """DPV: ImpliedConsent, ExpressedConsent, ExplicitlyExpressedConsent; none for what is no consent."""

    NONE = ""
    IMPLIED = "implied"
    EXPRESSED = "expressed"
    EXPLICIT = "explicit"


YES = frozenset({Kind.GIVEN, Kind.RENEWED})
NO = frozenset({Kind.REFUSED, Kind.WITHDRAWN, Kind.EXPIRED, Kind.REVOKED, Kind.INVALIDATED})
# What a person, or we on their behalf, said no to; an expiry is nobody's word and stands in no order.
SPOKEN_NO = NO - {Kind.EXPIRED}
# Asking, and noting facts, decides nothing.
UNDECIDED = frozenset({Kind.REQUESTED, Kind.DEFERRED})
OBJECTIONS = frozenset({Kind.OBJECTED, Kind.OBJECTION_ENDED})
OBJECTABLE = frozenset({Basis.LEGITIMATE_INTEREST, Basis.PUBLIC_TASK})
# What rests on one of these is nothing the person chose, so a suppression of all marketing does not stop it.
NOT_CHOSEN = frozenset({Basis.CONTRACT, Basis.LEGAL_OBLIGATION, Basis.VITAL_INTEREST, Basis.PUBLIC_TASK})

CHANNEL_LABELS: Mapping[str, str] = {
    Channel.EMAIL: "E-mail",
    Channel.PHONE: "Telephone",
    Channel.SMS: "SMS",
    Channel.POST: "Post",
    Channel.MESSENGER: "Messenger",
    Channel.PROFILING: "Profiling",
}
BASIS_LABELS: Mapping[str, str] = {
    Basis.CONSENT: "Consent",
    Basis.CONTRACT: "Contract",
    Basis.LEGAL_OBLIGATION: "Legal obligation",
    Basis.VITAL_INTEREST: "Vital interest",
    Basis.PUBLIC_TASK: "Public task",
    Basis.LEGITIMATE_INTEREST: "Legitimate interest",
}
