"""Complaints: the list, one on its track, its steps, and the file for spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    InvalidAmount,
    InvalidContent,
    VersionConflict,
    read_amount,
)
from confida_service.complaints.causes import causes
from confida_service.complaints.complaints import (
    Complaint,
    ComplaintDraft,
    move_complaint,
    save_complaint,
    start_complaint,
    take_back_step,
    visible_complaint,
)
from confida_service.complaints.export import complaints_csv
from confida_service.complaints.listing import HOME, SHOWN, ComplaintQuery, counts, list_complaints
from confida_service.complaints.pages import ComplaintsPage
from confida_service.complaints.showing import complaint_page, locale_of, typed_of
from confida_service.complaints.steps import REMEDIES, STEPS
from confida_service.tickets.choices import LIST, PURPOSE, id_in, options
from confida_web.api import (
    FormData,
    Tab,
    Toast,
    access_for,
    disposition,
    own_path,
    page,
    parse_form,
    redirect,
    whole_number,
)

ONE = HOME + "/{complaint_id:uuid}"
FIELDS = (
    "area", "cause", "findings", "remedy", "amount", "currency", "offer", "reply", "refunded_on", "satisfied", "measure",
    "responsible", "measure_by",
)  # fmt: skip
CHANGED_MEANWHILE = "Somebody else changed this complaint meanwhile. Save again to replace theirs."


@get(HOME, permission="service.read")
async def show_complaints(request: Request[Any, Any, Any]) -> Response[Any]:
    query = query_of(request.query_params)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    listed, counted = await list_complaints(crm, access, query), await counts(crm, access)
    state = fields_of(query)
    named = {each.id: each.name for each in await causes(crm)}
    tabs = tuple(
        Tab(label=label, href=address(query, show=key), current=key == query.showing, count=counted.get(key))
        for key, label in SHOWN.items()
    )
    shown = ComplaintsPage(
        rows=listed.rows,
        tabs=tabs,
        causes=options(named, query.cause_id or "", every="All causes") if named else (),
        steps=options(STEPS, query.step, every="All steps"),
        remedies=options(REMEDIES, query.remedy, every="All remedies"),
        state=state,
        following=address(query, after=listed.following) if listed.following else "",
        filtered=bool(query.cause_id or query.step or query.remedy),
        clear_href=address(ComplaintQuery(showing=query.showing)),
        may_export=access.actor.may("exchange.export"),
        may_manage=access.actor.may("service.manage"),
        may_write=access.actor.may("service.write"),
    )
    return page(request, shown, "results")


def query_of(given: Mapping[str, Any]) -> ComplaintQuery:
    """What an address or a form says; what was not made here means nothing."""
    showing, step, remedy = (str(given.get(name, "")) for name in ("show", "step", "remedy"))
    return ComplaintQuery(
        showing=showing if showing in SHOWN else "open",
        cause_id=id_in(given, "cause"),
        step=step if step in STEPS else "",
        remedy=remedy if remedy in REMEDIES else "",
        after=str(given.get("after", "")),
    )


def fields_of(query: ComplaintQuery) -> tuple[tuple[str, str], ...]:
    given = {
        "show": query.showing if query.showing != "open" else "",
        "cause": str(query.cause_id or ""),
        "step": query.step,
        "remedy": query.remedy,
    }
    return tuple((name, value) for name, value in given.items() if value)


def address(query: ComplaintQuery, **changes: str) -> str:
    fields = dict(fields_of(query)) | {name: value for name, value in changes.items() if value != "open"}
    if changes.get("show") == "open":
        fields.pop("show", None)
    return f"{HOME}?{urlencode(fields)}" if fields else HOME


@post(f"{HOME}/export", permission="exchange.export", status_code=200)
async def export_complaints(request: Request[Any, Any, Any]) -> Response[bytes]:
    form = await parse_form(request)
    content = await complaints_csv(request.state.crm, access_for(request, PURPOSE), query_of(dict(form.fields)))
    headers = {"Content-Disposition": disposition("complaints.csv")}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@get(ONE, permission="service.read")
async def show_complaint(request: Request[Any, Any, Any], complaint_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_complaint(request.state.crm, access_for(request, PURPOSE), complaint_id)
    return page(request, await complaint_page(request, opened, typed_of(opened, locale_of(request)), {}))


@post(ONE, permission="service.write", status_code=200)
async def change_complaint(request: Request[Any, Any, Any], complaint_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_complaint(crm, access, complaint_id)
    values = {name: form.get(name) for name in FIELDS} | {"version": form.get("version")}
    try:
        draft = draft_of(form, opened, locale_of(request))
        await save_complaint(crm, access, complaint_id, draft, seen=form.integer("version"))
    except InvalidContent as wrong:
        return page(request, await complaint_page(request, opened, values, wrong.errors), status=422)
    except VersionConflict as conflict:
        values["version"] = str(conflict.current or 0)
        return page(request, await complaint_page(request, opened, values, {"": CHANGED_MEANWHILE}), status=409)
    return redirect(request, f"{HOME}/{complaint_id}", Toast(message="Saved."))


def draft_of(form: FormData, opened: Complaint, locale: str) -> ComplaintDraft:
    """Raises InvalidContent for amounts and days that are none."""
    errors: dict[str, str] = {}
    currency = form.get("currency").strip().upper() or opened.row["currency"]
    amount = None
    if form.get("amount").strip():
        try:
            amount = read_amount(form.get("amount"), currency, locale)
        except InvalidAmount as wrong:
            errors["amount"] = str(wrong)
    days = {name: typed_day(form.get(name), name, errors) for name in ("refunded_on", "measure_by")}
    if errors:
        raise InvalidContent(errors)
    return ComplaintDraft(
        area=form.get("area"), cause_id=id_in(dict(form.fields), "cause"), findings=form.get("findings"),
        remedy=form.get("remedy"), amount=amount, currency=currency, offer=form.get("offer"), reply=form.get("reply"),
        satisfied=form.get("satisfied"), measure=form.get("measure"),
        responsible_id=id_in(dict(form.fields), "responsible"), **days,
    )  # fmt: skip


def typed_day(text: str, name: str, errors: dict[str, str]) -> date | None:
    """None for nothing; what is no day stands in the errors."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        errors[name] = "Please write a day like 2026-12-24."
        return None


