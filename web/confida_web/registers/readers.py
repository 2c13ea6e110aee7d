"""Who looked at how many people, and from when on an alarm is raised."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.rights.registers.bulk_reads import Thresholds, readers, reads_by, set_thresholds, thresholds
from confida_core.accounts.staff import account_names
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import NotFound
from confida_web.contacts.routes_contact import place_words
from confida_web.display import Errors
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.registers.pages import ReaderPage, ReadersPage, ReadRow
from confida_web.registers.words import uuid_in
from confida_web.security.access import access_for

HERE = "/registers/reads"
PER_PAGE = 50


@get(HERE, permission="reads.read")
async def show(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await readers_page(request))


async def readers_page(
    request: Request[Any, Any, Any], values: dict[str, str] | None = None, errors: Errors | None = None
) -> ReadersPage:
    crm, access = request.state.crm, access_for(request, "security")
    limits = await thresholds(crm)
    return ReadersPage(
        readers=tuple(await readers(crm, access)),
        thresholds=limits,
        values=values or {"hour": str(limits.hour), "day": str(limits.day)},
        may_manage=request.state.actor.may("retention.manage"),
        errors=errors or {},
    )


@post(HERE, permission="retention.manage")
async def change(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    wanted = Thresholds(hour=form.integer("hour", -1, lowest=-1), day=form.integer("day", -1, lowest=-1))
    try:
        await set_thresholds(request.state.crm, access_for(request, "security"), wanted)
    except InvalidContent as wrong:
        values = {"hour": form.get("hour"), "day": form.get("day")}
        return page(request, await readers_page(request, values, wrong.errors), status=422)
    return redirect(request, HERE, Toast(message="From now on an alarm is raised at these numbers."))


@get(HERE + "/{account_id:uuid}", permission="reads.read")
async def reader(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    crm, before = request.state.crm, uuid_in(str(request.query_params.get("before", "")))
    names = await account_names(crm, [account_id])
    if account_id not in names:
        raise NotFound
    found = await reads_by(crm, access_for(request, "security"), account_id, before=before, limit=PER_PAGE + 1)
    shown, labels = found[:PER_PAGE], crm.registry.purposes
    content = ReaderPage(
        name=names[account_id],
        rows=tuple(
            ReadRow(
                at=one.at,
                purpose=labels[one.purpose].label if one.purpose in labels else one.purpose,
                what=place_words(one.place),
                people=one.people,
            )
            for one in shown
        ),
        older_href=f"{HERE}/{account_id}?before={shown[-1].id}" if len(found) > PER_PAGE else None,
    )
    return page(request, content)


ROUTES = (show, change, reader)
