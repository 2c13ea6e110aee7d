"""Set-up of rules: listed, ordered, written, tried on a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import IndexField, InvalidContent, VersionConflict
from confida_service.queues.queues import first_queue
from confida_service.queues.routing_content import RuleContent
from confida_service.queues.routing_fields import all_fields
from confida_service.queues.routing_form import TypedRule, effects, in_words, kept_rule, names_of, typed_rule
from confida_service.queues.routing_pages import RulePage, RulesPage, ShownRule
from confida_service.queues.routing_rules import move_rule, remove_rule, rule, rules, save_rule, switch_rule
from confida_service.queues.routing_trial import Trial, pasted_sample, ticket_sample, tried
from confida_service.tickets.choices import options
from confida_service.tickets.states import KINDS, PRIORITIES
from confida_web.api import (
    Errors,
    FormData,
    Toast,
    access_for,
    filter_fields,
    operator_options,
    page,
    parse_form,
    redirect,
)

PURPOSE = "relationship"
RULES = "/x/service/settings/rules"
ONE = RULES + "/{rule_id:uuid}"
UNCHANGED = "As it is"
CHANGED_MEANWHILE = "Somebody else changed this rule meanwhile. Save again to replace theirs."
VERDICTS = {
    "fired": "It applies",
    "passed": "It does not apply",
    "disabled": "Switched off",
    "stopped": "Not looked at: an earlier rule was the last one",
    "broken": "It asks for something that is gone",
}


@get(RULES, permission="service.manage")
async def show_rules(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    found = await rules(crm, access_for(request, PURPOSE))
    fields, names = await all_fields(crm), await names_of(crm)
    shown = []
    for place, one in enumerate(found):
        means, sound = in_words(one.content, fields)
        stops = (("", "Later rules are not looked at"),) if one.content.stop else ()
        shown.append(
            ShownRule(
                id=one.row["id"],
                name=one.content.name,
                enabled=one.row["enabled"],
                means=means,
                broken=not sound,
                sets=(*effects(one.content, names), *stops),
                first=not place,
                last=place == len(found) - 1,
            )
        )
    return page(request, RulesPage(rules=tuple(shown)))


@get(f"{RULES}/new", permission="service.manage")
async def new_rule(request: Request[Any, Any, Any]) -> Response[Any]:
    fields = await all_fields(request.state.crm)
    return page(request, await rule_page(request, kept_rule(RuleContent(), fields), fields), "form")


@get(ONE, permission="service.manage")
async def show_rule(request: Request[Any, Any, Any], rule_id: FromPath[UUID]) -> Response[Any]:
    crm = request.state.crm
    found = await rule(crm, access_for(request, PURPOSE), rule_id)
    fields = await all_fields(crm)
    shown = await rule_page(
        request, kept_rule(found.content, fields), fields, rule_id=rule_id, version=found.row["version"]
    )
    return page(request, shown, "form")


@post(f"{RULES}/new", permission="service.manage", status_code=200)
async def add_rule(request: Request[Any, Any, Any]) -> Response[Any]:
    return await answered(request, None)


@post(ONE, permission="service.manage", status_code=200)
async def change_rule(request: Request[Any, Any, Any], rule_id: FromPath[UUID]) -> Response[Any]:
    return await answered(request, rule_id)


async def answered(request: Request[Any, Any, Any], rule_id: UUID | None) -> Response[Any]:
    """What a button of the form asks for: another row, one less, a trial, or to keep it."""
    form = await parse_form(request)
    fields = await all_fields(request.state.crm)
    typed = typed_rule(form, fields)
    if form.get("_add") or form.get("_remove"):
        return page(request, await rule_page(request, typed, fields, form=form, rule_id=rule_id), "form")
    if form.get("_do") == "try" or typed.wrong:
        return await shown_trial(request, typed, fields, form, rule_id)
    try:
        await save_rule(
            request.state.crm, access_for(request, PURPOSE), typed.content, rule_id=rule_id,
            seen=form.integer("version"),
        )  # fmt: skip
    except InvalidContent as wrong:
        shown = await rule_page(request, typed, fields, form=form, rule_id=rule_id, errors=wrong.errors)
        return page(request, shown, "form", status=422)
    except VersionConflict as conflict:
        errors = {"": CHANGED_MEANWHILE}
        version = conflict.current or 0
        shown = await rule_page(request, typed, fields, form=form, rule_id=rule_id, errors=errors, version=version)
        return page(request, shown, "form", status=409)
    return redirect(request, RULES, Toast(message="Saved."))


async def shown_trial(
    request: Request[Any, Any, Any],
    typed: TypedRule,
    fields: Mapping[str, IndexField],
    form: FormData,
    rule_id: UUID | None,
) -> Response[Any]:
    """The form again, with what the sample makes of it; nothing is kept."""
    errors: Errors = {"conditions": "Please look at the conditions again."} if typed.wrong else {}
    trial = None
    if not errors:
        try:
            trial = await trial_of(request, typed, form, rule_id)
        except InvalidContent as wrong:
            errors = wrong.errors
    shown = await rule_page(request, typed, fields, form=form, rule_id=rule_id, errors=errors, trial=trial)
    return page(request, shown, "form", status=422 if errors else 200)


async def trial_of(request: Request[Any, Any, Any], typed: TypedRule, form: FormData, rule_id: UUID | None) -> Trial:
    """Raises InvalidContent where there is no sample."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    number = form.integer("ticket", 0)
    sample = await (ticket_sample(crm, access, number) if number else pasted_sample(crm, access, form.get("sample")))
    return await tried(crm, access, sample, typed.content, rule_id)


