"""One piece of equipment: seen, written down, changed, serviced, thrown away, and linked to tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from confida_core.api import InvalidContent, NotFound, ReceivedFile, VersionConflict, discard_files, receive_file
from confida_service.equipment.equipment import (
    EquipmentDraft,
    Piece,
    add_equipment,
    change_equipment,
    today_of,
    visible_equipment,
)
from confida_service.equipment.list_routes import EQUIPMENT
from confida_service.equipment.pages import EquipmentFormPage
from confida_service.equipment.showing import equipment_page
from confida_service.equipment.ticket_links import link_equipment, unlink_equipment
from confida_service.equipment.trash import delete_equipment, restore_equipment
from confida_service.equipment.typed import Typed, chosen, for_whom, shown_day
from confida_service.equipment.visits import VisitDraft, service_done, undo_service
from confida_service.tickets.choices import LIST, PURPOSE, id_in, is_id
from confida_service.tickets.message_routes import sent_file
from confida_service.tickets.showing import show_ticket_page
from confida_web.api import FormData, Toast, UploadedFile, access_for, page, parse_form, redirect

ONE = EQUIPMENT + "/{equipment_id:uuid}"
TEXTS = ("product", "serial", "place", "notes")
DAYS = ("bought_on", "installed_on", "warranty_until", "next_service_on")
FIELDS = (*TEXTS, *DAYS, "service_months")
CHANGED_MEANWHILE = "Somebody else changed this meanwhile. Save again to replace theirs."


async def posted(request: Request[Any, Any, Any]) -> tuple[FormData, tuple[ReceivedFile, ...]]:
    """The form, its files sealed as they arrived; whoever does not hand them on must discard them."""
    crm, received = request.state.crm, list[ReceivedFile]()

    async def save(upload: UploadedFile) -> ReceivedFile:
        file = await receive_file(crm, upload.filename, upload.pieces)
        received.append(file)
        return file

    try:
        form = await parse_form(request, save)
    except BaseException:
        await discard_files(crm, received)
        raise
    chosen_ones = [file for file in received if file.content.size or file.content.name]
    return form, tuple(chosen_ones)


def draft_of(form: FormData) -> EquipmentDraft:
    """Raises InvalidContent for days and numbers that are none."""
    typed = Typed(form)
    days, months = {name: typed.day(name) for name in DAYS}, typed.months("service_months")
    typed.check()
    texts = {name: form.get(name) for name in TEXTS}
    return EquipmentDraft(**texts, **days, service_months=months, retired=form.flag("retired"))  # type: ignore[arg-type]  # Each set of names has one type.


@get(f"{EQUIPMENT}/new", permission="service.write")
async def new_equipment(request: Request[Any, Any, Any]) -> Response[Any]:
    whom = await for_whom(request, id_in(request.query_params, "contact"))
    values = dict.fromkeys(FIELDS, "")
    back = whom.contact.href if whom.contact and whom.contact.href else EQUIPMENT
    return page(request, EquipmentFormPage(action=f"{EQUIPMENT}/new", back=back, whom=whom, values=values), "form")


@post(f"{EQUIPMENT}/new", permission="service.write", status_code=200)
async def create_equipment(request: Request[Any, Any, Any]) -> Response[Any]:
    form, files = await posted(request)
    crm = request.state.crm
    whom = await for_whom(request, id_in(dict(form.fields), "contact"), form.get("find"))
    shown = EquipmentFormPage(
        action=f"{EQUIPMENT}/new", back=EQUIPMENT, whom=whom, values={name: form.get(name) for name in FIELDS},
        retired=form.flag("retired"),
    )  # fmt: skip
    if form.get("_find"):
        await discard_files(crm, files)
        return page(request, shown, "form")
    try:
        made = await stored(request, form, files, chosen(whom))
    except InvalidContent as wrong:
        await discard_files(crm, files)
        return page(request, replace(shown, errors=wrong.errors), "form", status=422)
    return redirect(request, f"{EQUIPMENT}/{made}", Toast(message="Written down."))


async def stored(
    request: Request[Any, Any, Any], form: FormData, files: Sequence[ReceivedFile], contact_id: UUID
) -> UUID:
    return await add_equipment(request.state.crm, access_for(request, PURPOSE), contact_id, draft_of(form), files)


@get(f"{ONE}/edit", permission="service.write")
async def edit_equipment(request: Request[Any, Any, Any], equipment_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_equipment(request.state.crm, access_for(request, PURPOSE), equipment_id)
    return page(request, await edit_page(request, opened, typed_of(opened), bool(opened.row["retired"])), "form")


def typed_of(opened: Piece) -> dict[str, str]:
    """What is kept, as it would be typed."""
    row, content = opened.row, opened.content
    values = {name: getattr(content, name) for name in TEXTS} | {name: shown_day(row[name]) for name in DAYS}
    return values | {"service_months": str(row["service_months"] or ""), "version": str(row["version"])}


async def edit_page(
    request: Request[Any, Any, Any], opened: Piece, values: dict[str, str], retired: bool, **given: Any
) -> EquipmentFormPage:
    href = f"{EQUIPMENT}/{opened.row['id']}"
    whom = await for_whom(request, opened.row["contact_id"])
    return EquipmentFormPage(
        action=f"{href}/edit", back=href, new=False, whom=whom, values=values, retired=retired,
        files=opened.content.files, **given,
    )  # fmt: skip


@post(f"{ONE}/edit", permission="service.write", status_code=200)
async def save_equipment(request: Request[Any, Any, Any], equipment_id: FromPath[UUID]) -> Response[Any]:
    form, files = await posted(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    values = {name: form.get(name) for name in (*FIELDS, "version")}
    removed = [UUID(one) for one in form.all("remove") if is_id(one)]
    try:
        opened = await visible_equipment(crm, access, equipment_id)
        await change_equipment(
            crm, access, equipment_id, draft_of(form), seen=form.integer("version"), files=files, remove_files=removed
        )
    except InvalidContent as wrong:
        errors, status = wrong.errors, 422
    except VersionConflict as conflict:
        values["version"] = str(conflict.current or 0)
        errors, status = {"": CHANGED_MEANWHILE}, 409
    except BaseException:
        await discard_files(crm, files)
        raise
    else:
        return redirect(request, f"{EQUIPMENT}/{equipment_id}", Toast(message="Saved."))
    await discard_files(crm, files)
    shown = await edit_page(request, opened, values, form.flag("retired"), errors=errors)
    return page(request, shown, "form", status=status)


@get(ONE, permission="service.read")
async def show_equipment(request: Request[Any, Any, Any], equipment_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await equipment_page(request, equipment_id))


@get(f"{ONE}/files/{{file_id:uuid}}", permission="service.read")
async def download_file(
    request: Request[Any, Any, Any], equipment_id: FromPath[UUID], file_id: FromPath[UUID]
) -> Stream:
    """A file of this piece, never shown in place."""
    opened = await visible_equipment(request.state.crm, access_for(request, PURPOSE), equipment_id)
    if file_id not in {file.id for file in opened.content.files}:
        raise NotFound
    return await sent_file(request, file_id)


@post(f"{ONE}/done", permission="service.write", status_code=303)
async def done(request: Request[Any, Any, Any], equipment_id: FromPath[UUID]) -> Response[Any]:
    """Service was done; its toast takes it back."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    typed = Typed(form)
    values = {name: form.get(name) for name in ("done_on", "next_on", "note")}
    draft = VisitDraft(
        done_on=typed.day("done_on") or today_of(crm), next_on=typed.day("next_on"), note=form.get("note")
    )
    href = f"{EQUIPMENT}/{equipment_id}"
    try:
        typed.check()
        visit_id = await service_done(crm, access, equipment_id, draft, seen=form.integer("version"))
    except InvalidContent as wrong:
        shown = await equipment_page(request, equipment_id, values=values, errors=wrong.errors)
        return page(request, shown, status=422)
    except VersionConflict:
        return redirect(request, href, Toast(message="It changed meanwhile. Please look again.", tone="problem"))
    return redirect(request, href, Toast(message="Written down.", undo_url=f"{href}/visits/{visit_id}/undo"))


