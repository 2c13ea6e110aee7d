"""One e-mail for one recipient. Pure, and fast: nothing is parsed here, only filled in (measured in tests/bench)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

from confida_marketing.content.blanks import Blank
from confida_marketing.content.footer_words import footer_language
from confida_marketing.content.slots import Parts, Slot, Target

LONGEST_SUBJECT = 250
LONGEST_VALUE = 200
# Line ends would begin another header, and marks of direction turn the words around them.
WILD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")


def unchanged(url: str) -> str:
    return url


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Whom it goes to. fields: by the names of personal fields, "" or missing where nothing is known.

    language: BCP 47, of the words at the end; "" for the e-mail's own. preferences, unsubscribe: addresses.
    why: by language of the words at the end, the sentence why they get it.
    link: what stands in the mail for an address that the e-mail leads to.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    preferences: str = ""
    unsubscribe: str = ""
    why: Mapping[str, str] = field(default_factory=dict)
    link: Callable[[str], str] = unchanged


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedParts:
    """The two bodies with the words at the end in one language."""

    html: Parts
    text: Parts


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """An e-mail that was looked at and may be rendered for many. headers: for each message of it.

    slots: what the numbers in the parts mean. bodies: by the language of the words at the end.
    """

    subject: Parts
    bodies: Mapping[str, EndedParts]
    slots: tuple[Slot, ...]
    language: str
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """Ready for the door: a subject of one line, the text, and the HTML beside it."""

    subject: str
    text: str
    html: str


def render(prepared: Prepared, recipient: Recipient) -> Rendered:
    """Whatever stands in a field is text: never HTML, never a line of its own, never the beginning of another header."""
    language = footer_language(recipient.language or prepared.language)
    body = prepared.bodies[language]
    values = [value_of(slot, recipient, language) for slot in prepared.slots]
    escaped = [escape(value) for value in values]
    # mypy does not follow a comparison of classes: what is no text is the number of a slot.
    subject = "".join([part if part.__class__ is str else values[part] for part in prepared.subject])  # type: ignore[index]
    return Rendered(
        subject=one_line(subject)[:LONGEST_SUBJECT].strip(),
        text="".join([part if part.__class__ is str else values[part] for part in body.text]),  # type: ignore[index]
        html="".join([part if part.__class__ is str else escaped[part] for part in body.html]),  # type: ignore[index]
    )


def value_of(slot: Slot, recipient: Recipient, language: str) -> str:
    if isinstance(slot, Blank):
        return one_line(recipient.fields.get(slot.name, "")[:LONGEST_VALUE]) or slot.fallback
    if isinstance(slot, Target):
        return recipient.link(slot.url)
    if slot.what == "why":
        return recipient.why.get(language, "")
    return recipient.preferences if slot.what == "preferences" else recipient.unsubscribe


def one_line(text: str) -> str:
    return " ".join(WILD.sub(" ", text).split())
