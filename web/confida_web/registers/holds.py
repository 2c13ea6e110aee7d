"""Legal holds: listed with their reviews, given from a contact's page, prolonged and lifted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.rights.content import HoldNote
from confida_consent.rights.holds import Hold, give_hold, lift_hold, list_holds, review_hold, today_of
from confida_consent.rights.restriction import names_shown
from confida_core.contacts.validation import InvalidContent
from confida_web.contacts.head import head_of, open_contact
from confida_web.display import Errors
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.registers.pages import HoldFormPage, HoldRow, HoldsPage
from confida_web.registers.words import day_in, person_of
from confida_web.security.access import access_for

HERE = "/registers/holds"
FIELDS = ("name", "reason", "owner", "review_on")
LIFTED_SHOWN = 50


@get(HERE, permission="registers.read")
async def holds(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    standing = await list_holds(crm, access)
    lifted = (await list_holds(crm, access, lifted=True))[:LIFTED_SHOWN]
    content = HoldsPage(
        rows=await hold_rows(request, standing),
        lifted=await hold_rows(request, lifted),
        may_manage=request.state.actor.may("retention.manage"),
        tomorrow=(today_of(crm) + timedelta(days=1)).isoformat(),
    )
    return page(request, content)


async def hold_rows(request: Request[Any, Any, Any], found: Sequence[Hold]) -> tuple[HoldRow, ...]:
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    names, today = await names_shown(crm, access, [one.contact_id for one in found]), today_of(crm)
    return tuple(
        HoldRow(
            id=str(one.id),
            name=one.note.name,
            reason=one.note.reason,
            owner=one.note.owner,
            person=person_of(crm, names, one.contact_id),
            given_at=one.given_at,
            review_on=one.review_on,
            due=one.review_due(today),
            lifted_at=one.lifted_at,
        )
        for one in found
    )


@get("/contacts/{contact_id:uuid}/hold", permission="retention.manage")
async def form(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    values = {"owner": request.state.visitor.account.display_name}
    return page(request, await form_page(request, contact_id, values))


async def form_page(
    request: Request[Any, Any, Any], contact_id: UUID, values: dict[str, str], errors: Errors | None = None
) -> HoldFormPage:
    crm = request.state.crm
    _, contact = await open_contact(request, contact_id, trashed=True)
    standing = await list_holds(crm, access_for(request, "data_subject_rights"), contact_id=contact_id)
    return HoldFormPage(
        contact=head_of(crm, contact),
        values=values,
        rows=await hold_rows(request, standing),
        tomorrow=(today_of(crm) + timedelta(days=1)).isoformat(),
        errors=errors or {},
    )


@post("/contacts/{contact_id:uuid}/hold", permission="retention.manage")
async def give(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    sent: FormData = await parse_form(request)
    await open_contact(request, contact_id, trashed=True)
    values = {name: sent.get(name) for name in FIELDS}
    note = HoldNote(name=values["name"], reason=values["reason"], owner=values["owner"])
    review_on = day_in(values["review_on"]) or today_of(request.state.crm)
    try:
        await give_hold(request.state.crm, access_for(request, "data_subject_rights"), contact_id, note, review_on)
    except InvalidContent as wrong:
        return page(request, await form_page(request, contact_id, values, wrong.errors), status=422)
    return redirect(request, HERE, Toast(message="These data are kept until the hold is lifted."))


@post(HERE + "/{hold_id:uuid}/review", permission="retention.manage")
async def review(request: Request[Any, Any, Any], hold_id: FromPath[UUID]) -> Response[Any]:
    sent = await parse_form(request)
    crm = request.state.crm
    try:
        day = day_in(sent.get("review_on")) or today_of(crm)
        await review_hold(crm, access_for(request, "data_subject_rights"), hold_id, day)
    except InvalidContent as wrong:
        return redirect(request, HERE, Toast(message=" ".join(wrong.errors.values()), tone="problem"))
    return redirect(request, HERE, Toast(message="It stays, and is looked at again on that day."))


@post(HERE + "/{hold_id:uuid}/lift", permission="retention.manage")
async def lift(request: Request[Any, Any, Any], hold_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await lift_hold(request.state.crm, access_for(request, "data_subject_rights"), hold_id)
    return redirect(request, HERE, Toast(message="The hold is lifted. What was due meanwhile ends with the next run."))


ROUTES = (holds, form, give, review, lift)
