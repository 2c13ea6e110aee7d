"""The register of breaches: recorded, added to in phases, told to whom it must be, closed; and the letter to the authority."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.rights import breaches as register
from confida_consent.rights.breaches import RISKS, Breach
from confida_consent.rights.content import BreachFile
from confida_consent.rights.registers.processing import processing_register
from confida_core.accounts.staff import account_names
from confida_core.clock import now
from confida_core.contacts.validation import InvalidContent
from confida_web.display import Errors
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.registers.pages import BreachesPage, BreachLetterPage, BreachPage, BreachRow
from confida_web.registers.words import instant_in, options
from confida_web.security.access import access_for

HERE = "/registers/breaches"
FIELDS = ("title", "facts", "categories", "persons", "records", "consequences", "measures", "risk", "reasons")


@get(HERE, permission="registers.read")
async def breaches(request: Request[Any, Any, Any]) -> Response[Any]:
    found = await register.list_breaches(request.state.crm, access_for(request, "data_subject_rights"))
    moment = now()
    content = BreachesPage(
        rows=tuple(BreachRow(breach=one, clock=one.clock(moment), href=f"{HERE}/{one.id}") for one in found),
        may_record=request.state.actor.may("breaches.record"),
    )
    return page(request, content)


@get(HERE + "/new", permission="breaches.record")
async def new(request: Request[Any, Any, Any]) -> Response[Any]:
    local = now().astimezone(ZoneInfo(request.state.frame.time_zone))
    values = {"day": local.date().isoformat(), "time": f"{local:%H:%M}"}
    return page(request, BreachPage(risks=options(RISKS), values=values, may_record=True))


@post(HERE + "/new", permission="breaches.record")
async def record(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    values = {name: form.get(name) for name in (*FIELDS, "day", "time")}
    known_at = instant_in(request, form.get("day"), form.get("time"))
    if known_at is None:
        return refused(request, values, {"day": "Say when you learned of it."})
    access = access_for(request, "data_subject_rights")
    try:
        breach_id = await register.record_breach(request.state.crm, access, file_of(form), known_at)
    except InvalidContent as wrong:
        return refused(request, values, at_fields(wrong.errors))
    return redirect(request, f"{HERE}/{breach_id}", Toast(message="Recorded. The 72 hours count from when you knew."))


def refused(request: Request[Any, Any, Any], values: dict[str, str], errors: Errors) -> Response[Any]:
    content = BreachPage(risks=options(RISKS, values["risk"]), values=values, may_record=True, errors=errors)
    return page(request, content, status=422)


def file_of(form: FormData) -> BreachFile:
    return BreachFile(**{name: form.get(name) for name in FIELDS})


def at_fields(errors: Errors) -> Errors:
    return {"day" if name == "known_at" else name: text for name, text in errors.items()}


@get(HERE + "/{breach_id:uuid}", permission="registers.read")
async def show(request: Request[Any, Any, Any], breach_id: FromPath[UUID]) -> Response[Any]:
    found = await register.breach_of(request.state.crm, access_for(request, "data_subject_rights"), breach_id)
    return page(request, await breach_page(request, found))


async def breach_page(
    request: Request[Any, Any, Any], found: Breach, values: dict[str, str] | None = None, errors: Errors | None = None
) -> BreachPage:
    names = await account_names(request.state.crm, [found.recorded_by])
    local = found.known_at.astimezone(ZoneInfo(request.state.frame.time_zone))
    kept = {name: getattr(found.file, name) for name in FIELDS}
    values = values or {**kept, "day": local.date().isoformat(), "time": f"{local:%H:%M}"}
    return BreachPage(
        breach=found,
        clock=found.clock(now()),
        by=names.get(found.recorded_by, ""),
        risks=options(RISKS, values["risk"]),
        values=values,
        may_record=request.state.actor.may("breaches.record") and found.closed_at is None,
        errors=errors or {},
    )


@post(HERE + "/{breach_id:uuid}", permission="breaches.record")
async def change(request: Request[Any, Any, Any], breach_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    found = await register.breach_of(crm, access, breach_id)
    values = {name: form.get(name) for name in (*FIELDS, "day", "time")}
    known_at = instant_in(request, form.get("day"), form.get("time"))
    try:
        if known_at is None:
            raise InvalidContent({"day": "Say when you learned of it."})
        # The minutes of a form are no reason to move the clock by seconds.
        same = known_at == found.known_at.replace(second=0, microsecond=0)
        seen = form.integer("version")
        await register.change_breach(
            crm, access, breach_id, file_of(form), found.known_at if same else known_at, seen=seen
        )
    except InvalidContent as wrong:
        return page(request, await breach_page(request, found, values, at_fields(wrong.errors)), status=422)
    return redirect(request, f"{HERE}/{breach_id}", Toast(message="Saved."))


@post(HERE + "/{breach_id:uuid}/told", permission="breaches.record")
async def told(request: Request[Any, Any, Any], breach_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    tell = register.tell_persons if form.get("whom") == "persons" else register.tell_authority
    try:
        await tell(crm, access, breach_id, form.get("text"))
    except InvalidContent as wrong:
        found = await register.breach_of(crm, access, breach_id)
        return page(request, await breach_page(request, found, errors=wrong.errors), status=422)
    return redirect(request, f"{HERE}/{breach_id}", Toast(message="Noted."))


@post(HERE + "/{breach_id:uuid}/close", permission="breaches.record")
async def close(request: Request[Any, Any, Any], breach_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    try:
        await register.close_breach(crm, access, breach_id)
    except InvalidContent as wrong:
        found = await register.breach_of(crm, access, breach_id)
        return page(request, await breach_page(request, found, errors=wrong.errors), status=422)
    return redirect(request, HERE, Toast(message="This breach is closed. It stays in the register."))


@get(HERE + "/{breach_id:uuid}/letter", permission="registers.read")
async def letter(request: Request[Any, Any, Any], breach_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    found = await register.breach_of(crm, access, breach_id)
    names = await account_names(crm, [found.recorded_by])
    content = BreachLetterPage(
        breach=found,
        register=await processing_register(crm, access),
        by=names.get(found.recorded_by, ""),
        risk=RISKS[found.file.risk],
        drawn_up_at=now(),
    )
    return page(request, content)


ROUTES = (breaches, new, record, show, change, told, close, letter)
