"""The frozen dataclasses that consent's hooks return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from confida_consent.vocabulary import NOT_CHOSEN


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """A purpose in plain words of one language. title: a few words. description: what is done with which data, and why.

    retention, balancing_note: the purpose's own sentences in this language, "" where they are said in English alone.
    """

    title: str
    description: str
    retention: str = ""
    balancing_note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentPurpose:
    """Something personal data is used for, on a lawful basis.

    key: `<plugin>.<name>`; our own have no prefix. version: a change of anything raises it.
    texts: language tag -> wording; English is required. basis, channels, category: words of `vocabulary`.
    balancing_note: required of a legitimate interest (GDPR Art. 6(1)(f)). validity: ISO 8601 duration after which a consent
    ends by itself, "" for none. retention: one sentence. recipients: names of others who receive the data.
    dpv_purpose, personal_data: terms of DPV 2.3 and its personal-data vocabulary, without prefix.
    compatible: consents to the version before still hold. listed: shown in the preference centre.
    direct_marketing: the rules of the person's country on unsolicited communication apply.
    """

    key: str
    version: int
    texts: Mapping[str, Wording]
    basis: str
    channels: tuple[str, ...]
    category: str
    balancing_note: str = ""
    validity: str = ""
    retention: str = ""
    recipients: tuple[str, ...] = ()
    dpv_purpose: str = "CommunicationManagement"
    personal_data: tuple[str, ...] = ("Name", "Contact")
    compatible: bool = True
    listed: bool = True
    special_category: bool = False

    @property
    def direct_marketing(self) -> bool:
        return self.category == "marketing"

    @property
    def chosen(self) -> bool:
        """Whether it rests on what the person chose, or is advertising: then an entry for all marketing stops it."""
        return self.direct_marketing or self.basis not in NOT_CHOSEN

    def wording(self, language: str) -> tuple[str, Wording]:
        """The words for a reader of this language, and the language they are in: the same, its main one, or English."""
        for known in (language, language.split("-", maxsplit=1)[0]):
            if known in self.texts:
                return known, self.texts[known]
        return "en", self.texts["en"]

    def retention_in(self, language: str) -> str:
        """How long, for a reader of this language."""
        return self.wording(language)[1].retention or self.retention

    def balancing_note_in(self, language: str) -> str:
        """Why the interest prevails, for a reader of this language."""
        return self.wording(language)[1].balancing_note or self.balancing_note


@dataclass(frozen=True, kw_only=True, slots=True)
class Purpose:
    """A purpose in force: as declared, or as an administrator keeps it. origin: key of the plugin, or "" for the page.

    holds_from: the oldest version whose consents still hold. holds_since: when that was written, where an older one was
    there that asked for less, and where we know.
    """

    declared: ConsentPurpose
    origin: str
    retired: bool = False
    holds_from: int = 1
    holds_since: datetime | None = None
