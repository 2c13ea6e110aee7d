"""What the set-up pages of ready answers and checklists show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from confida_service.answering.canned import CannedAnswer
from confida_service.answering.checklists import Checklist
from confida_web.api import Errors, Option, Page


@dataclass(frozen=True, kw_only=True)
class CannedAnswersPage(Page):
    """GET /x/service/settings/answers."""

    template: ClassVar[str] = "service/answering/answers.html"
    title: ClassVar[str] = "Ready answers"

    answers: tuple[CannedAnswer, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CannedAnswerPage(Page):
    """A new ready answer, or one that is changed. known: fields, each with what it is filled in with."""

    template: ClassVar[str] = "service/answering/answer.html"
    title: ClassVar[str] = "Ready answer"

    action: str
    new: bool = True
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChecklistsPage(Page):
    """GET /x/service/settings/checklists. kinds: labels by key."""

    template: ClassVar[str] = "service/answering/checklists.html"
    title: ClassVar[str] = "Checklists"

    lists: tuple[Checklist, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChecklistPage(Page):
    """A new checklist, or one that is changed."""

    template: ClassVar[str] = "service/answering/checklist.html"
    title: ClassVar[str] = "Checklist"

    action: str
    new: bool = True
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    kinds: tuple[Option, ...] = ()
