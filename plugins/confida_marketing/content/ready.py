"""E-mails to begin from: the shape is there, and whoever writes puts their own words into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from confida_marketing.content import ready_english, ready_german
from confida_marketing.content.email_content import EmailContent


@dataclass(frozen=True, slots=True)
class ReadyEmail:
    """key: also its address in the gallery. title, hint: in the reader's language."""

    key: str
    title: str
    hint: str


WRITERS: Mapping[str, Callable[[], tuple[EmailContent, ...]]] = {
    "en": ready_english.emails,
    "de": ready_german.emails,
}
KEYS = ("newsletter", "invitation", "thanks", "appeal", "renewal", "archive")
HINTS: Mapping[str, Mapping[str, str]] = {
    "en": ready_english.HINTS,
    "de": ready_german.HINTS,
}


def ready_emails(language: str) -> tuple[ReadyEmail, ...]:
    """language: one of WRITERS, else English."""
    language = language if language in WRITERS else "en"
    written = WRITERS[language]()
    hints = HINTS[language]
    return tuple(ReadyEmail(key, one.name, hints[key]) for key, one in zip(KEYS, written, strict=True))


def ready_email(key: str, language: str) -> EmailContent | None:
    """None for a key that none has."""
    language = language if language in WRITERS else "en"
    return dict(zip(KEYS, WRITERS[language](), strict=True)).get(key)
