"""In front of a restricted contact: on which ground one looks, and what has to come before the restriction is lifted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.rights.restriction import (
    GROUNDS,
    TOLD_BY,
    open_restricted,
    restriction_of,
    tell_before_lifting,
)
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import NotFound
from confida_web.display import Errors
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.registers.pages import RestrictedPage
from confida_web.registers.words import options
from confida_web.security.access import access_for


@get("/contacts/{contact_id:uuid}/restricted", permission="contacts.restrict")
async def show(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await restricted_page(request, contact_id))


async def restricted_page(
    request: Request[Any, Any, Any], contact_id: UUID, errors: Errors | None = None
) -> RestrictedPage:
    found = await restriction_of(request.state.crm, contact_id)
    if found is None:
        raise NotFound
    return RestrictedPage(
        href=f"/contacts/{contact_id}",
        since=found.since,
        told_at=found.told_at,
        grounds=options(GROUNDS),
        ways=options(TOLD_BY),
        errors=errors or {},
    )


@post("/contacts/{contact_id:uuid}/restricted", permission="contacts.restrict")
async def look(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    access = access_for(request, "data_subject_rights")
    try:
        await open_restricted(request.state.crm, access, contact_id, form.get("ground"))
    except InvalidContent as wrong:
        return page(request, await restricted_page(request, contact_id, wrong.errors), status=422)
    return redirect(request, f"/contacts/{contact_id}")


@post("/contacts/{contact_id:uuid}/restricted/told", permission="contacts.restrict")
async def told(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    access = access_for(request, "data_subject_rights")
    try:
        await tell_before_lifting(request.state.crm, access, contact_id, form.get("told_by"))
    except InvalidContent as wrong:
        return page(request, await restricted_page(request, contact_id, wrong.errors), status=422)
    here = f"/contacts/{contact_id}/restricted"
    return redirect(request, here, Toast(message="Noted. Now the restriction can be lifted."))


ROUTES = (show, look, told)
