"""One contact: its page, its states, its history, and who has seen it."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from confida_consent.rights.restriction import NotTold, lift_restriction
from confida_core.accounts.staff import account_names
from confida_core.contacts.custom_fields import custom_fields
from confida_core.contacts.history import HistoryEntry, changes_of, text_of
from confida_core.contacts.people import display_names, visible_contact
from confida_core.contacts.pictures import contact_picture
from confida_core.contacts.states import archive_contact, restrict_contact, unarchive_contact
from confida_core.contacts.teams import teams
from confida_core.contacts.trash import restore_contact, trash_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.exchange.exports import ExportOrder
from confida_core.storage.pictures import NoPicture
from confida_core.storage.sealed_files import open_picture
from confida_core.vault.access import SYSTEM_ID, NotFound
from confida_core.vault.read_log import Read
from confida_web.contacts import pages
from confida_web.contacts.contact_page import contact_page
from confida_web.contacts.head import head_of, open_contact
from confida_web.contacts.pages import FieldChange, HistoryPage, ReadEntry, ReadsPage
from confida_web.contacts.words import action_words, field_label
from confida_web.exchange.exporting import exported_file
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

PER_PAGE = 50
RELATING = frozenset({"related", "relation_changed", "unrelated"})


@get("/contacts/{contact_id:uuid}", permission="contacts.read")
async def contact(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    access, found = await open_contact(request, contact_id, trashed=True)
    return page(request, await contact_page(request, access, found), block="head")


@post("/contacts/{contact_id:uuid}/archive", permission="contacts.write")
async def archive(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    await archive_contact(request.state.crm, access_for(request, "relationship"), contact_id)
    undo = f"/contacts/{contact_id}/unarchive"
    return redirect(request, f"/contacts/{contact_id}", Toast(message="The contact is in the archive.", undo_url=undo))


@post("/contacts/{contact_id:uuid}/unarchive", permission="contacts.write")
async def unarchive(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    await unarchive_contact(request.state.crm, access_for(request, "relationship"), contact_id)
    return redirect(request, f"/contacts/{contact_id}", Toast(message="The contact is out of the archive."))


@post("/contacts/{contact_id:uuid}/restrict", permission="contacts.restrict")
async def restrict(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    await restrict_contact(request.state.crm, access_for(request, "data_subject_rights"), contact_id)
    undo = f"/contacts/{contact_id}/unrestrict"
    return redirect(request, f"/contacts/{contact_id}", Toast(message="Processing is restricted.", undo_url=undo))


@post("/contacts/{contact_id:uuid}/unrestrict", permission="contacts.restrict")
async def unrestrict(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    try:
        await lift_restriction(request.state.crm, access_for(request, "data_subject_rights"), contact_id)
    except NotTold as first:
        toast = Toast(message=" ".join(first.errors.values()), tone="problem")
        return redirect(request, f"/contacts/{contact_id}/restricted", toast)
    return redirect(request, f"/contacts/{contact_id}", Toast(message="The restriction is lifted."))


@post("/contacts/{contact_id:uuid}/delete", permission="contacts.delete")
async def delete(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    """Into the trash; the toast offers the way back, and the trash does for thirty days."""
    await trash_contact(request.state.crm, access_for(request, "relationship"), contact_id)
    undo = f"/contacts/{contact_id}/restore"
    return redirect(request, "/contacts", Toast(message="The contact is in the trash.", undo_url=undo))


@post("/contacts/{contact_id:uuid}/restore", permission="contacts.delete")
async def restore(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    try:
        await restore_contact(request.state.crm, access_for(request, "relationship"), contact_id)
    except InvalidContent as refused:
        return redirect(request, "/contacts/trash", Toast(message=" ".join(refused.errors.values()), tone="problem"))
    return redirect(request, f"/contacts/{contact_id}", Toast(message="The contact is back."))


@get("/contacts/{contact_id:uuid}/picture", permission="contacts.read")
async def picture(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    file = await contact_picture(request.state.crm, access_for(request, "relationship"), contact_id)
    try:
        drawn = await open_picture(file)
    except NoPicture:
        raise NotFound("picture") from None
    return Response(drawn.data, media_type=drawn.media_type, headers={"Content-Disposition": "inline"})


@get("/contacts/{contact_id:uuid}/vcard", permission="exchange.export", fresh=True)
async def vcard(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Stream:
    """One contact as a file: an export like any other, with its proof of identity and its line in the audit trail."""
    contact = await visible_contact(request.state.crm, access_for(request, "import_export"), contact_id)
    order = ExportOrder(format="vcard", ids=[contact_id], archived=True, reason="One contact, from its page")
    return await exported_file(request, order, contact.content.display_name)


@get("/contacts/{contact_id:uuid}/history", permission="contacts.read")
async def history(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    """Who changed what."""
    crm = request.state.crm
    access, found = await open_contact(request, contact_id)
    before = uuid_of(str(request.query_params.get("before", "")))
    entries = await changes_of(crm, access, contact_id, limit=PER_PAGE + 1, before=before)
    shown = entries[:PER_PAGE]
    labels = {one.key: one.label for one in await custom_fields(crm)}
    mentioned = {entry.actor_id for entry in shown} | ids_in(shown, "owner_id")
    names = {SYSTEM_ID: "Confida", **await account_names(crm, sorted(mentioned))}
    names |= {team.id: team.name for team in await teams(crm)} if ids_in(shown, "team_id") else {}
    names |= await display_names(crm, access, [UUID(entry.detail) for entry in shown if entry.kind in RELATING])
    older = f"/contacts/{contact_id}/history?before={shown[-1].id}" if len(entries) > PER_PAGE else None
    content = HistoryPage(
        contact=head_of(crm, found),
        entries=tuple(history_entry(entry, names, labels) for entry in shown),
        older_href=older,
    )
    return page(request, content, block="entries")


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def ids_in(entries: list[HistoryEntry], field: str) -> set[UUID]:
    """What a field that holds ids was changed from and to."""
    values = [
        value
        for entry in entries
        for change in entry.changes
        if change.field == field
        for value in (change.before, change.after)
    ]
    return {UUID(value) for value in values if value}


def history_entry(entry: HistoryEntry, names: dict[UUID, str], labels: dict[str, str]) -> pages.HistoryEntry:
    def value(field: str, raw: Any) -> str:
        if field in {"owner_id", "team_id"} and raw:
            return names.get(UUID(raw), "")
        return "a picture" if field == "picture" and raw else text_of(raw)

    other = names.get(UUID(entry.detail), "") if entry.kind in RELATING else ""
    related = FieldChange(label="With", **{"before" if entry.kind == "unrelated" else "after": other})
    undoable = entry.operation_id is not None and entry.kind in {"tagged", "archived"}
    return pages.HistoryEntry(
        at=entry.at,
        who=names.get(entry.actor_id, "Somebody whose account is gone"),
        action=action_words(entry.kind),
        changes=tuple(
            FieldChange(
                label=field_label(change.field, labels),
                before=value(change.field, change.before),
                after=value(change.field, change.after),
            )
            for change in entry.changes
        )
        or ((related,) if other else ()),
        undo_url=f"/contacts/operations/{entry.operation_id}/undo" if undoable else None,
    )


@get("/contacts/{contact_id:uuid}/reads", permission="reads.read")
async def reads(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    """Who has seen this person, for what purpose."""
    crm = request.state.crm
    _, found = await open_contact(request, contact_id)
    before = moment_of(str(request.query_params.get("before", "")))
    entries = await crm.door.read_log.of(contact_id, limit=PER_PAGE + 1, before=before)
    shown = entries[:PER_PAGE]
    names = await account_names(crm, sorted({entry.actor_id for entry in shown}))
    older = f"/contacts/{contact_id}/reads?before={shown[-1].at:%Y%m%dT%H%M%S.%f}" if len(entries) > PER_PAGE else None
    content = ReadsPage(contact=head_of(crm, found), entries=read_entries(crm, shown, names), older_href=older)
    return page(request, content, block="entries")


def moment_of(text: str) -> datetime | None:
    try:
        return datetime.strptime(text + "+0000", "%Y%m%dT%H%M%S.%f%z")
    except ValueError:
        return None


def read_entries(crm: Any, entries: list[Read], names: dict[UUID, str]) -> tuple[ReadEntry, ...]:
    """The same thing seen several times in a row by one person is one line."""
    lines = []
    for (actor_id, purpose, place), group in groupby(entries, key=lambda one: (one.actor_id, one.purpose, one.place)):
        several = list(group)
        declared = crm.registry.purposes.get(purpose)
        lines.append(
            ReadEntry(
                at=several[0].at,
                who=names.get(actor_id, "Somebody whose account is gone"),
                purpose=declared.label if declared else purpose,
                what=place_words(place),
                times=len(several),
            )
        )
    return tuple(lines)


def place_words(place: str) -> str:
    """What was shown, told from the pattern of the address."""
    path = place.partition(" ")[2] or place
    if path in {"/contacts", "/contacts/search", "/contacts/filter"}:
        return "the list of contacts"
    if path.startswith("/contacts/{"):
        part = path.partition("}")[2].strip("/")
        return {"": "the contact's page", "edit": "the form", "picture": "the picture"}.get(part, part)
    return path


ROUTES = (contact, archive, unarchive, restrict, unrestrict, delete, restore, picture, vcard, history, reads)
