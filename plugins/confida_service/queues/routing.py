"""Decides by the rules where a mail goes, and says why."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import Installation, Opened, explain, matches, now, read_condition
from confida_service.queues.routing_content import RuleContent
from confida_service.queues.routing_fields import Facts, facts_of
from confida_service.queues.routing_rules import all_rules

if TYPE_CHECKING:
    from confida_service.mail.taking_in import Arrival

log = logging.getLogger(__name__)
MOST_TAGS = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Routing:
    """What the rules want of a ticket; None, 0 and "" leave it. fired: the rules that did, in order. language: of the mail, or ""."""

    queue_id: UUID | None = None
    priority: int = 0
    kind: str = ""
    assignee_id: UUID | None = None
    tags: tuple[str, ...] = ()
    canned_id: UUID | None = None
    language: str = ""
    fired: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """One rule on one mail. parts: each part of its condition in words, and whether it holds. verdict: fired, not, or a reason.

    verdict: fired, passed, disabled, stopped (an earlier rule was the last one) or broken (its condition cannot be read any more).
    """

    rule_id: UUID | None
    name: str
    verdict: str
    means: str = ""
    parts: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The outcome, and how every rule stood to it."""

    routing: Routing = field(default_factory=Routing)
    tried: tuple[Tried, ...] = ()


async def routed(crm: Installation, arrival: Arrival, contact_id: UUID) -> Routing:
    """What the rules say of a mail that is being taken in. Never raises: where rules cannot be asked, the mail goes on without.

    Belongs inside the transaction that keeps the mail; what fails here is undone alone.
    """
    try:
        rules = await all_rules(crm)
        if not any(one.row["enabled"] for one in rules):
            return Routing()
        async with crm.data.transaction():
            facts = await facts_of(crm, arrival.mail, arrival.sort, contact_id)
        return decide(rules, facts, today_of(crm)).routing
    except Exception as error:
        # The text of the error may quote the mail.
        log.error("routing rules could not be asked: %s", type(error).__name__)
        return Routing()


def today_of(crm: Installation) -> date:
    return now().astimezone(ZoneInfo(crm.settings.time_zone)).date()


def decide(rules: Sequence[Opened[RuleContent]], facts: Facts, today: date) -> Decision:
    """Each rule in its order: a later one wins over an earlier one, tags add up, and nothing follows on one that says stop."""
    routing, tried, stopped = Routing(language=facts.language), [], False
    for one in rules:
        found = tried_rule(one, facts, today, stopped=stopped)
        tried.append(found)
        if found.verdict == "fired":
            routing = with_rule(routing, one.row["id"], one.content)
            stopped = one.content.stop
    return Decision(routing=routing, tried=tuple(tried))


def tried_rule(one: Opened[RuleContent], facts: Facts, today: date, *, stopped: bool) -> Tried:
    """One that cannot be read or asked does nothing, and keeps no other one from it."""
    result = Tried(rule_id=one.row["id"], name=one.content.name, verdict="broken")
    if not one.row["enabled"] or stopped:
        return replace(result, verdict="stopped" if one.row["enabled"] else "disabled")
    try:
        condition = read_condition(one.content.condition or {"all": []}, facts.fields)
        holds = matches(condition, facts.values, facts.fields, today=today)
        several = getattr(condition, "conditions", (condition,))
        parts = tuple(
            (explain(part, facts.fields), matches(part, facts.values, facts.fields, today=today)) for part in several
        )
    except Exception as error:
        log.error("a routing rule could not be asked: %s", type(error).__name__)
        return result
    means = explain(condition, facts.fields) if parts else ""
    return replace(result, verdict="fired" if holds else "passed", means=means, parts=parts)


def with_rule(before: Routing, rule_id: UUID, rule: RuleContent) -> Routing:
    return Routing(
        queue_id=rule.queue_id or before.queue_id,
        priority=rule.priority or before.priority,
        kind=rule.kind or before.kind,
        assignee_id=rule.assignee_id or before.assignee_id,
        tags=tuple(dict.fromkeys((*before.tags, *rule.tags)))[:MOST_TAGS],
        canned_id=rule.canned_id or before.canned_id,
        language=before.language,
        fired=(*before.fired, rule_id),
    )
