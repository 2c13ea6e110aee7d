"""The words of our letters about requests: plain, and complete where the law says what must be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from confida_consent.rights.letters_german import GERMAN, Words

SOURCE = "en"

ASKED: Mapping[str, Mapping[str, str]] = {
    "en": {
        "access": "access to your data",
        "portability": "a copy of your data to take elsewhere",
        "rectification": "correction of your data",
        "erasure": "erasure of your data",
        "restriction": "restriction of what is done with your data",
        "objection": "your objection",
        "withdrawal": "withdrawal of your consent",
        "complaint": "your complaint",
    },
    "de": {
        "access": "Auskunft über Ihre Daten",
        "portability": "eine Kopie Ihrer Daten zum Mitnehmen",
        "rectification": "Berichtigung Ihrer Daten",
        "erasure": "Löschung Ihrer Daten",
        "restriction": "Einschränkung der Verarbeitung Ihrer Daten",
        "objection": "Ihr Widerspruch",
        "withdrawal": "Widerruf Ihrer Einwilligung",
        "complaint": "Ihre Beschwerde",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterFacts:
    """What a letter may say. link: to the status page, "" for none. authority, authority_contact: where to complain.

    reasons: in the words staff wrote. code: eight digits, of the letters that bring one. proof: identity is still to be proved.
    """

    organisation: str
    reference: str
    kind: str
    received_on: date
    due_on: date
    link: str = ""
    authority: str = ""
    authority_contact: str = ""
    reasons: str = ""
    code: str = ""
    proof: bool = False


LETTERS: Mapping[str, Mapping[str, Words]] = {
    "en": {
        "acknowledgement": Words(
            "We have your request {reference}",
            (
                "On {received} we received this request: {asked}. Its number is {reference}.",
                "We answer without delay, at the latest by {due}.",
                "{proof}",
                "How it stands:\n{link}",
                "If you did not ask for this, you need not do anything; nothing is handed over without proof of who asks.",
            ),
        ),
        "code": Words(
            "Your code for request {reference}",
            (
                "Somebody, probably you, wants to prove that request {reference} to {organisation} is theirs.",
                "Your code: {code}",
                "Type it into the page you came from. It is valid for ten minutes and for three tries.",
                "If it was not you, you need not do anything. Please do not pass the code on.",
            ),
        ),
        "post_code": Words(
            "Your code for request {reference}",
            (
                "Somebody, probably you, asked us for this on {received}: {asked}. Number: {reference}.",
                "Your code: {code}",
                "Tell us this code, by telephone or letter, so that we know that it was you. It is valid for thirty days "
                "and for three tries.",
                "If it was not you, please tell us; nothing is handed over without this code.",
            ),
        ),
        "identity": Words(
            "We need to know that it is you: {reference}",
            (
                "You asked for {asked} (number {reference}). Before we answer we have to be sure that it is you.",
                "{reasons}",
                "Please do not send us a copy of your identity card. You can prove it on this page, by a code that we send "
                "to contact data we already have:\n{link}",
                "If you no longer have that address, answer this letter: we then ask you about something that is on file.",
            ),
        ),
        "clarification": Words(
            "A question about your request {reference}",
            (
                "You asked for {asked} (number {reference}). So that we answer what you want to know, we have a question:",
                "{reasons}",
                "How it stands:\n{link}",
            ),
        ),
        "extension": Words(
            "Your request {reference} takes longer",
            (
                "You asked for {asked} (number {reference}), received on {received}.",
                "We need more time than a month. You get our answer at the latest by {due}. The reasons:",
                "{reasons}",
                "How it stands:\n{link}",
                "You can complain to a supervisory authority: {authority}",
            ),
        ),
        "refusal": Words(
            "Your request {reference}: we cannot do what you ask",
            (
                "You asked for {asked} (number {reference}), received on {received}.",
                "We do not do what you ask. The reasons:",
                "{reasons}",
                "You can complain to a supervisory authority, in particular where you live, where you work, or to ours: "
                "{authority}",
                "You can also go to court (Art. 79 GDPR).",
            ),
        ),
        "answer_ready": Words(
            "Our answer to your request {reference} is ready",
            (
                "You asked for {asked} (number {reference}). The answer lies ready for you.",
                "Open this page and prove once more that it is you; then you can fetch it, once and for a limited time:\n{link}",
                "We never send it as an attachment.",
            ),
        ),
        "done": Words(
            "Your request {reference} is done",
            (
                "You asked for {asked} (number {reference}), received on {received}. This is our answer:",
                "{reasons}",
                "If you do not agree, answer this letter, or complain to a supervisory authority: {authority}",
            ),
        ),
        "restriction_ends": Words(
            "The restriction of your data ends: {reference}",
            (
                "You asked for {asked} (number {reference}). We have restricted what is done with your data.",
                "We are about to lift this restriction, and tell you before we do. The reasons:",
                "{reasons}",
                "If you do not agree, answer this letter, or complain to a supervisory authority: {authority}",
            ),
        ),
    },
    "de": GERMAN,
}

PROOF: Mapping[str, str] = {
    "en": "We have to be sure that it was you. On the page below you can have a code sent to contact data we already have.",
    "de": "Wir müssen sicher sein, dass Sie es waren. Auf der Seite unten können Sie sich einen Code an Kontaktdaten "
    "schicken lassen, die wir schon haben.",
}


def language_of(language: str) -> str:
    """The language of ours that is nearest."""
    short = language.partition("-")[0].lower()
    return short if short in LETTERS else SOURCE


def written(key: str, language: str, facts: LetterFacts) -> tuple[str, str]:
    """Subject and text of a letter. key: of LETTERS."""
    spoken = language_of(language)
    words, values = LETTERS[spoken][key], _values(spoken, facts)
    lines = [line for line in words.text if not _empty(line, values)]
    body = "\n\n".join(_put(line, values) for line in lines)
    return _put(words.subject, values), f"{body}\n\n{facts.organisation}\n"


def _values(spoken: str, facts: LetterFacts) -> dict[str, str]:
    authority = ", ".join(filter(None, (facts.authority, facts.authority_contact)))
    return {
        "organisation": facts.organisation,
        "reference": facts.reference,
        "asked": ASKED[spoken][facts.kind],
        "received": _day(facts.received_on, spoken),
        "due": _day(facts.due_on, spoken),
        "link": facts.link,
        "authority": authority,
        "reasons": facts.reasons,
        "code": f"{facts.code[:4]} {facts.code[4:]}" if facts.code else "",
        "proof": PROOF[spoken] if facts.proof else "",
    }


def _empty(line: str, values: Mapping[str, str]) -> bool:
    return any(f"{{{name}}}" in line for name, value in values.items() if not value)


def _put(template: str, values: Mapping[str, str]) -> str:
    """The template with its values; what stands in a value is never taken for a template."""
    return template.format_map(values)


def _day(day: date, spoken: str) -> str:
    from babel.dates import format_date

    # Of the English ways to write a date the one that most readers of ours know.
    return format_date(day, "long", locale="en_GB" if spoken == SOURCE else spoken)
