"""What a form may ask: a closed list, and the organisation's own fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from confida_core.api import FieldDefinition
from confida_marketing.sign_up.content import FormField
from confida_web.api import mark

CUSTOM: Final = "custom."
LONGEST_LINE: Final = 200
LONGEST_TEXT: Final = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """label: the usual words. type: of the box. autocomplete: as browsers know it. choices: value -> label, {} for free."""

    key: str
    label: str
    type: str = "text"
    autocomplete: str = ""
    longest: int = LONGEST_LINE
    choices: Mapping[str, str] = field(default_factory=dict)


FIELDS: Final = {
    one.key: one
    for one in (
        Kind(key="name", label=mark("Your name"), autocomplete="name"),
        Kind(key="given", label=mark("First name"), autocomplete="given-name"),
        Kind(key="family", label=mark("Last name"), autocomplete="family-name"),
        Kind(key="email", label=mark("Your e-mail address"), type="email", autocomplete="email", longest=254),
        Kind(key="phone", label=mark("Your telephone number"), type="tel", autocomplete="tel", longest=64),
        Kind(key="organisation", label=mark("Your organisation"), autocomplete="organization"),
        Kind(key="street", label=mark("Street and number"), autocomplete="street-address"),
        Kind(key="postal_code", label=mark("Postcode"), autocomplete="postal-code"),
        Kind(key="locality", label=mark("Town"), autocomplete="address-level2"),
        Kind(key="message", label=mark("Your message"), type="area", longest=LONGEST_TEXT),
    )
}
TYPES: Final = {"text": "text", "number": "number", "date": "date", "boolean": "tick", "choice": "choice"}
"""Of the organisation's own fields -> the box; fields with several choices are asked by nobody here."""


def kinds_of(custom: Sequence[FieldDefinition]) -> dict[str, Kind]:
    """Everything that may be asked, by key."""
    own = {
        f"{CUSTOM}{one.key}": Kind(
            key=f"{CUSTOM}{one.key}", label=one.label, type=TYPES[one.type], choices=one.choices, longest=LONGEST_LINE
        )
        for one in custom
        if one.type in TYPES and not one.retired
    }
    return {**FIELDS, **own}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One question as it is shown. label: the organisation's own words, or else usual ones that are still translated."""

    key: str
    label: str
    type: str
    required: bool
    autocomplete: str
    longest: int
    choices: Mapping[str, str]

    @property
    def name(self) -> str:
        """Of its box."""
        return self.key.replace(".", "-")


def asked_of(fields: Sequence[FormField], kinds: Mapping[str, Kind]) -> tuple[Asked, ...]:
    """Those that still can be asked, in their order."""
    return tuple(
        Asked(
            key=one.key,
            label=one.label or kinds[one.key].label,
            type=kinds[one.key].type,
            required=one.required,
            autocomplete=kinds[one.key].autocomplete,
            longest=kinds[one.key].longest,
            choices=kinds[one.key].choices,
        )
        for one in fields
        if one.key in kinds
    )
