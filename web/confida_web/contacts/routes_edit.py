"""A contact made and changed through its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.rights.requests_carrying import note
from confida_consent.rights.requests_references import reference_in
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.custom_fields import FieldDefinition, custom_fields
from confida_core.contacts.lists import possible_duplicates
from confida_core.contacts.pictures import create_with_picture, update_with_picture
from confida_core.contacts.suppressed import suppressed_channels
from confida_core.installation import Installation
from confida_core.storage.database import VersionConflict
from confida_core.storage.file_seal import TooLarge
from confida_core.storage.pictures import NoPicture
from confida_core.storage.sealed_files import ReceivedFile, discard_files, receive_picture
from confida_core.vault.access import NotFound
from confida_core.vault.door import Opened
from confida_web.contacts.care import Care, care_of, read_care
from confida_web.contacts.conflict import conflict_page, merged
from confida_web.contacts.form_page import form_page, values_of_content, values_of_form
from confida_web.contacts.form_reading import read_contact
from confida_web.contacts.head import head_of, open_contact
from confida_web.forms import FormData, UploadedFile, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for


def kind_from(text: str) -> ContactKind:
    return ContactKind.ORGANISATION if text == "organisation" else ContactKind.PERSON


@get("/contacts/new", permission="contacts.write")
async def new_form(request: Request[Any, Any, Any]) -> Response[Any]:
    kind = kind_from(str(request.query_params.get("kind", "")))
    definitions = await custom_fields(request.state.crm)
    return page(request, await form_page(request, kind, definitions, {}, care=own_care(request)), block="form")


def own_care(request: Request[Any, Any, Any]) -> Care:
    """Whoever adds a contact looks after it, until the form says otherwise."""
    return Care(owner_id=request.state.actor.id)


@post("/contacts/new", permission="contacts.write", status_code=200)
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "relationship")
    form, picture, errors = await posted(request)
    kind, definitions = kind_from(form.get("kind")), await custom_fields(crm)
    if "_add" in form or "_remove" in form:
        await discard_files(crm, picture)
        return await again(request, form, kind, definitions)
    read = read_contact(form, ContactContent(), kind, definitions, crm.settings.region)
    errors = {**read.errors, **errors}
    duplicates: tuple[Opened[ContactContent], ...] = ()
    if not errors and not form.flag("add_anyway"):
        duplicates = await possible_duplicates(crm, access, read.content)
    if errors or duplicates:
        await discard_files(crm, picture)
        return await again(request, form, kind, definitions, status=422, errors=errors, duplicates=duplicates)
    try:
        care = await read_care(request, form, own_care(request))
        contact_id = await create_with_picture(
            crm,
            access,
            kind,
            read.content,
            picture[0] if picture else None,
            owner_id=care.owner_id,
            team_id=care.team_id,
        )
    except Exception:
        await discard_files(crm, picture)
        raise
    return redirect(request, f"/contacts/{contact_id}", await saved(crm, read.content))


async def saved(crm: Installation, content: ContactContent) -> Toast:
    """That it is, and whether some address gets no marketing; not which one, because the sentence travels in a cookie."""
    said = "The contact is saved."
    if await suppressed_channels(crm, content):
        said = "The contact is saved. An address of it is on the suppression list: no marketing will be sent to it."
    return Toast(message=said)


async def again(
    request: Request[Any, Any, Any],
    form: FormData,
    kind: ContactKind,
    definitions: list[FieldDefinition],
    *,
    status: int = 200,
    contact: Opened[ContactContent] | None = None,
    **shown: Any,
) -> Response[Any]:
    """The form as it was posted."""
    values = values_of_form(form, definitions, add=form.get("_add"), remove=form.get("_remove"))
    filled = await form_page(
        request,
        kind,
        definitions,
        values,
        contact=head_of(request.state.crm, contact) if contact else None,
        version=form.integer("version"),
        care=await read_care(request, form, care_of(contact.row) if contact else own_care(request)),
        **shown,
    )
    corrected = await request_corrected(request, contact.row["id"]) if contact else None
    filled = replace(filled, answers=corrected["reference"] if corrected else "")
    return page(request, filled, block="form", status=status)


async def posted(request: Request[Any, Any, Any]) -> tuple[FormData, list[ReceivedFile], dict[str, str]]:
    """The form, at most one received picture, and what was wrong with it."""
    received: list[ReceivedFile] = []
    errors: dict[str, str] = {}

    async def save(upload: UploadedFile) -> None:
        if upload.field != "picture" or received:
            return
        try:
            received.append(await receive_picture(request.state.crm, upload.filename, upload.pieces))
        except NoPicture:
            errors["picture"] = "This is no picture that can be read. JPEG, PNG and WebP are."
        except TooLarge:
            errors["picture"] = "This picture is too large."

    try:
        form = await parse_form(request, save)
    except BaseException:
        await discard_files(request.state.crm, received)
        raise
    return form, received, errors


@get("/contacts/{contact_id:uuid}/edit", permission="contacts.write")
async def edit_form(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    contact = await editable(request, contact_id)
    definitions = await custom_fields(request.state.crm)
    shown = await form_page(
        request,
        ContactKind(contact.row["kind"]),
        definitions,
        values_of_content(contact.content),
        contact=head_of(request.state.crm, contact),
        version=contact.row["version"],
        care=care_of(contact.row),
    )
    corrected = await request_corrected(request, contact_id)
    return page(request, replace(shown, answers=corrected["reference"] if corrected else ""), block="form")


async def request_corrected(request: Request[Any, Any, Any], contact_id: UUID) -> Mapping[str, Any] | None:
    """The person's request that this edit answers (`?request=`), for whoever may answer it."""
    reference = reference_in(request.query_params.get("request", ""))
    if not reference or not request.state.actor.may("requests.decide"):
        return None
    rows = await request.state.crm.data.fetch(
        "SELECT id, reference FROM rights_request WHERE reference = ? AND contact_id = ? AND closed_at IS NULL",
        reference, contact_id,
    )  # fmt: skip
    return rows[0] if rows else None


