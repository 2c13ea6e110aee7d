"""The list of contacts: seen, searched, filtered, and worked on by the dozen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Stream

from confida_core.contacts.bulk import archive_contacts, tag_contacts, undo_operation
from confida_core.contacts.text import clean_line
from confida_core.contacts.trash import kept_from_purge, list_trash
from confida_core.contacts.validation import InvalidContent
from confida_core.contacts.views import delete_view, save_view
from confida_core.exchange.exports import ExportOrder
from confida_web.contacts.filters import checked_rows, rows_of_form, source_of
from confida_web.contacts.list_page import (
    COLUMNS_COOKIE,
    Surroundings,
    contacts_page,
    narrowed,
    shown_columns,
    surroundings,
)
from confida_web.contacts.list_state import (
    LONGEST_TEXT,
    ListState,
    Narrowing,
    state_of_form,
    state_of_request,
    state_of_view,
    view_content,
)
from confida_web.contacts.listing import Column, ContactsPage, FilterRow
from confida_web.contacts.rows import COLUMNS, CUSTOM, columns_of, row_builder
from confida_web.display import Tab
from confida_web.errors.answers import back_to
from confida_web.exchange.exporting import exported_file
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.multipart import BadBody
from confida_web.page import is_fragment_request, page
from confida_web.redirect import redirect
from confida_web.security.access import access_for
from confida_web.security.guard import NotFresh

MOST_CHOSEN = 1_000


@get("/contacts", permission="contacts.read")
async def contacts(request: Request[Any, Any, Any]) -> Response[Any]:
    state, around = state_of_request(request), await surroundings(request)
    wanted = str(request.query_params.get("view", ""))
    for view in around.views:
        if str(view.id) == wanted:
            state = state_of_view(view)
    return page(request, await contacts_page(request, state, around), block="results")


@post("/contacts/search", permission="contacts.read", status_code=200)
async def search(request: Request[Any, Any, Any]) -> Response[Any]:
    """Words while they are typed, or with Enter; they come in the body, because addresses are logged."""
    form = await parse_form(request)
    state = state_of_form(request.state.crm, form)
    text = form.get("q").strip()[:LONGEST_TEXT]
    state = msgspec.structs.replace(state, narrowing=msgspec.structs.replace(state.narrowing, text=text), cursor="")
    address = state.href(request.state.crm)
    if not is_fragment_request(request.headers):
        return redirect(request, address)
    response = page(request, await contacts_page(request, state), block="results")
    # So that going back, or reloading, shows what was found.
    response.headers["HX-Replace-Url"] = address
    return response


@post("/contacts/filter", permission="contacts.read", status_code=200)
async def filter_contacts(request: Request[Any, Any, Any]) -> Response[Any]:
    """The condition of the builder; with `_add` or `_remove` the builder once more, one row longer or shorter."""
    form = await parse_form(request)
    crm = request.state.crm
    rows = rows_of_form(form)
    around = await surroundings(request, with_owners=any(row.field == "owner" for row in rows))
    rows = [owner_row(row, around) for row in rows]
    state = state_of_form(crm, form)
    if "_add" in form or "_remove" in form:
        return page(request, await contacts_page(request, state, around, filter_rows=rows, filter_open=True), "filters")
    tests, checked = checked_rows(rows, around.fields)
    if any(row.error for row in checked):
        shown = await contacts_page(request, state, around, filter_rows=checked, filter_open=True)
        return page(request, shown, block="filters", status=422)
    source = source_of(tests, "any" if form.get("match") == "any" else "all")
    return redirect(request, narrowed(state, source).href(crm))


def owner_row(row: FilterRow, around: Surroundings) -> FilterRow:
    """People type a colleague's name; the index knows ids."""
    if row.field != "owner":
        return row
    ids = [key for key, name in around.owners.items() if name.casefold() == row.value.casefold()]
    return FilterRow(field=row.field, op=row.op, value=ids[0]) if ids else row


@post("/contacts/columns", permission="contacts.read")
async def choose_columns(request: Request[Any, Any, Any]) -> Response[Any]:
    """Which columns this browser shows; keys of fields only, so a cookie may hold them."""
    form = await parse_form(request)
    known = [key for key in form.all("columns") if key in COLUMNS or is_custom(key)]
    value = "-".join(dict.fromkeys(known))[:1_000] or "none"
    cookie = Cookie(
        key=COLUMNS_COOKIE, value=value, path="/", secure=True, httponly=True, samesite="lax", max_age=31_536_000
    )
    return redirect(request, state_of_form(request.state.crm, form).href(request.state.crm), cookies=(cookie,))


