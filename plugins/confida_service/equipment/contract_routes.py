"""One service contract: seen, written down, changed, thrown away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Access, Installation, InvalidContent, NotFound, VersionConflict
from confida_service.equipment.content import EQUIPMENT as PIECE
from confida_service.equipment.contracts import (
    Contract,
    ContractDraft,
    add_contract,
    change_contract,
    covered,
    visible_contract,
)
from confida_service.equipment.equipment import today_of
from confida_service.equipment.list_routes import CONTRACTS
from confida_service.equipment.listing import shown_contracts
from confida_service.equipment.pages import ContractFormPage, ContractPage
from confida_service.equipment.reminders import reminded
from confida_service.equipment.showing import shown_reminders
from confida_service.equipment.trash import delete_contract, restore_contract
from confida_service.equipment.typed import Typed, chosen, for_whom, shown_day
from confida_service.tickets.choices import PURPOSE, id_in, is_id, options
from confida_service.tickets.states import PRIORITIES
from confida_web.api import FormData, Option, PersonRef, Toast, access_for, page, parse_form, redirect

ONE = CONTRACTS + "/{contract_id:uuid}"
TEXTS = ("name", "number", "notes")
DAYS = ("starts_on", "ends_on", "notice_on")
FIELDS = (*TEXTS, *DAYS, "renews_months", "priority")
CHANGED_MEANWHILE = "Somebody else changed this meanwhile. Save again to replace theirs."


@get(ONE, permission="service.read")
async def show_contract(request: Request[Any, Any, Any], contract_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_contract(crm, access, contract_id)
    shown = await shown_contracts(crm, access, [opened])
    if not shown:
        raise NotFound
    pieces = (await covered(crm, access, [contract_id]))[contract_id]
    return page(
        request,
        ContractPage(
            one=shown[0],
            contact=PersonRef(name=shown[0].contact, href=f"/contacts/{shown[0].contact_id}"),
            notes=opened.content.notes,
            priority=PRIORITIES.get(opened.row["priority"], ""),
            covers=tuple((one.content.product, f"/x/service/equipment/{one.row['id']}") for one in pieces),
            reminders=shown_reminders(request, (await reminded(crm, [contract_id]))[contract_id]),
            may_write=access.actor.may("service.write"),
        ),
    )


def draft_of(form: FormData, crm: Installation) -> ContractDraft:
    """Raises InvalidContent for days and numbers that are none."""
    typed = Typed(form)
    days, months = {name: typed.day(name) for name in DAYS}, typed.months("renews_months")
    typed.check()
    return ContractDraft(
        name=form.get("name"), number=form.get("number"), notes=form.get("notes"),
        starts_on=days["starts_on"] or today_of(crm), ends_on=days["ends_on"], notice_on=days["notice_on"],
        renews_months=months, priority=form.integer("priority", 0),
    )  # fmt: skip


def ticked(form: FormData) -> list[UUID]:
    return [UUID(one) for one in form.all("covers") if is_id(one)]


async def form_page(
    request: Request[Any, Any, Any], values: dict[str, str], contact_id: UUID | None, **given: Any
) -> ContractFormPage:
    """given: fields of the page; find: what was looked for; ticks: what is covered."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    ticks = given.pop("ticks", ())
    whom = await for_whom(request, contact_id, given.pop("find", ""))
    named = {key: f"{label} or more urgent" if key < max(PRIORITIES) else label for key, label in PRIORITIES.items()}
    return ContractFormPage(
        whom=whom,
        values=values,
        covers=await cover_options(crm, access, UUID(whom.contact_id), ticks) if whom.contact_id else (),
        priorities=options(named, values.get("priority", ""), every="No promise"),
        **given,
    )


async def cover_options(crm: Installation, access: Access, contact_id: UUID, ticks: list[UUID]) -> tuple[Option, ...]:
    """What the contact has; out of use only where it is covered."""
    rows = await crm.data.fetch(
        "SELECT * FROM service_equipment WHERE contact_id = ? AND deleted_at IS NULL ORDER BY id LIMIT 200", contact_id
    )
    return tuple(
        Option(
            value=str(one.row["id"]),
            label=f"{one.content.product} ({one.content.serial})" if one.content.serial else one.content.product,
            chosen=one.row["id"] in ticks,
        )
        for one in await crm.door.open(access, PIECE, rows)
        if not one.row["retired"] or one.row["id"] in ticks
    )


