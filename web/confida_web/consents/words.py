"""The words in which consent is told to staff."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from babel import Locale, UnknownLocaleError

from confida_consent.answers import SENTENCES, Reason
from confida_consent.declarations import ConsentPurpose, Purpose
from confida_consent.recorded import RecordedEvent
from confida_consent.vocabulary import BASIS_LABELS, CHANNEL_LABELS, NO, YES, Actor, Basis, Channel, Kind, Method
from confida_web.display import Option

KINDS: Mapping[str, str] = {
    Kind.REQUESTED: "Was asked",
    Kind.DEFERRED: "Did not decide",
    Kind.GIVEN: "Said yes",
    Kind.RENEWED: "Said yes again",
    Kind.REFUSED: "Said no",
    Kind.WITHDRAWN: "Withdrew",
    Kind.EXPIRED: "Ended by itself",
    Kind.REVOKED: "Ended by us",
    Kind.INVALIDATED: "Found invalid",
    Kind.OBJECTED: "Objected",
    Kind.OBJECTION_ENDED: "Took the objection back",
    Kind.GROUND_NOTED: "Noted as a customer",
}
METHODS: Mapping[str, str] = {
    Method.WEB_FORM: "on a web form",
    Method.PREFERENCE_CENTRE: "on their own page",
    Method.ONE_CLICK: "with one click in a mail",
    Method.PAPER: "on paper",
    Method.PHONE: "by telephone",
    Method.IN_PERSON: "face to face",
    Method.IMPORT: "by an import",
    Method.API: "by another program",
    Method.GPC: "by their browser’s signal (GPC)",
    Method.SYSTEM: "by Confida",
}
ACTORS: Mapping[str, str] = {
    Actor.SUBJECT: "the person",
    Actor.IMPORT: "an import",
    Actor.PLUGIN: "a plugin",
    Actor.SYSTEM: "Confida",
}
GROUNDS: Mapping[str, str] = {
    Basis.CONSENT: "asks for consent",
    Basis.CONTRACT: "rests on a contract",
    Basis.LEGAL_OBLIGATION: "rests on a legal obligation",
    Basis.VITAL_INTEREST: "rests on a vital interest",
    Basis.PUBLIC_TASK: "rests on a public task",
    Basis.LEGITIMATE_INTEREST: "rests on a legitimate interest, not on consent",
}
CATEGORIES = {
    "marketing": "Marketing",
    "profiling": "Profiling",
    "service": "Service",
    "other": "Something else",
}
# What people say face to face is written down by staff in one of these ways.
SPOKEN: Mapping[str, str] = {Method.PAPER: "On paper", Method.PHONE: "By telephone", Method.IN_PERSON: "Face to face"}
# Why somebody is not asked again.
LEFT_OUT = {
    "said_no": "they said no before",
    "stands": "they agree already",
    "suppressed": "an address of theirs is on the suppression list",
    "restricted": "processing of their data is restricted",
    "no_contact": "the contact is gone",
    "no_gate": "nothing can be sent at present",
}
GONE = "Somebody whose account is gone"


def tone_of(kind: str) -> str:
    """Which colour an event has; "" for what decides nothing."""
    if kind in YES or kind == Kind.OBJECTION_ENDED:
        return "may"
    return "must-not" if kind in NO or kind == Kind.OBJECTED else ""


def channel_word(channel: str) -> str:
    return CHANNEL_LABELS.get(channel, channel)


def basis_word(basis: str) -> str:
    return BASIS_LABELS.get(basis, basis)


def title_of(purpose: ConsentPurpose | None, key: str, lang: str) -> str:
    """The title in the reader's language; the key of a purpose that nobody declares any more."""
    return purpose.wording(lang)[1].title if purpose else key


def titles(purposes: Mapping[str, Purpose], lang: str) -> dict[str, str]:
    return {key: title_of(one.declared, key, lang) for key, one in purposes.items()}


def who_said(event: RecordedEvent, names: Mapping[UUID, str]) -> str:
    """Who caused the event to be recorded."""
    if event.actor_kind == Actor.STAFF:
        return names.get(event.actor_id, GONE) if event.actor_id else GONE
    return ACTORS.get(event.actor_kind, event.actor_kind)


def language_name(tag: str, lang: str) -> str:
    """A language in words of the reader's, its tag where that is not known."""
    try:
        shown = Locale.parse(tag, sep="-").get_display_name(lang.split("-", maxsplit=1)[0])
    except (ValueError, UnknownLocaleError):
        return tag
    return (shown[:1].upper() + shown[1:]) if shown else tag


def options(labels: Mapping[str, str], chosen: Collection[str] = ()) -> tuple[Option, ...]:
    return tuple(Option(value=str(value), label=label, chosen=value in chosen) for value, label in labels.items())


def channel_options(channels: Iterable[str], chosen: Collection[str] = ()) -> tuple[Option, ...]:
    """In the order in which people know them."""
    wanted = set(channels)
    return options({one: CHANNEL_LABELS[one] for one in Channel if one in wanted}, chosen)


def purpose_options(purposes: Iterable[Purpose], lang: str, chosen: str = "") -> tuple[Option, ...]:
    return options({one.declared.key: title_of(one.declared, "", lang) for one in purposes}, {chosen})


def left_out_word(reason: str) -> str:
    """Why somebody is not asked, as the end of a sentence."""
    if reason in LEFT_OUT:
        return LEFT_OUT[reason]
    sentence = SENTENCES[Reason(reason)] if reason in frozenset(Reason) else "it may not be sent"
    return sentence[:1].lower() + sentence[1:].rstrip(".")
