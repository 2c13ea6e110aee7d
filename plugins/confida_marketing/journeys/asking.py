"""What a journey asks of people: who its trigger means now, who meets a condition, and what the gate says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from confida_consent.api import CONSENT_FIELD, Answer, all_purposes, may_many
from confida_core.api import (
    Condition,
    FieldTest,
    Installation,
    InvalidCondition,
    NotFound,
    Scope,
    condition_tree,
    read_condition,
)
from confida_marketing.journeys.journeys import INSIDE
from confida_marketing.journeys.plan import REACHING, Plan, Step, Trigger
from confida_marketing.segments.asking import spelt_out
from confida_marketing.segments.fields import SEGMENT, Fields, asks_behaviour
from confida_marketing.segments.kept import every_segment, in_use
from confida_marketing.segments.members import FEW, PROFILING, askable, everybody, fits, members_of

# What ends a way for good: nothing of marketing is done with them any more, not even counted.
OVER = frozenset({"restricted", "unknown_contact", "in_trash"})


# Days that lie behind by their nature: nothing is due on them.
PAST_DATES = frozenset({"created", "touched", "marketing.last_mail"})


def test_of(trigger: Trigger) -> Condition | None:
    """Whom a trigger means, as a condition; None for those that no condition says."""
    days = float(trigger.days)
    match trigger.kind:
        case "consent":
            return FieldTest(CONSENT_FIELD, "has", trigger.value)
        case "silence":
            return FieldTest("touched", "more_than_days_ago", days)
        case "yearly":
            return FieldTest(trigger.value, "anniversary_within_days", days)
        case "date":
            return FieldTest(trigger.value, "within_next_days", days)
        case "segment":
            return FieldTest(SEGMENT, "has", trigger.value)
    return None


async def meant_now(crm: Installation, plan: Plan) -> Sequence[UUID] | None:
    """Everybody whom the trigger means at this moment, before the gate; None where it only waits for something to happen.

    Nobody, where it asks for something that is gone. Not inside a transaction.
    """
    test = test_of(plan.trigger)
    if test is None:
        return None
    try:
        if plan.trigger.kind == "segment":
            return await members_of(crm, INSIDE, UUID(plan.trigger.value))
        fields = await askable(crm)
        test = read_condition(condition_tree(test), fields)
        return await everybody(crm, Scope(condition=test))
    except (InvalidCondition, NotFound, ValueError):
        return ()


async def spelt(crm: Installation, source: str) -> Condition:
    """A condition as the index can answer it. Raises InvalidCondition for what can no longer be asked."""
    fields = await askable(crm)
    return spelt_out(read_condition(source, fields), in_use(await every_segment(crm)), fields, ())


async def meeting(crm: Installation, source: str, ids: Sequence[UUID], *, for_them: bool = False) -> set[UUID]:
    """Those of these contacts who meet the condition, which nobody does that can no longer be asked.

    for_them: what follows is in their favour, as to be left alone after a goal is reached; otherwise nobody is sorted by what
    they did who objects to profiling. Of a few it asks what they are now, of many the index. Not inside a transaction.
    """
    try:
        condition = await spelt(crm, source)
    except InvalidCondition:
        return set()
    asked = list(dict.fromkeys(ids))
    if not for_them and asks_behaviour(condition):
        answers = await may_many(crm, asked, PROFILING, PROFILING)
        asked = [one for one in asked if answers[one].allowed]
    if len(asked) <= FEW:
        return {one for one in asked if await fits(crm, one, condition)}
    return set(asked).intersection(await everybody(crm, Scope(condition=condition, restricted=None)))


def profiles(plan: Plan) -> bool:
    """Whether its trigger chooses people by what they did; a segment has asked the gate about that itself."""
    test = test_of(plan.trigger)
    return test is not None and plan.trigger.kind != "segment" and asks_behaviour(test)


async def channel_of(crm: Installation, plan: Plan, step: Step | None = None) -> str:
    """On which channel the gate is asked: that of the step, or of the first step that reaches anybody, or of the purpose."""
    steps = [step] if step is not None and step.kind in REACHING else plan.steps
    known = (await all_purposes(crm)).get(plan.purpose)
    fitting = known.declared.channels if known else ()
    for one in steps:
        if one.kind in REACHING and (one is step or REACHING[one.kind] in fitting):
            return REACHING[one.kind]
    return fitting[0] if fitting else "email"


async def answers_of(crm: Installation, plan: Plan, step: Step | None, ids: Sequence[UUID]) -> Mapping[UUID, Answer]:
    """What the gate says of these people, for this step or to begin. Not inside a transaction."""
    return await may_many(crm, ids, plan.purpose, await channel_of(crm, plan, step))


def date_fields(fields: Fields) -> dict[str, str]:
    """Key and label of what may begin a journey as a date."""
    return {
        one.key: one.label for one in fields.values() if one.type == "date" and one.label and one.key not in PAST_DATES
    }
