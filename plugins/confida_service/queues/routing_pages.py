"""What the set-up pages of rules show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from confida_service.queues.routing_trial import Trial
from confida_web.api import Errors, FilterField, FilterRow, Option, Page


@dataclass(frozen=True, kw_only=True)
class ShownRule:
    """means: its condition in words. sets: what it does, as (label, value). broken: it asks for something that is gone."""

    id: UUID
    name: str
    enabled: bool
    means: str
    sets: tuple[tuple[str, str], ...]
    broken: bool = False
    first: bool = False
    last: bool = False


@dataclass(frozen=True, kw_only=True)
class RulesPage(Page):
    """GET /x/service/settings/rules."""

    template: ClassVar[str] = "service/routing/rules.html"
    title: ClassVar[str] = "Rules"

    rules: tuple[ShownRule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RulePage(Page):
    """A new rule, or one that is changed, and what it did with the sample. outcome: of all rules, as (label, value)."""

    template: ClassVar[str] = "service/routing/rule.html"
    title: ClassVar[str] = "Rule"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    new: bool = True
    version: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    match: str = "all"
    stop: bool = False
    filter_rows: tuple[FilterRow, ...] = ()
    filter_fields: tuple[FilterField, ...] = ()
    filter_operators: tuple[Option, ...] = ()
    queues: tuple[Option, ...] = ()
    priorities: tuple[Option, ...] = ()
    kinds: tuple[Option, ...] = ()
    assignees: tuple[Option, ...] = ()
    answers: tuple[Option, ...] = ()
    errors: Errors = field(default_factory=dict)
    trial: Trial | None = None
    outcome: tuple[tuple[str, str], ...] = ()
    verdicts: Mapping[str, str] = field(default_factory=dict)
