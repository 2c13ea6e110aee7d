"""Events for colleagues: the list, the form, and who comes."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Installation, InvalidContent, NotFound, Opened, VersionConflict, address_of, display_names
from confida_marketing.campaigns.limits import house_zone
from confida_marketing.sign_up.content import EventContent, RegistrationContent
from confida_marketing.sign_up.event_pages import EventFormPage, EventPage, EventRow, EventsPage, Guest
from confida_marketing.sign_up.events import (
    EventDraft,
    as_typed,
    list_events,
    moment_typed,
    save_event,
    shown_event,
    trash_event,
    visible_event,
)
from confida_marketing.sign_up.pages import CHANGED_MEANWHILE, EVENTS, tabs_of
from confida_marketing.sign_up.public_event_routes import EVENTS as PUBLIC
from confida_marketing.sign_up.registering import WAITING, cancel, check_in, fill_up, guests_of
from confida_web.api import Errors, FormData, PersonRef, Tab, Toast, access_for, mark, page, parse_form, redirect

PURPOSE = "relationship"
ONE = EVENTS + "/{event_id:uuid}"
GUEST = ONE + "/guests/{registration_id:uuid}"
KINDS = {"": mark("To come"), "over": mark("Over"), "trash": mark("Trash")}


@get(EVENTS, permission="marketing.read")
async def show_events(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    which = request.query_params.get("kind", "")
    which = which if which in KINDS else ""
    found = await list_events(crm, access, over=which == "over", trashed=which == "trash")
    counted = await crm.data.fetch(
        "SELECT event_id, count(*) AS number FROM marketing_registration WHERE state = 'waiting' GROUP BY event_id"
    )
    waiting = Counter({row["event_id"]: row["number"] for row in counted})
    rows = tuple(
        EventRow(
            id=str(one.row["id"]), title=one.content.title, place=one.content.place, starts_at=one.row["starts_at"],
            capacity=one.row["capacity"], taken=one.row["taken"], waiting=waiting[one.row["id"]], active=one.row["active"],
        )
        for one in found
    )  # fmt: skip
    kinds = tuple(
        Tab(label=label, href=f"{EVENTS}?kind={key}" if key else EVENTS, current=key == which)
        for key, label in KINDS.items()
    )
    may_write = access.actor.may("marketing.write")
    return page(request, EventsPage(tabs=tabs_of(EVENTS), kinds=kinds, which=which, rows=rows, may_write=may_write))


@get(f"{EVENTS}/new", permission="marketing.write")
async def new_event(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, form_page(request.state.crm, EventDraft(content=EventContent())))


@post(f"{EVENTS}/new", permission="marketing.write", status_code=200)
async def add_event(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved(request, None)


@get(f"{ONE}/edit", permission="marketing.write")
async def edit_event(request: Request[Any, Any, Any], event_id: FromPath[UUID]) -> Response[Any]:
    one = await visible_event(request.state.crm, access_for(request, PURPOSE), event_id)
    row = one.row
    draft = EventDraft(
        content=one.content, starts_at=row["starts_at"], ends_at=row["ends_at"], capacity=row["capacity"],
        waiting_list=row["waiting_list"], active=row["active"], slug=row["slug"],
    )  # fmt: skip
    return page(request, form_page(request.state.crm, draft, one, version=row["version"]))


@post(f"{ONE}/edit", permission="marketing.write", status_code=200)
async def change_event(request: Request[Any, Any, Any], event_id: FromPath[UUID]) -> Response[Any]:
    return await saved(request, await visible_event(request.state.crm, access_for(request, PURPOSE), event_id))


async def saved(request: Request[Any, Any, Any], there: Opened[EventContent] | None) -> Response[Any]:
    """Kept, or shown again with what was typed; where there are more seats now, those who wait move up."""
    form, crm = await parse_form(request), request.state.crm
    draft, seen, status = typed_draft(crm, form), form.integer("version"), 422
    errors: Errors = {}
    try:
        kept = await save_event(crm, access_for(request, PURPOSE), draft, there.row["id"] if there else None, seen=seen)
        await fill_up(crm, kept)
    except InvalidContent as wrong:
        errors = wrong.errors
    except VersionConflict as conflict:
        errors, seen, status = {"": CHANGED_MEANWHILE}, conflict.current or 0, 409
    else:
        return redirect(request, f"{EVENTS}/{kept}", Toast(message="Saved."))
    typed = {name: form.get(name) for name in ("starts_at", "ends_at", "capacity")}
    return page(request, form_page(crm, draft, there, typed=typed, errors=errors, version=seen), status=status)


def typed_draft(crm: Installation, form: FormData) -> EventDraft:
    content = EventContent(
        title=form.get("title")[:500], place=form.get("place")[:1_000], description=form.get("description")[:20_000],
        price=form.get("price")[:1_000],
    )  # fmt: skip
    capacity = form.get("capacity").strip()
    whole = int(capacity) if capacity.isascii() and capacity.isdigit() and len(capacity) < 10 else -1
    return EventDraft(
        content=content, starts_at=moment_typed(crm, form.get("starts_at")), ends_at=moment_typed(crm, form.get("ends_at")),
        capacity=whole if capacity else 0, waiting_list=form.flag("waiting_list"), active=form.flag("active"),
        slug=form.get("slug").strip(),
    )  # fmt: skip


def form_page(  # noqa: PLR0917 -- All of them belong to one answer.
    crm: Installation,
    draft: EventDraft,
    there: Opened[EventContent] | None = None,
    typed: dict[str, str] | None = None,
    errors: Errors | None = None,
    version: int = 0,
) -> EventFormPage:
    content, back = draft.content, f"{EVENTS}/{there.row['id']}" if there else EVENTS
    values = {
        "title": content.title, "place": content.place, "description": content.description, "price": content.price,
        "slug": draft.slug, "starts_at": as_typed(crm, draft.starts_at), "ends_at": as_typed(crm, draft.ends_at),
        "capacity": str(draft.capacity or ""),
    }  # fmt: skip
    return EventFormPage(
        action=f"{back}/edit" if there else f"{EVENTS}/new", back=back, zone=house_zone(crm).key, new=there is None,
        version=version, values=values | (typed or {}), active=draft.active, waiting_list=draft.waiting_list,
        errors=errors or {},
    )  # fmt: skip


@get(ONE, permission="marketing.read")
async def show_event(request: Request[Any, Any, Any], event_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    one = await visible_event(crm, access, event_id)
    guests = await guests_of(crm, access, event_id)
    names = await display_names(crm, access, [each.row["contact_id"] for each in guests])
    everybody = [guest_of(each, names) for each in guests]
    shown = EventPage(
        href=f"{EVENTS}/{event_id}",
        event=shown_event(crm, one, "de" if request.state.frame.lang == "de" else "en"),
        active=one.row["active"],
        public=f"{address_of(crm)}{PUBLIC}/{one.row['slug']}" if one.row["active"] else "",
        capacity=one.row["capacity"],
        came=sum(each.checked_in_at is not None for each in everybody),
        guests=tuple(
            sorted((each for each in everybody if not each.waiting), key=lambda each: each.who.name.casefold())
        ),
        waiting=tuple(each for each in everybody if each.waiting),
        may_write=access.actor.may("marketing.write"),
    )
    return page(request, shown)


def guest_of(one: Opened[RegistrationContent], names: dict[UUID, str]) -> Guest:
    contact_id = one.row["contact_id"]
    name = one.content.name or names.get(contact_id, "")
    return Guest(
        id=str(one.row["id"]), who=PersonRef(name=name, href=f"/contacts/{contact_id}"), note=one.content.note,
        waiting=one.row["state"] == WAITING, checked_in_at=one.row["checked_in_at"],
    )  # fmt: skip


async def visible_guest(request: Request[Any, Any, Any], event_id: UUID, registration_id: UUID) -> None:
    """The gate to a place of somebody: whoever may not be seen is on no list. Raises NotFound."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    await visible_event(crm, access, event_id)
    if registration_id not in {one.row["id"] for one in await guests_of(crm, access, event_id)}:
        raise NotFound