@post(f"{ONE}/step", permission="service.write", status_code=303)
async def go_on(request: Request[Any, Any, Any], complaint_id: FromPath[UUID]) -> Response[Any]:
    """To the next step; its toast takes it back."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_complaint(crm, access, complaint_id)
    back = own_path(form.get("back")) or f"{HOME}/{complaint_id}"
    try:
        version = await move_complaint(crm, access, complaint_id, form.get("step"), seen=form.integer("version"))
    except InvalidContent as wrong:
        values = typed_of(opened, locale_of(request))
        return page(request, await complaint_page(request, opened, values, wrong.errors), status=422)
    except VersionConflict:
        return redirect(request, back, Toast(message=CHANGED_MEANWHILE, tone="problem"))
    query = urlencode({"step": opened.row["step"], "version": version, "back": back})
    undo = f"{HOME}/{complaint_id}/back?{query}"
    return redirect(request, back, Toast(message=f"{STEPS[form.get('step')]}.", undo_url=undo))


@post(f"{ONE}/back", permission="service.write", status_code=303)
async def go_back(request: Request[Any, Any, Any], complaint_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    given = request.query_params
    crm, access = request.state.crm, access_for(request, PURPOSE)
    seen = whole_number(given.get("version", ""), 0)
    toast = Toast(message="As it was before.")
    try:
        await take_back_step(crm, access, complaint_id, given.get("step", ""), seen=seen)
    except (InvalidContent, VersionConflict):
        toast = Toast(message=CHANGED_MEANWHILE, tone="problem")
    return redirect(request, own_path(given.get("back", "")) or f"{HOME}/{complaint_id}", toast)


@post(LIST + "/{ticket_id:uuid}/complaint", permission="service.write", status_code=303)
async def begin(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    """For a ticket that became a complaint before there were tracks."""
    await parse_form(request)
    complaint_id = await start_complaint(request.state.crm, access_for(request, PURPOSE), ticket_id)
    return redirect(request, f"{HOME}/{complaint_id}")


ROUTES = (show_complaints, export_complaints, show_complaint, change_complaint, go_on, go_back, begin)
