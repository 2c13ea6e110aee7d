"""How papers are numbered, and in which steps people are reminded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, NotFound, Row, plugin_settings
from confida_sales.billing.account_pages import NumbersPage, SeriesRow, StepForm, StepsPage
from confida_sales.billing.numbering import PATTERNS, all_series, choose_pattern, preview_pattern
from confida_sales.billing.reminder_steps import (
    CHANNELS,
    WORDS,
    StepDraft,
    remove_step,
    restore_step,
    save_step,
    save_suggested,
    steps_of,
)
from confida_sales.billing.showing import BOOKS, options
from confida_sales.billing.typed import typed_amount
from confida_sales.papers_form import reader_of
from confida_sales.papers_shown import plain_amount
from confida_sales.settings import SalesSettings
from confida_web.api import FormData, Toast, access_for, mark, page, parse_form, redirect

NUMBERS = "/x/sales/settings/numbers"
STEPS = "/x/sales/settings/reminders"
KINDS: Mapping[str, str] = {
    "invoice": mark("Invoices"),
    "credit_note": mark("Credit notes"),
    "quote": mark("Quotes"),
    "order": mark("Orders"),
}


@get(NUMBERS, permission="sales.manage")
async def numbers(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, NumbersPage(rows=await series_rows(request)))


async def series_rows(request: Request[Any, Any, Any]) -> tuple[SeriesRow, ...]:
    found = await all_series(request.state.crm, access_for(request, BOOKS), reader_of(request).today)
    return tuple(
        SeriesRow(kind=kind, label=KINDS[kind], pattern=place.pattern, following=place.text)
        for kind, place in zip(PATTERNS, found, strict=True)
    )


@post(NUMBERS, permission="sales.manage", status_code=200)
async def save_numbers(request: Request[Any, Any, Any]) -> Response[Any]:
    """One kind at a time; with `_preview` it is only shown how the next number would be written."""
    crm, access, form = request.state.crm, access_for(request, BOOKS), await parse_form(request)
    kind, pattern, today = form.get("kind"), form.get("pattern"), reader_of(request).today
    rows = {row.kind: row for row in await series_rows(request)}
    if kind not in rows:
        raise NotFound
    try:
        if "_preview" in form:
            following = (await preview_pattern(crm, access, kind, pattern, today)).text
            rows[kind] = replace(rows[kind], pattern=pattern, following=following)
            return page(request, NumbersPage(rows=tuple(rows.values()), previewed=kind), block="rows")
        await choose_pattern(crm, access, kind, pattern)
    except InvalidContent as wrong:
        rows[kind] = replace(rows[kind], pattern=pattern, error=" ".join(wrong.errors.values()))
        return page(request, NumbersPage(rows=tuple(rows.values())), block="rows", status=422)
    return redirect(request, NUMBERS, Toast(message="Saved. The count goes on."))


@get(STEPS, permission="sales.manage")
async def steps(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await steps_page(request))


async def steps_page(request: Request[Any, Any, Any], failed: StepForm | None = None) -> StepsPage:
    """failed: the form that was sent with mistakes, in its place."""
    crm, locale = request.state.crm, reader_of(request).locale
    settings = await plugin_settings(crm, SalesSettings)
    found = [step_form(row, number, locale) for number, row in enumerate(await steps_of(crm), 1)]
    new = StepForm(
        id="", number=len(found) + 1, values={"fee_currency": settings.currency}, channels=options(CHANNELS, "email")
    )
    if failed is not None:
        new = replace(failed, number=new.number) if not failed.id else new
        found = [replace(failed, number=one.number) if one.id == failed.id else one for one in found]
    return StepsPage(
        steps=tuple(found),
        new=new,
        words=tuple(sorted(WORDS)),
        minimum=settings.reminder_minimum,
        by_themselves=settings.reminders_by_themselves,
    )


def step_form(row: Row, number: int, locale: str) -> StepForm:
    values = {name: str(row[name]) for name in ("days", "name", "subject", "text", "fee_currency")}
    fee = plain_amount(row["fee"], row["fee_currency"], locale) if row["fee"] else ""
    return StepForm(
        id=str(row["id"]), number=number, values=values | {"fee": fee}, channels=options(CHANNELS, row["channel"])
    )


@post(STEPS, permission="sales.manage", status_code=200)
async def add_step(request: Request[Any, Any, Any]) -> Response[Any]:
    return await keep_step(request, None)


@post(STEPS + "/{step_id:uuid}", permission="sales.manage", status_code=200)
async def change_step(request: Request[Any, Any, Any], step_id: FromPath[UUID]) -> Response[Any]:
    return await keep_step(request, step_id)


async def keep_step(request: Request[Any, Any, Any], step_id: UUID | None) -> Response[Any]:
    crm, access, form = request.state.crm, access_for(request, BOOKS), await parse_form(request)
    errors: dict[str, str] = {}
    draft = read_step(request, form, errors)
    try:
        if not errors:
            await save_step(crm, access, draft, reader_of(request).today, step_id=step_id)
            return redirect(request, STEPS, Toast(message="Saved. Open invoices are looked at anew tonight."))
    except InvalidContent as wrong:
        errors = dict(wrong.errors)
    failed = StepForm(
        id=str(step_id or ""),
        number=0,
        values=dict(form.fields),
        channels=options(CHANNELS, draft.channel),
        errors=errors,
    )
    return page(request, await steps_page(request, failed), status=422)


def read_step(request: Request[Any, Any, Any], form: FormData, errors: dict[str, str]) -> StepDraft:
    days, currency = form.get("days").strip(), form.get("fee_currency").strip().upper()
    fee = form.get("fee").strip()
    known = days.isascii() and days.isdigit() and len(days) < 6
    return StepDraft(
        days=int(days) if known else 0,
        name=form.get("name"),
        subject=form.get("subject"),
        text=form.get("text"),
        fee=typed_amount(fee, currency, reader_of(request).locale, errors, field="fee") if fee else 0,
        fee_currency=currency,
        channel=form.get("channel"),
    )


@post(STEPS + "/{step_id:uuid}/remove", permission="sales.manage")
async def drop_step(request: Request[Any, Any, Any], step_id: FromPath[UUID]) -> Response[Any]:
    await remove_step(request.state.crm, access_for(request, BOOKS), step_id, reader_of(request).today)
    toast = Toast(message="The step is removed.", undo_url=f"{STEPS}/{step_id}/restore")
    return redirect(request, STEPS, toast)


@post(STEPS + "/{step_id:uuid}/restore", permission="sales.manage")
async def take_back(request: Request[Any, Any, Any], step_id: FromPath[UUID]) -> Response[Any]:
    try:
        await restore_step(request.state.crm, access_for(request, BOOKS), step_id, reader_of(request).today)
    except InvalidContent as wrong:
        return redirect(request, STEPS, Toast(message=" ".join(wrong.errors.values()), tone="problem"))
    return redirect(request, STEPS, Toast(message="The step is back."))


@post(STEPS + "/suggested", permission="sales.manage")
async def suggest(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    settings = await plugin_settings(crm, SalesSettings)
    await save_suggested(crm, access_for(request, BOOKS), settings.currency, reader_of(request).today)
    return redirect(request, STEPS, Toast(message="Three steps to begin with. Change them as you like."))


ROUTES = (numbers, save_numbers, steps, add_step, change_step, drop_step, take_back, suggest)
