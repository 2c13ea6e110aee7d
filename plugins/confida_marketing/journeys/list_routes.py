"""Journeys at the browser: the list, a new one, and what is thrown away and taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import structs

from confida_core.api import InvalidContent, NotFound
from confida_marketing.journeys.content import JourneyContent
from confida_marketing.journeys.journeys import LIST, create_journey, list_journeys, restore_journey, trash_journey
from confida_marketing.journeys.pages import JourneysPage, NewJourneyPage, Ready
from confida_marketing.journeys.plan import Plan
from confida_marketing.journeys.ready_made import ReadyJourney, offered
from confida_marketing.journeys.shown import PURPOSE, rows_of, tabs_of
from confida_marketing.journeys.words import names_for
from confida_web.api import Toast, access_for, gettext, page, parse_form, redirect


@get(LIST, permission="marketing.read")
async def journeys(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    which = "trash" if request.query_params.get("which") == "trash" else "current"
    current = await list_journeys(crm, access)
    some = await list_journeys(crm, access, trashed=True) if which == "trash" else current
    found = JourneysPage(
        tabs=tabs_of(which, len(current)),
        rows=await rows_of(crm, await names_for(crm, access), some),
        which=which,
        may_write=access.actor.may("marketing.write"),
    )
    return page(request, found)


@get(f"{LIST}/new", permission="marketing.write")
async def new_journey(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, NewJourneyPage(ready=await ready_shown(request)))


async def ready_shown(request: Request[Any, Any, Any]) -> tuple[Ready, ...]:
    return tuple(
        Ready(key=one.key, name=gettext(one.name), aim=gettext(one.aim)) for one in await offered(request.state.crm)
    )


@post(LIST, permission="marketing.write", status_code=200)
async def make_journey(request: Request[Any, Any, Any]) -> Response[Any]:
    """A bare one with the name that was typed, or one that is ready made."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    ready = next((one for one in await offered(crm) if one.key == form.get("ready")), None)
    try:
        content = content_of(ready) if ready else JourneyContent(name=form.get("name"), plan=Plan(purpose="newsletter"))
        made = await create_journey(crm, access, content)
    except InvalidContent as wrong:
        errors = {name: gettext(sentence) for name, sentence in wrong.errors.items()}
        shown = NewJourneyPage(ready=await ready_shown(request), name=form.get("name"), errors=errors)
        return page(request, shown, status=422)
    return redirect(
        request, f"{LIST}/{made}", Toast(message=gettext("Saved. Nothing happens before it is switched on."))
    )


def content_of(ready: ReadyJourney) -> JourneyContent:
    """In the language of whoever makes it."""
    steps = tuple(
        structs.replace(one, name=gettext(one.name) if one.name else "", text=gettext(one.text) if one.text else "")
        for one in ready.plan.steps
    )
    plan = structs.replace(ready.plan, steps=steps)
    return JourneyContent(name=gettext(ready.name), aim=gettext(ready.aim), goal=gettext(ready.goal), plan=plan)


@post(LIST + "/{journey_id:uuid}/trash", permission="marketing.write", status_code=303)
async def throw_away(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    try:
        await trash_journey(request.state.crm, access_for(request, PURPOSE), journey_id)
    except NotFound:
        off_first = Toast(message=gettext("A journey that is on is switched off first."), tone="problem")
        return redirect(request, f"{LIST}/{journey_id}", off_first)
    undo = f"{LIST}/{journey_id}/restore"
    return redirect(request, LIST, Toast(message=gettext("The journey is in the trash."), undo_url=undo))


@post(LIST + "/{journey_id:uuid}/restore", permission="marketing.write", status_code=303)
async def take_back(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    await restore_journey(request.state.crm, access_for(request, PURPOSE), journey_id)
    return redirect(request, f"{LIST}/{journey_id}", Toast(message=gettext("The journey is back.")))


ROUTES = (journeys, new_journey, make_journey, throw_away, take_back)