def is_custom(key: str) -> bool:
    name = key.removeprefix(CUSTOM)
    return name != key and name.replace("_", "a").isalnum() and name.isascii()


@post("/contacts/views", permission="contacts.read")
async def save_as_view(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    state, around = state_of_form(request.state.crm, form), await surroundings(request)
    columns = list(shown_columns(request, state, around.views))
    content = view_content(state, form.get("name"), columns)
    try:
        view = await save_view(
            request.state.crm, access_for(request, "relationship"), content, shared=form.flag("shared")
        )
    except InvalidContent as error:
        raise BadBody(422, next(iter(error.errors.values()))) from None
    return redirect(request, f"/contacts?view={view}", Toast(message="The view is saved."))


@post("/contacts/views/{view_id:uuid}/delete", permission="contacts.read")
async def remove_view(request: Request[Any, Any, Any], view_id: FromPath[UUID]) -> Response[Any]:
    await delete_view(request.state.crm, access_for(request, "relationship"), view_id)
    return redirect(request, "/contacts", Toast(message="The view is deleted."))


@post("/contacts/bulk", permission="contacts.read", status_code=200)
async def bulk(request: Request[Any, Any, Any]) -> Response[Any] | Stream:
    """The same for all chosen contacts."""
    form = await parse_form(request)
    ids = chosen_ids(form)
    action, back = form.get("action"), back_to(request)
    if not ids:
        return redirect(request, back, Toast(message="Nobody was chosen.", tone="notice"))
    if action == "export":
        return await export_chosen(request, ids)
    crm, access = request.state.crm, access_for(request, "relationship")
    if action == "tag":
        tag = clean_line(form.get("tag"))
        if not 1 <= len(tag) <= 200 or "," in tag:
            return redirect(request, back, Toast(message="Write a tag of at most 200 letters.", tone="problem"))
        operation, count = await tag_contacts(crm, access, ids, add=[tag])
        message = f"{count} tagged."
    elif action == "archive":
        operation, count = await archive_contacts(crm, access, ids)
        message = f"{count} archived."
    else:
        raise BadBody(422, "Choose what to do with them.")
    undo = f"/contacts/operations/{operation}/undo" if count else None
    return redirect(request, back, Toast(message=message, undo_url=undo))


async def export_chosen(request: Request[Any, Any, Any], ids: list[UUID]) -> Stream:
    """What is taken out is personal data of many at once, so it needs a fresh proof here as on the page for exports."""
    request.state.actor.require("exchange.export")
    if not request.state.visitor.fresh:
        raise NotFresh
    return await exported_file(
        request, ExportOrder(format="vcard", ids=ids, archived=True, reason="Chosen in the list")
    )


def chosen_ids(form: FormData) -> list[UUID]:
    """Raises BadBody for anything that is no id, or too many."""
    try:
        ids = [UUID(one) for one in dict.fromkeys(form.all("ids"))]
    except ValueError:
        raise BadBody(422, "One of the chosen contacts is none.") from None
    if len(ids) > MOST_CHOSEN:
        raise BadBody(422, f"At most {MOST_CHOSEN} contacts at once.")
    return ids


@post("/contacts/operations/{operation_id:uuid}/undo", permission="contacts.write")
async def undo(request: Request[Any, Any, Any], operation_id: FromPath[UUID]) -> Response[Any]:
    count = await undo_operation(request.state.crm, access_for(request, "relationship"), operation_id)
    return redirect(request, back_to(request), Toast(message=f"Taken back for {count}."))


@get("/contacts/trash", permission="contacts.delete")
async def trash(request: Request[Any, Any, Any]) -> Response[Any]:
    """What was deleted, and why some of it stays longer than its thirty days; each page offers to take its contact out."""
    crm = request.state.crm
    found = await list_trash(crm, access_for(request, "relationship"))
    columns = columns_of(crm, ListState(narrowing=Narrowing()), ("organisation", "email", "tags"), ())
    columns = tuple(replace(one, sort_href=None, direction=None) for one in columns)
    kept = await kept_from_purge(crm, [one.row["id"] for one in found])
    if kept:
        columns = (*columns, Column(key="stays", label="Stays for now"))
    rows = map(row_builder(columns, {}), found)
    shown = ContactsPage(
        rows=tuple(replace(row, extra={"stays": kept.get(UUID(row.id), "")}) for row in rows),
        columns=columns,
        count=len(found),
        kept="trash",
        views=(Tab(label="Everyone", href="/contacts"), Tab(label="Trash", href="/contacts/trash", current=True)),
    )
    return page(request, shown, block="results")


ROUTES = (
    contacts,
    search,
    filter_contacts,
    choose_columns,
    save_as_view,
    remove_view,
    bulk,
    undo,
    trash,
)
