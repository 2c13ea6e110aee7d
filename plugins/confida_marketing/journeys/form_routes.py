"""What a journey is for, what begins it, its goal, and each of its steps: written and changed, without scripts, too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import structs

from confida_core.api import InvalidContent, NotFound, Opened, VersionConflict, active_accounts
from confida_marketing.content.choosing import email_options
from confida_marketing.journeys.asking import date_fields
from confida_marketing.journeys.content import JourneyContent
from confida_marketing.journeys.form_reading import (
    Typed,
    conditions_of,
    frame_values,
    read_frame,
    read_step,
    step_values,
    with_step,
)
from confida_marketing.journeys.journeys import LIST, change_journey, change_steps, visible_journey
from confida_marketing.journeys.pages import JourneyFormPage, StepFormPage
from confida_marketing.journeys.plan import (
    END,
    FORKS,
    GATED,
    KINDS,
    NEXT,
    REENTRY,
    REFUSED,
    TRIGGERS,
    Plan,
    Step,
    fresh_key,
)
from confida_marketing.journeys.shown import PURPOSE, options
from confida_marketing.journeys.words import Names, names_for, title_of
from confida_marketing.segments.form import HOW, TypedSegment
from confida_marketing.segments.form_routes import operators
from confida_marketing.segments.segments import purposes_offered
from confida_web.api import (
    FormData,
    Option,
    Toast,
    access_for,
    filter_fields,
    formatter_of,
    gettext,
    page,
    parse_form,
    redirect,
)

ONE = LIST + "/{journey_id:uuid}"
CHANGED = "Somebody changed it meanwhile. Save again to replace what they did."


def conditions_shown(typed: TypedSegment, names: Names) -> dict[str, Any]:
    """What `ConditionsPage` needs of a condition."""
    return {
        "match": typed.match,
        "groups": typed.groups,
        "hows": tuple(Option(value=value, label=label) for value, label in HOW.items()),
        "filter_fields": filter_fields(names.fields, names.fields["owner"].choices),
        "operators": operators(),
    }


def chosen(words: dict[str, str], value: str) -> tuple[Option, ...]:
    return tuple(Option(value=key, label=label, chosen=key == value) for key, label in words.items())


async def frame_page(
    request: Request[Any, Any, Any], opened: Opened[JourneyContent], typed: Typed[JourneyContent], version: int
) -> JourneyFormPage:
    crm, values = request.state.crm, typed.values
    names = await names_for(crm, access_for(request, PURPOSE))
    purposes = {key: one.declared.wording("en")[1].title for key, one in (await purposes_offered(crm)).items()}
    return JourneyFormPage(
        id=str(opened.row["id"]),
        name=opened.content.name,
        values=values,
        purposes=chosen(purposes, values["purpose"]),
        triggers=options(TRIGGERS, values["trigger"]),
        segments=chosen(dict(names.segments), values["segment"]),
        consents=chosen(dict(names.consents), values["consent"]),
        events=chosen(dict(names.events), values["event"]),
        dates=chosen(date_fields(names.fields), values["date"]),
        reentries=options(REENTRY, values["reentry"]),
        errors={name: gettext(sentence) for name, sentence in typed.errors.items()},
        version=version,
        **conditions_shown(typed.conditions, names),
    )


@get(ONE + "/edit", permission="marketing.write")
async def edit_journey(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_journey(crm, access, journey_id)
    fields = (await names_for(crm, access)).fields
    typed = Typed(
        value=opened.content,
        conditions=conditions_of(opened.content.plan.goal, fields),
        errors={},
        values=frame_values(opened.content),
    )
    return page(request, await frame_page(request, opened, typed, opened.row["version"]))


@post(ONE + "/edit", permission="marketing.write", status_code=200)
async def save_journey(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_journey(crm, access, journey_id)
    typed = read_frame(form, opened.content, (await names_for(crm, access)).fields)
    version, status = form.integer("version"), 422
    if form.get("_add") or form.get("_remove"):
        return page(request, await frame_page(request, opened, replace(typed, errors={}), version))
    if not typed.errors:
        try:
            await change_journey(crm, access, opened, typed.value, seen=version)
            return redirect(request, f"{LIST}/{journey_id}", Toast(message=gettext("Saved.")))
        except InvalidContent as wrong:
            typed = replace(typed, errors=wrong.errors)
        except VersionConflict as conflict:
            typed, version, status = replace(typed, errors={"": CHANGED}), conflict.current or 0, 409
    return page(request, await frame_page(request, opened, typed, version), status=status)


async def step_page(
    request: Request[Any, Any, Any], opened: Opened[JourneyContent], typed: Typed[Step], *, after: str, version: int
) -> StepFormPage:
    crm, access, step = request.state.crm, access_for(request, PURPOSE), typed.value
    plan, values = opened.content.plan, typed.values
    is_new = plan.step(step.key) is None
    here = f"{LIST}/{opened.row['id']}/steps"
    names = await names_for(crm, access)
    people = {"owner": gettext("Whoever is responsible for the contact")}
    people |= {str(one.id): one.name for one in await active_accounts(crm)}
    f = formatter_of(request)
    return StepFormPage(
        id=str(opened.row["id"]),
        name=opened.content.name,
        action=f"{here}/new" if is_new else f"{here}/{step.key}",
        kind=step.kind,
        kind_label=gettext(KINDS[step.kind]),
        after=after,
        is_new=is_new,
        fork=step.kind in FORKS,
        gated=step.kind in GATED,
        values=values,
        targets=targets_of(plan, step),
        emails=tuple(await email_options(crm, access, values["email"])),
        people=chosen(people, values["assignee"]),
        weekdays=tuple(
            Option(value=str(day), label=str(f.locale.days["stand-alone"]["wide"][day]), chosen=str(day) == values["weekday"])
            for day in range(7)
        ),
        refusals=options(REFUSED, values["refused"]),
        errors={name: gettext(sentence) for name, sentence in typed.errors.items()},
        version=version,
        **conditions_shown(typed.conditions, names),
    )  # fmt: skip


def targets_of(plan: Plan, step: Step) -> tuple[Option, ...]:
    """Where it may go on."""
    found = [Option(value=NEXT, label=gettext("The step below")), Option(value=END, label=gettext("The end"))]
    found += [
        Option(value=one.key, label=f"{place}. {title_of(one)}")
        for place, one in enumerate(plan.steps, 1)
        if one.key != step.key
    ]
    return tuple(found)


@get(ONE + "/steps/new", permission="marketing.write")
async def new_step(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    """`?kind=` what it is, `&after=` a step's key."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_journey(crm, access, journey_id)
    kind = str(request.query_params.get("kind", ""))
    step = Step(key=fresh_key(opened.content.plan), kind=kind if kind in KINDS else "mail")
    if step.kind == "wait":
        step = structs.replace(step, days=3)
    after = str(request.query_params.get("after", ""))
    return page(request, await unwritten(request, opened, step, after))


