"""The form of a rule: from what is typed to the rule and back, and a rule in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

from confida_core.api import (
    IndexField,
    Installation,
    InvalidCondition,
    active_accounts,
    explain,
    read_condition,
)
from confida_service.answering.canned import canned_answers
from confida_service.queues.queues import queues
from confida_service.queues.routing import Routing
from confida_service.queues.routing_content import RuleContent
from confida_service.tickets.choices import id_in
from confida_service.tickets.states import KINDS, PRIORITIES
from confida_web.api import FilterRow, FormData, checked_rows, parts_of, rows_of_condition, rows_of_form, source_of

NO_SUCH_FIELD = "What this asks for is no longer there."


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedRule:
    """content: as far as it can be meant. rows: of the builder, the wrong ones with their error."""

    content: RuleContent
    rows: tuple[FilterRow, ...]
    match: str

    @property
    def wrong(self) -> bool:
        return any(row.error for row in self.rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What ids are called."""

    queues: Mapping[UUID, str]
    people: Mapping[UUID, str]
    answers: Mapping[UUID, str]


async def names_of(crm: Installation) -> Names:
    return Names(
        queues={one.id: one.name for one in await queues(crm)},
        people={one.id: one.name for one in await active_accounts(crm)},
        answers={one.id: one.name for one in await canned_answers(crm)},
    )


def typed_rule(form: FormData, fields: Mapping[str, IndexField]) -> TypedRule:
    tests, rows = checked_rows(rows_of_form(form), fields)
    match = "any" if form.get("match") == "any" else "all"
    given = dict(form.fields)
    content = RuleContent(
        name=form.get("name")[:200],
        condition=source_of(tests, "any" if match == "any" else "all"),
        queue_id=id_in(given, "queue"),
        priority=form.integer("priority", 0),
        kind=form.get("kind")[:20],
        assignee_id=id_in(given, "assignee"),
        tags=tuple(tag.strip()[:200] for tag in form.get("tags").split(",") if tag.strip()),
        canned_id=id_in(given, "answer"),
        stop=form.flag("stop"),
    )
    return TypedRule(content=content, rows=tuple(rows), match=match)


def kept_rule(content: RuleContent, fields: Mapping[str, IndexField]) -> TypedRule:
    """A kept rule for the form; parts that ask for what is gone stand there with that."""
    if not content.condition:
        return TypedRule(content=content, rows=(), match="all")
    tree = msgspec.json.decode(content.condition)
    match = "any" if "any" in tree else "all"
    rows: list[FilterRow] = []
    for part in tree.get(match, [tree]):
        try:
            rows += rows_of_condition(read_condition({"all": [part]}, fields))
        except InvalidCondition:
            rows.append(FilterRow(field=str(part.get("field", "")), op=str(part.get("op", "")), error=NO_SUCH_FIELD))
    return TypedRule(content=content, rows=tuple(rows), match=match)


def in_words(content: RuleContent, fields: Mapping[str, IndexField]) -> tuple[str, bool]:
    """When it fires, and whether it can still be asked."""
    if not content.condition:
        return "", True
    try:
        condition = read_condition(content.condition, fields)
    except InvalidCondition:
        return NO_SUCH_FIELD, False
    match, parts = parts_of(condition)
    between = " or " if match == "any" else ", "
    return between.join(explain(part, fields) for part in parts), True


def effects(rule: RuleContent | Routing, names: Names) -> tuple[tuple[str, str], ...]:
    """What it sets, as (label, value)."""
    gone = "no longer there"
    given = (
        ("Queue", names.queues.get(rule.queue_id, gone) if rule.queue_id else ""),
        ("Priority", PRIORITIES.get(rule.priority, "")),
        ("Kind", KINDS.get(rule.kind, "")),
        ("Assigned to", names.people.get(rule.assignee_id, gone) if rule.assignee_id else ""),
        ("Tags", ", ".join(rule.tags)),
        ("Answered with", names.answers.get(rule.canned_id, gone) if rule.canned_id else ""),
    )
    return tuple((label, value) for label, value in given if value)
