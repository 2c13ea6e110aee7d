"""Journeys as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request

from confida_consent.api import all_purposes
from confida_core.api import Installation, Opened
from confida_marketing.journeys.checking import Fault, faults_of
from confida_marketing.journeys.content import JourneyContent
from confida_marketing.journeys.diagram import Labels, diagram_of
from confida_marketing.journeys.figures import Numbers, StepNumbers, inside_older, numbers_of, step_numbers
from confida_marketing.journeys.journeys import LIST, STATES
from confida_marketing.journeys.log import STATES as ENTRY_STATES
from confida_marketing.journeys.pages import Figure, JourneyPage, JourneyRow, StepRow
from confida_marketing.journeys.plan import FORKS, GATED, KINDS, NEXT, REENTRY, REFUSED, Plan, Step
from confida_marketing.journeys.words import (
    Names,
    names_for,
    place_words,
    sentence_of,
    title_of,
    trigger_words,
    with_accounts,
)
from confida_web.api import Formatter, Option, Tab, access_for, formatter_of, gettext

PURPOSE = "operation"
TONES: Mapping[str, str] = {"draft": "quiet", "active": "may", "paused": "restricted", "ended": "quiet"}
ICONS: Mapping[str, str] = {
    "wait": "clock", "mail": "mail", "branch": "branch", "split": "percent", "tag": "tag", "task": "task", "call": "phone",
    "appointment": "calendar", "exit": "sign-out",
}  # fmt: skip
Journeys = Sequence[Opened[JourneyContent]]


def options(words: Mapping[str, str], chosen: str = "") -> tuple[Option, ...]:
    return tuple(Option(value=key, label=gettext(label), chosen=key == chosen) for key, label in words.items())


def tabs_of(which: str, current: int) -> tuple[Tab, ...]:
    return (
        Tab(label=gettext("Journeys"), href=LIST, current=which != "trash", count=current),
        Tab(label=gettext("Trash"), href=f"{LIST}?which=trash", current=which == "trash"),
    )


async def rows_of(crm: Installation, names: Names, journeys: Journeys) -> tuple[JourneyRow, ...]:
    """One query, however many."""
    numbers = await numbers_of(crm, [one.row["id"] for one in journeys])
    return tuple(row_of(one, names, numbers[one.row["id"]]) for one in journeys)


def row_of(one: Opened[JourneyContent], names: Names, numbers: Numbers) -> JourneyRow:
    return JourneyRow(
        id=str(one.row["id"]),
        name=one.content.name,
        begins=trigger_words(one.content.plan, names),
        state=gettext(STATES[one.row["state"]]),
        tone=TONES[one.row["state"]],
        inside=numbers.of("waiting"),
        reached=numbers.of("reached"),
        done=numbers.of("done"),
        total=numbers.total,
    )


async def journey_page(request: Request[Any, Any, Any], opened: Opened[JourneyContent], **more: Any) -> JourneyPage:
    """The plan as it is written, with what is to be mended in it and who is where."""
    crm, access, f = request.state.crm, access_for(request, PURPOSE), formatter_of(request)
    row, content = opened.row, opened.content
    plan = content.plan
    names = await with_accounts(crm, await names_for(crm, access), plan)
    faults = await faults_of(crm, access, plan)
    counted = await step_numbers(crm, row["id"])
    steps = step_rows(plan, names, f, faults, counted)
    purpose = (await all_purposes(crm)).get(plan.purpose)
    labels = Labels(
        titles={one.key: one.title for one in steps},
        texts={one.key: one.text for one in steps},
        begins=trigger_words(plan, names),
        wrong=frozenset(one.step for one in faults),
    )
    return JourneyPage(
        id=str(row["id"]),
        name=content.name,
        aim=content.aim,
        goal=content.goal,
        goal_words=names.condition(plan.goal) if plan.goal else "",
        begins=trigger_words(plan, names),
        inside_words=inside_words(plan),
        reentry=reentry_words(plan),
        purpose=purpose.declared.wording("en")[1].title if purpose else gettext("no purpose yet"),
        state=row["state"],
        state_label=gettext(STATES[row["state"]]),
        tone=TONES[row["state"]],
        running=row["running"],
        changed=row["changed"],
        older=await inside_older(crm, row["id"], row["running"]) if row["running"] > 1 else 0,
        broken=bool(row["fault"]),
        steps=steps,
        kinds=options(KINDS),
        faults=tuple(fault_words(plan, one) for one in faults),
        figures=figures_of((await numbers_of(crm, [row["id"]]))[row["id"]]),
        diagram=diagram_of(plan, labels, counted),
        may_write=access.actor.may("marketing.write"),
        may_send=access.actor.may("marketing.send"),
        version=row["version"],
        **more,
    )


def inside_words(plan: Plan) -> str:
    if plan.trigger.kind in ("hand", "event"):
        return ""
    if plan.trigger.inside:
        return gettext("Whoever it means already when it is switched on begins, too.")
    return gettext("Whoever it means already when it is switched on does not begin.")


def reentry_words(plan: Plan) -> str:
    if plan.reentry == "days":
        return gettext("Again at the earliest after {days} days").format(days=plan.reentry_days)
    return gettext(REENTRY.get(plan.reentry, plan.reentry))


def fault_words(plan: Plan, fault: Fault) -> str:
    sentence = gettext(fault.sentence)
    return f"{place_words(plan, fault.step)}: {sentence}" if fault.step else sentence


def figures_of(numbers: Numbers) -> tuple[Figure, ...]:
    found = [Figure(key="", label=gettext("Began"), number=numbers.total)]
    found += [Figure(key=key, label=gettext(label), number=numbers.of(key)) for key, label in ENTRY_STATES.items()]
    return tuple(found)


def step_rows(
    plan: Plan, names: Names, f: Formatter, faults: Sequence[Fault], counted: Mapping[str, StepNumbers]
) -> tuple[StepRow, ...]:
    return tuple(
        StepRow(
            key=step.key,
            kind=step.kind,
            kind_label=gettext(KINDS.get(step.kind, step.kind)),
            icon=ICONS.get(step.kind, "more"),
            place=place,
            title=title_of(step),
            text=sentence_of(step, names, f),
            ways=ways_of(plan, step),
            refused=gettext(REFUSED[step.refused]) if step.kind in GATED and step.refused in REFUSED else "",
            waiting=counted.get(step.key, StepNumbers()).waiting,
            passed=counted.get(step.key, StepNumbers()).passed,
            left=counted.get(step.key, StepNumbers()).left,
            not_allowed=counted.get(step.key, StepNumbers()).refused,
            faults=tuple(gettext(one.sentence) for one in faults if one.step == step.key),
            first=place == 1,
            last=place == len(plan.steps),
        )
        for place, step in enumerate(plan.steps, 1)
    )


def ways_of(plan: Plan, step: Step) -> tuple[str, ...]:
    """How it goes on, where that is not simply the step below."""
    if step.kind == "exit":
        return ()
    if step.kind not in FORKS:
        return () if step.then == NEXT else (f"→ {place_words(plan, plan.after(step.key, step.then))}",)
    words = ("A", "B") if step.kind == "split" else (gettext("yes"), gettext("no"))
    ways = (plan.after(step.key, step.then), plan.after(step.key, step.other))
    return tuple(f"{word} → {place_words(plan, way)}" for word, way in zip(words, ways, strict=True))
