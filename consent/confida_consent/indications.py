"""What somebody indicated, as it is handed in to be recorded, and what must be true of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from confida_consent.content import Evidence
from confida_consent.declarations import Purpose
from confida_consent.purpose_rules import KEY
from confida_consent.vocabulary import (
    NO,
    OBJECTABLE,
    SPOKEN_NO,
    UNDECIDED,
    YES,
    Actor,
    Basis,
    Channel,
    ConsentType,
    Kind,
    Method,
)
from confida_core.contacts.text import UnstorableText, clean_text, limits_of
from confida_core.vault.access import Access, NotFound

# What narrows what we may do, and is therefore taken whatever else is wrong.
NARROWING = SPOKEN_NO | {Kind.OBJECTED}
# Said of somebody in the trash too; that a time is over is nobody's decision.
ANYWHERE = NARROWING | {Kind.EXPIRED}
WIDENING = YES | {Kind.OBJECTION_ENDED}
# What only consent knows; a withdrawal or refusal is taken on every ground.
OF_CONSENT = YES | UNDECIDED | {Kind.EXPIRED, Kind.REVOKED, Kind.INVALIDATED}
OF_OBJECTION = frozenset({Kind.OBJECTED, Kind.OBJECTION_ENDED, Kind.GROUND_NOTED})
OF_PERSONS = YES | UNDECIDED | {Kind.REFUSED, Kind.WITHDRAWN, Kind.OBJECTED, Kind.OBJECTION_ENDED}
# Nobody alive said anything before. Close to the end of what a calendar holds, the databases know infinity instead, which
# comes back without a zone, and no time compares to that: a person's next no could not be recorded.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
PROVING = ("detail", "source", "script", "origin", "file_id")
# As whom an actor may hand something in, beside as themselves: nobody speaks in a person's name.
MAY_BE_SAID: Mapping[str, frozenset[str]] = {
    "staff": frozenset({Actor.IMPORT, Actor.PLUGIN}),
    "system": frozenset({Actor.IMPORT, Actor.PLUGIN, Actor.STAFF}),
    "subject": frozenset(),
}
WORDS = (("kind", frozenset(Kind)), ("method", frozenset(Method)), ("channel", frozenset(Channel)))


class IndicationRefused(ValueError):
    """It cannot be recorded; nothing was. field: what is wrong. The text never repeats a value."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field, self.sentence = field, sentence


