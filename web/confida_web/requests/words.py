"""The words in which requests are told to staff."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from confida_consent.rights.clock import Step, rules
from confida_consent.rights.identity import NOT_PROVED
from confida_consent.rights.portal_messages import ADDRESS_LOST, PLAN_CONFIRMED
from confida_consent.rights.requests_carrying import LIFTING_TOLD
from confida_consent.rights.steps import (
    CARRIED_OUT,
    EXPIRED,
    LINKED,
    MERGED,
    NOTE,
    REFUSAL_DECLINED,
    REFUSAL_PROPOSED,
    REMINDED,
)
from confida_consent.rights.vocabulary import RequestKind, RequestSource, RequestState
from confida_web.display import Option
from confida_web.formatting import formatter
from confida_web.languages import LANGUAGES

KINDS: Mapping[str, str] = {
    RequestKind.ACCESS: "Access",
    RequestKind.PORTABILITY: "Copy to take elsewhere",
    RequestKind.RECTIFICATION: "Rectification",
    RequestKind.ERASURE: "Erasure",
    RequestKind.RESTRICTION: "Restriction",
    RequestKind.OBJECTION: "Objection",
    RequestKind.WITHDRAWAL: "Withdrawal of consent",
    RequestKind.COMPLAINT: "Complaint",
}
STATES: Mapping[str, str] = {
    RequestState.RECEIVED: "Received",
    RequestState.VERIFYING: "Not proved yet who asks",
    RequestState.CLARIFYING: "Question open",
    RequestState.IN_PROGRESS: "In progress",
    RequestState.REVIEW: "Refusal proposed",
    RequestState.ANSWERED: "Answered",
    RequestState.REFUSED: "Refused",
    RequestState.WITHDRAWN: "Withdrawn",
    RequestState.EXPIRED: "Expired",
}
TONES: Mapping[str, str] = {
    RequestState.VERIFYING: "ask",
    RequestState.CLARIFYING: "ask",
    RequestState.REVIEW: "ask",
    RequestState.ANSWERED: "may",
    RequestState.REFUSED: "must-not",
}
SOURCES: Mapping[str, str] = {
    RequestSource.LETTER: "Letter",
    RequestSource.EMAIL: "E-mail",
    RequestSource.PHONE: "Telephone",
    RequestSource.IN_PERSON: "In person",
    RequestSource.PORTAL: "Portal",
}
STEPS: Mapping[str, str] = {
    Step.RECEIVED: "Received",
    Step.VERIFIED: "Proved who asks",
    Step.FEE_PAID: "Fee paid",
    Step.ASKED: "Asked what is needed: time stands still",
    Step.ASKED_WITHOUT_NEED: "Asked; time goes on",
    Step.REPLIED: "The person replied",
    Step.EXTENDED: "Extended",
    Step.ANSWERED: "Answered",
    Step.REFUSED: "Refused",
    Step.WITHDRAWN: "Withdrawn",
    LINKED: "Linked with a contact",
    MERGED: "Put together with the same request",
    NOTE: "Note",
    REFUSAL_PROPOSED: "Refusal proposed",
    REFUSAL_DECLINED: "Refusal declined",
    CARRIED_OUT: "Carried out",
    EXPIRED: "Ended: nobody proved to be the person",
    REMINDED: "Reminder",
    NOT_PROVED: "Could not prove who asks",
    LIFTING_TOLD: "Told that the restriction ends",
    ADDRESS_LOST: "Somebody wrote that the address on file is no longer theirs",
    PLAN_CONFIRMED: "The person saw what goes and what stays, and wants it",
    "identity_asked": "Asked for proof of who asks",
    "code_right": "The code was right; the mandate is still to be accepted",
}
CHANNELS: Mapping[str, str] = {
    "email": "E-mail",
    "post": "Post",
    "phone": "Telephone",
    "in_person": "In person",
    "portal": "Portal",
}
BY: Mapping[str, str] = {"": "By e-mail if an address is on file, else printed", "post": "Printed, by post"}
DELIVERIES: Mapping[str, str] = {"portal": "In the portal", "post": "By post"}
AUDIT: Mapping[str, str] = {
    "request.assigned": "Given to somebody",
    "request.letter_sent": "Letter written",
    "request.letter_received": "Letter received",
    "request.code_posted": "Code sent by post",
    "request.answer_changed": "Answer changed",
}
NOBODY = "Nobody yet"


def options(labels: Mapping[str, str], chosen: Collection[str] = ()) -> tuple[Option, ...]:
    return tuple(Option(value=str(value), label=label, chosen=value in chosen) for value, label in labels.items())


def country_options(lang: str, chosen: str) -> tuple[Option, ...]:
    """Countries whose clock is known, by their names in the reader's language."""
    names = {code: str(formatter(lang, "UTC").locale.territories.get(code, code)) for code in rules()}
    return options(dict(sorted(names.items(), key=lambda one: one[1].casefold())), {chosen})


def language_options(chosen: str) -> tuple[Option, ...]:
    """Languages in which we write letters."""
    return options(dict(LANGUAGES), {chosen})


def event_word(kind: str) -> str:
    """An entry of the audit trail in words."""
    return AUDIT.get(kind) or STEPS.get(kind.removeprefix("request."), kind)
