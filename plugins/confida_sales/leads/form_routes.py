"""A lead typed in, corrected, and converted: the pages with a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    Access,
    ContactContent,
    Installation,
    InvalidContent,
    Opened,
    VersionConflict,
    active_accounts,
    plugin_settings,
    visible_contact,
)
from confida_sales.content import LeadContent
from confida_sales.leads.conversion import convert_lead
from confida_sales.leads.form_reading import (
    CONVERSION_FIELDS,
    LEAD_FIELDS,
    lead_draft,
    read_conversion,
    read_id,
    typed,
)
from confida_sales.leads.leads import (
    LeadDraft,
    change_lead,
    checked,
    create_lead,
    provisional_contact,
    require_open,
    visible_lead,
)
from confida_sales.leads.likeness import Candidate, organisations_like, people_like
from confida_sales.leads.pages import CandidateCard, ConvertPage, LeadFormPage
from confida_sales.leads.routes import LIST, PURPOSE
from confida_sales.leads.shown import card_of, cards, people_options, source_options
from confida_sales.opportunities.pipelines import pipelines
from confida_sales.settings import SalesSettings
from confida_web.api import FormData, Option, PersonRef, Toast, access_for, formatter_of, page, parse_form, redirect

CHANGED = "Somebody else has changed this lead since you opened it. Saving again replaces what they wrote with what stands here."


@get(f"{LIST}/new", permission="sales.write")
async def new_form(request: Request[Any, Any, Any]) -> Response[Any]:
    """`?contact=` for a lead about somebody who is known."""
    known = read_id(str(request.query_params.get("contact", "")))
    contact = await visible_contact(request.state.crm, access_for(request, PURPOSE), known) if known else None
    values = dict.fromkeys(LEAD_FIELDS, "") | {"owner_id": str(request.state.actor.id)}
    return page(request, await new_page(request, values, contact), block="form")


async def new_page(
    request: Request[Any, Any, Any],
    values: dict[str, str],
    contact: Opened[ContactContent] | None,
    *,
    errors: Mapping[str, str] | None = None,
    alike: tuple[CandidateCard, ...] = (),
) -> LeadFormPage:
    crm = request.state.crm
    return LeadFormPage(
        action=f"{LIST}/new" + (f"?contact={contact.row['id']}" if contact else ""),
        cancel_href=f"/contacts/{contact.row['id']}" if contact else LIST,
        values=values,
        sources=await source_options(crm, values["source"]),
        people=await people_options(crm, values["owner_id"]),
        errors=errors or {},
        about=about_of(contact) if contact else None,
        alike=alike,
    )


def about_of(contact: Opened[ContactContent]) -> PersonRef:
    return PersonRef(name=contact.content.display_name, href=f"/contacts/{contact.row['id']}", kind=contact.row["kind"])


@post(f"{LIST}/new", permission="sales.write", status_code=200)
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    form = await parse_form(request)
    known = read_id(str(request.query_params.get("contact", "")) or form.get("person"))
    contact = await visible_contact(crm, access, known) if known else None
    values = typed(form, LEAD_FIELDS)
    try:
        draft = lead_draft(form, await colleagues(crm), known)
        if alike := await undecided(crm, access, draft, form):
            return page(request, await new_page(request, values, None, alike=cards(alike)), block="form", status=422)
        lead_id = await create_lead(crm, access, draft)
    except InvalidContent as wrong:
        settled = contact if "contact" in request.query_params else None
        return page(request, await new_page(request, values, settled, errors=wrong.errors), block="form", status=422)
    return redirect(request, f"{LIST}/{lead_id}", Toast(message="The lead is written down."))


async def colleagues(crm: Installation) -> frozenset[UUID]:
    return frozenset(one.id for one in await active_accounts(crm))


async def undecided(crm: Installation, access: Access, draft: LeadDraft, form: FormData) -> list[Candidate]:
    """Who it may be, as long as nobody has said whether it is one of them. Raises InvalidContent for a bad draft."""
    await checked(crm, draft)
    if draft.contact_id is not None or form.get("person") == "new":
        return []
    kind, content = provisional_contact(crm, draft)
    return await people_like(crm, access, content, kind.value)


@get(f"{LIST}/{{lead_id:uuid}}/edit", permission="sales.write")
async def edit_form(request: Request[Any, Any, Any], lead_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_lead(request.state.crm, access_for(request, PURPOSE), lead_id)
    content = opened.content
    values = dict.fromkeys(LEAD_FIELDS, "") | {
        "organisation": content.organisation,
        "wanted": content.wanted,
        "note": content.note,
        "source": opened.row["source"],
        "owner_id": str(opened.row["owner_id"] or ""),
    }
    return page(request, await edit_page(request, opened, values), block="form")


async def edit_page(
    request: Request[Any, Any, Any],
    opened: Opened[LeadContent],
    values: dict[str, str],
    errors: Mapping[str, str] | None = None,
) -> LeadFormPage:
    crm, href = request.state.crm, f"{LIST}/{opened.row['id']}"
    contact = await visible_contact(crm, access_for(request, PURPOSE), opened.row["contact_id"])
    return LeadFormPage(
        action=f"{href}/edit",
        cancel_href=href,
        values=values,
        sources=await source_options(crm, opened.row["source"]),
        people=await people_options(crm, values["owner_id"]),
        errors=errors or {},
        about=about_of(contact),
        version=opened.row["version"],
        is_new=False,
    )


@post(f"{LIST}/{{lead_id:uuid}}/edit", permission="sales.write", status_code=200)
async def edit(request: Request[Any, Any, Any], lead_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    form = await parse_form(request)
    opened = await visible_lead(crm, access, lead_id)
    # Whoever has it already may keep it, though no work is given to them any more.
    allowed = await colleagues(crm) | ({opened.row["owner_id"]} if opened.row["owner_id"] else set())
    try:
        await change_lead(crm, access, lead_id, lead_draft(form, allowed), seen=form.integer("version"))
    except InvalidContent as wrong:
        again = await edit_page(request, opened, typed(form, LEAD_FIELDS), wrong.errors)
        return page(request, again, block="form", status=422)
    except VersionConflict:
        again = await edit_page(request, opened, typed(form, LEAD_FIELDS), {"": CHANGED})
        return page(request, again, block="form", status=409)
    return redirect(request, f"{LIST}/{lead_id}", Toast(message="The lead is saved."))


@get(f"{LIST}/{{lead_id:uuid}}/convert", permission="sales.write")
async def convert_form(request: Request[Any, Any, Any], lead_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_lead(crm, access, lead_id)
    if opened.row["state"] == "converted":
        return redirect(request, f"{LIST}/{lead_id}", Toast(message="This lead is converted already.", tone="notice"))
    contact = await visible_contact(crm, access, opened.row["contact_id"])
    values = dict.fromkeys(CONVERSION_FIELDS, "") | {
        "title": title_of(opened.content, contact.content),
        "currency": (await plugin_settings(crm, SalesSettings)).currency,
        "organisation_name": organisation_of(opened, contact),
    }
    return page(request, await convert_page(request, opened, contact, values), block="form")


def title_of(lead: LeadContent, contact: ContactContent) -> str:
    """What they want, in one line."""
    first = next((line.strip() for line in lead.wanted.splitlines() if line.strip()), "")
    return first[:120] or f"Enquiry from {contact.display_name}"[:200]


def organisation_of(opened: Opened[LeadContent], contact: Opened[ContactContent]) -> str:
    if contact.row["kind"] != "person":
        return ""
    return opened.content.organisation or contact.content.organisation


async def convert_page(
    request: Request[Any, Any, Any],
    opened: Opened[LeadContent],
    contact: Opened[ContactContent],
    values: dict[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    add_new: bool = True,
) -> ConvertPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    require_open(opened.row)
    is_person, provisional = contact.row["kind"] == "person", opened.row["provisional"]
    people: list[Candidate] = []
    if provisional:
        people = await people_like(crm, access, contact.content, contact.row["kind"], contact.row["id"])
    named = organisation_of(opened, contact)
    organisations = await organisations_like(crm, access, named, contact.content) if is_person else []
    ways = await pipelines(crm)
    values = suggested(values, people=bool(people), organisations=organisations, named=named)
    return ConvertPage(
        id=str(opened.row["id"]),
        version=opened.row["version"],
        own=card_of(contact),
        provisional=provisional,
        is_person=is_person,
        people=cards(people),
        organisations=cards(organisations),
        stages=tuple(
            Option(value=str(stage.id), label=f"{way.name}: {stage.name}" if len(ways) > 1 else stage.name)
            for way in ways
            for stage in way.stages
            if stage.outcome == "open"
        ),
        values=values,
        errors=errors or {},
        add_new=add_new,
    )


def suggested(values: dict[str, str], *, people: bool, organisations: list[Candidate], named: str) -> dict[str, str]:
    """What is chosen before anybody chose. Who it is, is never guessed where there is a choice."""
    sure = next((one for one in organisations if "the same name" in one.reasons), None)
    organisation = str(sure.contact.row["id"]) if sure else ("new" if named and not organisations else "")
    person = "" if people else "new"
    if not named and not organisations:
        organisation = "none"
    return values | {"person": values["person"] or person, "organisation": values["organisation"] or organisation}


@post(f"{LIST}/{{lead_id:uuid}}/convert", permission="sales.write", status_code=200)
async def convert(request: Request[Any, Any, Any], lead_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    form = await parse_form(request)
    opened = await visible_lead(crm, access, lead_id)
    offered = {stage.id: way.id for way in await pipelines(crm) for stage in way.stages if stage.outcome == "open"}
    row, locale = opened.row, str(formatter_of(request).locale)
    try:
        choice = read_conversion(
            form, offered, locale, owner_id=row["owner_id"] or access.actor.id, source=row["source"]
        )
        made = await convert_lead(crm, access, lead_id, choice, seen=form.integer("version"))
    except (InvalidContent, VersionConflict) as wrong:
        errors = wrong.errors if isinstance(wrong, InvalidContent) else {"": CHANGED}
        contact = await visible_contact(crm, access, row["contact_id"])
        again = await convert_page(
            request, opened, contact, typed(form, CONVERSION_FIELDS), errors=errors, add_new=form.flag("add_new")
        )
        return page(request, again, block="form", status=422 if isinstance(wrong, InvalidContent) else 409)
    said = "The lead is an opportunity now."
    if made.left_behind:
        said += " The contact that was made with it stays as well, because other things are kept of it."
    toast = Toast(message=said, undo_url=f"{LIST}/{lead_id}/take-back")
    return redirect(request, f"/x/sales/opportunities/{made.opportunity_id}", toast)


FORM_ROUTES = (new_form, create, edit_form, edit, convert_form, convert)
