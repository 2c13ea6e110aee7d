"""Leads at the browser: the list, one lead, and what is done with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, InvalidCursor, NotFound, account_names, active_accounts, visible_contact
from confida_sales.leads.discarding import DISCARD_REASONS, discard_lead, only_from_lead, reopen_lead
from confida_sales.leads.form_reading import read_id
from confida_sales.leads.inbox import AGES, STATES, LeadFilter, Place, count_by_state, list_leads
from confida_sales.leads.leads import MOST_CHOSEN, OPEN_STATES, assign_leads, visible_lead, work_on_lead
from confida_sales.leads.likeness import people_like
from confida_sales.leads.pages import CandidateCard, LeadPage, LeadsPage
from confida_sales.leads.shown import (
    TABS,
    TONES,
    age_options,
    cards,
    known_lines,
    lead_rows,
    owner_options,
    people_options,
    source_options,
)
from confida_sales.leads.taking_back import take_back_conversion
from confida_web.api import (
    BadBody,
    FormData,
    Option,
    Paging,
    PersonRef,
    Tab,
    Toast,
    access_for,
    open_place,
    page,
    parse_form,
    redirect,
    seal_place,
    whole_number,
)

LIST = "/x/sales/leads"
PURPOSE = "relationship"
PLACE, BEFORE = "sales leads", "sales leads assigned"


@get(LIST, permission="sales.read")
async def leads(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    query = {
        name: str(request.query_params.get(name, "")) for name in ("which", "owner", "source", "age", "from", "back")
    }
    which = query["which"] if query["which"] in TABS else "open"
    narrowed = narrowed_by(TABS[which][1], query)
    place, backwards = place_from(crm, query)
    found = await list_leads(crm, access, narrowed, place=place, backwards=backwards)
    counted = await count_by_state(crm)
    people = await people_options(crm)
    kept = {name: query[name] for name in ("owner", "source", "age") if query[name]}
    shown = LeadsPage(
        rows=await lead_rows(crm, found),
        tabs=tuple(
            Tab(label=label, href=href_of({"which": key}), current=key == which, count=tab_count(key, counted))
            for key, (label, _) in TABS.items()
        ),
        which=which,
        owners=owner_options(access, people, query["owner"]) if not TABS[which][1].owner else (),
        sources=await source_options(crm, query["source"]),
        ages=age_options(narrowed.older_days),
        people=people,
        paging=Paging(
            previous=href_of({"which": which, **kept, "back": seal_place(crm, PLACE, list(found.newer))})
            if found.newer
            else None,
            following=href_of({"which": which, **kept, "from": seal_place(crm, PLACE, list(found.older))})
            if found.older
            else None,
        ),
        filtered=bool(kept),
        any_leads=bool(counted),
        may_write=access.actor.may("sales.write"),
    )
    return page(request, shown, block="results")


def href_of(query: dict[str, str]) -> str:
    return f"{LIST}?{urlencode(query)}"


def tab_count(key: str, counted: dict[str, int]) -> int | None:
    """Tabs of a person are not counted: nobody needs to know before they look."""
    return sum(counted.get(state, 0) for state in OPEN_STATES) if key == "open" else None


def narrowed_by(tab: LeadFilter, query: dict[str, str]) -> LeadFilter:
    """Raises BadBody for an age that is no number; what is nobody's id narrows nothing."""
    owner = query["owner"] if query["owner"] in ("me", "nobody") or read_id(query["owner"]) else ""
    days = whole_number(query["age"], 0, highest=36_500)
    return LeadFilter(
        states=tab.states, owner=tab.owner or owner, source=query["source"][:40], older_days=days if days in AGES else 0
    )


def place_from(crm: Any, query: dict[str, str]) -> tuple[Place | None, bool]:
    """Where the page begins; from the start for a cursor of nowhere."""
    backwards = bool(query["back"])
    text = query["back"] or query["from"]
    if not text:
        return None, False
    try:
        return open_place(crm, PLACE, text, Place), backwards
    except InvalidCursor:
        return None, False


