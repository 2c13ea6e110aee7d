"""Targets and commissions set by whoever manages sales."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    account_names,
    plugin_settings,
    read_amount,
    read_number,
    teams,
)
from confida_sales.settings import SalesSettings
from confida_sales.targets.commissions import add_rule, remove_rule, rules
from confida_sales.targets.figures import today_of
from confida_sales.targets.pages import CommissionsPage, RuleRow, TargetRow, TargetsPage
from confida_sales.targets.periods import EARLIEST, LATEST, Period, read_period
from confida_sales.targets.routes import PURPOSE, people_options, read_whose
from confida_sales.targets.shown import everybody_first, rate_text, rule_name, tabs_of, whose_key
from confida_sales.targets.targets import (
    SetTarget,
    TargetDraft,
    Whose,
    forget_target,
    set_targets,
    targets_between,
)
from confida_web.api import FormData, Option, Toast, access_for, formatter_of, page, parse_form, redirect, whole_number

TARGETS, COMMISSIONS = "/x/sales/targets", "/x/sales/commissions"


@get(TARGETS, permission="sales.manage")
async def targets(request: Request[Any, Any, Any]) -> Response[Any]:
    """`?year=` for another year."""
    year = whole_number(str(request.query_params.get("year", "")), today_of(request.state.crm).year, highest=LATEST)
    values = {"whose": "", "period": "", "amount": "", "currency": await standard_currency(request.state.crm)}
    return page(request, await targets_page(request, max(year, EARLIEST), values), block="form")


async def standard_currency(crm: Installation) -> str:
    return (await plugin_settings(crm, SalesSettings)).currency


async def targets_page(
    request: Request[Any, Any, Any], year: int, values: dict[str, str], errors: Mapping[str, str] | None = None
) -> TargetsPage:
    crm, f = request.state.crm, formatter_of(request)
    whole = Period(date(year, 1, 1), 12)
    found = await targets_between(crm, whole.start, whole.end)
    groups = [Option(value=f"team-{team.id}", label=f"Team {team.name}") for team in await teams(crm)]
    people = await people_options(crm)
    names = {one.value: one.label for one in (*groups, *people)}
    owners = {one.whose.owner_id for one in found if one.whose.owner_id and str(one.whose.owner_id) not in names}
    if owners:
        names |= {str(key): name for key, name in (await account_names(crm, sorted(owners))).items()}
    locale = str(f.locale)
    periods = [whole, *whole.parts(), *(month for quarter in whole.parts() for month in quarter.parts())]
    return TargetsPage(
        tabs=tabs_of(access_for(request, PURPOSE), TARGETS),
        year=year,
        rows=tuple(
            TargetRow(
                id=str(one.id), whose=names.get(whose_key(one.whose), "Everybody together" if not whose_key(one.whose) else "Nobody who is here"),
                period=one.period.label(locale), amount=f.money(one.amount, one.currency),
            )
            for one in sorted(found, key=place_of)
        ),
        whom=everybody_first(people, groups, values["whose"]),
        periods=tuple(
            Option(value=one.key, label=one.label(locale), chosen=one.key == values["period"]) for one in periods
        ),
        values=values,
        errors=errors or {},
    )  # fmt: skip


def place_of(one: SetTarget) -> tuple[object, ...]:
    """Everybody's, then of teams, then of colleagues; each in order of time."""
    whose = one.whose
    return (
        bool(whose.owner_id),
        bool(whose.team_id),
        whose_key(whose),
        one.currency,
        one.period.start,
        -one.period.months,
    )