async def editable(request: Request[Any, Any, Any], contact_id: UUID) -> Opened[ContactContent]:
    """Restricted contacts may be looked at by those who restrict, but changed by nobody. Raises NotFound."""
    access, contact = await open_contact(request, contact_id)
    if access.purpose != "relationship":
        raise NotFound
    return contact


@post("/contacts/{contact_id:uuid}/edit", permission="contacts.write", status_code=200)
async def edit(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    crm = request.state.crm
    form, picture, errors = await posted(request)
    try:
        response = await save_edit(request, contact_id, form, picture, errors)
    except BaseException:
        await discard_files(crm, picture)
        raise
    if response.status_code != 303:
        await discard_files(crm, picture)
    return response


async def save_edit(
    request: Request[Any, Any, Any],
    contact_id: UUID,
    form: FormData,
    picture: list[ReceivedFile],
    errors: dict[str, str],
) -> Response[Any]:
    crm = request.state.crm
    contact, definitions = await editable(request, contact_id), await custom_fields(crm)
    kind = ContactKind(contact.row["kind"])
    if "_add" in form or "_remove" in form:
        return await again(request, form, kind, definitions, contact=contact)
    read = read_contact(form, contact.content, kind, definitions, crm.settings.region)
    errors = {**read.errors, **errors}
    if errors:
        return await again(request, form, kind, definitions, status=422, contact=contact, errors=errors)
    seen = form.integer("version")
    content = merged(form, read.content, contact.content)
    care = await read_care(request, form, care_of(contact.row))
    try:
        await update_with_picture(
            crm,
            access_for(request, "relationship"),
            contact_id,
            content,
            seen=seen,
            picture=picture[0] if picture else None,
            remove=form.flag("picture-remove"),
            owner_id=care.owner_id,
            team_id=care.team_id,
        )
    except VersionConflict:
        shown = await conflict_page(request, contact_id, form, read.content, seen)
        corrected = await request_corrected(request, contact_id)
        if corrected is not None:
            shown = replace(shown, action=f"/contacts/{contact_id}/edit?request={corrected['reference']}")
        return page(request, shown, block="form", status=409)
    return await edited(request, contact_id, await saved(crm, content))


async def edited(request: Request[Any, Any, Any], contact_id: UUID, toast: Toast) -> Response[Any]:
    """Back to the contact, or to the request that asked for it, in whose file it is noted."""
    corrected = await request_corrected(request, contact_id)
    if corrected is None:
        return redirect(request, f"/contacts/{contact_id}", toast)
    access = access_for(request, "data_subject_rights")
    await note(request.state.crm, access, corrected["id"], "corrected in the contact")
    return redirect(request, f"/requests/{corrected['id']}", toast)


ROUTES = (new_form, create, edit_form, edit)