@get(ONE + "/steps/{key:str}", permission="marketing.write")
async def edit_step(request: Request[Any, Any, Any], journey_id: FromPath[UUID], key: FromPath[str]) -> Response[Any]:
    opened = await visible_journey(request.state.crm, access_for(request, PURPOSE), journey_id)
    step = opened.content.plan.step(key)
    if step is None:
        raise NotFound
    return page(request, await unwritten(request, opened, step, ""))


async def unwritten(
    request: Request[Any, Any, Any], opened: Opened[JourneyContent], step: Step, after: str
) -> StepFormPage:
    fields = (await names_for(request.state.crm, access_for(request, PURPOSE))).fields
    conditions = conditions_of(step.condition, fields)
    typed = Typed(value=step, conditions=conditions, errors={}, values=step_values(step))
    return await step_page(request, opened, typed, after=after, version=opened.row["version"])


@post(ONE + "/steps/new", permission="marketing.write", status_code=200)
async def add_step(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    opened = await visible_journey(request.state.crm, access_for(request, PURPOSE), journey_id)
    kind = form.get("kind")
    return await save_step(request, opened, form, kind if kind in KINDS else "mail", fresh_key(opened.content.plan))


@post(ONE + "/steps/{key:str}", permission="marketing.write", status_code=200)
async def change_step(request: Request[Any, Any, Any], journey_id: FromPath[UUID], key: FromPath[str]) -> Response[Any]:
    form = await parse_form(request)
    opened = await visible_journey(request.state.crm, access_for(request, PURPOSE), journey_id)
    step = opened.content.plan.step(key)
    if step is None:
        raise NotFound
    return await save_step(request, opened, form, step.kind, key)


async def save_step(
    request: Request[Any, Any, Any], opened: Opened[JourneyContent], form: FormData, kind: str, key: str
) -> Response[Any]:
    """What a button of the form asks for: a condition more or less, or to keep it."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    plan, after = opened.content.plan, form.get("after")[:8]
    typed = read_step(form, plan, kind, key, (await names_for(crm, access)).fields)
    version, status = form.integer("version"), 422
    if form.get("_add") or form.get("_remove"):
        shown = await step_page(request, opened, replace(typed, errors={}), after=after, version=version)
        return page(request, shown)
    if not typed.errors:
        try:
            await change_steps(crm, access, opened, with_step(plan, typed.value, after), seen=version)
            return redirect(request, f"{LIST}/{opened.row['id']}#step-{key}", Toast(message=gettext("Saved.")))
        except VersionConflict as conflict:
            typed, version, status = replace(typed, errors={"": CHANGED}), conflict.current or 0, 409
    return page(request, await step_page(request, opened, typed, after=after, version=version), status=status)


ROUTES = (edit_journey, save_journey, new_step, edit_step, add_step, change_step)