class ImportRefused(IndicationRefused):
    """A list cannot turn a no into a yes, whatever it says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Indication:
    """One thing that somebody indicated about one purpose on one channel.

    kind, channel, method, consent_type: words of `vocabulary`; consent_type "" follows from the purpose.
    indicated_at: None for now; a no always counts from now on, and an earlier date is kept in its evidence.
    notice_id: what was shown; else, of a yes or a request, the notice of today in `language` ("" is the installation's).
    valid_until: else as the purpose says. supersedes: the event that this one corrects.
    actor_kind: "" follows from the access; "import" and "plugin" say who handed it in.
    """

    subject_id: UUID
    purpose: str
    channel: str
    kind: str
    method: str
    evidence: Evidence = field(default_factory=Evidence)
    indicated_at: datetime | None = None
    notice_id: UUID | None = None
    language: str = ""
    valid_until: datetime | None = None
    consent_type: str = ""
    supersedes: UUID | None = None
    actor_kind: str = ""


def check_actor(access: Access, indications: Sequence[Indication]) -> None:
    """Raises Forbidden, and NotFound for somebody else's consent."""
    actor = access.actor
    if actor.kind == "subject":
        if any(each.subject_id != actor.id for each in indications):
            raise NotFound
        if any(each.kind not in OF_PERSONS or each.supersedes or each.actor_kind for each in indications):
            raise IndicationRefused("kind", "a person does not decide this")
        return
    actor.require("consents.record")
    if any(each.actor_kind == Actor.IMPORT for each in indications):
        actor.require("consents.manage")


def actor_kind_of(access: Access, indication: Indication) -> str:
    kind = indication.actor_kind or access.actor.kind
    if kind not in frozenset(Actor) or (kind != access.actor.kind and kind not in MAY_BE_SAID[access.actor.kind]):
        raise IndicationRefused("actor_kind", "nobody of this kind records anything")
    return kind


def check_indication(indication: Indication, purpose: Purpose | None, actor_kind: str, moment: datetime) -> None:
    """Raises IndicationRefused, and NotFound for a purpose there never was."""
    for name, words in WORDS:
        if getattr(indication, name) not in words:
            raise IndicationRefused(name, "not a word of the vocabulary")
    check_times(indication, moment)
    if purpose is None:
        # A link to unsubscribe outlives the plugin that sent it.
        if indication.kind not in NARROWING or not KEY.match(indication.purpose):
            raise NotFound
        return
    check_ground(indication, purpose)
    if indication.kind not in NARROWING:
        check_wish(indication, purpose)
    if indication.kind in WIDENING:
        check_yes(indication, purpose, actor_kind)


def check_times(indication: Indication, moment: datetime) -> None:
    said_at, until = indication.indicated_at, indication.valid_until
    if said_at is not None and said_at.tzinfo is None:
        raise IndicationRefused("indicated_at", "a time needs its zone")
    if said_at is not None and said_at > moment:
        raise IndicationRefused("indicated_at", "this lies in the future")
    if said_at is not None and said_at < EARLIEST:
        raise IndicationRefused("indicated_at", "this lies too long ago")
    if until is not None and until.tzinfo is not None and until > LATEST:
        raise IndicationRefused("valid_until", "this lies too far ahead")


def check_ground(indication: Indication, purpose: Purpose) -> None:
    """Consent is given and ended, a legitimate interest is objected to; neither is ever taken for the other (CR-6)."""
    basis = purpose.declared.basis
    if indication.kind in OF_CONSENT and basis != Basis.CONSENT:
        raise IndicationRefused("kind", "this purpose does not rest on consent")
    if indication.kind in OF_OBJECTION and basis not in OBJECTABLE:
        raise IndicationRefused("kind", "this purpose rests on no interest that could be objected to")


def check_wish(indication: Indication, purpose: Purpose) -> None:
    if indication.channel not in purpose.declared.channels:
        raise IndicationRefused("channel", "this purpose does not use this channel")
    if purpose.retired and indication.kind not in NO:
        raise IndicationRefused("purpose", "this purpose is retired")


def check_yes(indication: Indication, purpose: Purpose, actor_kind: str) -> None:
    if actor_kind in {Actor.STAFF, Actor.IMPORT, Actor.PLUGIN} and not any(
        getattr(indication.evidence, name) for name in PROVING
    ):
        raise IndicationRefused("evidence", "say how you know, or attach the proof")
    if indication.method == Method.GPC:
        raise IndicationRefused("method", "this signal is never a yes")
    since, said_at = purpose.holds_since, indication.indicated_at
    if indication.kind in YES and indication.notice_id is None and since and said_at and said_at < since:
        raise IndicationRefused(
            "purpose_version", "the purpose has changed since then, and such a consent does not cover it"
        )
    if indication.consent_type not in frozenset(ConsentType):
        raise IndicationRefused("consent_type", "not a word of the vocabulary")
    wanted = ConsentType.EXPLICIT if purpose.declared.special_category else ""
    if indication.kind in YES and wanted and indication.consent_type not in {"", wanted}:
        raise IndicationRefused("consent_type", "for this purpose consent must be explicit")


def consent_type_of(indication: Indication, purpose: Purpose | None) -> str:
    if indication.kind not in YES or purpose is None:
        return ConsentType.NONE.value
    usual = ConsentType.EXPLICIT if purpose.declared.special_category else ConsentType.EXPRESSED
    return str(indication.consent_type or usual)


def clean_evidence(evidence: Evidence) -> Evidence:
    """As it is sealed; salt and payload are ours to write. Raises IndicationRefused."""
    cleaned: dict[str, object] = {"salt": b"", "payload": b""}
    for name, longest in limits_of(Evidence).items():
        text = getattr(evidence, name)
        if not text:
            continue
        try:
            cleaned[name] = clean_text(text)
        except UnstorableText:
            raise IndicationRefused(name, "this holds a character that cannot be stored") from None
        if len(text) > longest:
            raise IndicationRefused(name, f"this has more than {longest} characters")
    return msgspec.structs.replace(evidence, **cleaned)
