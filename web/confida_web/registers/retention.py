"""Retention: whose rules hold, which are carried out, what falls due by them, and what was ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.controller import read_controller
from confida_consent.rights.registers.processing import period_in_words
from confida_consent.rights.restriction import names_shown
from confida_consent.rights.retention import choose_country, retention_country, switch_rule
from confida_consent.rights.retention_due import Due, DueByRule, Preview, due_now, due_soon
from confida_consent.rights.retention_rules import InvalidRetention, countries, own_retention_faults
from confida_consent.rights.retention_run import list_runs, start_run
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.vault.access import NotFound
from confida_web.display import Errors, Option, Tab
from confida_web.forms import parse_form, whole_number
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.registers.pages import DuePage, DueRow, RetentionPage, RuleRow, RunRow
from confida_web.registers.words import ACTIONS, KEPT, KINDS, person_of
from confida_web.security.access import access_for

HERE = "/registers/retention"
SOON = 90
SPANS = (0, 30, 90, 365)
SHOWN = 200


@get(HERE, permission="registers.read")
async def retention(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await retention_page(request))


async def retention_page(request: Request[Any, Any, Any], errors: Errors | None = None) -> RetentionPage:
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    faults = own_retention_faults(crm.settings)
    manages = request.state.actor.may("retention.manage")
    try:
        known = countries(crm.settings)
        now, soon = await due_now(crm, access, shown=0), await due_soon(crm, access, SOON, shown=0)
    except InvalidRetention:
        return RetentionPage(faults=tuple(faults), may_manage=manages, errors=errors or {})
    chosen = await retention_country(crm) or (await read_controller(crm)).country
    return RetentionPage(
        country=now.country,
        name=now.name,
        countries=tuple(Option(value=code, label=one.name, chosen=code == chosen) for code, one in known.items()),
        rows=rule_rows(now, soon),
        runs=tuple(run_row(run, now) for run in await list_runs(crm, access, limit=20)),
        faults=tuple(faults),
        may_manage=manages,
        soon_days=SOON,
        errors=errors or {},
    )


def rule_rows(now: Preview, soon: Preview) -> tuple[RuleRow, ...]:
    return tuple(
        RuleRow(
            rule=one.rule,
            words=period_in_words(one.rule),
            action=ACTIONS[one.rule.action],
            on=one.on,
            endable=one.endable,
            count=one.count,
            kept=one.kept,
            soon=later.count - one.count,
            href=f"{HERE}/{one.rule.key}",
        )
        for one, later in zip(now.rules, soon.rules, strict=True)
    )


def run_row(run: Any, now: Preview) -> RunRow:
    labels = {one.rule.key: one.rule.label for one in now.rules}
    return RunRow(
        at=run.at, rule=labels.get(run.rule, run.rule), due=run.due, ended=run.ended, held=run.held, failed=run.failed
    )


@get(HERE + "/{key:str}", permission="registers.read")
async def due(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    """What falls due by one rule, by name."""
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    days = whole_number(str(request.query_params.get("days", "")), 0, lowest=0, highest=3_660)
    try:
        preview = await due_soon(crm, access, days, shown=SHOWN)
    except InvalidRetention:
        raise NotFound from None
    found: DueByRule | None = next((one for one in preview.rules if one.rule.key == key), None)
    if found is None:
        raise NotFound
    names = await names_shown(crm, access, [one.contact_id for one in found.items if one.contact_id is not None])
    spans = tuple(
        Tab(
            label="Today" if not span else f"Within {span} days",
            href=f"{HERE}/{key}" + (f"?days={span}" if span else ""),
            current=span == days,
        )
        for span in SPANS
    )
    content = DuePage(
        rule=found.rule,
        words=period_in_words(found.rule),
        action=ACTIONS[found.rule.action],
        rows=tuple(due_row(crm, one, names) for one in found.items),
        count=found.count,
        spans=spans,
    )
    return page(request, content)


def due_row(crm: Installation, one: Due, names: Mapping[UUID, str]) -> DueRow:
    return DueRow(
        what=KINDS.get(one.kind) or crm.registry.records[one.kind].label,
        person=person_of(crm, names, one.contact_id) if one.contact_id else None,
        until=one.until,
        kept=KEPT.get(one.kept, ""),
    )


@post(HERE + "/country", permission="retention.manage")
async def country(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    try:
        await choose_country(request.state.crm, access_for(request, "data_subject_rights"), form.get("country"))
    except InvalidContent as wrong:
        return page(request, await retention_page(request, wrong.errors), status=422)
    except InvalidRetention:
        return page(request, await retention_page(request), status=422)
    return redirect(
        request, HERE, Toast(message="These rules hold from now on. Nothing is ended before you switch it on.")
    )


@post(HERE + "/{key:str}/switch", permission="retention.manage")
async def switch(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    form = await parse_form(request)
    on = form.get("on") == "yes"
    try:
        await switch_rule(request.state.crm, access_for(request, "data_subject_rights"), key, on=on)
    except InvalidRetention:
        raise NotFound from None
    message = "It is carried out from the next daily run on." if on else "It is only shown from now on."
    return redirect(request, HERE, Toast(message=message))


@post(HERE + "/run", permission="retention.manage")
async def run(request: Request[Any, Any, Any]) -> Response[Any]:
    await parse_form(request)
    await start_run(request.state.crm, access_for(request, "data_subject_rights"))
    return redirect(request, HERE, Toast(message="It is being carried out; the report appears here.", tone="notice"))


ROUTES = (retention, due, country, switch, run)
