"""Forms of journeys and steps, from what is typed to the plan and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from msgspec import structs

from confida_core.api import clean_line, clean_text
from confida_marketing.journeys.content import JourneyContent
from confida_marketing.journeys.plan import END, NEXT, REENTRY, REFUSED, TRIGGERS, Plan, Step, Trigger
from confida_marketing.segments.fields import Fields
from confida_marketing.segments.form import TypedSegment, typed_of, typed_segment
from confida_marketing.segments.segments import SegmentDraft
from confida_web.api import FormData, mark

T = TypeVar("T")
WHOLE = mark("Write a whole number.")
CLOCK = mark("Write a time of the day, such as 09:00.")
VALUE_FIELDS = {"segment": "segment", "consent": "consent", "event": "event", "yearly": "date", "date": "date"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed(Generic[T]):
    """What was typed, as far as it can be meant, with the condition's rows and what is wrong by field."""

    value: T
    conditions: TypedSegment
    errors: dict[str, str]
    values: dict[str, str]


def conditions_of(source: str, fields: Fields) -> TypedSegment:
    """A kept condition for a form."""
    return typed_of(SegmentDraft(name="", condition=source, purpose="", channel=""), fields)


def number(form: FormData, name: str, errors: dict[str, str]) -> int:
    text = form.get(name).strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        errors[name] = WHOLE
        return 0
    return int(text)


def minute(form: FormData, name: str, errors: dict[str, str]) -> int:
    """Of the day; -1 for none."""
    text = form.get(name).strip()
    if not text:
        return -1
    hours, colon, minutes = text[:5].partition(":")
    if not (colon and hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()):
        errors[name] = CLOCK
        return -1
    found = int(hours) * 60 + int(minutes)
    if int(hours) > 23 or int(minutes) > 59:
        errors[name] = CLOCK
    return found


def read_frame(form: FormData, content: JourneyContent, fields: Fields) -> Typed[JourneyContent]:
    """Everything but the steps."""
    errors: dict[str, str] = {}
    conditions = typed_segment(form, fields)
    kind = form.get("trigger")
    reentry = form.get("reentry")
    plan = structs.replace(
        content.plan,
        purpose=form.get("purpose")[:60],
        trigger=Trigger(
            kind=kind if kind in TRIGGERS else "hand",
            value=form.get(VALUE_FIELDS.get(kind, ""))[:200],
            days=number(form, "days", errors),
            inside=form.flag("inside"),
        ),
        reentry=reentry if reentry in REENTRY else "never",
        reentry_days=number(form, "reentry_days", errors) or content.plan.reentry_days,
        goal=conditions.draft.condition,
    )
    typed = structs.replace(
        content, name=form.get("name")[:400], aim=form.get("aim"), goal=form.get("goal")[:1_000], plan=plan
    )
    if conditions.wrong:
        errors["conditions"] = mark("Please look at the conditions again.")
    values = frame_values(typed) | {name: form.get(name) for name in ("days", "reentry_days")}
    return Typed(value=typed, conditions=conditions, errors=errors, values=values)


def frame_values(content: JourneyContent) -> dict[str, str]:
    plan = content.plan
    chosen = {VALUE_FIELDS[plan.trigger.kind]: plan.trigger.value} if plan.trigger.kind in VALUE_FIELDS else {}
    return {
        "name": content.name,
        "aim": content.aim,
        "goal": content.goal,
        "purpose": plan.purpose,
        "trigger": plan.trigger.kind,
        "segment": "",
        "consent": "",
        "event": "",
        "date": "",
        "days": str(plan.trigger.days or ""),
        "inside": "yes" if plan.trigger.inside else "",
        "reentry": plan.reentry,
        "reentry_days": str(plan.reentry_days),
        **chosen,
    }


def read_step(form: FormData, plan: Plan, kind: str, key: str, fields: Fields) -> Typed[Step]:
    """One step of this kind. What is not typed for its kind stays as of a new one."""
    errors: dict[str, str] = {}
    conditions = typed_segment(form, fields)
    targets = {NEXT, END, *(one.key for one in plan.steps)}
    refused = form.get("refused", "leave")
    step = Step(
        key=key,
        kind=kind,
        name=clean_line(form.get("name"))[:200],
        then=form.get("then") if form.get("then") in targets else NEXT,
        other=form.get("other", END) if form.get("other", END) in targets else END,
        days=number(form, "days", errors),
        hours=number(form, "hours", errors),
        weekday=min(max(form.integer("weekday", -1), -1), 6),
        minute=minute(form, "minute", errors),
        email_id=chosen_id(form.get("email")),
        text=clean_line(form.get("text"))[:200],
        body=clean_text(form.get("body"))[:20_000],
        assignee=assignee(form.get("assignee")),
        tag=clean_line(form.get("tag"))[:200],
        remove=form.get("remove") == "yes",
        condition=conditions.draft.condition if kind == "branch" else "",
        share=min(number(form, "share", errors) or 50, 99),
        refused=refused if refused in REFUSED else "leave",
    )
    if conditions.wrong and kind == "branch":
        errors["conditions"] = mark("Please look at the conditions again.")
    values = step_values(step) | {
        name: form.get(name) for name in ("days", "hours", "minute", "share") if name in form.names()
    }
    return Typed(value=step, conditions=conditions, errors=errors, values=values)


def chosen_id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def assignee(text: str) -> str:
    if text == "owner":
        return text
    found = chosen_id(text)
    return str(found) if found else ""


def step_values(step: Step) -> dict[str, str]:
    clock = f"{step.minute // 60:02}:{step.minute % 60:02}" if step.minute >= 0 else ""
    return {
        "name": step.name,
        "then": step.then,
        "other": step.other,
        "days": str(step.days or ""),
        "hours": str(step.hours or ""),
        "weekday": str(step.weekday),
        "minute": clock,
        "email": str(step.email_id or ""),
        "text": step.text,
        "body": step.body,
        "assignee": step.assignee,
        "tag": step.tag,
        "remove": "yes" if step.remove else "",
        "share": str(step.share),
        "refused": step.refused,
    }


def with_step(plan: Plan, step: Step, after: str) -> Plan:
    """The step in place of that with its key, or behind `after`: a key, "" for the end, or "start"."""
    keys = [one.key for one in plan.steps]
    if step.key in keys:
        steps = tuple(step if one.key == step.key else one for one in plan.steps)
    else:
        place = 0 if after == "start" else keys.index(after) + 1 if after in keys else len(keys)
        steps = (*plan.steps[:place], step, *plan.steps[place:])
    return structs.replace(plan, steps=steps, last=max(plan.last, *(int(one.key[1:]) for one in steps)))


def without_step(plan: Plan, key: str) -> Plan:
    """What led to it leads to where it led."""
    step = plan.step(key)
    if step is None:
        return plan
    onward = plan.after(key, step.then)
    onward = END if onward == key else onward
    steps = tuple(
        structs.replace(
            one,
            then=onward if one.then == key else one.then,
            other=onward if one.other == key else one.other,
        )
        for one in plan.steps
        if one.key != key
    )
    return structs.replace(plan, steps=steps, last=max(plan.last, int(key[1:])))


def moved(plan: Plan, key: str, up: bool) -> Plan:
    keys = [one.key for one in plan.steps]
    place = keys.index(key) if key in keys else -1
    other = place - 1 if up else place + 1
    if place < 0 or not 0 <= other < len(keys):
        return plan
    steps = list(plan.steps)
    steps[place], steps[other] = steps[other], steps[place]
    return structs.replace(plan, steps=tuple(steps))