@post(TARGETS, permission="sales.manage", status_code=200)
async def set_target(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    form = await parse_form(request)
    period = read_period(form.get("period"))
    year = period.start.year if period else today_of(crm).year
    try:
        draft = read_target(form, period, str(formatter_of(request).locale))
        await set_targets(crm, access, draft)
    except InvalidContent as wrong:
        values = {name: form.get(name) for name in ("whose", "period", "amount", "currency")}
        return page(request, await targets_page(request, year, values, wrong.errors), block="form", status=422)
    said = "The target is set." if len(draft.periods) == 1 else f"{len(draft.periods)} targets are set."
    return redirect(request, f"{TARGETS}?year={year}", Toast(message=said))


def read_target(form: FormData, period: Period | None, locale: str) -> TargetDraft:
    """With `repeat` the same for the rest of the year. Raises InvalidContent."""
    errors: dict[str, str] = {}
    currency = form.get("currency").strip().upper()
    amount = 0
    try:
        amount = read_amount(form.get("amount"), currency, locale)
    except InvalidAmount as wrong:
        errors["currency" if len(currency) != 3 else "amount"] = str(wrong)
    whose = Whose()
    try:
        whose = read_whose(form.get("whose"))
    except NotFound:
        errors["whose"] = "Please choose a colleague, a team, or everybody."
    if period is None:
        errors["period"] = "Please choose a month, a quarter or a year."
    if errors or period is None:
        raise InvalidContent(errors)
    following = [period]
    while form.flag("repeat") and following[-1].end.year == period.start.year:
        following.append(following[-1].moved(1))
    return TargetDraft(whose=whose, periods=tuple(following), currency=currency, amount=amount)


@post(f"{TARGETS}/{{target_id:uuid}}/remove", permission="sales.manage", status_code=200)
async def remove_target(request: Request[Any, Any, Any], target_id: FromPath[UUID]) -> Response[Any]:
    found = await forget_target(request.state.crm, access_for(request, PURPOSE), target_id)
    undo = f"{TARGETS}/restore?{restored(found)}"
    return redirect(
        request, f"{TARGETS}?year={found.period.start.year}", Toast(message="The target is gone.", undo_url=undo)
    )


def restored(found: SetTarget) -> str:
    """All that a target is, in an address: ids, a period and an amount, nothing that anybody typed."""
    return f"whose={whose_key(found.whose)}&period={found.period.key}&amount={found.amount}&currency={found.currency}"


@post(f"{TARGETS}/restore", permission="sales.manage", status_code=200)
async def restore_target(request: Request[Any, Any, Any]) -> Response[Any]:
    """Undo: set it as it was."""
    asked = {name: str(request.query_params.get(name, "")) for name in ("whose", "period", "amount", "currency")}
    period = read_period(asked["period"])
    if period is None:
        raise NotFound
    amount = whole_number(asked["amount"], highest=2**53)
    draft = TargetDraft(whose=read_whose(asked["whose"]), periods=(period,), currency=asked["currency"], amount=amount)
    try:
        await set_targets(request.state.crm, access_for(request, PURPOSE), draft)
    except InvalidContent:
        raise NotFound from None
    return redirect(request, f"{TARGETS}?year={period.start.year}", Toast(message="The target is set again."))


@get(COMMISSIONS, permission="sales.manage")
async def commissions(request: Request[Any, Any, Any]) -> Response[Any]:
    values = {"owner_id": "", "rate": "", "since": today_of(request.state.crm).isoformat()}
    return page(request, await commissions_page(request, values), block="form")


async def commissions_page(
    request: Request[Any, Any, Any], values: dict[str, str], errors: Mapping[str, str] | None = None
) -> CommissionsPage:
    crm, access, f = request.state.crm, access_for(request, PURPOSE), formatter_of(request)
    found = await rules(crm)
    names = await names_of(crm, access, [one.owner_id for one in found if one.owner_id])
    people = await people_options(crm)
    whom = (Option(value="", label="Everybody without a rate of their own"), *people)
    return CommissionsPage(
        tabs=tabs_of(access, COMMISSIONS),
        rows=tuple(
            RuleRow(id=str(one.id), whose=rule_name(one, names), rate=rate_text(one.rate, f), since=one.since)
            for one in found
        ),
        whom=tuple(Option(value=one.value, label=one.label, chosen=one.value == values["owner_id"]) for one in whom),
        values=values,
        on_paid=(await plugin_settings(crm, SalesSettings)).commission_on == "paid",
        may_set=access.actor.may("settings.manage"),
        errors=errors or {},
    )


async def names_of(crm: Installation, access: Access, owner_ids: list[UUID]) -> dict[str, str]:
    access.actor.require("sales.manage")
    return {str(key): name for key, name in (await account_names(crm, owner_ids)).items()} if owner_ids else {}


@post(COMMISSIONS, permission="sales.manage", status_code=200)
async def set_rule(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    try:
        owner_id, rate, since = read_rule(form, str(formatter_of(request).locale))
        await add_rule(request.state.crm, access_for(request, PURPOSE), owner_id, rate, since)
    except InvalidContent as wrong:
        values = {name: form.get(name) for name in ("owner_id", "rate", "since")}
        return page(request, await commissions_page(request, values, wrong.errors), block="form", status=422)
    return redirect(request, COMMISSIONS, Toast(message="The rate is set."))


def read_rule(form: FormData, locale: str) -> tuple[UUID | None, int, date]:
    """Raises InvalidContent."""
    errors: dict[str, str] = {}
    rate, since, owner_id = 0, date.min, None
    try:
        rate = read_number(form.get("rate"), 2, locale)
    except InvalidAmount as wrong:
        errors["rate"] = str(wrong)
    try:
        since = date.fromisoformat(form.get("since").strip())
    except ValueError:
        errors["since"] = "Please write a day, such as 2027-01-31."
    try:
        owner_id = UUID(form.get("owner_id")) if form.get("owner_id") else None
    except ValueError:
        errors["owner_id"] = "Please choose one of the colleagues."
    if errors:
        raise InvalidContent(errors)
    return owner_id, rate, since


@post(f"{COMMISSIONS}/{{rule_id:uuid}}/remove", permission="sales.manage", status_code=200)
async def forget_rule(request: Request[Any, Any, Any], rule_id: FromPath[UUID]) -> Response[Any]:
    found = await remove_rule(request.state.crm, access_for(request, PURPOSE), rule_id)
    whose = found.owner_id or ""
    undo = f"{COMMISSIONS}/restore?whose={whose}&rate={found.rate}&since={found.since}"
    return redirect(request, COMMISSIONS, Toast(message="The rate is gone.", undo_url=undo))


@post(f"{COMMISSIONS}/restore", permission="sales.manage", status_code=200)
async def restore_rule(request: Request[Any, Any, Any]) -> Response[Any]:
    """Undo: set it as it was."""
    whose = read_whose(str(request.query_params.get("whose", "")))
    rate = whole_number(str(request.query_params.get("rate", "")))
    try:
        since = date.fromisoformat(str(request.query_params.get("since", "")))
    except ValueError:
        raise NotFound from None
    try:
        await add_rule(request.state.crm, access_for(request, PURPOSE), whose.owner_id, rate, since)
    except InvalidContent:
        raise NotFound from None
    return redirect(request, COMMISSIONS, Toast(message="The rate is set again."))


MANAGE_ROUTES = (
    targets, set_target, remove_target, restore_target, commissions, set_rule, forget_rule, restore_rule,
)  # fmt: skip
