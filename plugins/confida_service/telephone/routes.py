"""Pages of calls: the list, one call, and what is done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, InvalidCursor, VersionConflict, likely_contacts
from confida_service.telephone.calls import add_caller, say_whose, see_to, write_note
from confida_service.telephone.dialling import dial
from confida_service.telephone.listing import SHOWN, list_calls
from confida_service.telephone.open_items import panels_of
from confida_service.telephone.pages import CallPage, CallsPage, NewCallerPage
from confida_service.telephone.phones import phone_of
from confida_service.telephone.showing import card_of, shown_calls, visible_call
from confida_service.tickets.choices import id_in
from confida_web.api import (
    Errors,
    Option,
    Tab,
    Toast,
    access_for,
    ngettext,
    page,
    parse_form,
    redirect,
)

CALLS = "/x/service/calls"
ONE = CALLS + "/{call_id:uuid}"
PURPOSE = "relationship"
CHANGED_MEANWHILE = "Somebody else wrote a note meanwhile. Here it is; please add yours."


@get(CALLS, permission="service.read")
async def show_calls(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    showing = str(request.query_params.get("show", ""))
    showing = showing if showing in SHOWN else "missed"
    try:
        found = await list_calls(crm, access, showing, str(request.query_params.get("after", "")))
    except InvalidCursor:
        return redirect(request, f"{CALLS}?show={showing}")
    shown = CallsPage(
        rows=tuple(await shown_calls(crm, access, found.rows)),
        tabs=tuple(
            Tab(label=label, href=f"{CALLS}?show={key}", current=key == showing) for key, (label, _) in SHOWN.items()
        ),
        following=f"{CALLS}?show={showing}&after={found.following}" if found.following else "",
        on=(await phone_of(crm, access.actor.id)).active,
        may_write=access.actor.may("service.write"),
        may_manage=access.actor.may("service.manage"),
    )
    return page(request, shown)


@get(ONE, permission="service.read")
async def show_call(request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await call_page(request, call_id))


async def call_page(
    request: Request[Any, Any, Any],
    call_id: UUID,
    *,
    note: str | None = None,
    find: str = "",
    errors: Errors | None = None,
) -> CallPage:
    """note, find: as typed. Raises Forbidden and NotFound."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    call = await visible_call(crm, access, call_id)
    writes = access.actor.may("service.write")
    people: tuple[Option, ...] = ()
    if find.strip():
        found = await likely_contacts(crm, access, find.strip()[:200])
        people = tuple(Option(value=str(one.row["id"]), label=one.content.display_name) for one in found)
    return CallPage(
        card=await card_of(crm, access, call),
        panels=await panels_of(request, call.contact_id) if call.contact_id else (),
        note=call.note if note is None else note,
        find=find,
        people=people,
        errors=errors or {},
        may_write=writes,
        may_add=writes and access.actor.may("contacts.write"),
    )


@post(f"{ONE}/note", permission="service.write", status_code=200)
async def note(request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    text = form.get("note")
    try:
        access = access_for(request, PURPOSE)
        await write_note(request.state.crm, access, call_id, text, seen=form.integer("version"))
    except InvalidContent as wrong:
        return page(request, await call_page(request, call_id, note=text, errors=wrong.errors), status=422)
    except VersionConflict:
        call = await visible_call(request.state.crm, access_for(request, PURPOSE), call_id)
        both = f"{call.note}\n\n{text}".strip()
        shown = await call_page(request, call_id, note=both, errors={"note": CHANGED_MEANWHILE})
        return page(request, shown, status=409)
    return redirect(request, f"{CALLS}/{call_id}", Toast(message="Written down."))


@post(f"{ONE}/whose", permission="service.write", status_code=200)
async def whose(request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    """A contact is chosen, or looked for."""
    form = await parse_form(request)
    contact_id = id_in(dict(form.fields), "contact")
    if form.get("_find") or contact_id is None:
        return page(request, await call_page(request, call_id, find=form.get("find")))
    number = await say_whose(request.state.crm, access_for(request, PURPOSE), call_id, contact_id)
    said = ngettext("%(num)s call is theirs now.", "%(num)s calls are theirs now.", number)
    return redirect(request, f"{CALLS}/{call_id}", Toast(message=said))


@get(f"{ONE}/new-contact", permission="contacts.write")
async def new_caller(request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    """With the number, and the name that the exchange showed."""
    call = await visible_call(request.state.crm, access_for(request, PURPOSE), call_id)
    if call.contact_id is not None:
        return redirect(request, call.href)
    return page(request, NewCallerPage(call=call, values={"name": call.name, "email": "", "kind": "person"}))


@post(f"{ONE}/new-contact", permission="contacts.write", status_code=200)
async def create_caller(request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    values = {name: form.get(name) for name in ("name", "email", "kind")}
    try:
        contact_id = await add_caller(crm, access, call_id, values)
    except InvalidContent as wrong:
        call = await visible_call(crm, access, call_id)
        return page(request, NewCallerPage(call=call, values=values, errors=wrong.errors), status=422)
    return redirect(request, f"/contacts/{contact_id}", Toast(message="Added, with the call."))


@post(f"{ONE}/done", permission="service.write", status_code=303)
async def done(request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await see_to(request.state.crm, access_for(request, PURPOSE), call_id, done=True)
    return redirect(request, CALLS, Toast(message="Seen to.", undo_url=f"{CALLS}/{call_id}/open"))


@post(f"{ONE}/open", permission="service.write", status_code=303)
async def open_again(request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await see_to(request.state.crm, access_for(request, PURPOSE), call_id, done=False)
    return redirect(request, CALLS, Toast(message="It waits again."))


@post("/x/service/contacts/{contact_id:uuid}/call", permission="service.write", status_code=303)
async def call_contact(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    """One's own telephone rings first."""
    form = await parse_form(request)
    toast = Toast(message="Your telephone rings; take it, and the number is dialled.")
    try:
        place = form.integer("place", -1, lowest=-1, highest=1_000)
        await dial(request.state.crm, access_for(request, PURPOSE), contact_id, place)
    except InvalidContent as wrong:
        toast = Toast(message=wrong.errors[""], tone="problem")
    return redirect(request, f"/contacts/{contact_id}", toast)


ROUTES = (
    show_calls, show_call, note, whose, new_caller, create_caller, done, open_again, call_contact,
)  # fmt: skip
