"""Our words in those of DPV 2.3 (W3C DPVCG). Tests compare every one of them with the vocabulary's own files."""

from __future__ import annotations

from collections.abc import Mapping

from confida_consent.vocabulary import Channel, ConsentType, Kind

STATUS: Mapping[str, str] = {
    Kind.REQUESTED: "dpv:ConsentRequested",
    Kind.DEFERRED: "dpv:ConsentRequestDeferred",
    Kind.GIVEN: "dpv:ConsentGiven",
    Kind.RENEWED: "dpv:RenewedConsentGiven",
    Kind.REFUSED: "dpv:ConsentRefused",
    Kind.WITHDRAWN: "dpv:ConsentWithdrawn",
    Kind.EXPIRED: "dpv:ConsentExpired",
    Kind.REVOKED: "dpv:ConsentRevoked",
    Kind.INVALIDATED: "dpv:ConsentInvalidated",
}

# A state without a type of its own, such as a withdrawal, is about consent as such.
CONSENT_TYPE: Mapping[str, str] = {
    ConsentType.NONE: "dpv:Consent",
    ConsentType.IMPLIED: "dpv:ImpliedConsent",
    ConsentType.EXPRESSED: "dpv:ExpressedConsent",
    ConsentType.EXPLICIT: "dpv:ExplicitlyExpressedConsent",
}

LEGAL_BASIS: Mapping[str, str] = {
    ConsentType.NONE: "eu-gdpr:A6-1-a",
    ConsentType.IMPLIED: "eu-gdpr:A6-1-a",
    ConsentType.EXPRESSED: "eu-gdpr:A6-1-a",
    ConsentType.EXPLICIT: "eu-gdpr:A6-1-a-explicit-consent",
}
SPECIAL_CATEGORY_BASIS = "eu-gdpr:A9-2-a"

# What is needed to reach somebody on a channel, besides what the purpose itself declares.
CHANNEL_DATA: Mapping[str, str] = {
    Channel.EMAIL: "EmailAddress",
    Channel.PHONE: "TelephoneNumber",
    Channel.SMS: "TelephoneNumber",
    Channel.POST: "PhysicalAddress",
    Channel.MESSENGER: "Contact",
}

PROCESSING: Mapping[str, tuple[str, ...]] = {Channel.PROFILING: ("dpv:Store", "dpv:Use", "dpv:Profiling")}
USUAL_PROCESSING = ("dpv:Store", "dpv:Use")

# To withdraw stands first; it is the one right that every consent must tell of (GDPR Art. 7(3)).
RIGHTS = ("eu-gdpr:A15", "eu-gdpr:A16", "eu-gdpr:A17", "eu-gdpr:A18", "eu-gdpr:A20")
COMPLAINT = "eu-gdpr:A77"

# Where no authority is named yet, this page of the European Data Protection Board lists them all.
ANY_AUTHORITY = (
    "European Data Protection Board: list of authorities",
    "https://www.edpb.europa.eu/about-edpb/about-edpb/members_en",
)


def personal_data(declared: tuple[str, ...], channel: str) -> tuple[str, ...]:
    """Terms of the personal-data vocabulary: what the purpose declares, and what this channel needs."""
    needed = CHANNEL_DATA.get(channel)
    # "Contact" stands for whatever the channel is; the channel says it better.
    kept = [term for term in declared if term != "Contact" or needed is None]
    return tuple(dict.fromkeys([*kept, *([needed] if needed else [])]))