@post(f"{ONE}/visits/{{visit_id:uuid}}/undo", permission="service.write", status_code=303)
async def undo_visit(
    request: Request[Any, Any, Any], equipment_id: FromPath[UUID], visit_id: FromPath[UUID]
) -> Response[Any]:
    await parse_form(request)
    toast = Toast(message="As it was before.")
    try:
        await undo_service(request.state.crm, access_for(request, PURPOSE), visit_id)
    except VersionConflict:
        toast = Toast(message="There is a later one already, whose dates count.", tone="problem")
    return redirect(request, f"{EQUIPMENT}/{equipment_id}", toast)


@post(f"{ONE}/delete", permission="service.write", status_code=303)
async def throw_away(request: Request[Any, Any, Any], equipment_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await delete_equipment(request.state.crm, access_for(request, PURPOSE), equipment_id)
    return redirect(request, EQUIPMENT, Toast(message="In the trash.", undo_url=f"{EQUIPMENT}/{equipment_id}/restore"))


@post(f"{ONE}/restore", permission="service.write", status_code=303)
async def take_out(request: Request[Any, Any, Any], equipment_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await restore_equipment(request.state.crm, access_for(request, PURPOSE), equipment_id)
    return redirect(request, f"{EQUIPMENT}/{equipment_id}", Toast(message="As it was before."))


@post(LIST + "/{ticket_id:uuid}/equipment", permission="service.write", status_code=303)
async def link(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    try:
        equipment_id = id_in(dict(form.fields), "equipment") or ticket_id
        await link_equipment(request.state.crm, access_for(request, PURPOSE), ticket_id, equipment_id)
    except InvalidContent as wrong:
        return await show_ticket_page(request, ticket_id, errors=wrong.errors, status=422)
    return redirect(request, f"{LIST}/{ticket_id}", Toast(message="Saved."))


@post(LIST + "/{ticket_id:uuid}/equipment/remove", permission="service.write", status_code=303)
async def unlink(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    equipment_id = id_in(dict(form.fields), "equipment") or ticket_id
    await unlink_equipment(request.state.crm, access_for(request, PURPOSE), ticket_id, equipment_id)
    return redirect(request, f"{LIST}/{ticket_id}", Toast(message="Saved."))


ROUTES = (
    new_equipment, create_equipment, edit_equipment, save_equipment, show_equipment, download_file, done, undo_visit,
    throw_away, take_out, link, unlink,
)  # fmt: skip