async def rule_page(
    request: Request[Any, Any, Any],
    typed: TypedRule,
    fields: Mapping[str, IndexField],
    *,
    form: FormData | None = None,
    rule_id: UUID | None = None,
    version: int | None = None,
    errors: Errors | None = None,
    trial: Trial | None = None,
) -> RulePage:
    crm, content = request.state.crm, typed.content
    await first_queue(crm)
    names = await names_of(crm)
    owners = {one.hex: name for one, name in names.people.items()}
    seen = form.integer("version", 0) if form else 0
    return RulePage(
        action=f"{RULES}/{rule_id or 'new'}",
        new=rule_id is None,
        version=seen if version is None else version,
        values={
            "name": content.name, "tags": ", ".join(content.tags), "sample": form.get("sample") if form else "",
            "ticket": form.get("ticket") if form else "",
        },
        match=typed.match,
        stop=content.stop,
        filter_rows=typed.rows,
        filter_fields=filter_fields(fields, owners),
        filter_operators=operator_options(),
        queues=options(names.queues, content.queue_id or "", every=UNCHANGED),
        priorities=options(PRIORITIES, content.priority or "", every=UNCHANGED),
        kinds=options(KINDS, content.kind, every=UNCHANGED),
        assignees=options(names.people, content.assignee_id or "", every=UNCHANGED),
        answers=options(names.answers, content.canned_id or "", every="None"),
        errors=errors or {},
        trial=trial,
        outcome=effects(trial.decision.routing, names) if trial else (),
        verdicts=VERDICTS,
    )  # fmt: skip


@post(f"{ONE}/earlier", permission="service.manage", status_code=303)
async def earlier(request: Request[Any, Any, Any], rule_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await move_rule(request.state.crm, access_for(request, PURPOSE), rule_id, -1)
    return redirect(request, RULES)


@post(f"{ONE}/later", permission="service.manage", status_code=303)
async def later(request: Request[Any, Any, Any], rule_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await move_rule(request.state.crm, access_for(request, PURPOSE), rule_id, 1)
    return redirect(request, RULES)


@post(f"{ONE}/off", permission="service.manage", status_code=303)
async def switch_off(request: Request[Any, Any, Any], rule_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await switch_rule(request.state.crm, access_for(request, PURPOSE), rule_id, enabled=False)
    return redirect(request, RULES, Toast(message="Switched off.", undo_url=f"{RULES}/{rule_id}/on"))


@post(f"{ONE}/on", permission="service.manage", status_code=303)
async def switch_on(request: Request[Any, Any, Any], rule_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await switch_rule(request.state.crm, access_for(request, PURPOSE), rule_id, enabled=True)
    return redirect(request, RULES, Toast(message="Switched on."))


@post(f"{ONE}/remove", permission="service.manage", status_code=303)
async def remove(request: Request[Any, Any, Any], rule_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await remove_rule(request.state.crm, access_for(request, PURPOSE), rule_id)
    return redirect(request, RULES, Toast(message="Removed."))


ROUTES = (
    show_rules, new_rule, show_rule, add_rule, change_rule, earlier, later, switch_off, switch_on, remove,
)  # fmt: skip