@post(f"{LIST}/assign", permission="sales.write", status_code=200)
async def assign(request: Request[Any, Any, Any]) -> Response[Any]:
    """The same owner for all chosen leads; `back` is a lead's id where it was asked for on its page."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    ids = chosen_ids(form)
    back = f"{LIST}/{ids[0]}" if form.get("back") == "lead" and len(ids) == 1 else LIST
    if not ids:
        return redirect(request, back, Toast(message="No lead was chosen.", tone="notice"))
    owner = form.get("owner_id")
    owner_id = read_id(owner)
    names = {one.id: one.name for one in await active_accounts(crm)}
    if owner and owner_id not in names:
        return redirect(request, back, Toast(message="Please choose one of the colleagues.", tone="problem"))
    before = await assign_leads(crm, access, ids, owner_id)
    whom = names[owner_id] if owner_id else "nobody"
    return redirect(request, back, Toast(message=f"{len(before)} given to {whom}.", undo_url=undo_href(crm, before)))


def chosen_ids(form: FormData) -> list[UUID]:
    """Raises BadBody."""
    ids = [read_id(one) for one in dict.fromkeys(form.all("ids"))]
    if None in ids or len(ids) > MOST_CHOSEN:
        raise BadBody(422, f"Choose at most {MOST_CHOSEN} leads.")
    return [one for one in ids if one is not None]


def undo_href(crm: Any, before: dict[UUID, UUID | None]) -> str | None:
    """Who had them, by owner; ids only, and as short as they are, because it travels in a cookie."""
    if not 0 < len(before) <= 60:
        return None
    owners: dict[bytes, bytes] = {}
    for lead_id, owner_id in before.items():
        key = owner_id.bytes if owner_id else b""
        owners[key] = owners.get(key, b"") + lead_id.bytes
    return f"{LIST}/assign/undo?before={seal_place(crm, BEFORE, [list(pair) for pair in owners.items()])}"


@post(f"{LIST}/assign/undo", permission="sales.write", status_code=200)
async def give_back(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        groups = open_place(crm, BEFORE, str(request.query_params.get("before", "")), list[tuple[bytes, bytes]])
    except InvalidCursor:
        raise NotFound from None
    count = 0
    for owner, ids in groups:
        leads_of = [UUID(bytes=ids[start : start + 16]) for start in range(0, len(ids), 16)]
        count += len(await assign_leads(crm, access, leads_of, UUID(bytes=owner) if owner else None))
    return redirect(request, LIST, Toast(message=f"Taken back for {count}."))


@get(f"{LIST}/{{lead_id:uuid}}", permission="sales.read")
async def lead(request: Request[Any, Any, Any], lead_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await lead_page(request, lead_id), block="lead")


async def lead_page(request: Request[Any, Any, Any], lead_id: UUID, **shown: Any) -> LeadPage:
    """One lead as it stands. shown: what a form was left with."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_lead(crm, access, lead_id)
    row, content = opened.row, opened.content
    contact = await visible_contact(crm, access, row["contact_id"])
    is_open, may_write = row["state"] in OPEN_STATES, access.actor.may("sales.write")
    names = await account_names(crm, [row["owner_id"]]) if row["owner_id"] else {}
    goes = may_write and is_open and await only_from_lead(crm, opened)
    alike: tuple[CandidateCard, ...] = ()
    if row["provisional"] and is_open:
        alike = cards(await people_like(crm, access, contact.content, contact.row["kind"], row["contact_id"]))
    return LeadPage(
        id=str(lead_id),
        version=row["version"],
        contact=PersonRef(name=contact.content.display_name, href=f"/contacts/{row['contact_id']}", kind=contact.row["kind"]),
        contact_lines=known_lines(contact.content),
        provisional=row["provisional"] and row["state"] != "converted",
        organisation=content.organisation,
        wanted=content.wanted,
        note=content.note,
        source=row["source"],
        owner=names.get(row["owner_id"], ""),
        state=row["state"],
        state_label=STATES[row["state"]],
        tone=TONES[row["state"]],
        created_at=row["created_at"],
        closed_at=row["closed_at"],
        discard_reason=DISCARD_REASONS.get(row["discard_reason"], ""),
        discard_note=content.discard_note,
        opportunity_href=f"/x/sales/opportunities/{row['opportunity_id']}" if row["opportunity_id"] else "",
        alike=alike,
        reasons=tuple(Option(value=key, label=label) for key, label in DISCARD_REASONS.items()),
        people=await people_options(crm, str(row["owner_id"] or "")) if may_write and is_open else (),
        goes=contact.content.display_name if goes else "",
        may_write=may_write,
        **shown,
    )  # fmt: skip


@post(f"{LIST}/{{lead_id:uuid}}/work", permission="sales.write", status_code=200)
async def work(request: Request[Any, Any, Any], lead_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    await work_on_lead(request.state.crm, access_for(request, PURPOSE), lead_id, seen=form.integer("version"))
    return redirect(request, f"{LIST}/{lead_id}", Toast(message="You are at it."))


@post(f"{LIST}/{{lead_id:uuid}}/discard", permission="sales.write", status_code=200)
async def discard(request: Request[Any, Any, Any], lead_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        went = await discard_lead(
            crm, access, lead_id, seen=form.integer("version"), reason=form.get("reason"), note=form.get("discard_note"),
            with_contact=form.flag("with_contact"),
        )  # fmt: skip
    except InvalidContent as wrong:
        kept = {"typed_reason": form.get("reason"), "typed_note": form.get("discard_note"), "errors": wrong.errors}
        return page(request, await lead_page(request, lead_id, **kept), block="lead", status=422)
    said = "The lead is laid aside, and the contact is in the trash." if went else "The lead is laid aside."
    return redirect(request, LIST, Toast(message=said, undo_url=f"{LIST}/{lead_id}/reopen"))


@post(f"{LIST}/{{lead_id:uuid}}/reopen", permission="sales.write", status_code=200)
async def reopen(request: Request[Any, Any, Any], lead_id: FromPath[UUID]) -> Response[Any]:
    return await done_or_said(
        request,
        lead_id,
        reopen_lead(request.state.crm, access_for(request, PURPOSE), lead_id),
        "The lead is open again.",
    )


@post(f"{LIST}/{{lead_id:uuid}}/take-back", permission="sales.write", status_code=200)
async def take_back(request: Request[Any, Any, Any], lead_id: FromPath[UUID]) -> Response[Any]:
    taken = take_back_conversion(request.state.crm, access_for(request, PURPOSE), lead_id)
    return await done_or_said(request, lead_id, taken, "The conversion is taken back.")


async def done_or_said(request: Request[Any, Any, Any], lead_id: UUID, work: Any, said: str) -> Response[Any]:
    """Do it, or say why not, on the lead's page."""
    toast = Toast(message=said)
    try:
        await work
    except InvalidContent as wrong:
        toast = Toast(message=" ".join(wrong.errors.values()), tone="problem")
    return redirect(request, f"{LIST}/{lead_id}", toast)


ROUTES = (leads, assign, give_back, lead, work, discard, reopen, take_back)