@get(f"{CONTRACTS}/new", permission="service.write")
async def new_contract(request: Request[Any, Any, Any]) -> Response[Any]:
    values = dict.fromkeys(FIELDS, "") | {"starts_on": today_of(request.state.crm).isoformat()}
    contact_id = id_in(request.query_params, "contact")
    shown = await form_page(request, values, contact_id, action=f"{CONTRACTS}/new", back=CONTRACTS)
    return page(request, shown, "form")


@post(f"{CONTRACTS}/new", permission="service.write", status_code=200)
async def create_contract(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    values = {name: form.get(name) for name in FIELDS}
    shown = await form_page(
        request, values, id_in(dict(form.fields), "contact"), action=f"{CONTRACTS}/new", back=CONTRACTS,
        find=form.get("find"), ticks=ticked(form),
    )  # fmt: skip
    if form.get("_find"):
        return page(request, shown, "form")
    try:
        made = await add_contract(crm, access, chosen(shown.whom), draft_of(form, crm), ticked(form))
    except InvalidContent as wrong:
        return page(request, replace(shown, errors=wrong.errors), "form", status=422)
    return redirect(request, f"{CONTRACTS}/{made}", Toast(message="Written down."))


@get(f"{ONE}/edit", permission="service.write")
async def edit_contract(request: Request[Any, Any, Any], contract_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_contract(crm, access, contract_id)
    pieces = (await covered(crm, access, [contract_id]))[contract_id]
    ticks = [one.row["id"] for one in pieces]
    return page(request, await edit_page(request, opened, typed_of(opened), ticks=ticks), "form")


def typed_of(opened: Contract) -> dict[str, str]:
    """What is kept, as it would be typed."""
    row = opened.row
    values = {name: getattr(opened.content, name) for name in TEXTS} | {name: shown_day(row[name]) for name in DAYS}
    numbers = {name: str(row[name] or "") for name in ("renews_months", "priority")}
    return values | numbers | {"version": str(row["version"])}


async def edit_page(
    request: Request[Any, Any, Any], opened: Contract, values: dict[str, str], **given: Any
) -> ContractFormPage:
    href = f"{CONTRACTS}/{opened.row['id']}"
    return await form_page(
        request, values, opened.row["contact_id"], action=f"{href}/edit", back=href, new=False, **given
    )


@post(f"{ONE}/edit", permission="service.write", status_code=200)
async def save_contract(request: Request[Any, Any, Any], contract_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_contract(crm, access, contract_id)
    values = {name: form.get(name) for name in (*FIELDS, "version")}
    try:
        seen = form.integer("version")
        await change_contract(crm, access, contract_id, draft_of(form, crm), ticked(form), seen=seen)
    except InvalidContent as wrong:
        errors, status = wrong.errors, 422
    except VersionConflict as conflict:
        values["version"] = str(conflict.current or 0)
        errors, status = {"": CHANGED_MEANWHILE}, 409
    else:
        return redirect(request, f"{CONTRACTS}/{contract_id}", Toast(message="Saved."))
    shown = await edit_page(request, opened, values, ticks=ticked(form), errors=errors)
    return page(request, shown, "form", status=status)


@post(f"{ONE}/delete", permission="service.write", status_code=303)
async def throw_away(request: Request[Any, Any, Any], contract_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await delete_contract(request.state.crm, access_for(request, PURPOSE), contract_id)
    return redirect(request, CONTRACTS, Toast(message="In the trash.", undo_url=f"{CONTRACTS}/{contract_id}/restore"))


@post(f"{ONE}/restore", permission="service.write", status_code=303)
async def take_out(request: Request[Any, Any, Any], contract_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await restore_contract(request.state.crm, access_for(request, PURPOSE), contract_id)
    return redirect(request, f"{CONTRACTS}/{contract_id}", Toast(message="As it was before."))


ROUTES = (show_contract, new_contract, create_contract, edit_contract, save_contract, throw_away, take_out)
