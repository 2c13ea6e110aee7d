"""What a purpose must say before anybody is asked or written to under it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from confida_consent.declarations import ConsentPurpose
from confida_consent.durations import is_duration
from confida_consent.vocabulary import Basis, Category, Channel
from confida_core.contacts.text import UnstorableText, clean_text
from confida_core.registry import PluginError, Registry

KEY = re.compile(r"[a-z][a-z0-9_]{1,29}(?:\.[a-z][a-z0-9_]{1,28})?\Z")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
TERM = re.compile(r"[A-Z][A-Za-z0-9]{1,79}\Z")
BASES, CATEGORIES, CHANNELS = frozenset(Basis), frozenset(Category), frozenset(Channel)
LIMITS = {"title": 120, "description": 2_000, "balancing_note": 4_000, "retention": 500, "recipients": 200}


class InvalidPurpose(ValueError):
    """What is wrong, field -> sentence."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in faults.items()))
        self.faults = dict(faults)


def faults_of(purpose: ConsentPurpose) -> dict[str, str]:
    """What is wrong with it, field -> sentence; empty for a sound one."""
    return {
        field: sentence
        for field, fault, sentence in (
            ("key", not KEY.match(purpose.key), "A key is made of small letters, digits and _, after a prefix and a dot."),
            ("version", purpose.version < 1, "Versions count from 1."),
            ("texts", bool(text_fault(purpose)), text_fault(purpose)),
            ("basis", purpose.basis not in BASES, "Choose one of the lawful bases."),
            ("category", purpose.category not in CATEGORIES, "Choose one of the categories."),
            ("channels", channels_wrong(purpose), "Name at least one channel, each once."),
            ("balancing_note", balance_missing(purpose), "Say why a legitimate interest outweighs the person's (Art. 6(1)(f))."),
            ("validity", purpose.validity != "" and not is_duration(purpose.validity), "Write a duration such as P24M or P1Y."),
            ("retention", not plain(purpose.retention, "retention"), "This is too long, or holds a character that cannot be stored."),
            ("recipients", recipients_wrong(purpose), "Name each recipient in at most 200 characters."),
            ("dpv_purpose", not TERM.match(purpose.dpv_purpose), "Write a term of the vocabulary, such as DirectMarketing."),
            ("personal_data", terms_wrong(purpose), "Write terms of the vocabulary, such as EmailAddress."),
        )
        if fault
    }  # fmt: skip


def text_fault(purpose: ConsentPurpose) -> str:
    if "en" not in purpose.texts:
        return "Say it in English at least, which everybody is shown whose language is missing."
    for language, wording in purpose.texts.items():
        if not LANGUAGE.match(language) or len(language) > 35:
            return "A language is a tag such as de or pt-BR."
        if not wording.title.strip() or not wording.description.strip():
            return "Give each language a title and a description."
        if not plain(wording.title, "title") or not plain(wording.description, "description"):
            return "A title or description is too long, or holds a character that cannot be stored."
        if not plain(wording.retention, "retention") or not plain(wording.balancing_note, "balancing_note"):
            return "How long, or why your interest prevails, is too long in a language."
    return ""


def plain(text: str, kind: str) -> bool:
    try:
        return len(clean_text(text)) <= LIMITS[kind]
    except UnstorableText:
        return False


def channels_wrong(purpose: ConsentPurpose) -> bool:
    known = set(purpose.channels)
    return not known or not known <= CHANNELS or len(known) != len(purpose.channels)


def balance_missing(purpose: ConsentPurpose) -> bool:
    wanted = purpose.basis == Basis.LEGITIMATE_INTEREST
    return (wanted and not purpose.balancing_note.strip()) or not plain(purpose.balancing_note, "balancing_note")


def recipients_wrong(purpose: ConsentPurpose) -> bool:
    return not all(name.strip() and plain(name, "recipients") for name in purpose.recipients)


def terms_wrong(purpose: ConsentPurpose) -> bool:
    return not purpose.personal_data or not all(map(TERM.match, purpose.personal_data))


@lru_cache(maxsize=8)
def declared_purposes(registry: Registry) -> Mapping[str, tuple[ConsentPurpose, str]]:
    """Key -> purpose and key of the plugin that declares it. Raises PluginError naming the plugin."""
    found: dict[str, tuple[ConsentPurpose, str]] = {}
    for item in registry.with_owner("consent_purposes"):
        purpose, plugin = item.value, item.plugin
        if faults := faults_of(purpose):
            raise PluginError(f"{plugin}: consent purpose {purpose.key!r} is not sound: {InvalidPurpose(faults)}")
        if not plugin.built_in and not purpose.key.startswith(f"{plugin.info.key}."):
            raise PluginError(
                f"{plugin}: the key of consent purpose {purpose.key!r} must begin with {plugin.info.key}."
            )
        if purpose.key in found:
            raise PluginError(f"{plugin} declares consent purpose {purpose.key!r}, which is there already")
        found[purpose.key] = (purpose, plugin.info.key)
    return MappingProxyType(found)
