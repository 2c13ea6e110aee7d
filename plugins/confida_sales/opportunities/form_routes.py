"""The forms: a new opportunity, and one that is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, NotFound, VersionConflict, likely_contacts, visible_contact
from confida_sales.opportunities.board_routes import LIST, PURPOSE
from confida_sales.opportunities.choices import (
    offered,
    owner_options,
    source_options,
    standard_currency,
    way_options,
)
from confida_sales.opportunities.moving_routes import opened_with_way, shown_opportunity
from confida_sales.opportunities.opportunities import (
    OpportunityDraft,
    change_opportunity,
    create_opportunity,
    draft_of,
    visible_opportunity,
)
from confida_sales.opportunities.pages import OpportunityFormPage
from confida_sales.opportunities.pipelines import ShownPipeline, pipelines_in_use
from confida_sales.opportunities.reading import posted, read_draft, typed
from confida_sales.opportunities.state import id_in
from confida_web.api import Option, PersonRef, Toast, access_for, page, parse_form, redirect

NEW = f"{LIST}/new"
CHANGED_MEANWHILE = "Somebody else changed this while you were writing. Nothing of yours is lost: compare, and save again to replace theirs."


@get(NEW, permission="sales.write")
async def new_form(request: Request[Any, Any, Any]) -> Response[Any]:
    """contact: who it is with, if that is known. pipeline: where it begins."""
    given = request.query_params
    draft = OpportunityDraft(
        title="", currency=await standard_currency(request.state.crm), owner_id=request.state.actor.id
    )
    offer, _ = await offered(request)
    way = str(id_in(given, "pipeline") or "")
    return page(request, await new_page(request, typed(draft, offer.locale), id_in(given, "contact"), way), "form")


@post(NEW, permission="sales.write", status_code=200)
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    given = dict(form.fields)
    empty = OpportunityDraft(title="", currency=await standard_currency(crm))
    offer, _ = await offered(request)
    values = posted(form, typed(empty, offer.locale))
    contact_id = id_in(given, "contact")
    shown = await new_page(request, values, contact_id, form.get("pipeline"), find=form.get("find"))
    if form.get("_find"):
        return page(request, shown, "form")
    errors: dict[str, str] = {}
    if shown.contact is None:
        errors["find"] = "Please find the person or organisation it is with, and choose it."
    way = next((one for one in await pipelines_in_use(crm) if str(one.id) == form.get("pipeline")), None)
    if way is None:
        errors["pipeline"] = "Please choose a pipeline."
    try:
        draft = read_draft(values, empty, offer)
        if contact_id is not None and way is not None and not errors:
            made = await create_opportunity(crm, access, contact_id, way.stages[0], draft)
            return redirect(request, f"{LIST}/{made}", Toast(message="Written down."))
    except InvalidContent as wrong:
        errors |= wrong.errors
    return page(request, replace(shown, errors=errors), "form", status=422)


async def new_page(
    request: Request[Any, Any, Any], values: Mapping[str, str], contact_id: UUID | None, way: str, *, find: str = ""
) -> OpportunityFormPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    offer, accounts = await offered(request)
    contact = await named(request, contact_id)
    ways = await pipelines_in_use(crm)
    people: tuple[Option, ...] = ()
    if find.strip():
        found = await likely_contacts(crm, access, find.strip()[:200])
        people = tuple(
            Option(value=str(one.row["id"]), label=one.content.display_name, chosen=one.row["id"] == contact_id)
            for one in found
        )
    return OpportunityFormPage(
        action=NEW,
        cancel_href="/x/sales/board",
        contact=contact,
        contact_id=str(contact_id) if contact else "",
        people=people,
        find=find,
        ways=way_options(ways, way or next((str(one.id) for one in ways), "")),
        required=required_at_first(ways, way),
        values=values,
        owners=owner_options(accounts, values["owner_id"]),
        sources=source_options(offer, values["source"]),
    )


def required_at_first(ways: Sequence[ShownPipeline], way: str) -> tuple[str, ...]:
    """What the first stage asks for."""
    chosen = next((one for one in ways if str(one.id) == way), next(iter(ways), None))
    return chosen.stages[0].required if chosen else ()


async def named(request: Request[Any, Any, Any], contact_id: UUID | None) -> PersonRef | None:
    """None where nobody of this id may be seen."""
    try:
        if contact_id is not None:
            found = await visible_contact(request.state.crm, access_for(request, PURPOSE), contact_id)
            return PersonRef(name=found.content.display_name, href=f"/contacts/{contact_id}")
    except NotFound:
        pass
    return None


@get("/x/sales/opportunities/{opportunity_id:uuid}/edit", permission="sales.write")
async def edit_form(request: Request[Any, Any, Any], opportunity_id: FromPath[UUID]) -> Response[Any]:
    opened, _ = await opened_with_way(request, opportunity_id)
    offer, _ = await offered(request)
    return page(
        request,
        await edit_page(request, opportunity_id, typed(draft_of(opened), offer.locale), opened.row["version"]),
        "form",
    )


@post("/x/sales/opportunities/{opportunity_id:uuid}/edit", permission="sales.write", status_code=200)
async def edit(request: Request[Any, Any, Any], opportunity_id: FromPath[UUID]) -> Response[Any]:
    """After a conflict the form carries the version now stored, so that saving again is a decision."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_opportunity(crm, access, opportunity_id)
    offer, _ = await offered(request)
    before, seen = draft_of(opened), form.integer("version")
    values = posted(form, typed(before, offer.locale))
    try:
        await change_opportunity(crm, access, opportunity_id, read_draft(values, before, offer), seen=seen)
    except InvalidContent as wrong:
        shown = await edit_page(request, opportunity_id, values, seen, wrong.errors)
        return page(request, shown, "form", status=422)
    except VersionConflict as conflict:
        shown = await edit_page(request, opportunity_id, values, conflict.current or 0, {"": CHANGED_MEANWHILE})
        return page(request, shown, "form", status=409)
    return redirect(request, f"{LIST}/{opportunity_id}", Toast(message="Saved."))


async def edit_page(
    request: Request[Any, Any, Any],
    opportunity_id: UUID,
    values: Mapping[str, str],
    version: int,
    errors: Mapping[str, str] | None = None,
) -> OpportunityFormPage:
    opened, way = await opened_with_way(request, opportunity_id)
    one = await shown_opportunity(request, access_for(request, PURPOSE), opened, way)
    offer, accounts = await offered(request)
    return OpportunityFormPage(
        new=False,
        action=f"{one.href}/edit",
        cancel_href=one.href,
        contact=PersonRef(name=one.contact, href=f"/contacts/{one.contact_id}"),
        required=one.stage.required,
        values=values,
        errors=errors or {},
        version=version,
        owners=owner_options(
            accounts, values["owner_id"], one.owner if str(one.owner_id) == values["owner_id"] else ""
        ),
        sources=source_options(offer, values["source"]),
    )


ROUTES = (new_form, create, edit_form, edit)
