"""What the pages of an answer and of an erasure show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from confida_web.display import Errors, Option
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class SuggestionLine:
    """Words that may be about somebody else. key: what the form posts."""

    key: str
    words: str
    what: str
    places: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DecidedLine:
    """A passage that was decided about. key: takes the decision back."""

    key: str
    words: str
    blackened: bool
    where: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WithheldLine:
    """Something kept back. key: names it by its words. approved: by a second person; may_approve: whoever reads this may."""

    key: str
    category: str
    ground: str
    note: str = ""
    approved: bool = False
    may_approve: bool = False


@dataclass(frozen=True, kw_only=True)
class AnswerPage(Page):
    """GET and POST /requests/{id}/package: the answer before it leaves. state: "" before the first assembly.

    parts: (what, entries). problem: why it cannot be released now. groups: tables and stores that can be kept back whole.
    """

    template: ClassVar[str] = "requests/answer.html"
    title: ClassVar[str] = "The answer"
    blocks: ClassVar[tuple[str, ...]] = ("review",)

    reference: str
    back: str
    action: str
    state: str = ""
    state_word: str = ""
    tone: str = ""
    created_at: datetime | None = None
    expires_at: datetime | None = None
    delivered_at: datetime | None = None
    size: int = 0
    sha256: str = ""
    parts: tuple[tuple[str, int], ...] = ()
    faults: tuple[str, ...] = ()
    suggestions: tuple[SuggestionLine, ...] = ()
    decided: tuple[DecidedLine, ...] = ()
    withheld: tuple[WithheldLine, ...] = ()
    groups: tuple[Option, ...] = ()
    outdated: bool = False
    archive_href: str = ""
    may_release: bool = False
    open: bool = True
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class StayLine:
    what: str
    count: int
    ground: str
    until: date | None
    citation: str = ""


@dataclass(frozen=True, kw_only=True)
class ErasurePage(Page):
    """GET and POST /requests/{id}/erasure: what goes and what stays, before; the certificate, afterwards.

    stage: of an erasure that was begun, "" before. done: it is complete. evidence: the plan is the one in which proof of
    consents goes too. confirmed: the person has seen the plan and wants it; suppress: with the suppression list.
    """

    template: ClassVar[str] = "requests/erasure.html"
    title: ClassVar[str] = "What goes, what stays"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    reference: str
    back: str
    action: str
    name: str = ""
    goes: tuple[tuple[str, int], ...] = ()
    stays: tuple[StayLine, ...] = ()
    shared: tuple[tuple[str, int, int], ...] = ()
    recipients: tuple[tuple[str, int, datetime], ...] = ()
    holds: tuple[tuple[str, datetime], ...] = ()
    backups: str = ""
    stage: str = ""
    done: bool = False
    finished_at: datetime | None = None
    certificate_href: str = ""
    evidence: bool = False
    suppress: bool = False
    confirmed: bool = False
    errors: Errors = field(default_factory=dict)
