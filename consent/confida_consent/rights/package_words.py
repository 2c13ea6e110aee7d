"""The words of the answer: English is the source, German stands beside it; fields and values as people read them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_consent.receipts import words as receipt_words
from confida_consent.receipts.words import spoken
from confida_consent.rights.package_german import GERMAN
from confida_consent.rights.package_german_records import FIELDS, VALUES
from confida_consent.rights.parts import Whom
from confida_consent.rights.vocabulary import KIND_LABELS
from confida_consent.vocabulary import BASIS_LABELS, CHANNEL_LABELS
from confida_core.contacts.channels import country_name

LOCALES: Mapping[str, str] = {"en": "en_GB", "de": "de"}
COUNTRIES = frozenset({"country", "storage_country"})
AMOUNTS = ("amount", "_minor")
# Fields whose values are words of ours, not of people.
WORDED = frozenset(
    {"kind", "state", "direction", "method", "actor_kind", "channel", "legal_basis", "consent_type", "source", "path",
     "basis", "step", "action", "format", "reason"}
)  # fmt: skip


def field_label(name: str) -> str:
    """A field's name in English words: "started_on" is "Started on"."""
    words = name.replace(".", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


# An answer tells thousands of moments, of few days.
@lru_cache(maxsize=4_096)
def day_text(day: date, locale: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, "long", locale=locale))


zone_of = lru_cache(maxsize=16)(ZoneInfo)


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language of ours, and writes dates and amounts as it does. zone: IANA name. labels: of custom fields."""

    language: str
    zone: str
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> str:
        return spoken(self.language)

    @property
    def locale(self) -> str:
        return LOCALES[self.main]

    def say(self, text: str, **values: object) -> str:
        """A text of ours in this language, with `{name}` filled in."""
        if self.main == "de":
            text = GERMAN.get(text) or receipt_words.GERMAN.get(text, text)
        return text.format(**values) if values else text

    def field(self, name: str) -> str:
        english = field_label(name)
        return FIELDS.get(name) or self.say(english) if self.main == "de" else english

    def moment(self, at: datetime) -> str:
        """The day as the language writes it, then the time with its zone."""
        local = at.astimezone(zone_of(self.zone))
        return f"{day_text(local.date(), self.locale)}, {local:%H:%M:%S} {local.tzname()}"

    def day(self, day: date) -> str:
        return day_text(day.astimezone(zone_of(self.zone)).date() if isinstance(day, datetime) else day, self.locale)

    def money(self, minor: int, currency: str) -> str:
        """An amount kept in the smallest unit of its currency."""
        from babel.numbers import format_currency, get_currency_precision

        return str(format_currency(minor / 10 ** get_currency_precision(currency), currency, locale=self.locale))

    def size(self, count: int) -> str:
        from babel.numbers import format_decimal

        return str(format_decimal(count, locale=self.locale))

    def value(self, field: str, value: Any, beside: Mapping[str, Any] | None = None) -> str:
        """A plain value as text: lists one per line, parts of a whole after each other. beside: the other fields."""
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(value, bool):
            return self.say("Yes" if value else "No")
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, int | float):
            return self._number(field, value, beside or {})
        if isinstance(value, Mapping):
            return self._parts(value)
        if isinstance(value, list | tuple | set | frozenset):
            return "\n".join(each for each in (self.value(field, one) for one in value) if each)
        return self._text(field, value)

    def _number(self, field: str, value: float, beside: Mapping[str, Any]) -> str:
        currency = beside.get("currency")
        if isinstance(currency, str) and isinstance(value, int) and field.endswith(AMOUNTS):
            return self.money(value, currency)
        # Years and positions are no quantities.
        return str(value) if isinstance(value, int) else format(value, "g")

    def _parts(self, value: Mapping[str, Any]) -> str:
        if {"month", "day"} <= set(value):
            return self._birthday(value)
        shown = ((str(name), self.value(str(name), each, value)) for name, each in value.items())
        return ", ".join(f"{self._part_label(name)}: {text}" for name, text in shown if text)

    def _part_label(self, name: str) -> str:
        """The name of a part; one that somebody chose, such as that of a field of their own, stays as it is."""
        return self.labels.get(name) or (self.field(name) if name in FIELDS else name)

    def _birthday(self, value: Mapping[str, Any]) -> str:
        from babel.dates import format_skeleton

        day = date(value.get("year") or 2000, value["month"], value["day"])
        if value.get("year"):
            return day_text(day, self.locale)
        return str(format_skeleton("MMMMd", datetime(day.year, day.month, day.day), locale=self.locale))  # noqa: DTZ001 -- A day of the year has no zone.

    def _text(self, field: str, value: Any) -> str:
        if isinstance(value, Whom):
            return self.say(WHOM[value])
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        if isinstance(value, UUID):
            return str(value)
        text = str(value)
        if field in COUNTRIES and len(text) == 2:
            return receipt_words.country_label(text.upper(), self.language) or country_name(text)
        return self.word(text) if field in WORDED else text

    def word(self, word: str) -> str:
        """A word of ours as it stands in rows: a channel, a basis, a state."""
        for labels in (
            CHANNEL_LABELS,
            BASIS_LABELS,
            receipt_words.KIND_LABELS,
            receipt_words.METHOD_LABELS,
            KIND_LABELS,
        ):
            if word in labels:
                return self.say(labels[word])
        # What is none of our words is somebody's text, and stays as it is.
        if word not in VALUES:
            return word
        return VALUES[word] if self.main == "de" else field_label(word)


WHOM: Mapping[str, str] = {
    Whom.YOU: "you",
    Whom.STAFF: "somebody who works for us",
    Whom.PROGRAM: "this program",
    Whom.OTHER: "another person",
}