@post(GUEST + "/here", permission="marketing.write", status_code=303)
async def note_here(
    request: Request[Any, Any, Any], event_id: FromPath[UUID], registration_id: FromPath[UUID]
) -> Response[Any]:
    """They came, or, pressed once more, they did not."""
    form, crm, access = await parse_form(request), request.state.crm, access_for(request, PURPOSE)
    await visible_guest(request, event_id, registration_id)
    await check_in(crm, access, event_id, registration_id, here=form.get("here", "yes") == "yes")
    return redirect(request, f"{EVENTS}/{event_id}")


@post(GUEST + "/cancel", permission="marketing.write", status_code=303)
async def cancel_guest(
    request: Request[Any, Any, Any], event_id: FromPath[UUID], registration_id: FromPath[UUID]
) -> Response[Any]:
    await parse_form(request)
    crm = request.state.crm
    await visible_guest(request, event_id, registration_id)
    await cancel(crm, registration_id)
    return redirect(request, f"{EVENTS}/{event_id}", Toast(message="The place was given back."))


@post(ONE + "/trash", permission="marketing.write", status_code=303)
async def trash_it(request: Request[Any, Any, Any], event_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await trash_event(request.state.crm, access_for(request, PURPOSE), event_id)
    return redirect(request, EVENTS, Toast(message="In the trash.", undo_url=f"{EVENTS}/{event_id}/restore"))


@post(ONE + "/restore", permission="marketing.write", status_code=303)
async def restore_it(request: Request[Any, Any, Any], event_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await trash_event(request.state.crm, access_for(request, PURPOSE), event_id, trashed=False)
    return redirect(request, f"{EVENTS}/{event_id}", Toast(message="Back from the trash."))


ROUTES = (
    show_events, new_event, add_event, edit_event, change_event, show_event, note_here, cancel_guest, trash_it, restore_it,
)  # fmt: skip
